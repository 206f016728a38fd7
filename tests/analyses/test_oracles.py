"""Own statistics against numbers made by independent software (`tests/oracles/README.md`)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

from analyses import metrics, multiclass
from analyses.batched import expit
from analyses.bootstraps import (
    bootstrap_632plus,
    case_intervals,
    draw,
    instability,
    optimism_corrected,
)
from analyses.curves import loess, net_benefit
from analyses.describe import smd_numbers, wilson_interval
from analyses.models import fit_logistic, predict_risk
from analyses.multinomial import multinomial_path
from analyses.pooling import pool
from analyses.standard_errors import auc_error, intercept_error, slope_error
from analyses.unpenalised import maximum_likelihood_many
from analyses.verdict import max_cox_snell_r2, minimum_sample_size

FOLDER = Path(__file__).parent.parent / "oracles"
REFERENCE = json.loads((FOLDER / "reference.json").read_text())
SAMPLE_SIZES = json.loads((FOLDER / "pmsampsize_reference.json").read_text())
PREDICTORS = ["age", "central", "illdef", "cap", "seg", "mcc"]


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


@pytest.fixture(scope="module")
def apparent(cohort: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Outcome, risk and coefficients of the maximum-likelihood model."""
    X, y = cohort[PREDICTORS].to_numpy().astype(float), cohort["gtr"].to_numpy().astype(float)
    model = fit_logistic(X, y, np.inf)
    names = ["(Intercept)", *PREDICTORS]
    found = dict(zip(names, [*model.intercept_, *model.coef_[0]], strict=True))
    return y, predict_risk(model, X), found


def near(expected: Any, entry: str) -> Any:
    """The expected value at the tolerance of its entry."""
    return pytest.approx(expected, rel=0, abs=REFERENCE[entry]["tol"])


def test_L1_logit_mle(apparent: Any) -> None:  # noqa: N802 - named as the oracle entry
    y, p, coefficients = apparent
    values = REFERENCE["L1_logit_mle"]["values"]
    deviance = 2 * len(y) * metrics.log_loss(y, p).estimate
    null = 2 * len(y) * metrics.log_loss(y, np.full(len(y), y.mean())).estimate
    cox_snell = 1 - np.exp((deviance - null) / len(y))
    assert coefficients == near(values["coef"], "L1_logit_mle")
    assert deviance == near(values["deviance"], "L1_logit_mle")
    assert null == near(values["null_deviance"], "L1_logit_mle")
    assert cox_snell == near(values["R2_CoxSnell"], "L1_logit_mle")
    assert cox_snell / max_cox_snell_r2(float(y.mean())) == near(
        values["R2_Nagelkerke"], "L1_logit_mle"
    )


def test_L2_apparent(apparent: Any) -> None:  # noqa: N802
    y, p, _ = apparent
    values = REFERENCE["L2_apparent"]["values"]
    for name in ("auc", "brier", "ipa"):
        assert getattr(metrics, name)(y, p).estimate == near(values[name], "L2_apparent")


def test_P1_penalised_logit(cohort: pl.DataFrame) -> None:  # noqa: N802
    X = StandardScaler().fit_transform(cohort[PREDICTORS].to_numpy().astype(float))
    y = cohort["gtr"].to_numpy().astype(float)
    model = fit_logistic(X, y, 1 / (len(y) * 0.05))
    found = dict(
        zip(["(Intercept)", *PREDICTORS], [*model.intercept_, *model.coef_[0]], strict=True)
    )
    values = REFERENCE["P1_penalised_logit"]["values"]["ridge_lambda_0.05"]
    assert found == near(values, "P1_penalised_logit")


def test_CV1_oof_ridge(cohort: pl.DataFrame) -> None:  # noqa: N802
    X, y = cohort[PREDICTORS].to_numpy().astype(float), cohort["gtr"].to_numpy().astype(float)
    folds = pl.read_csv(FOLDER / "folds5_by_gtr.csv")["fold"].to_numpy()
    p = np.empty(len(y))
    for fold in range(1, 6):
        train, test = folds != fold, folds == fold
        scaler = StandardScaler().fit(X[train])
        model = fit_logistic(scaler.transform(X[train]), y[train], 1 / (train.sum() * 0.05))
        p[test] = predict_risk(model, scaler.transform(X[test]))
    by_fold = [metrics.auc(y[folds == k], p[folds == k]).estimate for k in range(1, 6)]
    values = REFERENCE["CV1_oof_ridge"]["values"]
    found = {
        "auc_pooled": metrics.auc(y, p).estimate,
        "auc_mean": np.mean(by_fold),
        "brier": metrics.brier(y, p).estimate,
        "logloss": metrics.log_loss(y, p).estimate,
        "slope": metrics.calibration_slope(y, p).estimate,
        "citl": metrics.calibration_intercept(y, p).estimate,
    }
    assert found == near({name: values[name] for name in found}, "CV1_oof_ridge")
    assert list(p[:5]) == near(values["first5"], "CV1_oof_ridge")


