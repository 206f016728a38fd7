"""Intervals: inside the range, absent where too few samples have a value, quick."""

import numpy as np
import pytest

from analyses.evaluation import OutOfFold, performance
from analyses.intervals import corrected_difference, logit_interval, percentile_interval


def test_no_interval_from_too_few_values() -> None:
    draws = np.r_[np.full(20, np.nan), np.linspace(0, 1, 80)]
    assert percentile_interval(draws) is None
    assert logit_interval(0.7, draws) is None
    assert percentile_interval(np.r_[np.nan, np.linspace(0, 1, 99)]) is not None


@pytest.mark.parametrize("estimate", [0.0, 1.0])
def test_perfect_auc_has_no_limits(estimate: float) -> None:
    assert logit_interval(estimate, np.full(100, estimate)) is None


def test_auc_limits_stay_inside_zero_and_one() -> None:
    low, high = logit_interval(0.98, np.random.default_rng(1).normal(0.98, 0.05, 500))
    assert 0 < low < 0.98 < high < 1


def test_corrected_difference_is_wider_than_the_plain_one() -> None:
    values = np.random.default_rng(2).normal(-0.1, 0.2, 50)
    mean, interval, se = corrected_difference(values, test_share=0.25)
    assert mean == pytest.approx(values.mean())
    assert se > values.std(ddof=1) / np.sqrt(50)
    assert interval[0] < mean < interval[1]


def test_single_fold_has_no_interval() -> None:
    assert corrected_difference(np.array([0.1, np.nan]), test_share=0.25)[1:] == (None, None)


def test_auc_is_taken_within_folds() -> None:
    y = np.array([0.0, 1, 0, 1])
    risk = np.array([[0.1, 0.2, 0.8, 0.9]])  # perfect within each fold, not across
    predicted = OutOfFold(risk, np.full((1, 4), 0.5), np.array([[0, 0, 1, 1]]), ())
    assert performance(y, predicted, np.ones((50, 4)))["auc"]["estimate"] == 1.0
