"""Curves: counts add up, ends are where they must be, flat risks do no harm."""

import numpy as np
import pytest

from analyses.curves import calibration_curve, decision_curve, roc_curve


def _cases(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    risk = rng.uniform(0.02, 0.98, n)
    return (rng.random(n) < risk).astype(float), risk


def test_calibration_counts_add_up() -> None:
    y, p = _cases()
    curve = calibration_curve(y, p)
    assert sum(group["n"] for group in curve["bins"]) == 200
    assert sum(bar["events"] for bar in curve["histogram"]) == y.sum()
    for group in curve["bins"]:
        assert 0 <= group["low"] <= group["observed"] <= group["high"] <= 1
    assert all(0 <= point["observed"] <= 1 for point in curve["smooth"])


def test_equal_risks_make_one_group_and_no_smooth_curve() -> None:
    y, _ = _cases()
    curve = calibration_curve(y, np.full(200, 0.4))
    assert [group["n"] for group in curve["bins"]] == [200]
    assert curve["smooth"] == []


def test_roc_begins_and_ends_in_the_corners() -> None:
    y, p = _cases()
    points = roc_curve(y, p)
    assert points[0] == {"fpr": 0.0, "tpr": 0.0}
    assert points[-1] == {"fpr": 1.0, "tpr": 1.0}
    assert len(points) <= 100
    assert roc_curve(np.ones(5), np.linspace(0, 1, 5)) == []


def test_acting_on_all_at_a_low_threshold_is_nearly_the_prevalence() -> None:
    y, p = _cases()
    first = decision_curve(y, p, [0.01])[0]
    assert first["all"] == pytest.approx(y.mean(), abs=0.02)
