"""Cox models against R (`tests/oracles/README.md`)."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.survival.absolute_risk import absolute_risk
from analyses.survival.concordance import harrell_c_many
from analyses.survival.cox import CoxFit, baseline_hazard, fit_cox, ridge_cox_path
from analyses.survival.cox_net import cox_net_path
from analyses.survival.firth_cox import fit_firth_cox
from analyses.survival.horizon_scores import auc_many, brier_many, observed_risk_many
from analyses.survival.kaplan_meier import censoring, kaplan_meier
from analyses.survival.monotone import monotone_columns
from analyses.survival.predicted import predicted_survival
from analyses.survival.schoenfeld import proportional_hazards
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near
from tests.support.real_data import real

S1 = ["age", "illdef", "gtr", "mcc"]
S3 = [*S1, "seg", "cap"]
GBSG = ["age", "hormon", "meno", "nodes", "pgr", "size"]
HEART = ["age", "year", "surgery", "transplant"]
TIES: Any = ("efron", "breslow")


def _read(name: str, columns: list[str], time: str, event: str) -> tuple[Any, Any, Any]:
    """Predictors, time and event of an input."""
    frame = pl.read_csv(FOLDER / name, infer_schema_length=None)
    X, numbers = frame[columns].to_numpy().astype(float), frame[[time, event]].to_numpy()
    return X, numbers[:, 0].astype(float), numbers[:, 1].astype(int)


@pytest.fixture(scope="module")
def cohort() -> tuple[Any, Any, Any]:
    """Predictors of S1, time, event code."""
    return _read("cohort.csv", S1, "time", "event")


@pytest.fixture(scope="module")
def standardised() -> Any:
    """Predictors of S3, scaled with the 1/n standard deviation."""
    X = _read("cohort.csv", S3, "time", "event")[0]
    return (X - X.mean(axis=0)) / X.std(axis=0)


def _agrees(fitted: CoxFit, values: dict[str, Any], entry: str) -> None:
    """Coefficients, standard errors and both log-likelihoods."""
    assert fitted.converged
    assert list(fitted.coef) == near(list(values["coef"].values()), entry)
    assert list(fitted.errors) == near(list(values["se"].values()), entry)
    assert [fitted.loglik_null, fitted.loglik] == near(values["loglik"], entry)


def _zph_agrees(found: Any, values: dict[str, Any], entry: str) -> None:
    """Chi-square, degrees of freedom and p of every column and of all."""
    assert found is not None
    *each, together = values.values()
    statistics = zip(found.statistics, found.p, strict=True)
    assert [[one, 1, p] for one, p in statistics] == [near(row, entry) for row in each]
    expected = [found.global_statistic, len(each), found.global_p]
    assert expected == near(together, entry)


def test_S1_cox(cohort: Any) -> None:  # noqa: N802 - named as the oracle entry
    X, time, code = cohort
    values, entry = REFERENCE["S1_cox"]["values"], "S1_cox"
    for ties in TIES:
        _agrees(fit_cox(X, time, code > 0, ties=ties), values[ties], entry)
    fitted = fit_cox(X, time, code > 0)
    _zph_agrees(proportional_hazards(X, time, code > 0, fitted.coef), values["zph"], entry)
    case, at = np.array([40.0, 1, 0, 2]), np.array([12.0, 36, 60])
    found = predicted_survival(X, time, code > 0, fitted, case, at)
    for part, name in zip(found, ("surv", "lo", "hi"), strict=True):
        assert list(part) == near(values["pred"][name], entry)
    hazard = baseline_hazard(X, time, code > 0, fitted.coef)
    risk = np.exp(-hazard.at(at) * np.exp(case @ fitted.coef))
    assert list(risk) == near(values["pred"]["surv"], entry)


def test_fits_of_S5_cox_breslow_pred(cohort: Any) -> None:  # noqa: N802
    X, time, code = cohort
    values, entry = REFERENCE["S5_cox_breslow_pred"]["values"], "S5_cox_breslow_pred"
    fitted = fit_cox(X, time, code > 0, ties="breslow")
    hazard = baseline_hazard(X, time, code > 0, fitted.coef, ties="breslow")
    case, at = np.array([40.0, 1, 0, 2]), np.array([12.0, 36, 60])
    found = np.exp(-hazard.at(at) * np.exp(case @ fitted.coef))
    assert list(found) == near(values["pred_surv"], entry)
    risk = absolute_risk([X[:3] @ fitted.coef], [hazard], np.array([12.0, 24, 36, 48, 60]))
    assert risk.tolist() == [near(row, entry) for row in values["risk_first3"]]


def test_S2_cox_public() -> None:  # noqa: N802
    """The second set; the first one is not kept here: `test_S10_cox_whas500`."""
    fitted = fit_cox(*_read("gbsg.csv", GBSG, "rfstime", "status"))
    expected = REFERENCE["S2_cox_public"]["values"]["gbsg2"]["coef"]
    # the oracle has the dummy of before the menopause, the set here that of after
    found = fitted.coef * np.array([1, 1, -1, 1, 1, 1])
    assert list(found) == near(list(expected.values()), "S2_cox_public")
    _c_and_median_agree("gbsg2", *_read("gbsg.csv", GBSG, "rfstime", "status"), fitted.coef)


def _c_and_median_agree(name: str, X: Any, time: Any, is_event: Any, coef: Any) -> None:
    """Harrell's C of the model and the median of Kaplan and Meier, of a public set."""
    values = REFERENCE["S2_cox_public"]["values"][name]
    c = harrell_c_many(time, np.asarray(is_event).astype(int), X @ coef, np.ones((1, len(time))))
    assert c[0] == near(values["C"], "S2_cox_public")
    assert kaplan_meier(time, is_event).median().estimate == values["median_km"]


