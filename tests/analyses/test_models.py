"""Models: the fast path equals scikit-learn; the choice of the penalty; hard data."""

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from analyses.models import (
    GRID,
    Training,
    choose,
    choose_penalty,
    fit_logistic,
    fit_pipeline,
    predict_risk,
    ridge_path,
)


def _data(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    n, p = {"wide": (40, 60)}.get(kind, (150, 8))
    X = rng.normal(size=(n, p))
    y = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
    if kind == "constant":
        X[:, 3] = 0
    elif kind == "collinear":
        X[:, 4] = X[:, 5]
    elif kind == "separated":
        y = (X[:, 0] > 0).astype(float)
    elif kind == "rare":
        y[:] = 0
        y[:2] = 1
    return X, y


@pytest.mark.parametrize("kind", ["plain", "constant", "collinear", "separated", "rare", "wide"])
def test_path_equals_scikit_learn(kind: str) -> None:
    X, y = _data(kind)
    path = ridge_path(X, y)
    for place, c in enumerate(GRID):
        model = fit_logistic(X, y, c)
        expected = np.r_[model.intercept_, model.coef_[0]]
        assert np.abs(path[place] - expected).max() < 1e-6


def test_equal_losses_take_the_stronger_penalty_and_one_se() -> None:
    losses = np.tile(np.linspace(0.7, 0.6, 10), (5, 1))
    losses[:, 5:] = losses[:, 5:6]
    assert choose(losses).c == GRID[5]
    noisy = losses + np.array([[-0.1], [0.1], [0.0], [0.05], [-0.05]])
    assert choose(noisy).one_se < choose(noisy).c


def _training(y: np.ndarray, groups: list[str] | None = None) -> Training:
    frame = pl.DataFrame({"x": np.random.default_rng(1).normal(size=len(y))})
    who = np.array(groups or [f"P{i:03d}" for i in range(len(y))])
    return Training(frame, y, who)


def test_inner_folds_shrink_with_the_rarer_class() -> None:
    y = np.r_[np.ones(3), np.zeros(40)]
    choice = choose_penalty(_training(y), inner_folds=5, seed=1, key=(2,))
    assert len(choice.losses) == len(GRID)


def test_one_patient_of_a_class_leaves_the_strongest_penalty() -> None:
    y = np.r_[np.ones(1), np.zeros(40)]
    choice = choose_penalty(_training(y), inner_folds=5, seed=1, key=(2,))
    assert (choice.c, choice.one_se, choice.losses) == (GRID[0], GRID[0], ())


def test_pipeline_without_any_varying_column_predicts_the_share() -> None:
    y = np.r_[np.ones(10), np.zeros(30)]
    training = Training(
        pl.DataFrame({"x": [1.0] * 40, "s": ["unknown"] * 40}), y, np.arange(40).astype(np.str_)
    )
    risk = predict_risk(fit_pipeline(training, 1.0), training.frame)
    assert risk == pytest.approx(np.full(40, 0.25))


def test_more_columns_than_rows_give_the_solution_of_all_columns() -> None:
    """The short way through the span of the rows is exact, for each penalty of the grid."""
    rng = np.random.default_rng(4)
    matrix, outcome = rng.normal(size=(30, 80)), np.arange(30.0) % 2
    path = ridge_path(matrix, outcome)
    for place, c in enumerate(GRID):
        model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-10, max_iter=200)
        model.fit(matrix, outcome)
        assert np.abs(path[place] - np.r_[model.intercept_, model.coef_[0]]).max() < 1e-6
        short = fit_logistic(matrix, outcome, c)
        assert np.abs(short.coef_ - model.coef_).max() < 1e-6
        assert short.predict_proba(matrix).shape == (30, 2)
