"""Batched ridge: many ridge logistic regressions on weighted rows of one shared matrix, at once.

Belongs here: the fits of two classes, their metric, their certificate.
Does not belong here: how cases become the shared matrix (`analyses.shared_cases`), folds, choices
and measures (`analyses.resampled`).
A fold or resample is a row of weights. All fits move together, in matrix products; a fit counts as
solved only if the size of its gradient proves that no slope is further off than the tolerance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.linalg.blas import ssyrk

from analyses.metrics import Floats

#: From this C on a fit has a metric of its own: the shared one needs hundreds of steps there.
OWN_METRIC_FROM = 0.5
_MEMORY = 8
_MAX_STEPS = 60
_MAX_SHORTER = 30
#: Fresh metrics after the first, for a fit that has not arrived.
_MAX_RENEWALS = 4
#: Solved fits are put aside once fewer than this share of a batch still moves.
_LIVE_SHARE = 0.75


@dataclass(frozen=True)
class Coding:
    """How the shared matrix becomes the standardised columns of each fit.

    Column j of fit f is the sum over its entries of `value[f, e]` times column `source[e]` of the
    shared matrix, minus `shift[f, j]`; `target[e]` is j. Entries are in the order of their source.
    A column that does not vary in a fit, or that the fit does not have, is 0 throughout. `is_plain`
    says that entry j leads from column j to column j and nowhere else.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    value: Floats
    shift: Floats
    is_plain: bool

    def used(self) -> NDArray[np.bool_]:
        """Whether each column varies in each fit; shape (f, q)."""
        found = np.zeros(self.shift.shape, dtype=bool)
        for entry, target in enumerate(self.target):
            found[:, target] |= self.value[:, entry] != 0
        return found

    def of(self, fits: NDArray[Any]) -> "Coding":
        """The coding of some of the fits."""
        return replace(self, value=self.value[fits], shift=self.shift[fits])

    def spread(self, slopes: Floats) -> Floats:
        """Slopes of each fit's own columns (f, q) as slopes of the shared columns (f, a)."""
        if self.is_plain:
            return slopes * self.value
        starts = np.flatnonzero(np.diff(self.source, prepend=-1))
        found: Floats = np.add.reduceat(slopes[:, self.target] * self.value, starts, axis=1)
        return found

    def gather(self, sums: Floats) -> Floats:
        """Sums over rows of the shared columns (f, a) as sums of each fit's own columns (f, q)."""
        if self.is_plain:
            return sums * self.value
        order = np.argsort(self.target, kind="stable")
        starts = np.flatnonzero(np.diff(self.target[order], prepend=-1))
        found: Floats = np.add.reduceat(
            (sums[:, self.source] * self.value)[:, order], starts, axis=1
        )
        return found

    def columns(self, matrix: Floats, fit: int) -> Floats:
        """The standardised columns of one fit for rows of the shared matrix."""
        if self.is_plain:
            plain: Floats = matrix * self.value[fit] - self.shift[fit]
            return plain
        turn = np.zeros((matrix.shape[1], self.shift.shape[1]))
        turn[self.source, self.target] = self.value[fit]
        found: Floats = matrix @ turn - self.shift[fit]
        return found


@dataclass(frozen=True)
class Problem:
    """Weighted rows of one shared matrix: `matrix` (n, a), `outcome` (n,) 0/1, `weights` (f, n)."""

    matrix: Floats
    outcome: Floats
    weights: Floats
    coding: Coding

    def of(self, fits: NDArray[Any]) -> "Problem":
        """The problem of some of the fits."""
        return replace(self, weights=self.weights[fits], coding=self.coding.of(fits))

    def logits(self, beta: Floats) -> Floats:
        """Logit of every row under each fit; `beta` (f, 1 + q), intercept first."""
        slopes = beta[:, 1:]
        free = beta[:, 0] - np.einsum("fq,fq->f", self.coding.shift, slopes)
        found = self.coding.spread(slopes) @ self.matrix.T
        found += free[:, None]
        return found

    def gradient(self, residual: Floats) -> Floats:
        """Gradient of the losses from weighted residuals (f, n); shape (f, 1 + q)."""
        total = residual.sum(axis=1)
        found = np.empty((len(residual), 1 + self.coding.shift.shape[1]))
        found[:, 0] = total
        found[:, 1:] = self.coding.gather(residual @ self.matrix)
        found[:, 1:] -= self.coding.shift * total[:, None]
        return found


