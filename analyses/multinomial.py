"""Multinomial ridge regression for every penalty of the grid, by Newton steps on weighted rows.

Belongs here: the path that the choice of the penalty needs for several classes.
Does not belong here: the fit that is kept (scikit-learn's, `analyses.models`), two classes.
One vector per class, the squares of all slopes penalised, intercepts free and shifted to sum 0.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.linalg import lapack

from analyses.metrics import Floats

_MAX_STEPS = 60
_MAX_HALVINGS = 30
#: How far a slope may be off.
TOLERANCE = 1e-9
#: A step with an old curvature must leave less of the gradient than this, else it is made anew.
_WORTHWHILE = 0.2


def multinomial_path(
    matrix: Floats,
    outcome: Floats,
    grid: Sequence[float],
    *,
    n_classes: int,
    weights: Floats | None = None,
    tolerance: float = TOLERANCE,
    start: Floats | None = None,
) -> Floats:
    """Fit the whole grid from the strongest penalty on, each from the ones before.

    Parameters
    ----------
    matrix
        Shape (n, p). Standardised columns.
    outcome
        Shape (n,). Place of the class, 0 to K - 1; every class is there.
    grid
        Values of C, ascending. Objective: sum of losses + 1/(2C) sum of squared slopes.
    n_classes
        K.
    weights
        Shape (n,). How often each row counts; by default once.
    tolerance
        How far a slope may be off: the objective is strongly convex with modulus 1/C in the slopes,
        so that C times the norm of the gradient bounds their distance from the solution.
    start
        Shape (K, 1 + p). A fit to begin from.

    Returns
    -------
    Floats
        Shape (len(grid), K, 1 + p), intercept first; nan from a penalty on where Newton steps do
        not arrive.

    Notes
    -----
    Slopes of the penalised fit sum to 0 over classes, and so may the intercepts: steps are made in
    an orthonormal basis of such vectors, K - 1 in place of K. Source: Friedman J et al. J Stat
    Softw 2010;33(1), section 4 (symmetric multinomial).

    Examples
    --------
    >>> x = np.array([[-1.0], [-0.5], [0.0], [0.2], [0.6], [1.0]])
    >>> path = multinomial_path(x, np.array([0.0, 0, 1, 1, 2, 2]), [1.0], n_classes=3)
    >>> path.shape, bool(abs(path[0].sum(axis=0)).max() < 1e-9)
    ((1, 3, 2), True)
    """
    counted = np.ones(len(outcome)) if weights is None else weights
    rows = counted > 0
    fit = _Fit(matrix[rows], outcome[rows], counted[rows], n_classes)
    found = np.full((len(grid), n_classes, 1 + matrix.shape[1]), np.nan)
    at = fit.empty() if start is None else fit.basis.T @ start
    before = None
    for place, c in enumerate(grid):
        # the next one lies further the same way: slopes run smoothly along log C
        arrived = fit.solve(c, at if before is None else 2 * at - before, tolerance)
        if arrived is None:
            break
        before, at = (at if place else None), arrived
        found[place] = fit.basis @ at
    return found


def probabilities(logits: Floats) -> Floats:
    """Softmax over the last axis.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    risk: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return risk


