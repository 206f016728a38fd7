"""The AUC at a horizon: within test folds, 0.5 on noise, weights of patients respected."""

import numpy as np
import polars as pl
import pytest

from analyses.evaluation import OutOfFold, nested_cross_validation, outer_folds, performance
from analyses.intervals import logit_interval, refitted_deviation
from analyses.learners import learn_ridge
from analyses.metrics import mean_known
from analyses.models import Training
from analyses.panel import panel_at
from analyses.plan_parts import Resampling
from analyses.resampling import bootstrap_weights, generator
from analyses.survival.at_horizons import at_horizons
from analyses.survival.said import together

HORIZONS = (12.0, 24.0)
N_FOLDS = 4


def _training(n: int, rng: np.random.Generator, *, n_columns: int = 1) -> Training:
    """Times that hang on no column; a fifth or so censored."""
    time, end = rng.exponential(25, n), rng.uniform(10, 80, n)
    follow_up = np.column_stack([np.minimum(time, end), time <= end]).astype(np.float64)
    frame = pl.DataFrame({f"x{j}": rng.normal(size=n) for j in range(n_columns)})
    groups = np.array([f"P{i:03d}" for i in range(n)])
    return Training(frame, follow_up[:, 1], groups, follow_up=follow_up, horizons=HORIZONS)


def _said(risk: np.ndarray) -> np.ndarray:
    """The risk by both horizons, nobody lost among the training rows."""
    ones, both = np.ones(len(risk)), np.column_stack([risk, risk])
    return together(risk, ones, both, np.ones_like(both))


def _predicted(risks: list[np.ndarray], folds: list[np.ndarray]) -> OutOfFold:
    said = np.stack([_said(risk) for risk in risks])
    return OutOfFold(said, said, np.stack(folds), ())


def _aucs(training: Training, predicted: OutOfFold, weights: np.ndarray) -> list[dict]:
    """The AUC of the panel, then that of each horizon."""
    panel = performance(training.truth, predicted, weights, **training.kind)
    return [panel["auc"], *(row["auc"] for row in at_horizons(training, predicted, weights))]


def test_models_that_say_the_same_of_everybody_tell_nobody_apart() -> None:
    rng = np.random.default_rng(1)
    training = _training(80, rng)
    folds = rng.permutation(np.arange(80) % N_FOLDS)
    happened = (training.truth[:, 0] <= HORIZONS[0]) & (training.truth[:, 1] == 1)
    # the more events a fold has, the fewer are left to learn from
    risk = np.array([happened[folds != fold].mean() for fold in folds])
    assert len(np.unique(risk)) > 1
    found = _aucs(training, _predicted([risk], [folds]), np.ones((10, 80)))
    assert [each["estimate"] for each in found] == [0.5] * 3


def test_noise_is_told_apart_by_half() -> None:
    resampling = Resampling(outer_folds=5, inner_folds=3, repeats=2)
    found = []
    for seed in range(12):
        training = _training(150, np.random.default_rng(seed), n_columns=5)
        predicted = nested_cross_validation(
            training, outer_folds(training, resampling), learner=learn_ridge, resampling=resampling
        )
        found.append(_aucs(training, predicted, np.ones((2, 150)))[0]["estimate"])
    # over all cases of a repeat together it is 0.45
    assert np.mean(found) == pytest.approx(0.5, abs=0.03)


def test_folds_repeats_and_weights_are_respected() -> None:
    rng = np.random.default_rng(3)
    training = _training(90, rng)
    risks = [rng.uniform(size=90) for _ in range(2)]
    folds = [rng.permutation(np.arange(90) % 3) for _ in range(2)]
    weights = bootstrap_weights(training.groups, n_draws=50, rng=generator(1, 3))
    found = _aucs(training, _predicted(risks, folds), weights)
    for place, each in ((0, found[0]), (0, found[1]), (1, found[2])):
        many = panel_at(HORIZONS, place).at_horizon[0].many

        def within(w: np.ndarray, repeat: int, many=many) -> np.ndarray:
            said = _said(risks[repeat])
            parts = [folds[repeat] == fold for fold in range(3)]
            return mean_known([many(training.truth[p], said[p], w[:, p]) for p in parts])

        estimate = np.mean([within(np.ones((1, 90)), repeat)[0] for repeat in range(2)])
        draws = [within(weights, repeat) for repeat in range(2)]
        limits = logit_interval(estimate, mean_known(draws), deviation=refitted_deviation(draws))
        assert each["estimate"] == pytest.approx(estimate)
        assert each["interval"] == pytest.approx(limits)


def test_a_fold_without_a_case_or_without_anyone_beyond_is_left_out() -> None:
    time = np.array([5.0, 6, 30, 30, 20, 30, 30, 30, 5, 6, 7, 8])
    follow_up = np.column_stack([time, time < 30]).astype(np.float64)
    frame, groups = pl.DataFrame({"x": time}), np.array([f"P{i:02d}" for i in range(12)])
    training = Training(frame, follow_up[:, 1], groups, follow_up=follow_up, horizons=HORIZONS)
    # by month 12 only the first fold has both; its last case has too high a risk
    risk = np.r_[0.9, 0.4, 0.1, 0.5, np.linspace(0.9, 0.1, 8)]
    predicted = _predicted([risk], [np.repeat([0, 1, 2], 4)])
    weights = np.ones((4, 12))
    assert _aucs(training, predicted, weights)[0]["estimate"] == 0.75
    # without the second case the first fold is perfect; without both it has no value
    many = panel_at(HORIZONS, 0).within_folds()["auc"]
    weights[1, 1] = 0
    weights[2, :2] = 0
    weights[3, 2:4] = 0
    found = many(follow_up, predicted.risk[0], weights, predicted.parts(0))
    np.testing.assert_equal(found, [0.75, 1.0, np.nan, np.nan])