def test_S7_cox_gbsg() -> None:  # noqa: N802
    X, time, is_event = _read("gbsg.csv", GBSG, "rfstime", "status")
    values, entry = REFERENCE["S7_cox_gbsg"]["values"], "S7_cox_gbsg"
    fitted = fit_cox(X, time, is_event)
    _agrees(fitted, values, entry)
    _zph_agrees(proportional_hazards(X, time, is_event, fitted.coef), values["zph"], entry)
    pred, case = values["pred"], np.array([50.0, 1, 1, 3, 100, 25])
    found = predicted_survival(X, time, is_event, fitted, case, np.array(pred["at"]))
    for part, name in zip(found, ("surv", "lo", "hi"), strict=True):
        assert list(part) == near(pred[name], entry)


@pytest.mark.parametrize("ties", TIES)
def test_S8_cox_entry(ties: Any) -> None:  # noqa: N802
    X, stop, is_event = _read("heart.csv", HEART, "stop", "event")
    start = pl.read_csv(FOLDER / "heart.csv")["start"].to_numpy().astype(float)
    entry = "S8_cox_entry"
    values = REFERENCE[entry]["values"][ties]
    fitted = fit_cox(X, stop, is_event, entry=start, ties=ties)
    _agrees(fitted, values, entry)
    zph = proportional_hazards(X, stop, is_event, fitted.coef, entry=start, ties=ties)
    _zph_agrees(zph, values["zph"], entry)
    pred, case = values["pred"], np.array([0.0, 2, 0, 1])
    at = np.array(pred["at"], dtype=float)
    found = predicted_survival(X, stop, is_event, fitted, case, at, entry=start, ties=ties)
    for part, name in zip(found, ("surv", "lo", "hi"), strict=True):
        assert list(part) == near(pred[name], entry)
    ridge = ridge_cox_path(X, stop, is_event, [5.0], entry=start)[0]
    assert list(ridge) == near(list(REFERENCE[entry]["values"]["ridge"].values()), entry)


def test_S9_cox_weights(cohort: Any) -> None:  # noqa: N802
    X, time, code = cohort
    values, entry = REFERENCE["S9_cox_weights"]["values"], "S9_cox_weights"
    copies = (np.arange(1, 301) % 3).astype(float)
    _agrees(fit_cox(X, time, code > 0, weights=copies), values["efron_copies"], entry)
    half = fit_cox(X, time, code > 0, weights=copies / 2, ties="breslow")
    _agrees(half, values["breslow_half"], entry)