class _Fit:
    """Weighted rows of one fit; coefficients (K - 1, 1 + p) in the basis, intercept first."""

    def __init__(self, matrix: Floats, outcome: Floats, weights: Floats, n_classes: int) -> None:
        self.design = np.column_stack([np.ones(len(outcome)), matrix])
        self.weights = weights
        self.happened = (outcome[:, None] == np.arange(n_classes)).astype(np.float64)
        # of the centring matrix the eigenvectors with value 1
        centring = np.eye(n_classes) - 1 / n_classes
        self.basis: Floats = np.linalg.eigh(centring)[1][:, 1:]

    def empty(self) -> Floats:
        """No slopes, and the intercepts of the shares."""
        share = np.log(self.weights @ self.happened / self.weights.sum())
        found = np.zeros((self.basis.shape[1], self.design.shape[1]))
        found[:, 0] = self.basis.T @ share
        return found

    def solve(self, c: float, start: Floats, tolerance: float) -> Floats | None:
        """The fit at one penalty; None where it does not arrive."""
        penalty = np.r_[0.0, np.full(self.design.shape[1] - 1, 1 / c)]
        at, factor, is_fresh = start, None, False
        value, gradient, risk = self._look(at, penalty)
        for _ in range(_MAX_STEPS):
            if self._error(gradient, risk, c) <= tolerance:
                return at
            if factor is None:
                factor, is_fresh = self._factor(risk, penalty), True
                if factor is None:
                    return None
            step = _solve(factor, gradient.ravel()).reshape(at.shape)
            trial, found = at + step, self._look(at + step, penalty)
            if np.linalg.norm(found[1]) <= _WORTHWHILE * np.linalg.norm(gradient):
                at, (value, gradient, risk), is_fresh = trial, found, False
                continue
            if not is_fresh:
                factor = None
                continue
            for _ in range(_MAX_HALVINGS):
                if found[0] <= value + 1e-12 * abs(value):
                    break
                step = step / 2
                trial, found = at + step, self._look(at + step, penalty)
            at, (value, gradient, risk), factor = trial, found, None
        return None

    def _look(self, at: Floats, penalty: Floats) -> tuple[float, Floats, Floats]:
        """Objective, the way down, and the risks."""
        logits = (self.design @ at.T) @ self.basis.T
        top = logits.max(axis=1, keepdims=True)
        risk = np.exp(logits - top)
        total = risk.sum(axis=1, keepdims=True)
        risk /= total
        losses = np.log(total[:, 0]) + top[:, 0] - (logits * self.happened).sum(axis=1)
        value = float(self.weights @ losses + 0.5 * (penalty * at * at).sum())
        residual = ((self.happened - risk) * self.weights[:, None]) @ self.basis
        return value, residual.T @ self.design - penalty * at, risk

    def _error(self, gradient: Floats, risk: Floats, c: float) -> float:
        """An upper bound of how far the fit is from its solution."""
        free = float(np.abs(gradient[:, 0]).max())
        curvature = float(self.weights @ (1 - risk.max(axis=1)))
        return max(c * float(np.linalg.norm(gradient[:, 1:])), free / max(curvature, 1e-15))

    def _factor(self, risk: Floats, penalty: Floats) -> Any:
        """Cholesky factor of the curvature, ((K - 1) (1 + p)) squared; None if it has none.

        In single precision where that will do: it only guides the steps.
        """
        for kind in (np.float32, np.float64):
            factor, failed = self._factor_as(kind, risk, penalty)
            if not failed:
                return factor
        return None

    def _factor_as(self, kind: Any, risk: Floats, penalty: Floats) -> Any:
        """The factor in one precision, and whether it failed; only the lower triangle is made."""
        k, q = self.basis.shape[1], self.design.shape[1]
        design, turned = self.design.astype(kind), risk @ self.basis
        lower = np.zeros((k * q, k * q), dtype=kind, order="F")
        for a in range(k):
            for b in range(a + 1):
                weight = risk @ (self.basis[:, a] * self.basis[:, b]) - turned[:, a] * turned[:, b]
                scaled = design * (self.weights * weight).astype(kind)[:, None]
                lower[a * q : (a + 1) * q, b * q : (b + 1) * q] = design.T @ scaled
        lower[np.diag_indices(k * q)] += np.tile(penalty, k).astype(kind)
        potrf = lapack.spotrf if kind is np.float32 else lapack.dpotrf
        return potrf(lower, lower=1, overwrite_a=1)


def _solve(factor: Any, right: Floats) -> Floats:
    """The solution with a factor of either precision."""
    potrs = lapack.spotrs if factor.dtype == np.float32 else lapack.dpotrs
    found: Floats = potrs(factor, right.astype(factor.dtype), lower=1)[0].astype(np.float64)
    return found
