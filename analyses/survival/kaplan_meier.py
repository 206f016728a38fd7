"""Kaplan-Meier: how many are free of the event at each time, and how sure that is.

Belongs here: the curve with its limits, median and restricted mean, the curve of the censoring,
cumulative hazard.
Does not belong here: competing events (`analyses.survival.competing`), comparing groups
(`analyses.survival.log_rank`).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analyses.intervals import Z
from analyses.metrics import Floats
from analyses.survival.steps import Codes, StepFunction, is_marked, product, risk_sets, share

#: A survival this little above .5 has reached it: products of fractions miss .5 by rounding.
_ROUNDING = 1.5e-8


class Estimate(NamedTuple):
    """A number with its standard error and limits, or None and the reason why there is none."""

    estimate: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class KaplanMeier:
    """The curve at every distinct time, ends of follow-up included.

    `se` is Greenwood's; `low` and `high` are 95 % limits on the log-log scale, nan where the
    survival is 1 or 0: that scale has no limits there.
    """

    times: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    se: Floats
    low: Floats
    high: Floats

    def at(self, t: ArrayLike) -> Floats:
        """Survival at the times t; nan after the last follow-up, unless nobody is left free."""
        return self._until_the_end(self.survival, t, 1.0)

    def se_at(self, t: ArrayLike) -> Floats:
        """Greenwood's standard error at the times t."""
        return self._until_the_end(self.se, t, 0.0)

    def limits_at(self, t: ArrayLike) -> tuple[Floats, Floats]:
        """Lower and upper 95 % limit at the times t."""
        low, high = (self._until_the_end(each, t, np.nan) for each in (self.low, self.high))
        return low, high

    def at_risk_at(self, t: ArrayLike) -> Floats:
        """How many are at risk at the times t: followed until t or longer."""
        place = np.searchsorted(self.times, np.asarray(t, dtype=np.float64), "left")
        picked: Floats = np.concatenate([self.at_risk, [0.0]])[place]
        return picked

    def median(self) -> Estimate:
        """First time at which half or fewer are free of the event, and the same of the limits."""
        found = _first_at_half(self.times, self.survival)
        if found is None:
            why = "fewer than half had the event" if len(self.times) else "no case"
            return Estimate(None, low=_first_at_half(self.times, self.low), reason=why)
        low = _first_at_half(self.times, self.low)
        return Estimate(found, low, _first_at_half(self.times, self.high))

    def rmst(self, tau: float) -> Estimate:
        """Mean time free of the event up to tau: the area under the curve.

        Notes
        -----
        None where follow-up ends before tau: the curve is not drawn on. Source: Irwin JO. J Hyg
        1949;47:188. doi:10.1017/S0022172400014443; variance as Greenwood's.
        """
        if not len(self.times) or np.isnan(self.at(tau)):
            return Estimate(None, reason="follow-up ends before that time")
        inside = self.times < tau
        edges = np.concatenate([[0.0], self.times[inside], [tau]])
        areas = np.diff(edges) * np.concatenate([[1.0], self.survival[inside]])
        after = np.cumsum(areas[::-1])[::-1][1:]  # area from each time to tau
        died, exposed = self.events[inside], self.at_risk[inside]
        variance = float((after**2 * share(died, exposed * (exposed - died))).sum())
        mean, se = float(areas.sum()), float(np.sqrt(variance))
        if not died.any():  # no event, no spread: limits would claim what nobody knows
            return Estimate(mean, se=se)
        low, high = max(0.0, mean - Z * se), min(float(tau), mean + Z * se)
        return Estimate(mean, low, high, se)

    def _until_the_end(self, values: Floats, t: ArrayLike, start: float) -> Floats:
        """Values at t, nan after the last time unless the survival is 0 there."""
        t = np.asarray(t, dtype=np.float64)
        if not len(self.times):
            return np.full(t.shape, np.nan)
        found = StepFunction(self.times, values, start).at(t)
        return np.where((t > self.times[-1]) & (self.survival[-1] > 0), np.nan, found)


