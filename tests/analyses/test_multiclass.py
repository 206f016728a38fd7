"""Measures of several classes: against enumeration, with weights, with ties, without a class."""

from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses import multiclass
from analyses.learners import Learned, learn_ridge
from analyses.metrics import auc_many
from analyses.models import GRID, Training, fit_logistic
from analyses.multinomial import multinomial_path
from analyses.plan_parts import Resampling
from analyses.resampled import Resample, refit_many
from analyses.resampling import Stage, bootstrap_weights, generator

MEASURES = [
    multiclass.log_loss_many,
    multiclass.brier_many,
    multiclass.hand_till_many,
    multiclass.pdi_many,
]


def _drawn(n: int = 40, k: int = 4, *, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    risk = rng.dirichlet(np.ones(k), n)
    outcome = np.r_[np.arange(k), rng.integers(0, k, n - k)].astype(float)
    return outcome, risk.round(1) if ties else risk


def _pdi_by_enumeration(outcome: np.ndarray, risk: np.ndarray) -> float:
    k = risk.shape[1]
    members = [np.flatnonzero(outcome == c) for c in range(k)]
    right, sets = np.zeros(k), 0
    for chosen in product(*members):
        sets += 1
        for c in range(k):
            column = risk[list(chosen), c]
            if column[c] == column.max():
                right[c] += 1 / (column == column.max()).sum()
    return float(right.mean() / sets)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_pdi_is_what_enumerating_every_set_gives(k: int, ties: bool) -> None:
    outcome, risk = _drawn(18, k, ties=ties)
    found = multiclass.pdi_many(outcome, risk, np.ones((1, 18)))[0]
    assert found == pytest.approx(_pdi_by_enumeration(outcome, risk), abs=1e-12)


def test_pdi_and_hand_till_of_two_classes_are_the_auc() -> None:
    outcome, risk = _drawn(30, 2, ties=True)
    ones = np.ones((1, 30))
    area = auc_many(outcome, risk[:, 1], ones)[0]
    # of two classes the two columns hold the same order where rounding keeps their sum
    risk = np.column_stack([1 - risk[:, 1], risk[:, 1]])
    assert multiclass.hand_till_many(outcome, risk, ones)[0] == pytest.approx(area, abs=1e-12)
    assert multiclass.pdi_many(outcome, risk, ones)[0] == pytest.approx(area, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_weight_two_is_the_row_twice(measure: object) -> None:
    outcome, risk = _drawn()
    weights = np.ones((1, 40))
    weights[0, :7] = 2
    twice = np.r_[np.arange(40), np.arange(7)]
    assert measure(outcome, risk, weights)[0] == pytest.approx(  # type: ignore[operator]
        measure(outcome[twice], risk[twice], np.ones((1, 47)))[0],
        abs=1e-12,  # type: ignore[operator]
    )


def test_a_missing_class_has_no_pdi_and_keeps_the_other_pairs() -> None:
    outcome, risk = _drawn()
    here = outcome != 3
    ones = np.ones((1, int(here.sum())))
    assert np.isnan(multiclass.pdi_many(outcome[here], risk[here], ones)[0])
    assert 0 <= multiclass.hand_till_many(outcome[here], risk[here], ones)[0] <= 1


def test_pairs_are_compared_within_folds() -> None:
    # each fold orders its cases rightly; the folds lie on different levels
    outcome = np.array([0.0, 1, 2, 0, 1, 2])
    base = np.array([[0.6, 0.2, 0.2], [0.3, 0.5, 0.2], [0.3, 0.2, 0.5]])
    risk = np.vstack([base, base[:, [0, 1, 2]] * 0.1 + np.array([0.0, 0.0, 0.9])])
    parts = [np.arange(6) < 3, np.arange(6) >= 3]
    ones = np.ones((1, 6))
    assert multiclass.hand_till_many(outcome, risk, ones, parts=parts)[0] == 1.0
    assert multiclass.hand_till_many(outcome, risk, ones)[0] < 1.0


@pytest.mark.parametrize("shape", ["plain", "collinear", "constant", "wide", "rare"])
def test_path_agrees_with_scikit_learn(shape: str) -> None:
    rng = np.random.default_rng(2)
    n, p = (40, 60) if shape == "wide" else (120, 8)
    X = rng.normal(size=(n, p))
    y = rng.integers(0, 3, n).astype(float)
    if shape == "collinear":
        X[:, 1] = X[:, 0]
    if shape == "constant":
        X[:, 2] = 0.0
    if shape == "rare":
        y[:] = np.r_[np.zeros(70), np.ones(47), [2, 2, 2]]
    path = multinomial_path(X, y, GRID, n_classes=3)
    for place, c in enumerate(GRID):
        kept = fit_logistic(X, y, c)
        assert np.abs(path[place, :, 1:] - kept.coef_).max() < 1e-6
        assert np.abs(path[place, :, 0] - (kept.intercept_ - kept.intercept_.mean())).max() < 1e-6


def test_a_part_without_a_case_of_a_pair_says_nothing_of_it() -> None:
    outcome = np.array([0.0, 0, 0])
    risk = np.full((3, 3), 1 / 3)
    assert np.isnan(multiclass.hand_till_many(outcome, risk, np.ones((1, 3)))[0])


def test_weighted_rows_are_copied_rows() -> None:
    rng = np.random.default_rng(4)
    matrix, outcome = rng.normal(size=(60, 70)), rng.integers(0, 3, 60).astype(float)
    weights = rng.multinomial(60, np.full(60, 1 / 60)).astype(float)
    rows = np.repeat(np.arange(60), weights.astype(int))
    by_weights = multinomial_path(matrix, outcome, GRID, n_classes=3, weights=weights)
    by_copies = multinomial_path(matrix[rows], outcome[rows], GRID, n_classes=3)
    assert by_weights == pytest.approx(by_copies, rel=0, abs=1e-8)


def test_the_tolerance_bounds_how_far_a_slope_is_off() -> None:
    rng = np.random.default_rng(6)
    matrix, outcome = rng.normal(size=(50, 8)), rng.integers(0, 4, 50).astype(float)
    exact = multinomial_path(matrix, outcome, GRID, n_classes=4)
    for tolerance in (1e-2, 1e-5):
        rough = multinomial_path(matrix, outcome, GRID, n_classes=4, tolerance=tolerance)
        assert np.abs(rough - exact)[..., 1:].max() <= tolerance


@pytest.mark.parametrize("drawn_twice", [False, True])
def test_classes_on_weights_are_those_of_the_pipeline(drawn_twice: bool) -> None:
    rng = np.random.default_rng(7)
    n = 120
    frame = pl.DataFrame(
        {
            "a": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "sign": rng.choice(["present", "absent", "not_assessable", "not_reported"], n),
            "kind": rng.choice(["x", "y", "z"], n),
        }
    ).with_columns(pl.col("a").fill_nan(None))
    outcome = (rng.random(n) < 0.5) + (frame["kind"] == "x").to_numpy().astype(float)
    groups = np.array([f"P{i - (i % 9 == 1):03d}" for i in range(n)])
    training = Training(frame, outcome, groups, 3)
    weights = np.ones(n)
    if drawn_twice:
        weights = bootstrap_weights(groups, n_draws=1, rng=generator(1, 3))[0]
    draws = [Resample(weights, (Stage.BOOTSTRAPS, 0, 1))]
    plan = Resampling(inner_folds=4)

    def one_by_one(*task: Any) -> Learned:
        return learn_ridge(*task)

    fast, slow = (
        refit_many(training, draws, learner=learner, resampling=plan)[0]
        for learner in (learn_ridge, one_by_one)
    )
    assert fast.choice is not None
    assert slow.choice is not None
    assert (fast.choice.c, fast.choice.one_se) == (slow.choice.c, slow.choice.one_se)
    assert fast.choice.losses == pytest.approx(slow.choice.losses, rel=0, abs=1e-6)
    assert fast.risk == pytest.approx(slow.risk, rel=0, abs=1e-6)
    assert fast.one_se_risk == pytest.approx(slow.one_se_risk, rel=0, abs=1e-6)
    assert fast.null_risk == pytest.approx(slow.null_risk)
    for term, slopes in slow.slopes.items():
        if any(slopes):
            assert fast.slopes[term] == pytest.approx(slopes, rel=0, abs=1e-6)
