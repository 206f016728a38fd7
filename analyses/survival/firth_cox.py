"""Firth's Cox regression: finite coefficients and limits where the likelihood grows without end.

Belongs here: the fit and its profile limits.
Does not belong here: when it is used (`analyses.survival.inference`). No risks come from it.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from analyses.firth import Firth, profile_limits
from analyses.survival.cox import Columns
from analyses.survival.cox_likelihood import State, derivatives, log_likelihood, risk_set_means
from analyses.survival.cox_sets import CoxSets, Floats, Ties

_MAX_STEPS = 500
_MAX_HALVINGS = 40
_LARGEST_STEP = 2.0
_GRADIENT_TOLERANCE = 1e-9


@dataclass(frozen=True)
class FirthCox:
    """The fit, and of each coefficient the profile limits and p of the penalised likelihood ratio.

    A limit or p that was not found is None; limits are looked for up to 4000 standard errors away.
    """

    fitted: Firth
    limits: tuple[tuple[float, float] | None, ...]
    p: tuple[float | None, ...]


def fit_firth_cox(
    X: Floats,
    time: Floats,
    is_event: NDArray[Any],
    *,
    entry: Floats | None = None,
    ties: Ties = "efron",
) -> FirthCox | None:
    """Maximise the log partial likelihood plus half the log determinant of the information.

    Returns
    -------
    FirthCox or None
        None where columns depend on each other, no row has the event, or the steps do not arrive.

    Notes
    -----
    Source: Heinze G, Schemper M. Biometrics 2001;57:114. doi:10.1111/j.0006-341X.2001.00114.x

    Examples
    --------
    >>> x = np.array([[1.0], [1], [0], [0]])  # no event where the column is 0
    >>> found = fit_firth_cox(x, np.array([1.0, 2, 3, 4]), np.array([1, 1, 0, 0]))
    >>> found.fitted.coefficients.round(3).tolist()
    [2.022]
    """
    sets = CoxSets.of(time, is_event, entry=entry, ties=ties)
    if not len(sets.times):
        return None
    columns = Columns.of(X, sets, np.zeros(X.shape[1]))
    fitted = _fit(sets, columns.matrix)
    if fitted is None:
        return None
    scale = np.diag(columns.turn)
    limits, p = [], []
    for place, own in enumerate(scale):
        held = partial(_held, sets, columns.matrix, fitted.coefficients, place)
        found, none = profile_limits(held, fitted, place), held(0.0)
        limits.append(None if found is None else (found[0] * own, found[1] * own))
        p.append(None if none is None else float(chi2.sf(2 * (fitted.loglik - none.loglik), 1)))
    # the determinant is that of the columns as given
    loglik = fitted.loglik - float(np.log(scale).sum())
    shown = Firth(fitted.coefficients * scale, fitted.errors * scale, loglik)
    return FirthCox(shown, tuple(limits), tuple(p))


def _held(sets: CoxSets, matrix: Floats, start: Floats, place: int, value: float) -> Firth | None:
    """The maximum with one coefficient held at a value."""
    return _fit(sets, matrix, fixed=(place, value), start=start)


def _fit(
    sets: CoxSets,
    matrix: Floats,
    *,
    fixed: tuple[int, float] | None = None,
    start: Floats | None = None,
) -> Firth | None:
    """The maximum, one coefficient perhaps held; the determinant is of all columns."""
    beta = np.zeros(matrix.shape[1]) if start is None else start.copy()
    moving = np.ones(len(beta), dtype=bool)
    if fixed is not None:
        beta[fixed[0]], moving[fixed[0]] = fixed[1], False
    value, state = _penalised(sets, matrix, beta)
    for _ in range(_MAX_STEPS):
        score, information = derivatives(sets, matrix, state)
        try:
            inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
        score += _slope_of_determinant(sets, matrix, state, inverse)
        score = score[moving]
        if np.abs(score).max(initial=0.0) <= _GRADIENT_TOLERANCE and np.isfinite(value):
            return Firth(beta, np.sqrt(np.diag(inverse)), value)
        step = np.zeros(len(beta))
        step[moving] = np.linalg.solve(information[np.ix_(moving, moving)], score)
        step *= min(1.0, _LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        for _ in range(_MAX_HALVINGS):
            trial, there = _penalised(sets, matrix, beta + step)
            if trial >= value - 1e-12 * abs(value):
                break
            step = step / 2
        beta, value, state = beta + step, trial, there
    return None


def _penalised(sets: CoxSets, matrix: Floats, beta: Floats) -> tuple[float, State]:
    """Likelihood plus half the log determinant of the information."""
    state = log_likelihood(sets, matrix @ beta)
    if not np.isfinite(state.loglik):
        return -np.inf, state
    sign, logdet = np.linalg.slogdet(derivatives(sets, matrix, state)[1])
    return (state.loglik + 0.5 * float(logdet) if sign > 0 else -np.inf), state


def _slope_of_determinant(sets: CoxSets, matrix: Floats, state: State, inverse: Floats) -> Floats:
    """Half the slope of the log determinant: third moments of the columns over the risk sets.

    Over one risk set of mean m, with q = x' inverse x: the mean of q x, less that of q times m,
    less twice (the mean of x x', less m m') times inverse m.
    """
    share = sets.term_count / state.sums
    means = risk_set_means(sets, matrix, state)
    turned = means @ inverse
    square = np.einsum("mp,pq,mq->m", matrix, inverse, matrix)
    along = np.einsum("mp,mp->m", matrix, sets.back_to_rows(share[:, None] * turned))
    found = matrix.T @ (state.hazard * (square * sets.back_to_rows(share) - 2 * along))
    taken = sets.of_terms(state.hazard * square) / state.sums
    taken -= 2 * np.einsum("lp,lp->l", means, turned)
    slope: Floats = 0.5 * (found - means.T @ (sets.term_count * taken))
    return slope