def kaplan_meier(
    time: Floats,
    is_event: Codes,
    *,
    weights: Floats | None = None,
    entry: Floats | None = None,
) -> KaplanMeier:
    """The product-limit estimate; events come before ends of follow-up at the same time.

    Parameters
    ----------
    time
        Shape (n,). Time of the event or of the end of follow-up.
    is_event
        Shape (n,). Whether the event happened at that time.
    weights, entry
        As in `analyses.survival.steps.risk_sets`.

    Notes
    -----
    With entries the first risk sets can be small: where everybody at risk has the event, the curve
    stays 0 from there on. Source: Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457.
    doi:10.1080/01621459.1958.10501452

    Examples
    --------
    >>> curve = kaplan_meier(np.array([1.0, 2, 2, 3]), np.array([True, True, False, False]))
    >>> curve.survival.tolist(), curve.median().reason
    ([0.75, 0.5, 0.5], None)
    """
    sets = risk_sets(time, weights, entry)
    events = sets.count(is_marked(is_event))
    survival = product(1 - share(events, sets.at_risk))
    steps = share(events, sets.at_risk * (sets.at_risk - events))
    log_se = np.sqrt(np.cumsum(steps))
    se = np.where(survival > 0, survival * log_se, 0.0)
    low, high = log_log_limits(survival, se)
    return KaplanMeier(sets.times, sets.at_risk, events, survival, se, low, high)


def censoring(
    time: Floats,
    is_event: Codes,
    *,
    weights: Floats | None = None,
    entry: Floats | None = None,
) -> StepFunction:
    """How many are still under observation at each time, for weights of scores.

    Notes
    -----
    Whoever has an event at a time leaves before those whose follow-up ends then. `is_event` marks
    events of every kind. Source: tests/oracles/README.md, "Censoring distribution, two kinds".

    Examples
    --------
    >>> censoring(np.array([1.0, 2, 2, 3]), np.array([1, 1, 0, 0])).values.tolist()
    [1.0, 0.5, 0.0]
    """
    sets = risk_sets(time, weights, entry)
    happened = is_marked(is_event)
    staying = sets.at_risk - sets.count(happened)
    values = product(1 - share(sets.count(~happened), staying))
    return StepFunction(sets.times, values, 1.0)


def follow_up(time: Floats, is_event: Codes, *, entry: Floats | None = None) -> Estimate:
    """Median follow-up by the reverse curve: the end of observation is the event.

    Notes
    -----
    Source: Schemper M, Smith TL. Control Clin Trials 1996;17:343. doi:10.1016/0197-2456(96)00075-x

    Examples
    --------
    >>> follow_up(np.array([1.0, 2, 3, 4]), np.array([1, 0, 0, 0])).estimate
    3.0
    """
    found = kaplan_meier(time, ~is_marked(is_event), entry=entry).median()
    if found.estimate is not None or not len(time):
        return found
    return found._replace(reason="follow-up ended without the event in fewer than half")


def nelson_aalen(
    time: Floats,
    is_event: Codes,
    *,
    weights: Floats | None = None,
    entry: Floats | None = None,
) -> StepFunction:
    """Cumulative hazard: the sum of events over those at risk.

    Examples
    --------
    >>> nelson_aalen(np.array([1.0, 2, 2, 3]), np.array([1, 0, 1, 0])).values.round(3).tolist()
    [0.25, 0.583, 0.583]
    """
    sets = risk_sets(time, weights, entry)
    hazard = share(sets.count(is_marked(is_event)), sets.at_risk)
    return StepFunction(sets.times, np.cumsum(hazard), 0.0)


def log_log_limits(survival: Floats, se: Floats) -> tuple[Floats, Floats]:
    """95 % limits on the log-log scale; nan where the survival is 0 or 1.

    Examples
    --------
    >>> low, high = log_log_limits(np.array([0.5, 1.0]), np.array([0.1, 0.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.295, nan], [0.675, nan])
    """
    inside = (survival > 0) & (survival < 1)
    safe = np.where(inside, survival, 0.5)
    half = np.minimum(Z * se / (safe * -np.log(safe)), 700.0)  # exp overflows where S is rounding
    low, high = safe ** np.exp(half), safe ** np.exp(-half)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _first_at_half(times: Floats, curve: Floats) -> float | None:
    """First time at which the curve is .5 or below, to rounding."""
    reached = np.flatnonzero(curve <= 0.5 + _ROUNDING)  # nan compares as not reached
    return float(times[reached[0]]) if len(reached) else None
