"""Does a Cox likelihood grow without end? By linear programming, not by watching coefficients.

Belongs here: the test and the columns to blame.
Does not belong here: what is fitted then (`analyses.survival.firth_cox`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from analyses.survival.cox_sets import CoxSets, Floats

_SEPARATING = 1e-6
_VIOLATED = 1e-9
_MAX_ROUNDS = 200


def monotone_columns(
    X: Floats, time: Floats, is_event: NDArray[Any], *, entry: Floats | None = None
) -> list[int]:
    """Columns along which every event stands at the top of its risk set; empty if there are none.

    Notes
    -----
    Maximise the sum of (x_i - x_j)'b over every event i and every j in its risk set, under each of
    them >= 0 and |b| <= 1: above 0 the likelihood has no maximum. Of the many constraints only
    those are taken in, round by round, that a solution breaks.

    Examples
    --------
    >>> x = np.array([[1.0], [1], [0], [0]])  # no event where the column is 0
    >>> monotone_columns(x, np.array([1.0, 2, 3, 4]), np.array([1, 1, 0, 0]))
    [0]
    """
    sets = CoxSets.of(time, is_event, entry=entry, ties="breslow")
    if not len(sets.times) or not X.shape[1]:
        return []
    rows = X[sets.rows] - X[sets.rows].mean(axis=0)
    rows = rows / np.maximum(np.abs(rows).max(axis=0), 1e-300)
    own = sets.count[sets.events] - 1
    is_at_risk = _is_at_risk(sets)[own]
    gain = (is_at_risk.sum(axis=1)[:, None] * rows[sets.events] - is_at_risk @ rows).sum(axis=0)
    size = max(float(np.abs(gain).max()), 1e-300)
    limits = np.empty((0, X.shape[1]))
    for _ in range(_MAX_ROUNDS):
        found = linprog(-gain / size, A_ub=-limits, b_ub=np.zeros(len(limits)), bounds=(-1, 1))
        if found.status != 0 or -found.fun <= _SEPARATING:
            return []
        linear = rows @ found.x
        highest = np.where(is_at_risk, linear, -np.inf).argmax(axis=1)
        broken = np.flatnonzero(linear[highest] - linear[sets.events] > _VIOLATED)
        if not len(broken):
            return [int(place) for place in np.flatnonzero(np.abs(found.x) > _SEPARATING)]
        new = rows[sets.events[broken]] - rows[highest[broken]]
        limits = np.unique(np.vstack([limits, new]), axis=0)
    return []


def _is_at_risk(sets: CoxSets) -> NDArray[np.bool_]:
    """Whether each row is at risk at each event time; shape (g, m)."""
    places = np.arange(len(sets.times))[:, None]
    found: NDArray[np.bool_] = places < sets.count
    if sets.entered is not None:
        found = found & (places >= sets.entered.count)
    return found