@pytest.fixture(scope="module")
def given_rows(cohort: pl.DataFrame) -> dict[str, np.ndarray]:
    """Risks of the model made from each of the 200 given resamples, and how rows were drawn."""
    X, y = cohort[PREDICTORS].to_numpy().astype(float), cohort["gtr"].to_numpy().astype(float)
    rows = np.loadtxt(FOLDER / "boot_index_1based_200x300.csv", delimiter=",", dtype=int) - 1
    weights = np.stack([np.bincount(drawn, minlength=300) for drawn in rows]).astype(float)
    fitted = maximum_likelihood_many(X, y, np.vstack([np.ones(300), weights]))
    assert fitted.arrived.all()
    risk = expit(fitted.beta[:, 1:] @ X.T + fitted.beta[:, :1])
    return {"outcome": y, "risk": risk[0], "refits": risk[1:], "weights": weights}


#: Our names of the measures and R's.
IN_R = {
    "auc": "auc",
    "brier": "brier",
    "calibration_slope": "slope",
    "calibration_intercept": "citl",
}


def test_B1_optimism_given_rows(given_rows: dict[str, np.ndarray]) -> None:  # noqa: N802
    found, entry = optimism_corrected(**given_rows), "B1_optimism_given_rows"
    values = REFERENCE[entry]["values"]
    for ours, theirs in IN_R.items():
        assert found[ours]["optimism"] == near(values["mean_optimism"][theirs], entry)
        assert found[ours]["estimate"] == near(values["corrected"][theirs], entry)


def test_B2_rms_validate_B2000(cohort: pl.DataFrame) -> None:  # noqa: N802
    X, y = cohort[PREDICTORS].to_numpy().astype(float), cohort["gtr"].to_numpy().astype(float)
    weights = draw(y, np.arange(300).astype(str), None, n_draws=2000, seed=1).weights
    fitted = maximum_likelihood_many(X, y, np.vstack([np.ones(300), weights]))
    risk = expit(fitted.beta[:, 1:] @ X.T + fitted.beta[:, :1])
    found = optimism_corrected(y, risk[0], risk[1:], weights)
    values = REFERENCE["B2_rms_validate_B2000"]["values"]
    assert {
        "auc_corrected": found["auc"]["estimate"],
        "slope_corrected": found["calibration_slope"]["estimate"],
        "brier_corrected": found["brier"]["estimate"],
    } == near(values, "B2_rms_validate_B2000")


def test_B3_632plus_given_rows(given_rows: dict[str, np.ndarray]) -> None:  # noqa: N802
    found, entry = bootstrap_632plus(**given_rows), "B3_632plus_given_rows"
    values = REFERENCE[entry]["values"]
    names = {
        "out_of_bag": "out_of_bag",
        "no_information": "no_information",
        "overfitting": "R",
        "weight": "weight",
        "estimate": "b632plus",
    }
    for measure in ("auc", "brier"):
        expected = {ours: values[measure][theirs] for ours, theirs in names.items()}
        assert found[measure] == near(expected, entry)
    unstable = instability(
        given_rows["outcome"], given_rows["risk"], given_rows["refits"], thresholds=[0.5]
    )
    assert unstable["mape"] == near(values["mape"], entry)
    for limits, expected in zip(
        case_intervals(given_rows["refits"])[:5], values["interval_first5"], strict=True
    ):
        assert list(limits) == near(expected, entry)


@pytest.mark.parametrize("which", ["p", "p2"])
def test_C1_calibration(which: str) -> None:  # noqa: N802
    frame = pl.read_csv(FOLDER / "preds.csv")
    y, p = frame["y"].to_numpy().astype(float), frame[which].to_numpy()
    values = REFERENCE["C1_calibration"]["values"][which]
    found = {
        "slope": metrics.calibration_slope(y, p).estimate,
        "citl": metrics.calibration_intercept(y, p).estimate,
        "O_E": metrics.o_e_ratio(y, p).estimate,
        "brier": metrics.brier(y, p).estimate,
        "auc": metrics.auc(y, p).estimate,
        "logloss": metrics.log_loss(y, p).estimate,
    }
    assert found == near({name: values[name] for name in found}, "C1_calibration")
    smooth = loess(p, y, p)
    assert smooth is not None
    gap = np.abs(smooth - p)
    curve = {
        "ICI": gap.mean(),
        "E50": np.median(gap),
        "E90": np.quantile(gap, 0.9),
        "Emax": gap.max(),
    }
    assert curve == near(values["loess_direct_span.75_deg2"], "C1_calibration")


