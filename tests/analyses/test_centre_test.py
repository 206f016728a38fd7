"""Telling centres apart by numbers, before and after harmonising."""

import numpy as np
import polars as pl
import pytest

from analyses.centre_test import tells_centres
from analyses.plan_parts import Resampling
from analyses.report.prepared import prepared

ONCE = Resampling(outer_folds=2, inner_folds=2, repeats=1, bootstraps=0)


def _numbers(shift: float, n: int = 120) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Three centres whose scanners add something of their own to five numbers."""
    rng = np.random.default_rng(5)
    site = np.arange(n) % 3
    X = rng.normal(size=(n, 5)) + shift * rng.normal(size=(3, 5))[site]
    frame = pl.DataFrame({f"x{j}": X[:, j] for j in range(5)})
    patients = np.array([f"P{i:03d}" for i in range(n)])
    return frame, np.array(["A", "B", "C"])[site], patients


def test_scanners_that_differ_are_told_apart_until_they_are_harmonised() -> None:
    numbers, centres, patients = _numbers(2.0)
    found = tells_centres(numbers, centres, patients, centre="site_id", resampling=ONCE)
    assert found["tells"] == {"before": True, "after": False}
    assert found["before"]["estimate"] > 0.9
    assert found["after"]["interval"][0] < 0.5


def test_scanners_that_do_not_differ_are_not_told_apart() -> None:
    numbers, centres, patients = _numbers(0.0)
    found = tells_centres(numbers, centres, patients, centre="site_id", resampling=ONCE)
    assert found["tells"] == {"before": False, "after": False}


def test_a_centre_with_gaps_is_not_told_apart_by_the_gaps() -> None:
    numbers, centres, patients = _numbers(2.0)
    gaps = numbers.with_columns(
        x0=pl.when(pl.Series(centres == "C")).then(None).otherwise(pl.col("x0"))
    )
    found = tells_centres(gaps, centres, patients, centre="site_id", resampling=ONCE)
    assert (found["centres"], found["n"]) == (["A", "B"], 80)
    nobody = gaps.with_columns(x1=pl.when(pl.Series(centres == "B")).then(pl.col("x1")))
    found = tells_centres(nobody, centres, patients, centre="site_id", resampling=ONCE)
    assert found["tells"] is None
    assert found["reason"] == "fewer than two centres have 4 patients with all of the numbers"


@pytest.mark.parametrize("reason", [None, "too few"])
def test_the_report_says_what_came_of_it(reason: str | None) -> None:
    measured = {"estimate": 0.8, "interval": [0.7, 0.9]}
    test = {
        "n": 90,
        "centres": ["A", "B", "C"],
        "before": None if reason else measured,
        "after": None if reason else {"estimate": 0.5, "interval": [0.4, 0.6]},
        "tells": None if reason else {"before": True, "after": False},
        "reason": reason,
    }
    harmonise = {
        "columns": ["x0"],
        "as_they_are": [],
        "centres": ["A", "B", "C"],
        "without_parameters": [],
        "without": {
            "nested_cv": {"auc": measured},
            "difference": {"log_loss": {"estimate": 0.0, "interval": [-0.1, 0.1]}},
        },
        "centre_test": test,
    }
    page = {
        "preparation": {"harmonise": harmonise, "agreement": None, "correlated": None},
        "cohort": {"missingness": []},
    }
    said = prepared(page)[0]
    if reason:
        assert "was not tested: too few." in said
    else:
        assert "which of 3 centres" in said
        assert "As delivered it can (AUC 0.80, 0.70 to 0.90), harmonised it cannot" in said
