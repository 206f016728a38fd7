"""The score test of proportional odds: against the likelihood ratio, and at its level."""

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.stats import binom, chi2

from analyses.models import Training
from analyses.proportional_odds import fit_proportional_odds
from analyses.proportionality import proportionality, score_test

CUTS = np.array([-0.5, 0.8])


def _drawn(n: int, slopes: tuple[float, float], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three grades whose cuts have slopes of their own."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 1))
    at_most = 1 / (1 + np.exp(-(CUTS - x * np.array(slopes))))
    return x, (rng.random(n)[:, None] > at_most).sum(axis=1).astype(float)


def test_it_is_near_the_likelihood_ratio_in_a_large_sample() -> None:
    x, y = _drawn(20_000, (1.0, 1.15), 3)

    def loss(theta: np.ndarray) -> float:
        at_most = 1 / (1 + np.exp(-(theta[:2] - x * theta[2:])))
        edges = np.column_stack([np.zeros(len(x)), at_most, np.ones(len(x))])
        risk = np.diff(edges)[np.arange(len(x)), y.astype(int)]
        return -float(np.log(np.maximum(risk, 1e-12)).sum())

    odds = fit_proportional_odds(x, y, np.inf, n_classes=3)
    start = np.r_[odds.thresholds, odds.slopes, odds.slopes]
    ratio = 2 * (loss(start) - minimize(loss, start, method="BFGS").fun)
    found = score_test(x, y, n_classes=3)
    assert found is not None
    assert found[1] == 1
    assert found[0] == pytest.approx(ratio, rel=0.03)


def test_it_rejects_at_its_level_and_finds_a_violation() -> None:
    rejected = 0
    for seed in range(200):
        found = score_test(*_drawn(300, (1.0, 1.0), seed), n_classes=3)
        assert found is not None
        rejected += chi2.sf(*found) < 0.05
    assert rejected <= binom.ppf(0.999, 200, 0.05)
    found = score_test(*_drawn(600, (2.0, -0.5), 1), n_classes=3)
    assert found is not None
    assert chi2.sf(*found) < 1e-6


def test_copies_of_a_column_are_left_out_and_nothing_to_test_is_said() -> None:
    x, y = _drawn(200, (1.0, 1.0), 5)
    who = np.arange(200).astype(str)
    twice = pl.DataFrame({"a": x[:, 0], "b": 2 * x[:, 0]})
    found = proportionality(Training(twice, y, who, 3, is_ordered=True))
    assert (found["df"], found["reason"]) == (1, None)
    flat = pl.DataFrame({"a": np.ones(200)})
    assert proportionality(Training(flat, y, who, 3, is_ordered=True))["p"] is None
