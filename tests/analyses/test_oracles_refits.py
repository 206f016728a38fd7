"""The refits against numbers made by independent software (`tests/oracles/README.md`)."""

import numpy as np
import polars as pl
import pytest

from analyses.batched import expit
from analyses.bootstraps import (
    bootstrap_632plus,
    case_intervals,
    draw,
    instability,
    optimism_corrected,
)
from analyses.unpenalised import maximum_likelihood_many
from tests.analyses.oracle_entries import FOLDER, PREDICTORS, REFERENCE, near


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


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