def test_D1_net_benefit() -> None:  # noqa: N802
    frame = pl.read_csv(FOLDER / "preds.csv")
    y = frame["y"].to_numpy().astype(float)
    values = REFERENCE["D1_net_benefit"]["values"]
    at = np.array(values["thresholds"])
    for name in ("p", "p2"):
        assert list(net_benefit(y, frame[name].to_numpy(), at)) == near(
            values[name], "D1_net_benefit"
        )
    assert list(net_benefit(y, np.ones(len(y)), at)) == near(values["all"], "D1_net_benefit")


def test_T1_table1(cohort: pl.DataFrame) -> None:  # noqa: N802
    adc, y = cohort["adc"].to_numpy(), cohort["gtr"].to_numpy()
    expected = REFERENCE["T1_table1"]["values"]["smd_adc"]
    assert smd_numbers(adc[y == 1], adc[y == 0]) == near(expected, "T1_table1")


def test_T2_tables(cohort: pl.DataFrame) -> None:  # noqa: N802
    values = REFERENCE["T2_tables"]["values"]
    events, n = int(cohort["gtr"].sum()), cohort.height
    # the entry's tolerance is for odds ratios; its note asks 1e-10 of proportions
    assert wilson_interval(events, n) == pytest.approx(values["wilson"], abs=1e-10)
    assert wilson_interval(3, 19) == pytest.approx(values["wilson_3_19"], abs=1e-10)


def test_BC_logit() -> None:  # noqa: N802
    data = load_breast_cancer()
    names = ["mean radius", "mean texture", "mean smoothness"]
    places = [list(data.feature_names).index(name) for name in names]
    X, y = data.data[:, places], data.target.astype(float)
    scaler = StandardScaler().fit(X)
    model = fit_logistic(scaler.transform(X), y, np.inf)
    slopes = model.coef_[0] / scaler.scale_
    found = {
        "(Intercept)": model.intercept_[0] - slopes @ scaler.mean_,
        **dict(zip([name.replace(" ", "_") for name in names], slopes, strict=True)),
    }
    p = predict_risk(model, scaler.transform(X))
    values = REFERENCE["BC_logit"]["values"]
    assert found == near(values["coef"], "BC_logit")
    assert 2 * len(y) * metrics.log_loss(y, p).estimate == near(values["deviance"], "BC_logit")
    assert metrics.auc(y, p).estimate == near(values["auc"], "BC_logit")


SIGNS = ["central", "illdef", "cap", "syrinx", "het", "seg"]
TERMS = ["(Intercept)", *SIGNS]
CLASSES = ["ependymoma", "astrocytoma", "haemangioblastoma"]


def _classes(cohort: pl.DataFrame) -> np.ndarray:
    return np.array([float(CLASSES.index(name)) for name in cohort["histology"]])


def test_M1_multinomial(cohort: pl.DataFrame) -> None:  # noqa: N802
    X, y = cohort[SIGNS].to_numpy().astype(float), _classes(cohort)
    model = fit_logistic(X, y, np.inf)
    values, entry = REFERENCE["M1_multinomial"]["values"], "M1_multinomial"
    for place, name in ((1, "coef_astro"), (2, "coef_haem")):
        found = np.r_[model.intercept_, model.coef_.T.ravel()].reshape(-1, 3)
        assert list(found[:, place] - found[:, 0]) == near([values[name][t] for t in TERMS], entry)
    risk = predict_risk(model, X, n_classes=3)
    ones = np.ones((1, len(y)))
    assert multiclass.log_loss_many(y, risk, ones)[0] == near(values["logloss"], entry)
    assert multiclass.brier_many(y, risk, ones)[0] == near(values["brier_sum"], entry)
    assert multiclass.hand_till_many(y, risk, ones)[0] == near(values["hand_till"], entry)
    assert multiclass.pdi_many(y, risk, ones)[0] == near(values["pdi"]["pdi"], entry)
    for k, name in enumerate(CLASSES):
        of_class = multiclass.pdi_of_class(y, risk, ones, k)[0]
        assert of_class == near(values["pdi"][name], entry)
        alone = metrics.auc((y == k).astype(float), risk[:, k]).estimate
        assert alone == near(values["ovr_auc"][name], entry)
    assert (risk.argmax(axis=1) == y).mean() == near(values["accuracy"], entry)


