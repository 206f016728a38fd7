"""Step functions and risk sets: what every estimate over time is built from.

Belongs here: a right-continuous step function, who is at risk when, what happens at each time.
Does not belong here: estimates (`analyses.survival.kaplan_meier`, `analyses.survival.competing`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analyses.metrics import Floats

#: One number a row: 0 where follow-up ended, above 0 (or True) where something happened.
Codes = NDArray[Any]


@dataclass(frozen=True)
class StepFunction:
    """A function that keeps its value from one time to the next; `start` holds before the first.

    Examples
    --------
    >>> survival = StepFunction(np.array([2.0, 5.0]), np.array([0.8, 0.4]), 1.0)
    >>> survival.at([1, 2, 9]).tolist(), survival.before([2, 5]).tolist()
    ([1.0, 0.8, 0.4], [1.0, 0.8])
    """

    times: Floats
    values: Floats
    start: float

    def at(self, t: ArrayLike) -> Floats:
        """Values at the times t, jumps at t included."""
        return self._pick(np.searchsorted(self.times, np.asarray(t, dtype=np.float64), "right"))

    def before(self, t: ArrayLike) -> Floats:
        """Values just before the times t, jumps at t not yet included."""
        return self._pick(np.searchsorted(self.times, np.asarray(t, dtype=np.float64), "left"))

    def _pick(self, passed: NDArray[np.intp]) -> Floats:
        """The value after so many jumps."""
        picked: Floats = np.concatenate([[self.start], self.values])[passed]
        return picked


@dataclass(frozen=True)
class RiskSets:
    """The distinct times in order, where each row's time stands among them, and who is at risk.

    `at_risk` counts weights on (entry, time]; rows that are never at risk weigh 0 in `weights`.
    """

    times: Floats
    place: NDArray[np.intp]
    weights: Floats
    at_risk: Floats

    def count(self, happened: NDArray[np.bool_]) -> Floats:
        """Weight of the rows that `happened` marks, at each time."""
        return _sums(self.place, self.weights * happened, len(self.times))


def is_marked(codes: Codes) -> NDArray[np.bool_]:
    """Whether something happened, of either kind.

    Examples
    --------
    >>> is_marked(np.array([0, 1, 2])).tolist()
    [False, True, True]
    """
    marked: NDArray[np.bool_] = np.asarray(codes) > 0
    return marked


def risk_sets(time: Floats, weights: Floats | None = None, entry: Floats | None = None) -> RiskSets:
    """Who is at risk at each distinct time.

    Parameters
    ----------
    time
        Shape (n,). Time of the event or of the end of follow-up.
    weights
        Shape (n,). 1 by default; 2 is the same as the row twice.
    entry
        Shape (n,). At risk after this time only (left truncation). A row whose entry is not before
        its time is never at risk and counts nowhere.

    Examples
    --------
    >>> risk_sets(np.array([3.0, 1.0, 3.0]), entry=np.array([0.0, 0.0, 1.0])).at_risk.tolist()
    [2.0, 2.0]
    """
    w = np.ones(len(time)) if weights is None else np.asarray(weights, dtype=np.float64)
    if entry is not None:
        w = np.where(entry < time, w, 0.0)
    times, place = np.unique(np.asarray(time, dtype=np.float64), return_inverse=True)
    leaving = _sums(place, w, len(times))
    at_risk = np.cumsum(leaving[::-1])[::-1]
    if entry is not None:
        order = np.argsort(entry, kind="stable")
        entered = np.concatenate([[0.0], np.cumsum(w[order])])
        at_risk = at_risk - (entered[-1] - entered[np.searchsorted(entry[order], times, "left")])
        at_risk = np.maximum(at_risk, leaving)  # sums of weights are exact to rounding only
    return RiskSets(times, place, w, at_risk)


def share(part: Floats, whole: Floats) -> Floats:
    """The part of the whole, 0 where the whole is 0."""
    result = np.zeros(np.broadcast(part, whole).shape)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _sums(place: NDArray[np.intp], weights: Floats, n: int) -> Floats:
    """Sum of weights at each of n places."""
    return np.asarray(np.bincount(place, weights, minlength=n), dtype=np.float64)


def product(factors: Floats) -> Floats:
    """Running product, as a curve that only falls."""
    return np.asarray(np.cumprod(factors), dtype=np.float64)
