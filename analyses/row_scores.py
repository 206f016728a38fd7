"""Row scores: the measures of many models' risks at once, one model a row.

Belongs here: measures of a matrix of risks, each row under weights of its own.
Does not belong here: one set of risks under many weights (`analyses.metrics`), several classes.
`risk` and `weights` have shape (f, n), `outcome` (n,); every function gives shape (f,), nan where a
row has no value. The definitions are those of `analyses.metrics`; the tests compare them.
"""

from collections.abc import Callable

import numpy as np

from analyses.metrics import SMALLEST_RISK, Floats, logit

_MAX_STEPS = 50
_STEP_TOLERANCE = 1e-10


def auc_rows(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """AUC of each row, ties shared.

    Examples
    --------
    >>> y = np.array([0.0, 0, 1, 1])
    >>> auc_rows(y, np.array([[0.1, 0.4, 0.4, 0.8], [0.5, 0.5, 0.5, 0.5]]), np.ones((2, 4)))
    array([0.875, 0.5  ])
    """
    order = np.argsort(risk, axis=1, kind="stable")
    ordered = np.take_along_axis(risk, order, axis=1)
    weighted = np.take_along_axis(weights, order, axis=1)
    events = weighted * outcome[order]
    others = weighted - events
    reached = np.cumsum(others, axis=1)
    below = reached - others
    tied = ordered[:, 1:] == ordered[:, :-1]
    if tied.any():  # within a tie: what lies below its first, and up to its last
        place = np.arange(risk.shape[1])
        starts = np.r_["1", np.zeros((len(risk), 1), dtype=int), np.where(tied, 0, place[1:])]
        ends = np.r_[
            "1", np.where(tied, len(place) - 1, place[:-1]), np.full((len(risk), 1), place[-1])
        ]
        starts = np.maximum.accumulate(starts, axis=1)
        ends = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
        below = np.take_along_axis(below, starts, axis=1)
        reached = np.take_along_axis(reached, ends, axis=1)
    area = np.einsum("fn,fn->f", events, below + reached) / 2
    return _ratio(area, events.sum(axis=1) * others.sum(axis=1))


def brier_rows(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Brier score of each row."""
    return _ratio(np.einsum("fn,fn->f", weights, (risk - outcome) ** 2), weights.sum(axis=1))


def log_loss_rows(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Log-loss of each row."""
    p = np.clip(risk, SMALLEST_RISK, 1 - SMALLEST_RISK)
    losses = -np.log(np.where(outcome > 0, p, 1 - p))
    return _ratio(np.einsum("fn,fn->f", weights, losses), weights.sum(axis=1))


def o_e_ratio_rows(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Observed over expected of each row."""
    return _ratio(weights @ outcome, np.einsum("fn,fn->f", weights, risk))


def calibration_slope_rows(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Calibration slope of each row."""
    x = logit(risk)
    total = weights.sum(axis=1)
    x = x - (np.einsum("fn,fn->f", weights, x) / np.maximum(total, 1))[:, None]
    beta = np.zeros((len(x), 2))
    alive = np.einsum("fn,fn,fn->f", weights, x, x) > 1e-9 * np.maximum(total, 1)
    size = np.zeros(len(x))
    for _ in range(_MAX_STEPS):
        mu = 1 / (1 + np.exp(-np.clip(beta[:, :1] + beta[:, 1:] * x, -500, 500)))
        residual = weights * (outcome - mu)
        curvature = weights * mu * (1 - mu)
        turned = curvature * x
        a, b = curvature.sum(axis=1), turned.sum(axis=1)
        c = np.einsum("fn,fn->f", turned, x)
        first, second = residual.sum(axis=1), np.einsum("fn,fn->f", residual, x)
        determinant = a * c - b * b
        alive &= determinant > 1e-12  # a vanishing curvature: the row is separated
        safe = np.where(alive, determinant, 1.0)
        step = np.column_stack([c * first - b * second, a * second - b * first]) / safe[:, None]
        step[~alive] = 0
        beta += np.clip(step, -5, 5)
        size = np.abs(step).max(axis=1)
        if (size <= _STEP_TOLERANCE * np.maximum(1, np.abs(beta).max(axis=1))).all():
            break
    return np.where(alive & (size <= 1e-6), beta[:, 1], np.nan)


def calibration_intercept_rows(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Calibration intercept (slope 1) of each row."""
    x = logit(risk)
    events, total = weights @ outcome, weights.sum(axis=1)
    alive = (events > 0) & (events < total)
    intercept, step = np.zeros(len(x)), np.zeros(len(x))
    for _ in range(_MAX_STEPS):
        mu = 1 / (1 + np.exp(-np.clip(intercept[:, None] + x, -500, 500)))
        gradient = events - np.einsum("fn,fn->f", weights, mu)
        curvature = np.einsum("fn,fn,fn->f", weights, mu, 1 - mu)
        step = np.where(alive, gradient / np.maximum(curvature, 1e-12), 0.0)
        intercept += np.clip(step, -2, 2)
        if (np.abs(step) <= _STEP_TOLERANCE * np.maximum(1, np.abs(intercept))).all():
            break
    return np.where(alive & (np.abs(step) <= 1e-6), intercept, np.nan)


#: By the name that a measure has in the results.
ROWS: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "auc": auc_rows,
    "brier": brier_rows,
    "log_loss": log_loss_rows,
    "calibration_slope": calibration_slope_rows,
    "calibration_intercept": calibration_intercept_rows,
    "o_e_ratio": o_e_ratio_rows,
}


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Division with nan where there is nothing to divide by."""
    result = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