def test_M2_multinomial_ridge(cohort: pl.DataFrame) -> None:  # noqa: N802
    X, y = cohort[SIGNS].to_numpy().astype(float), _classes(cohort)
    Z = StandardScaler().fit_transform(X)
    values, c = REFERENCE["M2_multinomial_ridge"]["values"], 1 / (0.05 * len(y))
    kept = fit_logistic(Z, y, c)
    fast = multinomial_path(Z, y, [c], n_classes=3)[0]
    for k, name in enumerate(CLASSES):
        expected = near([values["coef"][name][t] for t in TERMS], "M2_multinomial_ridge")
        assert [kept.intercept_[k], *kept.coef_[k]] == expected
        assert list(fast[k]) == expected
    first = predict_risk(kept, Z[:3], n_classes=3)
    for row, expected in zip(first, values["prob_first3"], strict=True):
        assert list(row) == near(expected, "M2_multinomial_ridge")


def test_IE1_iecv(cohort: pl.DataFrame) -> None:  # noqa: N802
    X, y = cohort[PREDICTORS].to_numpy().astype(float), cohort["gtr"].to_numpy().astype(float)
    values, entry = REFERENCE["IE1_iecv"]["values"], "IE1_iecv"
    by_site: dict[str, tuple[float, ...]] = {}
    for site, expected in values["sites"].items():
        here = (cohort["site"] == site).to_numpy()
        outcome, risk = y[here], predict_risk(fit_logistic(X[~here], y[~here], np.inf), X[here])
        area, error = metrics.auc(outcome, risk).estimate, auc_error(outcome, risk)
        intercept, slope = metrics.recalibration(outcome, risk)
        slope_se = slope_error(outcome, risk, intercept=intercept, slope=slope)
        citl = metrics.calibration_intercept(outcome, risk).estimate
        citl_se = intercept_error(risk, intercept=citl)
        by_site[site] = (area, error, slope, slope_se, citl, citl_se)
        found = {
            "n": int(here.sum()),
            "events": outcome.sum(),
            "auc": area,
            "auc_se": error,
            "slope": slope,
            "slope_se": slope_se,
            "citl": citl,
            "citl_se": citl_se,
            "oe": metrics.o_e_ratio(outcome, risk).estimate,
            "brier": metrics.brier(outcome, risk).estimate,
        }
        assert found == near(expected, entry)
    columns = np.array(list(by_site.values())).T
    area, error = columns[0], columns[1]
    for name, estimates, errors in (
        ("pooled_logit_auc", np.log(area / (1 - area)), error / (area * (1 - area))),
        ("pooled_slope", columns[2], columns[3]),
        ("pooled_citl", columns[4], columns[5]),
    ):
        expected, pooled = values[name]["reml_hksj"], pool(list(estimates), list(errors))
        assert pooled is not None
        assert [pooled.estimate, pooled.se, *pooled.interval, *pooled.prediction] == near(
            [expected[key] for key in ("est", "se", "lo", "hi", "pi_lo", "pi_hi")], entry
        )
        assert pooled.tau2 == near(expected["tau2"], entry)


@pytest.mark.parametrize("case", [name for name in SAMPLE_SIZES if name.startswith("b_")])
def test_pmsampsize(case: str) -> None:
    given, values = SAMPLE_SIZES[case]["input"], SAMPLE_SIZES[case]["values"]
    size = minimum_sample_size(values["cox_snell_r2"], given["parameters"], given["prevalence"])
    assert size is not None
    assert size.max_r2 == pytest.approx(values["max_r2a"], abs=1e-10)
    found = {"1": size.criterion_1, "2": size.criterion_2, "3": size.criterion_3}
    if case == "b_cstat":  # its R2 comes from a simulation and is printed with four digits
        assert found == pytest.approx(values["n_by_criterion"], abs=1)
    else:
        assert found == values["n_by_criterion"]
        assert size.minimum == values["sample_size"]


def test_every_entry_has_a_test() -> None:
    here = Path(__file__).read_text()
    entries = [name for name in REFERENCE if not name.startswith(".")]
    assert [name for name in entries if f"def test_{name}(" not in here] == []
