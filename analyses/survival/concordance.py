"""Concordance: how often the case with the higher risk has the event first.

Belongs here: Harrell's C with its standard error, Uno's C.
Does not belong here: scores at one horizon (`analyses.survival.horizon_scores`), intervals by
bootstrap (`analyses.intervals`).
A competing event counts as the end of follow-up. An event is compared with all later times and with
follow-up that ends at the same time; two events at the same time are not compared; equal risks
count half.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.metrics import Floats
from analyses.survival.steps import Codes, StepFunction

#: Events that are compared at once: keeps the matrix of pairs small for any number of cases.
_BLOCK = 256
_NOTHING = "no two cases can be compared"

_Bools = NDArray[np.bool_]
_Block = tuple[NDArray[np.intp], _Bools, _Bools, _Bools]


@dataclass(frozen=True)
class Concordance:
    """Harrell's C with the standard error of the infinitesimal jackknife, and the pairs counted."""

    estimate: float | None
    se: float | None
    concordant: float
    discordant: float
    tied_risk: float
    reason: str | None = None


def harrell_c(
    time: Floats, event: Codes, risk: Floats, weights: Floats | None = None
) -> Concordance:
    """Harrell's C of one set of risks.

    Parameters
    ----------
    time, event
        Shape (n,). Times, and 1 where the event of interest happened.
    risk
        Shape (n,). Any number that is higher where the event is expected earlier.
    weights
        Shape (n,). 1 by default.

    Notes
    -----
    Source: Harrell FE et al. JAMA 1982;247:2543. doi:10.1001/jama.1982.03320430047030

    Examples
    --------
    >>> harrell_c(np.array([1.0, 2, 3]), np.array([1, 1, 0]), np.array([3.0, 1, 2])).estimate
    0.6666666666666666
    """
    w = np.ones(len(time)) if weights is None else np.asarray(weights, dtype=np.float64)
    right, compared = np.zeros(len(time)), np.zeros(len(time))  # of the pairs that hold each row
    concordant = discordant = tied = 0.0
    for cases, higher, equal, pairs in _blocks(time, event, risk):
        mine = w[cases]
        concordant += float(mine @ higher @ w)
        tied += float(mine @ equal @ w)
        discordant += float(mine @ (pairs & ~higher & ~equal) @ w)
        score = higher + equal / 2
        right[cases] += score @ w
        compared[cases] += pairs @ w
        right += mine @ score
        compared += mine @ pairs
    total = concordant + discordant + tied
    if not total > 0:
        return Concordance(None, None, 0.0, 0.0, 0.0, _NOTHING)
    c = (concordant + tied / 2) / total
    influence = (right - c * compared) / total
    # a weight of 2 is two rows, each with its own influence
    se = float(np.sqrt((w * influence**2).sum()))
    return Concordance(c, se, concordant, discordant, tied)


def harrell_c_many(time: Floats, event: Codes, risk: Floats, weights: Floats) -> Floats:
    """Harrell's C under each row of weights; shape (b,), nan where nothing can be compared.

    Examples
    --------
    >>> w = np.array([[1.0, 1, 1], [0, 1, 1]])
    >>> harrell_c_many(np.array([1.0, 2, 3]), np.array([1, 1, 0]), np.array([3.0, 1, 2]), w)
    array([0.66666667, 0.        ])
    """
    return _many(time, event, risk, weights, np.ones(len(time)))


def uno_c_many(
    time: Floats,
    event: Codes,
    risk: Floats,
    weights: Floats,
    *,
    censoring: StepFunction | Floats,
    tau: float,
) -> Floats:
    """Uno's C under each row of weights: pairs whose earlier event lies at or before tau.

    Parameters
    ----------
    time, event, risk
        As in `harrell_c`.
    weights
        Shape (b, n).
    censoring
        Share still under observation just before each row's time, shape (n,), or the function
        (`analyses.survival.kaplan_meier.censoring`, of the rows the model was trained on).
    tau
        Last time at which an event counts.

    Notes
    -----
    A pair weighs 1 / G(T-)^2 of its event; nan where G is 0 at an event. Source: Uno H et al. Stat
    Med 2011;30:1105. doi:10.1002/sim.4154

    Examples
    --------
    >>> uno_c_many(np.array([1.0, 2, 3]), np.array([1, 1, 0]), np.array([3.0, 1, 2]),
    ...            np.ones((1, 3)), censoring=np.array([1.0, 0.5, 0.5]), tau=2.0).round(4)
    array([0.3333])
    """
    before = censoring.before(time) if isinstance(censoring, StepFunction) else censoring
    counted = (np.asarray(event) == 1) & (time <= tau)
    if (before[counted] <= 0).any():
        return np.full(len(weights), np.nan)
    factor = np.where(counted, 1 / np.where(counted, before, 1.0) ** 2, 0.0)
    return _many(time, counted, risk, weights, factor)


def _many(time: Floats, event: Codes, risk: Floats, weights: Floats, factor: Floats) -> Floats:
    """Concordant over compared pairs, each pair with the factor of its event."""
    right, compared = np.zeros(len(weights)), np.zeros(len(weights))
    for cases, higher, equal, pairs in _blocks(time, event, risk):
        mine = weights[:, cases] * factor[cases]
        right += np.einsum("be,be->b", mine, weights @ (higher + equal / 2).T)
        compared += np.einsum("be,be->b", mine, weights @ pairs.T.astype(np.float64))
    result = np.full(len(weights), np.nan)
    np.divide(right, compared, out=result, where=compared > 0)
    return result


def _blocks(time: Floats, event: Codes, risk: Floats) -> Iterator[_Block]:
    """Events in blocks: their rows, and by event and row whether higher, equal, compared."""
    happened = np.asarray(event) == 1
    events = np.flatnonzero(happened)
    for start in range(0, len(events), _BLOCK):
        cases = events[start : start + _BLOCK]
        at = time[cases][:, None]
        pairs = (time > at) | ((time == at) & ~happened)
        mine = risk[cases][:, None]
        yield cases, pairs & (mine > risk), pairs & (mine == risk), pairs
