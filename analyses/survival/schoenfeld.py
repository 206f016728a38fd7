"""Are hazards proportional? The score test of coefficients that change with time.

Belongs here: the test of each column and of all together.
Does not belong here: the fit (`analyses.survival.cox`), words about it.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from analyses.survival.cox import Columns
from analyses.survival.cox_likelihood import derivatives, log_likelihood
from analyses.survival.cox_sets import CoxSets, Floats, Ties


@dataclass(frozen=True)
class Proportionality:
    """Chi-square of each column (p,) with one degree of freedom, and of all with p; p-values."""

    statistics: Floats
    p: Floats
    global_statistic: float
    global_p: float


def proportional_hazards(
    X: Floats,
    time: Floats,
    is_event: NDArray[Any],
    coef: Floats,
    *,
    entry: Floats | None = None,
    ties: Ties = "efron",
) -> Proportionality | None:
    """Test whether each coefficient stays the same over time.

    Parameters
    ----------
    X, time, is_event, entry, ties
        What the model was fitted to.
    coef
        Shape (p,). The maximum of the likelihood without a penalty.

    Returns
    -------
    Proportionality or None
        None without two event times, or where the information has no inverse.

    Notes
    -----
    Score test of adding g(t) times each column, g(t) = 1 - Kaplan-Meier just before t, as R's
    `cox.zph(transform="km")` of version 3. Source: Grambsch PM, Therneau TM. Biometrika
    1994;81:515. doi:10.1093/biomet/81.3.515

    Examples
    --------
    >>> x, t = np.array([[1.0], [1], [0], [0], [1], [0]]), np.arange(1.0, 7)
    >>> found = proportional_hazards(x, t, np.ones(6), np.array([0.767]))
    >>> bool(found.statistics[0] == found.global_statistic), bool(0 < found.p[0] < 1)
    (True, True)
    """
    sets = CoxSets.of(time, is_event, entry=entry, ties=ties)
    if len(sets.times) < 2:
        return None
    columns = Columns.of(X, sets, np.zeros(X.shape[1]))
    state = log_likelihood(sets, columns.matrix @ columns.coded(coef))
    g = _kaplan_meier_scale(sets)
    score, plain, mixed, squared = _moments(sets, columns.matrix, state, g)
    try:
        left = squared - mixed @ np.linalg.solve(plain, mixed)
        alone = np.diag(left)
        if not (alone > 1e-12 * np.abs(np.diag(squared))).all():
            return None
        together = float(score @ np.linalg.solve(left, score))
    except np.linalg.LinAlgError:
        return None
    statistics = score**2 / alone
    return Proportionality(
        statistics,
        np.asarray(chi2.sf(statistics, 1)),
        together,
        float(chi2.sf(together, len(coef))),
    )


def _kaplan_meier_scale(sets: CoxSets) -> Floats:
    """1 - Kaplan-Meier just before each event time."""
    share = 1 - sets.tied(sets.weights) / sets.at_risk(sets.weights)
    found: Floats = 1 - np.concatenate([[1.0], np.cumprod(share)[:-1]])
    return found


def _moments(sets: CoxSets, matrix: Floats, state: Any, g: Floats) -> tuple[Floats, ...]:
    """Score of the columns times g, and the information weighted with 1, g and g squared.

    A weight of an event time is a weight of its terms; the rows with the event carry it too.
    """
    at_event = g[sets.count[sets.events] - 1]
    found = []
    for power in (0, 1, 2):
        own = np.zeros(len(sets.rows))
        own[sets.events] = at_event**power
        weighted = replace(sets, term_count=sets.term_count * g[sets.term_time] ** power)
        score, information = derivatives(weighted, matrix, state)
        score = score - matrix.T @ (sets.weights * sets.is_event * (1 - own))
        found.append((score, information))
    return found[1][0], found[0][1], found[1][1], found[2][1]