#: From gradients (f, 1 + q) to steps, for the fits of a batch.
Metric = Callable[[Floats, NDArray[np.int64]], Floats]


@dataclass(frozen=True)
class SharedMetric:
    """Eigenvectors and values of the correlation of the columns over all rows."""

    vectors: Floats
    values: Floats

    @classmethod
    def of(cls, standardised: Floats) -> "SharedMetric":
        """From the standardised columns of all rows, extreme values drawn in."""
        matrix = np.clip(standardised, -10, 10)
        values, vectors = np.linalg.eigh(matrix.T @ matrix / len(matrix))
        return cls(vectors, np.maximum(values, 0.0))

    def at(self, curvature: Floats, c: Floats, is_used: NDArray[np.bool_]) -> Metric:
        """The metric of fits with a sum of curvatures (f,), a penalty (f,) and columns (f, q)."""
        divisor = 1 / (curvature[:, None] * self.values + 1 / c[:, None])

        def apply(vector: Floats, fits: NDArray[np.int64]) -> Floats:
            found = np.empty_like(vector)
            found[:, 0] = vector[:, 0] / curvature[fits]
            turned = (vector[:, 1:] @ self.vectors) * divisor[fits]
            found[:, 1:] = (turned @ self.vectors.T) * is_used[fits]
            return found

        return apply


def own_metric(problem: Problem, curvature: Floats, c: Floats) -> Metric:
    """The inverse Hessian of each fit at one point; `curvature` (f, n) is w p (1 - p).

    In single precision: it only guides the steps, and the certificate decides.
    """
    size = 1 + problem.coding.shift.shape[1]
    inverse = np.empty((len(c), size, size), dtype=np.float32)
    for fit in range(len(c)):
        rows = np.flatnonzero(problem.weights[fit])
        columns = np.empty((len(rows), size), dtype=np.float32)
        columns[:, 0] = 1
        columns[:, 1:] = problem.coding.columns(problem.matrix[rows], fit)
        columns *= np.sqrt(curvature[fit, rows], dtype=np.float32)[:, None]
        hessian = ssyrk(1.0, columns.T)  # the upper triangle; the transpose is in Fortran order
        hessian[np.arange(1, size), np.arange(1, size)] += np.float32(1 / c[fit])
        hessian[0, 0] += np.float32(1e-7)
        factor, failed = lapack.spotrf(hessian, overwrite_a=True)
        if not failed:
            half, failed = lapack.spotri(factor, overwrite_c=True)
        if failed:
            inverse[fit] = np.eye(size, dtype=np.float32) * np.float32(c[fit])
            continue
        inverse[fit] = np.triu(half) + np.triu(half, 1).T

    def apply(vector: Floats, fits: NDArray[np.int64]) -> Floats:
        own = inverse if len(fits) == len(inverse) else inverse[fits]
        turned: NDArray[np.float32] = np.matmul(own, vector.astype(np.float32)[:, :, None])[:, :, 0]
        return turned.astype(np.float64)

    return apply


@dataclass(frozen=True)
class Solved:
    """Coefficients (f, 1 + q), standardised, intercept first; `arrived` (f,): the proof holds."""

    beta: Floats
    arrived: NDArray[np.bool_]


