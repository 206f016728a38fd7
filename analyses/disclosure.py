"""Disclosure control: the one function through which every count of a report passes.

Belongs here: which counts an audience may see, and what is shown in place of the others.
Does not belong here: which counts a report has and how they add up (`analyses.report.release`).
The audience is an argument without a default, so that nobody shows exact counts by forgetting.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from schemas.errors import IntegrityError, UsageError

Audience = Literal["internal", "open"]

SMALLEST_SHOWN = 5  # k of faults.md section 6 for signed-in readers: 1 to 4 are never shown
OPEN_PROVENANCES = frozenset({"simulated", "published"})


@dataclass(frozen=True)
class Small:
    """A count of at least 1 and below `below`; which one is not told."""

    below: int = SMALLEST_SHOWN

    def __str__(self) -> str:
        return f"<{self.below}"


@dataclass(frozen=True)
class Hidden:
    """A count that is not told, because a small one could be worked out from it."""

    def __str__(self) -> str:
        return "hidden"


Shown = int | Small | Hidden
Key = TypeVar("Key", bound=Hashable)
Sums = Sequence[tuple[Key, Sequence[Key]]]
_Limits = tuple[float, float]


def audience_for(provenance: str | None) -> Audience:
    """Audience of a report on rows of this provenance: exact counts only for public or invented
    rows.

    Parameters
    ----------
    provenance
        Provenance of every row of the report; None where it is not known.

    Returns
    -------
    Audience
        `open` for simulated and published rows, otherwise `internal`.

    Examples
    --------
    >>> audience_for("published"), audience_for("registry"), audience_for(None)
    ('open', 'internal', 'internal')
    """
    return "open" if provenance in OPEN_PROVENANCES else "internal"


def disclose(
    counts: Mapping[Key, int], *, sums: Sums[Key], audience: Audience, provenance: str | None
) -> dict[Key, Shown]:
    """Counts as an audience may see them.

    Parameters
    ----------
    counts
        Every count that will be shown anywhere on the page, by a name of its own.
    sums
        How they add up: (total, parts). All tables of one page belong into one call, else a
        count hidden in one table could be read in another.
    audience
        `internal`: 1 to 4 are `Small`, shown as "<5", and further counts are `Hidden` until no
        small one can be worked out. `open`: exact.
    provenance
        Provenance of every row; `open` is refused unless it is `simulated` or `published`.

    Returns
    -------
    dict
        The same names in the same order, each with an int, `Small` or `Hidden`.

    Raises
    ------
    UsageError
        If exact counts are asked for rows that are neither public nor invented.
    IntegrityError
        If a count is negative or a sum does not hold.

    Notes
    -----
    A reader is taken to know every shown count, every sum, that counts are not negative, and
    what the symbols mean. Then a `Small` keeps all of 1 to 4 as possible values, and with the
    symbols left aside every unseen count keeps at least 5. The bounds are exact (integer
    programs over the unseen counts), the choice of what to hide is greedy: the smallest other
    part of 5 or more first, then a zero, then the meaning of the symbol, the total last.
    Source: design/faults.md section 6; symbols as in the disclosure rules of OpenSAFELY.

    Examples
    --------
    >>> shown = disclose(
    ...     {"all": 60, "yes": 3, "no": 37, "unknown": 20},
    ...     sums=[("all", ["yes", "no", "unknown"])],
    ...     audience="internal",
    ...     provenance="registry",
    ... )
    >>> {name: str(count) for name, count in shown.items()}
    {'all': '60', 'yes': '<5', 'no': '37', 'unknown': 'hidden'}
    """
    _check(counts, sums)
    if audience == "open":
        if provenance not in OPEN_PROVENANCES:
            raise UsageError(
                f"A report on rows of provenance '{provenance}' asks for exact counts; these are "
                "for simulated and published rows only. Ask for the audience 'internal'."
            )
        return dict(counts)
    unseen: dict[Key, Shown] = {
        name: Small() for name, count in counts.items() if 0 < count < SMALLEST_SHOWN
    }
    while (exposed := _first_exposed(counts, sums, unseen)) is not None:
        _cover(exposed, counts, sums, unseen)
    return {name: unseen.get(name, count) for name, count in counts.items()}


def _check(counts: Mapping[Key, int], sums: Sums[Key]) -> None:
    """Counts are not negative and add up."""
    for name, count in counts.items():
        if count < 0:
            raise IntegrityError(f"The count {name!r} is negative; a count is 0 or more.")
    for total, parts in sums:
        if sum(counts[part] for part in parts) != counts[total]:
            raise IntegrityError(f"The parts of the count {total!r} do not add up to it.")


def _first_exposed(
    counts: Mapping[Key, int], sums: Sums[Key], unseen: Mapping[Key, Shown]
) -> Key | None:
    """First unseen count that a reader could narrow down too far."""
    for name, symbol in unseen.items():
        if all(name != total and name not in parts for total, parts in sums):
            continue  # stands alone: nothing to work it out from
        free = {other: (0.0, np.inf) for other in unseen}
        low, high = _possible(name, counts, sums, free)
        if high - low + 1 < SMALLEST_SHOWN:
            return name
        told = {other: _told(kind) for other, kind in unseen.items()}
        low, high = _possible(name, counts, sums, told)
        if isinstance(symbol, Small) and (low, high) != _told(symbol):
            return name
        if high - low + 1 < SMALLEST_SHOWN - 1:
            return name
    return None


def _told(symbol: Shown) -> _Limits:
    """Lowest and highest count that a symbol stands for."""
    return (1.0, symbol.below - 1.0) if isinstance(symbol, Small) else (0.0, np.inf)


def _possible(
    name: Key, counts: Mapping[Key, int], sums: Sums[Key], limits: Mapping[Key, _Limits]
) -> _Limits:
    """Lowest and highest value of one unseen count, given all that is shown."""
    linked = _linked(name, sums, limits)
    place = {other: i for i, other in enumerate(linked)}
    rows, sides = [], []
    for total, parts in sums:
        if not place.keys() & {total, *parts}:
            continue
        row, side = np.zeros(len(linked)), 0.0
        for member, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            if member in place:
                row[place[member]] += sign
            else:
                side -= sign * counts[member]
        rows.append(row)
        sides.append(side)
    ends = []
    for sign in (1.0, -1.0):
        goal = np.zeros(len(linked))
        goal[place[name]] = sign
        found = milp(
            goal,
            integrality=np.ones(len(linked)),
            bounds=Bounds([limits[o][0] for o in linked], [limits[o][1] for o in linked]),
            constraints=LinearConstraint(np.array(rows), sides, sides),
        )
        ends.append(sign * round(float(found.fun)) if found.status == 0 else np.inf)
    return float(ends[0]), float(ends[1])


def _linked(name: Key, sums: Sums[Key], limits: Mapping[Key, _Limits]) -> list[Key]:
    """Unseen counts tied to one another by sums, `name` among them, in the order of `limits`."""
    tied = {name}
    while True:
        more = {
            member
            for total, parts in sums
            if tied & {total, *parts}
            for member in (total, *parts)
            if member in limits
        }
        if more <= tied:
            return [other for other in limits if other in tied]
        tied |= more


def _cover(
    exposed: Key, counts: Mapping[Key, int], sums: Sums[Key], unseen: dict[Key, Shown]
) -> None:
    """Hide one thing more around an exposed count."""
    tied = _linked(exposed, sums, {name: (0.0, np.inf) for name in unseen})
    near = [(total, parts) for total, parts in sums if set(tied) & {total, *parts}]
    own = [line for line in near if exposed in (line[0], *line[1])]
    for lines in (own, near):
        parts = [p for _, line in lines for p in line if p not in unseen]
        for wanted in ([p for p in parts if counts[p] >= SMALLEST_SHOWN], parts):
            if wanted:
                unseen[min(wanted, key=lambda p: counts[p])] = Hidden()
                return
        symbols = [p for p in tied if isinstance(unseen[p], Small)]
        if symbols:
            unseen.update(dict.fromkeys(symbols, Hidden()))
            return
        totals = [total for total, _ in lines if total not in unseen]
        if totals:
            unseen[min(totals, key=lambda t: counts[t])] = Hidden()
            return
    raise AssertionError("nothing is left to hide around a count")  # pragma: no cover