def test_S10_cox_whas500() -> None:  # noqa: N802
    frame = pl.read_csv(real("survival", "whas500_sksurv.csv"))
    X = frame[["age", "bmi", "hr", "sysbp"]].to_numpy().astype(float)
    time, is_event = frame["time"].to_numpy().astype(float), frame["status"].to_numpy()
    values, entry = REFERENCE["S10_cox_whas500"]["values"], "S10_cox_whas500"
    fitted = fit_cox(X, time, is_event)
    _agrees(fitted, values, entry)
    _zph_agrees(proportional_hazards(X, time, is_event, fitted.coef), values["zph"], entry)
    expected = REFERENCE["S2_cox_public"]["values"]["whas500"]["coef"]
    assert list(fitted.coef) == near(list(expected.values()), "S2_cox_public")
    _c_and_median_agree("whas500", X, time, is_event, fitted.coef)


def test_S3_penalised_cox(cohort: Any, standardised: Any) -> None:  # noqa: N802
    _, time, code = cohort
    values, entry = REFERENCE["S3_penalised_cox"]["values"], "S3_penalised_cox"
    ridge = ridge_cox_path(standardised, time, code > 0, [30.0], ties="breslow")[0]
    assert list(ridge) == near(list(values["ridge_0.1"].values()), entry)
    lasso = cox_net_path(standardised, time, code > 0, [15.0], l1_ratio=1.0, ties="breslow")[0]
    assert list(lasso) == near(list(values["lasso_0.05"].values()), entry)
    assert [not b for b in lasso] == [not b for b in values["lasso_0.05"].values()]


def test_S6_ridge_cox_efron(cohort: Any, standardised: Any) -> None:  # noqa: N802
    _, time, code = cohort
    values, entry = REFERENCE["S6_ridge_cox_efron"]["values"], "S6_ridge_cox_efron"
    for ties in TIES:
        path = ridge_cox_path(standardised, time, code > 0, [300.0, 30.0], ties=ties)
        assert list(path[1]) == near(list(values[ties].values()), entry)


@pytest.mark.parametrize("which", ["untied", "tied_efron", "tied_breslow"])
def test_F2_firth_cox(which: str) -> None:  # noqa: N802
    X, time, is_event = _read("separation_surv.csv", ["x1", "x2"], "time", "event")
    time = time if which == "untied" else np.ceil(time)
    values, entry = REFERENCE["F2_firth_cox"]["values"][which], "F2_firth_cox"
    found = fit_firth_cox(X, time, is_event, ties="breslow" if which == "tied_breslow" else "efron")
    assert found is not None
    fitted, limits = found.fitted, found.limits
    assert list(fitted.coefficients) == near(list(values["coef"].values()), entry)
    assert list(fitted.errors) == near(list(values["se"].values()), entry)
    assert fitted.loglik == near(values["loglik_penalised"], entry)
    assert limits[1] == near(tuple(values["x2_profile"].values()), entry)
    assert 1 in monotone_columns(X, time, is_event)


def test_cause_specific_cox_of_CR1(cohort: Any) -> None:  # noqa: N802
    X, time, code = cohort
    values = REFERENCE["CR1_competing"]["values"]["cause_specific"]
    fitted = fit_cox(X, time, code == 1)
    assert list(fitted.coef) == near(list(values["coef"].values()), "CR1_competing")
    assert list(fitted.errors) == near(list(values["se"].values()), "CR1_competing")


def test_CR2_absolute_risk(cohort: Any) -> None:  # noqa: N802
    X, time, code = cohort
    values, entry = REFERENCE["CR2_absolute_risk"]["values"], "CR2_absolute_risk"
    coefs = [fit_cox(X, time, code == cause).coef for cause in (1, 2)]
    hazards = [baseline_hazard(X, time, code == c, b) for c, b in zip((1, 2), coefs, strict=True)]
    linear, at = [X[:3] @ b for b in coefs], np.array([12.0, 36, 60])
    for product_limit, name in ((False, "exp"), (True, "product_limit")):
        risk = absolute_risk(linear, hazards, at, product_limit=product_limit)
        expected = values[f"risk_{name}_first3"]
        assert risk.tolist() == [near(row, entry) for row in expected]
    risk = absolute_risk([X @ b for b in coefs], hazards, np.array([36.0]))[:, 0]
    one, said = np.ones((1, len(time))), {"at": 36.0, "censoring": censoring(time, code > 0)}
    null = np.full(len(time), observed_risk_many(time, code, one, at=36.0)[0])
    assert brier_many(time, code, risk, one, **said)[0] == near(values["brier36"], entry)
    assert brier_many(time, code, null, one, **said)[0] == near(values["brier36_null"], entry)
    assert auc_many(time, code, risk, one, **said)[0] == near(values["auc36"], entry)