def ridge_many(
    problem: Problem, shared: SharedMetric, c: Floats, *, start: Floats, tolerance: float
) -> Solved:
    """Fit every row of weights at its C.

    Parameters
    ----------
    problem
        Shared matrix and weights; both outcomes have weight in every fit.
    shared
        Metric of the fits with a C below `OWN_METRIC_FROM`.
    c
        Shape (f,). Finite.
    start
        Shape (f, 1 + q).
    tolerance
        How far a slope may be off.

    Notes
    -----
    L-BFGS (Nocedal J, Wright S. Numerical Optimization, algorithm 7.4) with the inverse Hessian of
    all rows, or of the fit itself, as metric. The objective is strongly convex with modulus 1/C in
    the slopes, so that C times the norm of the gradient bounds their distance from the solution.
    """
    beta, arrived = start.copy(), np.zeros(len(c), dtype=bool)
    beta[:, 1:] *= problem.coding.used()
    everyone = np.arange(len(c))
    for round_ in range(1 + _MAX_RENEWALS):
        own = (c >= OWN_METRIC_FROM) if round_ == 0 else np.ones(len(c), dtype=bool)
        for fits, is_own in ((everyone[~own & ~arrived], False), (everyone[own & ~arrived], True)):
            if len(fits) == 0:
                continue
            part = problem if len(fits) == len(c) else problem.of(fits)
            found = _descend(part, None if is_own else shared, c[fits], beta[fits], tolerance)
            beta[fits], arrived[fits] = found.beta, found.arrived
        if arrived.all():
            break
    return Solved(beta, arrived)


