"""Models and measures of several classes, of grades, and of separated data, against R."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.preprocessing import StandardScaler

from analyses import metrics, multiclass, ordinal
from analyses.firth import fit_firth, profile_interval, separating_columns
from analyses.models import fit_logistic, predict_risk
from analyses.multinomial import multinomial_path
from analyses.proportional_odds import fit_proportional_odds, grade_risks
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


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


@pytest.fixture(scope="module")
def graded(cohort: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, Any]:
    """Grade, risk of each grade and fit of the proportional-odds model."""
    X = cohort[["mcc", "seg", "illdef"]].to_numpy().astype(float)
    y = cohort["mccf"].to_numpy().astype(float) - 1
    found = fit_proportional_odds(X, y, np.inf, n_classes=4)
    return y, grade_risks(X, found.thresholds, found.slopes), found


def test_O1_ordinal(graded: Any) -> None:  # noqa: N802
    y, risk, found = graded
    values, entry = REFERENCE["O1_ordinal"]["values"], "O1_ordinal"
    assert list(found.slopes) == near(list(values["coef"].values()), entry)
    assert list(found.thresholds) == near(list(values["zeta"].values()), entry)
    assert list(found.errors) == near(list(values["se"].values()), entry)
    assert found.loglik == near(values["loglik"], entry)
    concordance = ordinal.concordance_many(y, risk, np.ones((1, len(y))))[0]
    assert [concordance, 2 * concordance - 1] == near([values["C"], values["Dxy"]], entry)


def test_O2_rps(graded: Any) -> None:  # noqa: N802
    y, risk, _ = graded
    values, ones = REFERENCE["O2_rps"]["values"], np.ones((1, len(y)))
    score = ordinal.rps_many(y, risk, ones)[0]
    assert [score, 3 * score] == near([values["rps"], values["rps_raw"]], "O2_rps")
    assert multiclass.log_loss_many(y, risk, ones)[0] == near(values["logloss"], "O2_rps")


@pytest.fixture(scope="module")
def separated() -> tuple[np.ndarray, np.ndarray]:
    """Design with intercept and outcome of the quasi-separated rows."""
    frame = pl.read_csv(FOLDER / "separation.csv")
    design = np.column_stack([np.ones(frame.height), frame["x1"], frame["x2"]])
    return design.astype(float), frame["y"].to_numpy().astype(float)


def test_F1_firth(separated: Any) -> None:  # noqa: N802
    design, y = separated
    values, found = REFERENCE["F1_firth"]["values"], fit_firth(design, y)
    assert found is not None
    assert list(found.coefficients) == near(list(values["coef"].values()), "F1_firth")
    assert list(found.errors) == near(list(values["se"].values()), "F1_firth")
    # maximum likelihood has no finite slope of x2 (R stopped at 18.7): the linear program says so
    assert separating_columns(design, y) == [2]


def test_F1p_firth_profile(separated: Any) -> None:  # noqa: N802
    design, y = separated
    values, found = REFERENCE["F1p_firth_profile"]["values"], fit_firth(design, y)
    assert found is not None
    assert list(found.coefficients) == near(values["coef"], "F1p_firth_profile")
    for place, name in ((1, "x1"), (2, "x2")):
        limits = profile_interval(design, y, found, place)
        assert limits == near((values[name]["lo"], values[name]["hi"]), "F1p_firth_profile")
