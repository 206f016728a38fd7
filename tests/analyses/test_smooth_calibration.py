"""Smooth calibration: weights stand for rows, too few values give no curve."""

import numpy as np
import pytest

from analyses.smooth_calibration import (
    calibration_errors,
    ici_many,
    loess_many,
    spline_calibration,
)


def _cases(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    risk = rng.uniform(0.05, 0.95, n)
    return (rng.random(n) < risk**2).astype(float), risk


def test_a_weight_of_two_is_the_row_twice() -> None:
    y, p = _cases()
    weights = np.where(np.arange(60) % 3 == 0, 2.0, 1.0)
    rows = np.repeat(np.arange(60), weights.astype(int))
    at = np.array([0.1, 0.5, 0.9])
    weighted = loess_many(p, y, at, np.stack([weights, np.ones(60)]))
    assert weighted[0] == pytest.approx(
        loess_many(p[rows], y[rows], at, np.ones((1, len(rows))))[0]
    )
    assert weighted[1] == pytest.approx(loess_many(p, y, at, np.ones((1, 60)))[0])


def test_a_window_with_fewer_than_three_values_has_no_curve() -> None:
    two = loess_many(np.array([0.1, 0.2]), np.array([0.0, 1.0]), np.array([0.1]), np.ones((1, 2)))
    assert np.isnan(two).all()
    x = np.array([0.1] * 10 + [0.2])
    assert np.isnan(loess_many(x, np.ones(11), np.array([0.1]), np.ones((1, 11)))).all()


def test_few_different_risks_fall_back_on_the_spline() -> None:
    """At four values every window of a loess holds two of them; the spline has its four knots."""
    y, _ = _cases()
    p = np.repeat([0.2, 0.4, 0.6, 0.8], 15)
    assert np.isnan(loess_many(p, y, p, np.ones((1, 60)))).any()
    found, curve = calibration_errors(y, p), spline_calibration(y, p)
    assert found is not None
    assert curve is not None
    assert found["emax"] == pytest.approx(np.abs(curve - p).max())


def test_risks_that_hardly_vary_have_no_curve_at_all() -> None:
    y, p = _cases()
    p[:50] = 0.4
    assert calibration_errors(y, p) is None


def test_the_draws_of_an_interval_are_near_the_exact_index() -> None:
    y, p = _cases(200)
    drawn = np.random.default_rng(1).multinomial(200, np.full(200, 1 / 200), 40).astype(float)
    exact = np.array([ici_many(y, p, row[None, :])[0] for row in drawn])
    near = ici_many(y, p, drawn)
    assert np.abs(near - exact).max() < 0.02
    assert np.abs(near - exact).mean() < 0.003
