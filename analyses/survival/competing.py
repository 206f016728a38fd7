"""Competing events: the risk of one event where another may come first.

Belongs here: Aalen-Johansen estimates with their limits, Gray's test.
Does not belong here: regression (`analyses.survival.fine_gray`), risks from cause-specific models.
`event` is 0 censored, 1 the event, 2 (or more) what competes with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analyses.metrics import Floats
from analyses.survival.kaplan_meier import log_log_limits
from analyses.survival.log_rank import Comparison, chi_square, risk_sets_of
from analyses.survival.steps import Codes, StepFunction, product, risk_sets, share


@dataclass(frozen=True)
class CumulativeIncidence:
    """Risk of one event by every distinct time, its standard error and 95 % limits.

    The limits are those of 1 - risk on the log-log scale, nan where the risk is 0 or 1.
    """

    times: Floats
    risk: Floats
    se: Floats
    low: Floats
    high: Floats
    free: Floats

    def at(self, t: ArrayLike) -> Floats:
        """Risk by the times t; nan after the last follow-up, unless nobody is left free."""
        t = np.asarray(t, dtype=np.float64)
        if not len(self.times):
            return np.full(t.shape, np.nan)
        found = StepFunction(self.times, self.risk, 0.0).at(t)
        return np.where((t > self.times[-1]) & (self.free[-1] > 0), np.nan, found)

    def se_at(self, t: ArrayLike) -> Floats:
        """Standard error at the times t."""
        found = StepFunction(self.times, self.se, 0.0).at(t)
        return np.where(np.isnan(self.at(t)), np.nan, found)

    def limits_at(self, t: ArrayLike) -> tuple[Floats, Floats]:
        """Lower and upper 95 % limit at the times t."""
        known = ~np.isnan(self.at(t))
        low, high = (StepFunction(self.times, each, np.nan).at(t) for each in (self.low, self.high))
        return np.where(known, low, np.nan), np.where(known, high, np.nan)


def cumulative_incidence(
    time: Floats,
    event: Codes,
    *,
    cause: int = 1,
    weights: Floats | None = None,
    entry: Floats | None = None,
) -> CumulativeIncidence:
    """Aalen-Johansen estimate of the risk of `cause` by each time.

    Parameters
    ----------
    time, event
        Shape (n,). Times and codes.
    cause
        The code of the event whose risk is wanted.
    weights, entry
        As in `analyses.survival.steps.risk_sets`.

    Notes
    -----
    Without competing events this is 1 - Kaplan-Meier. The variance sums, over the past events, the
    squared change each makes in the risk, with the hypergeometric variance of its count. Source:
    Aalen OO. Ann Stat 1978;6:534. doi:10.1214/aos/1176344198

    Examples
    --------
    >>> found = cumulative_incidence(np.array([1.0, 2, 3]), np.array([2, 1, 0]))
    >>> found.risk.round(3).tolist()
    [0.0, 0.333, 0.333]
    """
    sets = risk_sets(time, weights, entry)
    codes = np.asarray(event)
    mine = sets.count(codes == cause)
    others = sets.count((codes > 0) & (codes != cause))
    free = product(1 - share(mine + others, sets.at_risk))
    before = np.concatenate([[1.0], free[:-1]]) if len(free) else free
    risk = np.cumsum(before * share(mine, sets.at_risk))
    # a past event moves the later risk F(t) by (a + b F(t)), which its counts scatter by `spread`
    b = np.where(free > 0, -1 / np.where(free > 0, free, 1.0), 0.0)
    moves = ((mine, 1 - b * risk), (others, np.where(free > 0, -b * risk, 0.0)))
    variance = np.zeros(len(risk))
    for count, a in moves:
        spread = before**2 * _scatter(count, sets.at_risk)
        if count is others:
            spread = np.where(free > 0, spread, 0.0)
        variance += np.cumsum(spread * a**2) + 2 * risk * np.cumsum(spread * a * b)
        variance += risk**2 * np.cumsum(spread * b**2)
    se = np.sqrt(np.maximum(variance, 0.0))
    low, high = log_log_limits(1 - risk, se)
    return CumulativeIncidence(sets.times, risk, se, 1 - high, 1 - low, free)


def gray_test(
    time: Floats, event: Codes, groups: Sequence[Any] | NDArray[Any], *, cause: int = 1
) -> Comparison:
    """Gray's test: whether the risk of one event grows in the same way in all groups.

    Parameters
    ----------
    time, event
        Shape (n,). Times and codes.
    groups
        Shape (n,). The group of each row.
    cause
        The code of the event that is compared.

    Notes
    -----
    A log-rank test in which who had a competing event stays at risk, as far as follow-up lets one
    see. Source: Gray RJ. Ann Stat 1988;16:1141. doi:10.1214/aos/1176350951

    Examples
    --------
    >>> found = gray_test(np.array([1.0, 2, 3, 4]), np.array([1, 2, 1, 2]), ["a", "a", "b", "b"])
    >>> found.df
    1
    """
    labels = np.asarray(groups)
    masks = [labels == name for name in np.unique(labels)]
    if len(masks) < 2 or not (np.asarray(event) == cause).any():
        return Comparison(None, reason="no event, or fewer than two groups, to be compared")
    found = _GrayParts(time, np.asarray(event), masks, cause)
    return chi_square(found.score()[:-1], found.variance()[:-1, :-1])


class _GrayParts:
    """Counts and curves by group (rows) and distinct time (columns), and what is made of them."""

    def __init__(
        self, time: Floats, event: NDArray[Any], masks: list[NDArray[np.bool_]], cause: int
    ) -> None:
        sets = risk_sets(time)
        competing = (event > 0) & (event != cause)
        self.at_risk = np.array([risk_sets_of(time, mask, None) for mask in masks])
        self.mine = np.array([sets.count((event == cause) & mask) for mask in masks])
        self.others = np.array([sets.count(competing & mask) for mask in masks])
        steps = share(self.mine + self.others, self.at_risk)
        self.free: Floats = np.asarray(np.cumprod(1 - steps, axis=1), dtype=np.float64)
        self.before = _previous(self.free, 1.0)
        incidence = np.cumsum(self.before * share(self.mine, self.at_risk), axis=1)
        #: who would be at risk if those with a competing event stayed, per share without the event
        self.enlarged = np.where(self.at_risk > 0, share(self.at_risk, self.before), 0.0)
        self.staying = self.enlarged * (1 - _previous(incidence, 0.0))
        self.events = self.mine.sum(axis=0)
        pooled = np.cumsum(share(self.events, self.enlarged.sum(axis=0)))
        self.pooled: Floats = np.asarray(pooled, dtype=np.float64)

    def score(self) -> Floats:
        """Events observed less expected, by group."""
        expected = self.events * share(self.staying, self.staying.sum(axis=0))
        result: Floats = (self.mine - expected).sum(axis=1)
        return result

    def variance(self) -> Floats:
        """Covariance of the scores under equal risks."""
        total = self.enlarged.sum(axis=0)
        part = share(self.enlarged, total)
        n = len(part)
        # effect[i, k, t]: what an event in group k at time t does to the score of group i
        effect = self.enlarged[:, None, :] * (np.eye(n)[:, :, None] - part[None, :, :])
        pace = share(self.events, total * (1 - _previous(self.pooled[None, :], 0.0)[0]))
        later = np.cumsum(effect * pace, axis=2)
        later = later[:, :, -1:] - later
        left = 1 - self.pooled
        ratio = share(left[None, :], self.free)
        mine = np.where(self.free > 0, 1 - ratio, 1.0)
        caused = effect + mine * later
        competed = ratio * later
        corrected = 1 - share(self.events - 1, total * self.before - 1)
        correction = np.where(self.events > 1, corrected, 1.0)
        spread = correction * self.before * share(share(self.events, total)[None, :], self.at_risk)
        result = np.einsum("ikt,jkt,kt->ij", caused, caused, spread)
        scattered = self.before**2 * _scatter(self.others, self.at_risk)
        scattered = np.where(self.free > 0, scattered, 0.0)
        return np.asarray(result + np.einsum("ikt,jkt,kt->ij", competed, competed, scattered))


def _scatter(count: Floats, at_risk: Floats) -> Floats:
    """Variance of a share of the risk set: hypergeometric where several events are tied."""
    tied = np.where(count > 1, 1 - share(count - 1, at_risk - 1), 1.0)
    return tied * share(count, at_risk**2)


def _previous(curves: Floats, start: float) -> Floats:
    """The value of each curve (row) just before each time."""
    return np.concatenate([np.full((len(curves), 1), start), curves[:, :-1]], axis=1)
