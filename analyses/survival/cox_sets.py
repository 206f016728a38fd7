"""Risk sets: who is at risk at each event time, sorted once, and sums over them without loops.

Belongs here: order, entry, weights and ties of the rows of a Cox model.
Does not belong here: likelihoods and fits (`analyses.survival.cox`).
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Ties = Literal["efron", "breslow"]

#: How far a weight may be from a whole number under Efron's ties.
_WHOLE = 1e-9


@dataclass(frozen=True)
class Entered:
    """Rows in the order in which they come under observation.

    `order` (m,) sorts the rows by entry; before event time g the rows from `first[g]` on of that
    order are not yet at risk; `count` (m,) is how many event times are no later than a row's entry.
    """

    order: Places
    first: Places
    count: Places


@dataclass(frozen=True)
class CoxSets:
    """Rows with weight, sorted by time, and what each event time takes from them.

    Row i is at risk at event time g where entry_i < times[g] <= time_i. Without entry a row is at
    risk from before time 0 on, so that an event at time 0 counts (as in R). Rows that leave no
    later than they enter are never at risk and are left out (R: missing, with a warning).

    A weight is a number of copies: under Efron's ties a row of weight 2 is two tied rows. R's case
    weights differ there (they share out the mean weight of the tied rows); without ties, and with
    Breslow's, the two agree, and weights need not be whole numbers.

    Each event time has one term per event (Efron) or one in all (Breslow): from the sum over the
    risk set the term takes `fraction` of the sum over the tied events, and counts `count` times.
    """

    rows: Places
    weights: Floats
    is_event: NDArray[np.bool_]
    times: Floats
    first: Places
    count: Places
    entered: Entered | None
    events: Places
    event_starts: Places
    term_time: Places
    term_starts: Places
    fraction: Floats
    term_count: Floats
    left_out: int

    @classmethod
    def of(
        cls,
        time: Floats,
        is_event: NDArray[Any],
        *,
        weights: Floats | None = None,
        entry: Floats | None = None,
        ties: Ties = "efron",
    ) -> Self:
        """Sort the rows.

        Raises
        ------
        ValueError
            If a time, entry or weight is missing or infinite, a weight is below 0, or, under
            Efron's ties, an event has a weight that is no whole number.
        """
        time = np.asarray(time, dtype=np.float64)
        weights = np.ones(len(time)) if weights is None else np.asarray(weights, dtype=np.float64)
        _check(time, weights, entry)
        kept = weights > 0
        late = np.zeros(len(time), dtype=bool) if entry is None else kept & (entry >= time)
        rows = np.flatnonzero(kept & ~late)
        rows = rows[np.argsort(time[rows], kind="stable")]
        time, weights, is_event = time[rows], weights[rows], np.asarray(is_event)[rows] != 0
        events = np.flatnonzero(is_event)
        times, event_starts = np.unique(time[events], return_index=True)
        first = np.searchsorted(time, times, side="left")
        count = np.searchsorted(times, time, side="right")
        entered = None
        if entry is not None:
            begun = np.asarray(entry, dtype=np.float64)[rows]
            order = np.argsort(begun, kind="stable")
            not_yet = np.searchsorted(begun[order], times, side="left")
            entered = Entered(order, not_yet, np.searchsorted(times, begun, side="right"))
        found = np.add.reduceat(weights[events], event_starts) if len(events) else np.empty(0)
        terms = _terms(found, ties)
        return cls(
            rows, weights, is_event, times, first, count, entered, events, event_starts,
            *terms, int(late.sum()),
        )  # fmt: skip

    @property
    def n_events(self) -> float:
        """Events, copies counted."""
        return float(self.weights[self.events].sum())

    @property
    def has_fractions(self) -> bool:
        """Whether a term takes away a part of the tied events."""
        return len(self.fraction) > len(self.times)

    def at_risk(self, values: Floats) -> Floats:
        """Sums of the values of the rows (m, ...) over the risk set of each event time (g, ...)."""
        found: Floats = np.cumsum(values[::-1], axis=0)[::-1][self.first]
        if self.entered is not None:
            later = np.cumsum(values[self.entered.order][::-1], axis=0)[::-1]
            later = np.concatenate([later, np.zeros_like(later[:1])])
            found = found - later[self.entered.first]
        return found

    def tied(self, values: Floats) -> Floats:
        """Sums of the values of the rows (m, ...) over the events of each event time (g, ...)."""
        found: Floats = np.add.reduceat(values[self.events], self.event_starts, axis=0)
        return found

    def of_terms(self, values: Floats) -> Floats:
        """For each term the sum over the risk set less its part of the tied events."""
        found = self.at_risk(values)
        if not self.has_fractions:
            return found
        part = self.fraction if values.ndim == 1 else self.fraction[:, None]
        taken: Floats = found[self.term_time] - part * self.tied(values)[self.term_time]
        return taken

    def over_terms(self, values: Floats) -> Floats:
        """Sums of values of the terms (l, ...) at each event time (g, ...)."""
        if not self.has_fractions:
            return values
        found: Floats = np.add.reduceat(values, self.term_starts, axis=0)
        return found

    def back_to_rows(self, values: Floats) -> Floats:
        """For each row the sum of values of the terms (l, ...) that it is part of, by its share.

        The transpose of `of_terms`: rows times what comes from here are terms times the values.
        """
        running = np.cumsum(self.over_terms(values), axis=0)
        running = np.concatenate([np.zeros_like(running[:1]), running])
        found: Floats = running[self.count]
        if self.entered is not None:
            found = found - running[self.entered.count]
        if self.has_fractions:
            part = self.fraction if values.ndim == 1 else self.fraction[:, None]
            found[self.events] -= self.over_terms(part * values)[self.count[self.events] - 1]
        return found


def _check(time: Floats, weights: Floats, entry: Floats | None) -> None:
    """Refuse what cannot be sorted or counted."""
    parts = [time, weights] if entry is None else [time, weights, entry]
    if not all(np.isfinite(part).all() for part in parts):
        raise ValueError("a time, an entry or a weight is missing or infinite")
    if (weights < 0).any():
        raise ValueError("a weight is below 0")


def _terms(events: Floats, ties: Ties) -> tuple[Places, Places, Floats, Floats]:
    """Event time, first place, fraction and count of the terms, from the events of each time."""
    if ties == "breslow":
        place = np.arange(len(events))
        return place, place, np.zeros(len(events)), events
    whole = np.round(events).astype(np.int64)
    if np.abs(events - whole).max(initial=0.0) > _WHOLE:
        raise ValueError("under Efron's ties a weight counts copies: whole numbers only")
    starts = np.cumsum(whole) - whole
    place = np.repeat(np.arange(len(events)), whole)
    fraction = (np.arange(len(place)) - starts[place]) / whole[place]
    return place, starts, fraction, np.ones(len(place))
