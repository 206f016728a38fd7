"""Own estimators: scikit-learn's checks with nothing skipped, and bit-equal through their file."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyses.elastic_net import ElasticNetLogistic, elastic_net_path
from analyses.firth import FirthLogistic, separating_columns
from analyses.model_files import load, save
from analyses.models import GRID
from analyses.proportional_odds import ProportionalOdds, fit_proportional_odds
from tests.analyses.estimator_checks import OWN


def test_own_estimators_pass_every_check_of_scikit_learn() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.analyses.estimator_checks"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    assert {name: checked["not_passed"] for name, checked in found.items()} == {
        kind.__name__: [] for kind in OWN
    }
    assert all(checked["checks"] > 40 for checked in found.values())


def _cases(n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n, 4))
    return X, np.digitize(X[:, 0] + rng.logistic(size=n), [-1.0, 1.0]).astype(float)


@pytest.mark.parametrize("kind", [ElasticNetLogistic, FirthLogistic, ProportionalOdds])
def test_a_file_keeps_every_bit_of_the_predictions(kind: Any) -> None:
    X, grade = _cases()
    y = grade if kind is ProportionalOdds else (grade > 0).astype(float)
    model = kind().fit(X, y)
    again = load(save(model))
    assert (again.predict_proba(X) == model.predict_proba(X)).all()
    assert save(again) == save(model)


@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
@pytest.mark.parametrize("kind", ["plain", "constant", "collinear", "wide"])
def test_the_elastic_net_is_at_its_optimum(kind: str, l1_ratio: float) -> None:
    """No coefficient can move: gradients of the losses balance the penalty of each one."""
    rng = np.random.default_rng(4)
    n, p = (40, 60) if kind == "wide" else (150, 8)
    X = rng.normal(size=(n, p))
    y = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
    if kind == "constant":
        X[:, 3] = 0
    elif kind == "collinear":
        X[:, 4] = X[:, 5]
    for c, beta in zip(
        GRID[::3], elastic_net_path(X, y, GRID[::3], l1_ratio=l1_ratio), strict=True
    ):
        pull = X.T @ (y - 1 / (1 + np.exp(-(X @ beta[1:] + beta[0])))) * c
        slopes = beta[1:]
        left = pull - (1 - l1_ratio) * slopes
        is_zero = slopes == 0
        assert (np.abs(left[is_zero]) <= l1_ratio + 1e-6).all()
        assert left[~is_zero] == pytest.approx(l1_ratio * np.sign(slopes[~is_zero]), abs=1e-5)


def test_ridge_of_grades_is_the_direct_maximum() -> None:
    """There is no number of R for the penalised fit: a general optimiser finds the same one."""
    from scipy.optimize import minimize
    from scipy.special import expit

    X, y = _cases()

    def loss(theta: np.ndarray) -> float:
        at_most = expit(theta[:2] - (X @ theta[2:])[:, None])
        edges = np.column_stack([np.zeros(len(X)), at_most, np.ones(len(X))])
        p = np.diff(edges, axis=1)[np.arange(len(X)), y.astype(int)]
        return float(-np.log(np.maximum(p, 1e-300)).sum() + 0.5 / 0.3 * (theta[2:] ** 2).sum())

    found = fit_proportional_odds(X, y, 0.3, n_classes=3)
    direct = minimize(loss, np.r_[-1.0, 1.0, np.zeros(4)], method="BFGS", options={"gtol": 1e-7})
    assert np.r_[found.thresholds, found.slopes] == pytest.approx(direct.x, abs=1e-5)


def test_two_grades_are_logistic_regression() -> None:
    from analyses.models import fit_logistic

    X, grade = _cases()
    y = (grade > 0).astype(float)
    model, plain = ProportionalOdds(C=0.5).fit(X, y), fit_logistic(X, y, 0.5)
    assert model.coef_ == pytest.approx(plain.coef_[0], abs=1e-8)
    assert model.predict_proba(X) == pytest.approx(plain.predict_proba(X), abs=1e-9)


def test_separation_is_found_where_it_is_and_not_elsewhere() -> None:
    X, grade = _cases()
    y = (grade > 0).astype(float)
    ones = np.ones((len(X), 1))
    assert separating_columns(np.column_stack([ones, X]), y) == []
    sign = ((y == 1) & (X[:, 1] > 0)).astype(float)  # present in cases with the event only
    assert separating_columns(np.column_stack([ones, X, sign]), y) == [5]
