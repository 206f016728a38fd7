"""Firth's logistic regression: finite coefficients and limits where a column separates the classes.

Belongs here: the fit, its profile limits, the test for separation, the estimator.
Does not belong here: when it is used (`analyses.inference`). Its risks are pulled towards one half
(Puhr R et al. Stat Med 2017;36:2302), so no page shows them; ridge predicts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.optimize import brentq, linprog
from scipy.special import expit
from scipy.stats import chi2
from sklearn.utils.validation import validate_data

from analyses.metrics import Floats
from analyses.two_classes import TwoClassLogistic, two_classes

_MAX_STEPS = 200
_MAX_HALVINGS = 40
_LARGEST_STEP = 5.0
_GRADIENT_TOLERANCE = 1e-9
#: Limits are looked for this many doublings of the standard error away, then given up.
_DOUBLINGS = 12
_SEPARATING = 1e-6
#: A column of which this share or less is its own follows from the others.
_DEPENDENT = 1e-8


@dataclass(frozen=True)
class Firth:
    """Coefficients with standard errors, and the penalised log-likelihood."""

    coefficients: Floats
    errors: Floats
    loglik: float


def fit_firth(
    design: Floats,
    outcome: Floats,
    *,
    fixed: tuple[int, float] | None = None,
    start: Floats | None = None,
) -> Firth | None:
    """Maximise the log-likelihood plus half the log determinant of the information.

    Parameters
    ----------
    design
        Shape (n, p), a column of ones among them for the intercept.
    outcome
        Shape (n,). 1 or 0.
    fixed
        Place and value of one coefficient that is held; the determinant is of all columns.
    start
        Shape (p,). Where to begin.

    Returns
    -------
    Firth or None
        None where columns depend on each other, or the steps do not arrive.

    Notes
    -----
    Source: Firth D. Biometrika 1993;80:27. doi:10.1093/biomet/80.1.27; Heinze G, Schemper M.
    Stat Med 2002;21:2409. doi:10.1002/sim.1047

    Examples
    --------
    >>> ones = np.ones((4, 1))
    >>> fit_firth(ones, np.array([1.0, 1, 1, 1])).coefficients.round(4)  # log(4.5 / 0.5)
    array([2.1972])
    """
    beta = np.zeros(design.shape[1]) if start is None else start.copy()
    moving = np.ones(len(beta), dtype=bool)
    if fixed is not None:
        beta[fixed[0]], moving[fixed[0]] = fixed[1], False
    value = _penalised(design, outcome, beta)
    for _ in range(_MAX_STEPS):
        mu = expit(design @ beta)
        information = design.T @ (design * (mu * (1 - mu))[:, None])
        try:
            inverse = np.linalg.inv(information)
        except np.linalg.LinAlgError:
            return None
        hat = np.einsum("ij,jk,ik->i", design, inverse, design) * mu * (1 - mu)
        score = (design.T @ (outcome - mu + hat * (0.5 - mu)))[moving]
        if np.abs(score).max(initial=0.0) <= _GRADIENT_TOLERANCE and np.isfinite(value):
            return Firth(beta, np.sqrt(np.diag(inverse)), value)
        step = np.zeros(len(beta))
        step[moving] = np.linalg.solve(information[np.ix_(moving, moving)], score)
        step *= min(1.0, _LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        for _ in range(_MAX_HALVINGS):
            trial = _penalised(design, outcome, beta + step)
            if trial >= value - 1e-12 * abs(value):
                break
            step = step / 2
        beta, value = beta + step, trial
    return None


def profile_interval(
    design: Floats, outcome: Floats, fitted: Firth, place: int, *, level: float = 0.95
) -> tuple[float, float] | None:
    """Limits where the profile of the penalised likelihood has fallen by half a chi-square.

    Returns
    -------
    tuple[float, float] or None
        None where a limit was not found within 4000 standard errors.

    Examples
    --------
    >>> ones, y = np.ones((4, 1)), np.array([1.0, 1, 1, 1])
    >>> [round(limit, 2) for limit in profile_interval(ones, y, fit_firth(ones, y), 0)]
    [-0.04, 7.08]
    """
    return profile_limits(
        lambda value: fit_firth(design, outcome, fixed=(place, value), start=fitted.coefficients),
        fitted,
        place,
        level=level,
    )


def profile_limits(
    held_at: Callable[[float], Firth | None], fitted: Firth, place: int, *, level: float = 0.95
) -> tuple[float, float] | None:
    """The same for any fit, from the fit with the coefficient held at a value."""
    at_most = float(chi2.ppf(level, 1))

    def excess(value: float) -> float:
        held = held_at(value)
        return float("nan") if held is None else 2 * (fitted.loglik - held.loglik) - at_most

    centre, error = float(fitted.coefficients[place]), float(fitted.errors[place])
    limits = [_crossing(excess, centre, sign * error) for sign in (-1, 1)]
    return None if None in limits else (float(limits[0] or 0.0), float(limits[1] or 0.0))


def separating_columns(design: Floats, outcome: Floats) -> list[int]:
    """Columns along which a hyperplane parts the classes; empty if none does.

    Parameters
    ----------
    design
        Shape (n, p), a column of ones among them.
    outcome
        Shape (n,). 1 or 0.

    Notes
    -----
    By linear programming, never by watching coefficients grow: maximise sum s_i x_i'b under
    s_i x_i'b >= 0 and |b| <= 1, s = +-1 by class. Source: Konis K. DPhil thesis, Oxford 2007.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0.0, 0, 1, 1]])
    >>> separating_columns(x, np.array([0.0, 1, 1, 1]))  # every case with a 1 had the event
    [1]
    """
    scale = np.maximum(np.abs(design).max(axis=0), 1e-12)
    signed = (design / scale) * np.where(outcome == 1, 1.0, -1.0)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    if found.status != 0 or -found.fun <= _SEPARATING:
        return []
    return [int(place) for place in np.flatnonzero(np.abs(found.x) > _SEPARATING)]


class FirthLogistic(TwoClassLogistic):
    """Firth's logistic regression of two classes; for tables of coefficients, not for risks.

    A column that follows from those before it has the coefficient 0.

    Attributes
    ----------
    coef_, intercept_
        Shapes (1, p) and (1,).

    Examples
    --------
    >>> x = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> FirthLogistic().fit(x, [0, 0, 1, 1]).coef_.round(3).tolist()  # ML has no finite value
    [[3.219]]
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the coefficients."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.classes_, codes = two_classes(y)
        design = np.column_stack([np.ones(len(X)), X])
        kept = independent_columns(design)
        found = fit_firth(design[:, kept], codes)
        if found is None:
            raise ValueError("the fit does not arrive: the values of a column are too far apart")
        coefficients = np.zeros(design.shape[1])
        coefficients[kept] = found.coefficients
        self.intercept_, self.coef_ = coefficients[:1], coefficients[None, 1:]
        return self


