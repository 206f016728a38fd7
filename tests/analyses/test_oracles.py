"""Own statistics against numbers made by independent software (`tests/oracles/README.md`)."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

from analyses import metrics
from analyses.curves import net_benefit
from analyses.elastic_net import elastic_net_path
from analyses.intervals import Z
from analyses.models import fit_logistic, predict_risk
from analyses.pooling import pool
from analyses.smooth_calibration import calibration_errors, spline_basis, spline_calibration
from analyses.standard_errors import auc_difference, auc_error, intercept_error, slope_error
from analyses.verdict import max_cox_snell_r2, minimum_sample_size
from tests.analyses.oracle_entries import (
    FOLDER,
    PENDING,
    PREDICTORS,
    REFERENCE,
    SAMPLE_SIZES,
    near,
)


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


def test_L1_logit_mle(apparent: Any) -> None:  # noqa: N802 - named as the oracle entry
    y, p, coefficients = apparent
    values = REFERENCE["L1_logit_mle"]["values"]
    deviance = 2 * len(y) * metrics.log_loss(y, p).estimate
    null = 2 * len(y) * metrics.log_loss(y, np.full(len(y), y.mean())).estimate
    cox_snell, gain = 1 - np.exp((deviance - null) / len(y)), null - deviance
    assert gain == near(values["LR_chi2"], "L1_logit_mle")
    assert deviance + 2 * len(coefficients) == near(values["AIC"], "L1_logit_mle")
    shrinkage = (gain - len(PREDICTORS)) / gain
    assert shrinkage == near(values["heuristic_shrinkage_vanHouwelingen"], "L1_logit_mle")
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
    area, error = metrics.auc(y, p).estimate, auc_error(y, p)
    assert area is not None
    assert error is not None
    assert error == near(values["se"], "L2_apparent")
    assert [area - Z * error, area + Z * error] == near([values["lo"], values["hi"]], "L2_apparent")
    assert p[y == 1].mean() - p[y == 0].mean() == near(values["tjur"], "L2_apparent")


def test_P1_penalised_logit(cohort: pl.DataFrame) -> None:  # noqa: N802
    X = StandardScaler().fit_transform(cohort[PREDICTORS].to_numpy().astype(float))
    y = cohort["gtr"].to_numpy().astype(float)
    model = fit_logistic(X, y, 1 / (len(y) * 0.05))
    found = dict(
        zip(["(Intercept)", *PREDICTORS], [*model.intercept_, *model.coef_[0]], strict=True)
    )
    values = REFERENCE["P1_penalised_logit"]["values"]
    assert found == near(values["ridge_lambda_0.05"], "P1_penalised_logit")
    for name, ratio, strength in (
        ("lasso_lambda_0.02", 1.0, 0.02),
        ("enet_a0.5_lambda_0.05", 0.5, 0.05),
    ):
        net = elastic_net_path(X, y, [1 / (len(y) * strength)], l1_ratio=ratio)[0]
        assert list(net) == near(list(values[name].values()), "P1_penalised_logit")


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
        "int_joint": metrics.recalibration(y, p)[0],
        "citl": metrics.calibration_intercept(y, p).estimate,
    }
    assert found == near({name: values[name] for name in found}, "CV1_oof_ridge")
    assert list(p[:5]) == near(values["first5"], "CV1_oof_ridge")


@pytest.mark.parametrize("which", ["p", "p2"])
def test_C1_calibration(which: str) -> None:  # noqa: N802
    frame = pl.read_csv(FOLDER / "preds.csv")
    y, p = frame["y"].to_numpy().astype(float), frame[which].to_numpy()
    values = REFERENCE["C1_calibration"]["values"][which]
    intercept, slope = metrics.recalibration(y, p)
    in_the_large = metrics.calibration_intercept(y, p).estimate
    assert in_the_large is not None
    found = {
        "slope": metrics.calibration_slope(y, p).estimate,
        "slope_se": slope_error(y, p, intercept=intercept, slope=slope),
        "intercept_joint": intercept,
        "citl": in_the_large,
        "citl_se": intercept_error(p, intercept=in_the_large),
        "O_E": metrics.o_e_ratio(y, p).estimate,
        "brier": metrics.brier(y, p).estimate,
        "auc": metrics.auc(y, p).estimate,
        "logloss": metrics.log_loss(y, p).estimate,
    }
    assert found == near({name: values[name] for name in found}, "C1_calibration")
    assert calibration_errors(y, p) == near(
        _by_own_name(values["loess_direct_span.75_deg2"]), "C1_calibration"
    )
    spline = spline_calibration(y, p)
    assert spline is not None
    assert _errors(spline, p) == near(_by_own_name(values["rcs4_logit"]), "C1_calibration")


def _by_own_name(values: dict[str, Any]) -> dict[str, float]:
    """The four distances of an entry by the names of `calibration_errors`."""
    return {name.lower(): values[name] for name in ("ICI", "E50", "E90", "Emax")}


def _errors(curve: np.ndarray, risk: np.ndarray) -> dict[str, float]:
    """The four distances of a curve."""
    gap = np.abs(curve - risk)
    return {
        "ici": gap.mean(),
        "e50": np.median(gap),
        "e90": np.quantile(gap, 0.9),
        "emax": gap.max(),
    }


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


def test_D2_delong_paired() -> None:  # noqa: N802
    frame = pl.read_csv(FOLDER / "preds.csv")
    y, p, p2 = (frame[name].to_numpy().astype(float) for name in ("y", "p", "p2"))
    values, entry = REFERENCE["D2_delong_paired"]["values"], "D2_delong_paired"
    found, error = auc_difference(y, p, p2), auc_error(y, p)
    assert found is not None
    assert error is not None
    assert [found.one, found.other, found.covariance, found.z, found.p] == near(
        [values[key] for key in ("auc1", "auc2", "cov", "z", "p")], entry
    )
    limits = [found.one - Z * error, found.one, found.one + Z * error]
    assert limits == near(values["ci1"], entry)


def test_X1_rcs(cohort: pl.DataFrame) -> None:  # noqa: N802
    basis = spline_basis(cohort["adc"].to_numpy(), np.array([0.9, 1.1, 1.3, 1.6]))
    for found, expected in zip(basis, REFERENCE["X1_rcs"]["values"]["rows"], strict=False):
        assert list(found) == near(expected, "X1_rcs")


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
    """What has no test stands in the one list of pending entries, and nothing else does."""
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_oracles*.py"))
    entries = [name for name in (*REFERENCE, *SAMPLE_SIZES) if not name.startswith(".")]
    tested = {name for name in entries if f"def test_{name}(" in text}
    # one test takes every binary sample size, and draws its cases from the file by this prefix
    tested |= {name for name in SAMPLE_SIZES if name.startswith("b_")}
    assert sorted({*entries} - tested) == sorted(PENDING)