def ridge_path_many(
    problem: Problem, shared: SharedMetric, grid: Sequence[float], *, tolerance: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Fit every row of weights at every C of an ascending grid, each from the ones before.

    Returns
    -------
    tuple
        Coefficients (C, f, 1 + q) and whether each arrived (C, f).
    """
    n_fits = len(problem.weights)
    found = np.zeros((len(grid), n_fits, 1 + problem.coding.shift.shape[1]))
    arrived = np.zeros((len(grid), n_fits), dtype=bool)
    share = problem.weights @ problem.outcome / problem.weights.sum(axis=1)
    start = np.zeros(found.shape[1:])
    start[:, 0] = np.log(share / (1 - share))
    for place, c in enumerate(grid):
        solved = ridge_many(problem, shared, np.full(n_fits, c), start=start, tolerance=tolerance)
        found[place], arrived[place] = solved.beta, solved.arrived
        # the next one lies further the same way: slopes run smoothly along log C
        start = solved.beta if place == 0 else 2 * solved.beta - found[place - 1]
    return found, arrived


def expit(logits: Floats) -> Floats:
    """Risk of a logit.

    Examples
    --------
    >>> expit(np.array([0.0, -1e9])).round(3).tolist()
    [0.5, 0.0]
    """
    risk = np.exp(-np.clip(logits, -500, 500))
    risk += 1
    return np.divide(1, risk, out=risk)


class _State:
    """Where a batch of fits stands, and the memory of its last steps."""

    def __init__(self, problem: Problem, c: Floats, beta: Floats) -> None:
        self.fits = np.arange(len(c))
        self.problem, self.c, self.beta = problem, c, beta
        self.logits = problem.logits(beta)
        self.residual, self.risk = self._residual(self.logits)
        self.gradient = self._gradient()
        self.steps: list[Floats] = []
        self.changes: list[Floats] = []
        self.inverses: list[Floats] = []

    def _residual(self, logits: Floats) -> tuple[Floats, Floats]:
        risk = expit(logits)
        residual = risk - self.problem.outcome
        residual *= self.problem.weights
        return residual, risk

    def _gradient(self) -> Floats:
        found = self.problem.gradient(self.residual)
        found[:, 1:] += self.beta[:, 1:] / self.c[:, None]
        return found

    def curvature(self) -> Floats:
        """Weight times p (1 - p) of every row, a trifle where every risk is 0 or 1."""
        found: Floats = self.problem.weights * np.maximum(self.risk * (1 - self.risk), 1e-15)
        return found

    def error(self, total_curvature: Floats) -> Floats:
        """An upper bound of how far each fit is from its solution."""
        slopes = self.c * np.sqrt(np.einsum("fq,fq->f", self.gradient[:, 1:], self.gradient[:, 1:]))
        found: Floats = np.maximum(slopes, np.abs(self.gradient[:, 0]) / total_curvature)
        return found

    def direction(self, metric: Metric) -> Floats:
        """The L-BFGS direction: two loops over the remembered steps around the metric."""
        vector = -self.gradient
        shares = []
        for step, change, inverse in zip(
            self.steps[::-1], self.changes[::-1], self.inverses[::-1], strict=True
        ):
            share = np.einsum("fp,fp->f", step, vector) * inverse
            vector -= share[:, None] * change
            shares.append(share)
        vector = metric(vector, self.fits)
        for step, change, inverse, share in zip(
            self.steps, self.changes, self.inverses, shares[::-1], strict=True
        ):
            back = np.einsum("fp,fp->f", change, vector) * inverse
            vector += (share - back)[:, None] * step
        return vector

    def move(self, direction: Floats) -> None:
        """Along the direction, shorter where the slope there says that it went too far."""
        slope = np.einsum("fp,fp->f", self.gradient, direction)
        along = self.problem.logits(direction)
        pull = np.einsum("fq,fq->f", self.beta[:, 1:], direction[:, 1:]) / self.c
        growth = np.einsum("fq,fq->f", direction[:, 1:], direction[:, 1:]) / self.c
        length = np.ones(len(slope))
        for _ in range(_MAX_SHORTER):
            logits = self.logits + length[:, None] * along
            residual, risk = self._residual(logits)
            there = np.einsum("fn,fn->f", residual, along) + pull + length * growth
            far = there > 0.5 * np.abs(slope)
            if not far.any():
                break
            secant = length * slope / np.where(far, slope - there, 1.0)
            length = np.where(far, np.clip(secant, 0.1 * length, 0.8 * length), length)
        self.logits, self.residual, self.risk = logits, residual, risk
        step = length[:, None] * direction
        self.beta = self.beta + step
        before, self.gradient = self.gradient, self._gradient()
        change = self.gradient - before
        product = np.einsum("fp,fp->f", step, change)
        inverse = np.where(product > 0, 1 / np.where(product > 0, product, 1.0), 0.0)
        self.steps.append(step)
        self.changes.append(change)
        self.inverses.append(inverse)
        if len(self.steps) > _MEMORY:
            del self.steps[0], self.changes[0], self.inverses[0]

    def keep(self, live: NDArray[np.bool_]) -> None:
        """Go on with some of the fits."""
        self.problem = self.problem.of(live)
        for name in ("fits", "c", "beta", "logits", "residual", "risk", "gradient"):
            setattr(self, name, getattr(self, name)[live])
        for name in ("steps", "changes", "inverses"):
            setattr(self, name, [kept[live] for kept in getattr(self, name)])


def _descend(
    problem: Problem, shared: SharedMetric | None, c: Floats, start: Floats, tolerance: float
) -> Solved:
    """Steps with one metric: the shared one, or each fit's own where it starts."""
    state = _State(problem, c, start)
    beta, arrived = start.copy(), np.zeros(len(c), dtype=bool)
    curvature = state.curvature()
    if shared is None:
        metric = own_metric(problem, curvature, c)
    else:
        is_used = problem.coding.used()
        metric = shared.at(curvature.sum(axis=1), c, is_used)
    for count in range(_MAX_STEPS + 1):
        done = state.error(state.curvature().sum(axis=1)) <= tolerance
        beta[state.fits] = state.beta
        arrived[state.fits] = done
        if done.all() or count == _MAX_STEPS:
            break
        if (~done).sum() < _LIVE_SHARE * len(done):
            state.keep(~done)
        state.move(state.direction(metric))
    return Solved(beta, arrived)
