"""Proportional odds: logistic regression of ordered grades, with a ridge penalty on its slopes.

Belongs here: the estimator and the path of its penalties.
Does not belong here: measures (`analyses.ordinal`), the choice of the penalty (`analyses.models`).
logit P(Y <= k) = zeta_k - x'b: a positive slope means a worse grade. The penalty is 1/(2C) times
the sum of squared slopes, against the sum of the losses; the thresholds zeta are free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from analyses.metrics import Floats

_MAX_STEPS = 100
_MAX_HALVINGS = 40
_GRADIENT_TOLERANCE = 1e-9
#: A probability this small is a row that the thresholds of a step have passed.
_SMALLEST = 1e-300


@dataclass(frozen=True)
class Odds:
    """A fit: thresholds (K - 1), slopes (p), log-likelihood, errors of slopes and thresholds.

    `errors` is None where the curvature has no inverse.
    """

    thresholds: Floats
    slopes: Floats
    loglik: float
    errors: Floats | None


def fit_proportional_odds(
    matrix: Floats, outcome: Floats, c: float, *, n_classes: int, start: Odds | None = None
) -> Odds:
    """Fit by Newton steps; `c` = inf is maximum likelihood without penalty.

    Parameters
    ----------
    matrix
        Shape (n, p).
    outcome
        Shape (n,). Place of the grade, 0 to K - 1; every grade is there.
    c
        Strength of the penalty, as in `analyses.models`.
    n_classes
        K, at least 2.
    start
        A fit to begin from.

    Notes
    -----
    The log-likelihood is concave where the thresholds ascend. Source: Pratt JW. J Am Stat Assoc
    1981;76:103. doi:10.1080/01621459.1981.10477613

    Examples
    --------
    >>> x = np.array([[-1.0], [-0.5], [0.0], [0.2], [0.6], [1.0]])
    >>> found = fit_proportional_odds(x, np.array([0.0, 1, 0, 2, 1, 2]), 1.0, n_classes=3)
    >>> bool(found.slopes[0] > 0), bool(found.thresholds[0] < found.thresholds[1])
    (True, True)
    """
    y, k = outcome.astype(int), n_classes - 1
    free = np.r_[np.zeros(k), np.full(matrix.shape[1], 1 / c)]
    if start is None:
        below = np.cumsum(np.bincount(y, minlength=n_classes)) / len(y)
        theta = np.r_[np.log(below[:-1] / (1 - below[:-1])), np.zeros(matrix.shape[1])]
    else:
        theta = np.r_[start.thresholds, start.slopes]
    design = _Design(matrix, y, n_classes)
    value = design.loss(theta) + 0.5 * (free * theta**2).sum()
    for _ in range(_MAX_STEPS):
        gradient, curvature = design.derivatives(theta)
        gradient, curvature = gradient + free * theta, curvature + np.diag(free)
        if np.abs(gradient).max() <= _GRADIENT_TOLERANCE:
            break
        step = np.linalg.lstsq(curvature, gradient, rcond=None)[0]
        for _ in range(_MAX_HALVINGS):
            trial = theta - step
            trial_value = design.loss(trial) + 0.5 * (free * trial**2).sum()
            if trial_value <= value + 1e-12 * abs(value):
                break
            step = step / 2
        if trial_value >= value and np.abs(step).max() < _GRADIENT_TOLERANCE:
            break
        theta, value = trial, trial_value
    inverse = _inverse(design.derivatives(theta)[1] + np.diag(free))
    errors = None if inverse is None else np.sqrt(np.r_[inverse[k:], inverse[:k]])
    return Odds(theta[:k], theta[k:], -design.loss(theta), errors)


def proportional_odds_path(
    matrix: Floats, outcome: Floats, grid: Sequence[float], *, n_classes: int
) -> list[Odds]:
    """Fit the whole grid from the strongest penalty on, each from the one before."""
    found: list[Odds] = []
    for c in grid:
        start = found[-1] if found else None
        found.append(fit_proportional_odds(matrix, outcome, c, n_classes=n_classes, start=start))
    return found


def grade_risks(matrix: Floats, thresholds: Floats, slopes: Floats) -> Floats:
    """Risk of each grade; shape (n, K), rows sum to 1.

    Examples
    --------
    >>> grade_risks(np.zeros((1, 1)), np.array([0.0, 0.0]), np.array([1.0])).tolist()
    [[0.5, 0.0, 0.5]]
    """
    at_most = expit(thresholds - (matrix @ slopes)[:, None])
    edges = np.column_stack([np.zeros(len(matrix)), at_most, np.ones(len(matrix))])
    return np.diff(edges, axis=1)


class ProportionalOdds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Proportional-odds regression; the order of the grades is the sorted order of the labels.

    Parameters
    ----------
    C
        Inverse strength of the ridge penalty on the slopes; inf for none.

    Attributes
    ----------
    coef_
        Shape (p,). Above 0: a higher value of the column goes with a worse grade.
    thresholds_
        Shape (K - 1,).

    Examples
    --------
    >>> x = np.array([[-1.0], [-0.5], [0.0], [0.2], [0.6], [1.0]])
    >>> model = ProportionalOdds().fit(x, [1, 2, 1, 3, 2, 3])
    >>> model.predict(x[-1:]), model.predict_proba(x).shape
    (array([3]), (6, 3))
    """

    def __init__(self, C: float = 1.0) -> None:
        self.C = C

    def fit(self, X: Any, y: Any) -> Self:
        """Fit thresholds and slopes."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("the outcome has one class only; at least 2 are needed")
        found = fit_proportional_odds(
            X, codes.astype(np.float64), self.C, n_classes=len(self.classes_)
        )
        self.thresholds_, self.coef_ = found.thresholds, found.slopes
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Risk of each grade, in the order of `classes_`."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return grade_risks(X, self.thresholds_, self.coef_)

    def predict(self, X: Any) -> Any:
        """The grade with the highest risk."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self) -> Any:
        """Classes without an order are not what it is for: it may score poorly on them."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class _Design:
    """The likelihood of one set of rows: each has an upper and a lower edge on the logit scale."""

    def __init__(self, matrix: Floats, y: Any, n_classes: int) -> None:
        """Columns of both edges: one for each threshold, then minus the matrix."""
        places = np.arange(n_classes - 1)
        self.upper = np.column_stack([y[:, None] == places, -matrix]).astype(np.float64)
        self.lower = np.column_stack([y[:, None] - 1 == places, -matrix]).astype(np.float64)
        self.is_first, self.is_last = y == 0, y == n_classes - 1
        self.n_thresholds = n_classes - 1

    def _edges(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """Both edges of each row and the probability between them."""
        u = np.where(self.is_last, np.inf, self.upper @ theta)
        low = np.where(self.is_first, -np.inf, self.lower @ theta)
        # far above 0 both probabilities are near 1: their complements keep the digits
        flip = low > 0
        p = np.where(flip, expit(-low) - expit(-u), expit(u) - expit(low))
        return u, low, p

    def loss(self, theta: Floats) -> float:
        """Negative log-likelihood; inf where the thresholds do not ascend."""
        if (np.diff(theta[: self.n_thresholds]) <= 0).any():
            return float("inf")
        p = self._edges(theta)[2]
        return float("inf") if (p <= _SMALLEST).any() else float(-np.log(p).sum())

    def derivatives(self, theta: Floats) -> tuple[Floats, Floats]:
        """Gradient and curvature of the negative log-likelihood."""
        u, low, p = self._edges(theta)
        fu, fl = expit(u) * expit(-u), expit(low) * expit(-low)
        gu, gl = fu / p, fl / p
        uu = gu * (1 - 2 * expit(u)) - gu**2
        ll = -gl * (1 - 2 * expit(low)) - gl**2
        cross = self.upper.T @ (self.lower * (gu * gl)[:, None])
        curvature = self.upper.T @ (self.upper * uu[:, None])
        curvature += self.lower.T @ (self.lower * ll[:, None]) + cross + cross.T
        gradient: Floats = self.lower.T @ gl - self.upper.T @ gu
        return gradient, -curvature


def _inverse(curvature: Floats) -> Floats | None:
    """Diagonal of the inverse; None if there is none."""
    try:
        diagonal: Floats = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return None
    return diagonal if (diagonal > 0).all() else None