def independent_columns(design: Floats) -> list[int]:
    """Columns that do not follow from those before them, in their order.

    Examples
    --------
    >>> independent_columns(np.array([[1.0, 0, 1, 2], [1, 1, 0, 2], [1, 2, -1, 5]]))
    [0, 1, 3]
    """
    kept: list[int] = []
    basis = np.empty((len(design), 0))
    for place, column in enumerate(design.T):
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)  # the second time takes away what rounding left
        size = float(np.linalg.norm(left))
        if size > _DEPENDENT * max(float(np.linalg.norm(column)), 1e-300):
            kept.append(place)
            basis = np.column_stack([basis, left / size])
    return kept


def _crossing(excess: Callable[[float], float], centre: float, step: float) -> float | None:
    """Where the profile crosses its level, on one side of the estimate."""
    inner = centre
    for doubling in range(_DOUBLINGS):
        outer = centre + step * 2**doubling
        value = excess(outer)
        if not np.isfinite(value):
            return None
        if value > 0:
            return float(brentq(excess, min(inner, outer), max(inner, outer), xtol=1e-9))
        inner = outer
    return None


def _penalised(design: Floats, outcome: Floats, beta: Floats) -> float:
    """Log-likelihood plus half the log determinant of the information."""
    logits = design @ beta
    mu = expit(logits)
    sign, logdet = np.linalg.slogdet(design.T @ (design * (mu * (1 - mu))[:, None]))
    if sign <= 0:
        return float("-inf")
    return float((outcome * logits - np.logaddexp(0, logits)).sum() + 0.5 * logdet)
