"""Elastic net: logistic regression with a penalty that sets coefficients to 0.

Belongs here: the path of penalties and the estimator.
Does not belong here: ridge (`analyses.models`), the choice of the penalty, preprocessing.
The penalty is 1/C times (l1_ratio sum |b| + (1 - l1_ratio)/2 sum b^2), against the sum of the
losses; the intercept is free.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy.linalg import lapack
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet
from sklearn.utils.validation import validate_data

from analyses.metrics import Floats
from analyses.two_classes import TwoClassLogistic, two_classes

_MAX_STEPS = 100
_MAX_HALVINGS = 30
#: Slopes that join or leave in one step; more than there are columns is a sign of a circle.
_MAX_MOVES = 2000
#: Largest change of a coefficient at which the fit has arrived.
_TOLERANCE = 1e-8
#: No curvature is taken below this: a risk near 0 or 1 would give its row no weight at all.
_LEAST_CURVATURE = 1e-6


def elastic_net_path(
    matrix: Floats, outcome: Floats, grid: Sequence[float], *, l1_ratio: float
) -> Floats:
    """Fit the whole grid from the strongest penalty on, each from the one before.

    Parameters
    ----------
    matrix
        Shape (n, p). Standardised columns.
    outcome
        Shape (n,). 1 or 0, both present.
    grid
        Values of C, ascending.
    l1_ratio
        Share of the absolute part: 1 is the lasso.

    Returns
    -------
    Floats
        Shape (len(grid), 1 + p), intercept first.

    Notes
    -----
    Newton steps as in Friedman J et al. J Stat Softw 2010;33(1), section 3; the weighted least
    squares of each are solved exactly, by an active set, in place of coordinate descent.

    Examples
    --------
    >>> x = np.array([[-1.0, 0.3], [0.0, -0.4], [0.5, 0.2], [1.0, -0.1]])
    >>> found = elastic_net_path(x, np.array([0.0, 1, 0, 1]), [0.1, 10.0], l1_ratio=0.5)
    >>> found[0].round(6).tolist(), bool(found[1, 1] > 0)
    ([0.0, 0.0, 0.0], True)
    """
    share = outcome.mean()
    beta = np.r_[np.log(share / (1 - share)), np.zeros(matrix.shape[1])]
    found = np.empty((len(grid), len(beta)))
    for place, c in enumerate(grid):
        beta = _fit(matrix, outcome, 1 / c, l1_ratio, start=beta)
        found[place] = beta
    return found


class ElasticNetLogistic(TwoClassLogistic):
    """Elastic-net logistic regression of two classes.

    Parameters
    ----------
    C
        Inverse strength of the penalty.
    l1_ratio
        Share of the absolute part, above 0 and at most 1.

    Attributes
    ----------
    coef_, intercept_
        Shapes (1, p) and (1,).

    Examples
    --------
    >>> x = np.array([[-1.0, 0.3], [0.0, -0.4], [0.5, 0.2], [1.0, -0.1]])
    >>> ElasticNetLogistic(C=0.1).fit(x, [0, 1, 0, 1]).coef_.round(6).tolist()
    [[0.0, 0.0]]
    """

    def __init__(self, C: float = 1.0, l1_ratio: float = 0.5) -> None:
        self.C = C
        self.l1_ratio = l1_ratio

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the coefficients."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.classes_, codes = two_classes(y)
        found = elastic_net_path(X, codes, [self.C], l1_ratio=self.l1_ratio)[0]
        self.intercept_, self.coef_ = found[:1], found[None, 1:]
        return self


def _fit(matrix: Floats, outcome: Floats, penalty: float, l1_ratio: float, *, start: Floats) -> Any:
    """One penalty, from a start."""
    beta = start.copy()
    absolute, square = penalty * l1_ratio, penalty * (1 - l1_ratio)
    value = _objective(matrix, outcome, beta, penalty, l1_ratio)
    for _ in range(_MAX_STEPS):
        logits = matrix @ beta[1:] + beta[0]
        mu = expit(logits)
        curvature = np.maximum(mu * (1 - mu), _LEAST_CURVATURE)
        working = logits + (outcome - mu) / curvature
        # centred by weights, so that the free intercept drops out
        share = curvature / curvature.sum()
        means, mean = share @ matrix, share @ working
        root = np.sqrt(curvature)
        columns, target = (matrix - means) * root[:, None], (working - mean) * root
        slopes = active_set(columns.T @ columns, target @ columns, absolute, square, start=beta[1:])
        if slopes is None:
            slopes = _coordinate_descent(columns, target, penalty, l1_ratio, start=beta[1:])
        aim = np.r_[mean - means @ slopes, slopes]
        step = aim - beta
        for _ in range(_MAX_HALVINGS):
            trial = _objective(matrix, outcome, beta + step, penalty, l1_ratio)
            if trial <= value + 1e-13 * abs(value):
                break
            step = step / 2
        # set where the step ends: a slope that becomes 0 is 0
        beta, value = aim if np.array_equal(step, aim - beta) else beta + step, trial
        if np.abs(step).max() <= _TOLERANCE:
            break
    return beta


def active_set(
    gram: Floats, target: Floats, absolute: float, square: float, *, start: Floats
) -> Floats | None:
    """Minimum of .5 b'(gram + square) b - target'b + absolute sum |b|; None where it has no end.

    Slopes that are not 0 are solved for with their signs held; one that would change sign becomes
    0, and one at 0 that the penalty cannot hold joins. Each move lowers the objective.
    """
    slopes, sign = start.copy(), np.sign(start)
    slack = absolute * (1 + 1e-10) + 1e-12
    for _ in range(_MAX_MOVES):
        active = np.flatnonzero(sign)
        aim = np.zeros_like(slopes)
        if len(active):
            inner = gram[np.ix_(active, active)]
            inner[np.diag_indices_from(inner)] += square
            factor, failed = lapack.dpotrf(inner)
            if failed:
                return None
            aim[active] = lapack.dpotrs(factor, target[active] - absolute * sign[active])[0]
        crosses = active[aim[active] * sign[active] <= 0]
        if len(crosses):
            share = slopes[crosses] / (slopes[crosses] - aim[crosses])
            first = crosses[int(np.argmin(share))]
            slopes = slopes + share.min() * (aim - slopes)
            slopes[first] = sign[first] = 0.0
            continue
        slopes = aim
        pull = target - gram @ slopes
        pull[active] = 0.0
        most = int(np.argmax(np.abs(pull)))
        if abs(pull[most]) <= slack:
            return slopes
        sign[most] = np.sign(pull[most])
    return None


def _coordinate_descent(
    columns: Floats, target: Floats, penalty: float, l1_ratio: float, *, start: Floats
) -> Floats:
    """The same where columns depend on each other and nothing squares the penalty."""
    solver = ElasticNet(
        alpha=penalty / len(target),
        l1_ratio=l1_ratio,
        fit_intercept=False,
        warm_start=True,
        tol=1e-14,
        max_iter=5000,
    )
    solver.coef_ = start.copy()
    with warnings.catch_warnings():
        # coordinate descent cannot reach 1e-14 at every penalty; the outer loop judges
        warnings.simplefilter("ignore", ConvergenceWarning)
        solver.fit(columns, target)
    found: Floats = solver.coef_
    return found


def _objective(
    matrix: Floats, outcome: Floats, beta: Floats, penalty: float, l1_ratio: float
) -> float:
    """Sum of the losses and the penalty."""
    logits = matrix @ beta[1:] + beta[0]
    losses = np.logaddexp(0, logits) - outcome * logits
    slopes = beta[1:]
    absolute, square = np.abs(slopes).sum(), (slopes**2).sum()
    return float(losses.sum() + penalty * (l1_ratio * absolute + (1 - l1_ratio) / 2 * square))
