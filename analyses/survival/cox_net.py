"""Elastic net of a Cox model: a penalty that sets coefficients to 0.

Belongs here: the path of penalties.
Does not belong here: ridge (`analyses.survival.cox`), the choice of the penalty, the estimator.
The penalty is theta times (l1_ratio sum |b| + (1 - l1_ratio)/2 sum b^2), against the log partial
likelihood; theta = n lambda of R's `glmnet`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.elastic_net import active_set
from analyses.survival.cox_likelihood import derivatives, log_likelihood
from analyses.survival.cox_sets import CoxSets, Floats, Ties

_MAX_STEPS = 100
_MAX_HALVINGS = 40
_TOLERANCE = 1e-8
#: Share of the mean curvature added to each column, so that dependent columns have one solution.
_TRIFLE = 1e-9


def cox_net_path(
    X: Floats,
    time: Floats,
    is_event: NDArray[Any],
    thetas: Sequence[float],
    *,
    l1_ratio: float,
    weights: Floats | None = None,
    entry: Floats | None = None,
    ties: Ties = "efron",
) -> Floats:
    """Fit the whole grid from the strongest penalty on, each from the one before.

    Parameters
    ----------
    X
        Shape (n, p). Standardised columns.
    thetas
        Penalties above 0, in descending order.
    l1_ratio
        Share of the absolute part: 1 is the lasso.

    Returns
    -------
    Floats
        Shape (len(thetas), p). 0 without an event; nan in a row whose steps do not arrive.

    Notes
    -----
    Newton steps whose quadratic problems are solved exactly by an active set, as in
    `analyses.elastic_net`. Agrees with `glmnet` under Breslow's ties.

    Examples
    --------
    >>> x = np.array([[-1.0, 0.3], [1.0, -0.4], [-1.0, 0.2], [1.0, -0.1]])
    >>> t, d = np.array([4.0, 1.0, 2.0, 3.0]), np.array([0, 1, 1, 1])
    >>> cox_net_path(x, t, d, [9.0, 0.1], l1_ratio=0.5).round(2).tolist()[0]
    [0.0, 0.0]
    """
    sets = CoxSets.of(time, is_event, weights=weights, entry=entry, ties=ties)
    found = np.zeros((len(thetas), X.shape[1]))
    if not len(sets.times):
        return found
    rows = np.asarray(X, dtype=np.float64)[sets.rows]
    matrix = rows - sets.weights @ rows / sets.weights.sum()
    beta = np.zeros(X.shape[1])
    for place, theta in enumerate(thetas):
        arrived = _fit(sets, matrix, theta, l1_ratio, start=beta)
        found[place] = np.nan if arrived is None else arrived
        beta = beta if arrived is None else arrived
    return found


def _fit(
    sets: CoxSets, matrix: Floats, theta: float, l1_ratio: float, *, start: Floats
) -> Floats | None:
    """One penalty, from a start."""
    absolute, square = theta * l1_ratio, theta * (1 - l1_ratio)
    beta = start
    state = log_likelihood(sets, matrix @ beta)
    value = state.loglik - _penalty(beta, absolute, square)
    for _ in range(_MAX_STEPS):
        score, information = derivatives(sets, matrix, state)
        trifle = _TRIFLE * float(np.trace(information)) / len(beta)
        aim = active_set(
            information + trifle * np.eye(len(beta)),
            information @ beta + trifle * beta + score,
            absolute,
            square,
            start=beta,
        )
        if aim is None:
            return None
        step, trial = aim - beta, aim
        for _ in range(_MAX_HALVINGS):
            state = log_likelihood(sets, matrix @ trial)
            trial_value = state.loglik - _penalty(trial, absolute, square)
            if trial_value >= value - 1e-12 * abs(value):
                break
            step = step / 2
            trial = beta + step
        beta, value = trial, trial_value
        if np.abs(step).max(initial=0.0) <= _TOLERANCE:
            return beta
    return None


def _penalty(beta: Floats, absolute: float, square: float) -> float:
    """What the coefficients cost."""
    return absolute * float(np.abs(beta).sum()) + square / 2 * float(beta @ beta)
