"""Disclosure control: the one function through which every count of a report passes.

Belongs here: which counts an audience may see, and what is shown in place of the others.
Does not belong here: which counts a report has and how they add up (`analyses.report.release`).
The audience is an argument without a default, so that nobody shows exact counts by forgetting.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from schemas.errors import IntegrityError, UsageError

Audience = Literal["internal", "open"]

SMALLEST_SHOWN = 5  # k of faults.md section 6 for signed-in readers: 1 to 4 are never shown
LARGEST_EXACT = 40  # linked unseen counts looked at exactly; more only one sum at a time
ROUNDS = 50  # of narrowing; stopping early only makes a reader seem to know less
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
    """Audience of a report on rows of this provenance: exact for public or invented rows only.

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
    counts: Mapping[Key, int],
    *,
    sums: Sums[Key],
    audience: Audience,
    provenance: str | None,
    keep: Collection[Key] = (),
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
    keep
        Counts that are hidden only when nothing else can be.

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
    programs) for up to 40 unseen counts tied together, which holds single tables; beyond, each
    sum is used by itself, again and again. The choice of what to hide is greedy: the smallest
    other part of 5 or more first, then a zero, then the meaning of the symbol, the total last.
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
    same = _one_name(counts, sums)
    lines = [(same[t], [same[p] for p in parts]) for t, parts in sums if len(parts) > 1]
    spared = {same[name] for name in keep if name in same}
    unseen: dict[Key, Shown] = {
        same[name]: Small() for name, count in counts.items() if 0 < count < SMALLEST_SHOWN
    }
    safe: set[frozenset[tuple[Key, Shown]]] = set()
    settled: set[Key] = set()
    while (exposed := _first_exposed(counts, lines, unseen, settled, safe=safe)) is not None:
        if counts[exposed] == 0 and _is_always_zero(exposed, counts, lines):
            settled.add(exposed)
        else:
            _cover(exposed, counts, lines, unseen, keep=spared)
    return {name: unseen.get(same[name], count) for name, count in counts.items()}


def _one_name(counts: Mapping[Key, int], sums: Sums[Key]) -> dict[Key, Key]:
    """The first name of each count that a sum with one part says is told twice."""
    same = {name: name for name in counts}
    called: dict[Key, list[Key]] = {name: [name] for name in counts}
    for total, parts in sums:
        if len(parts) == 1 and same[parts[0]] != same[total]:
            new = same[total]
            renamed = called.pop(same[parts[0]])
            called[new] += renamed
            same.update(dict.fromkeys(renamed, new))
    return same


def _check(counts: Mapping[Key, int], sums: Sums[Key]) -> None:
    """Counts are not negative and add up."""
    for name, count in counts.items():
        if count < 0:
            raise IntegrityError(f"The count {name!r} is negative; a count is 0 or more.")
    for total, parts in sums:
        if sum(counts[part] for part in parts) != counts[total]:
            raise IntegrityError(f"The parts of the count {total!r} do not add up to it.")


def _first_exposed(
    counts: Mapping[Key, int],
    sums: Sums[Key],
    unseen: Mapping[Key, Shown],
    settled: Collection[Key],
    *,
    safe: set[frozenset[tuple[Key, Shown]]],
) -> Key | None:
    """First unseen count that a reader could narrow down too far; quick look first, then exact.

    `settled` are not asked; `safe` remembers the groups of linked counts already found in order.
    """
    free = {name: (0.0, np.inf) for name in unseen}
    told = {name: _told(symbol) for name, symbol in unseen.items()}
    freely, as_told = _narrowed(counts, sums, free), _narrowed(counts, sums, told)
    for name, symbol in unseen.items():
        if name not in settled and _is_exposed(symbol, freely[name], as_told[name]):
            return name
    for group in _groups(sums, unseen):
        mark = frozenset((name, unseen[name]) for name in group)
        if len(group) > LARGEST_EXACT or mark in safe:
            continue
        for name in group:
            if name in settled:
                continue
            exact = [_possible(name, group, counts, sums, limits) for limits in (free, told)]
            if _is_exposed(unseen[name], exact[0], exact[1]):
                return name
        safe.add(mark)
    return None


def _is_always_zero(name: Key, counts: Mapping[Key, int], sums: Sums[Key]) -> bool:
    """Whether the sums alone say that a count is 0: then hiding others cannot help.

    With every count unknown the sums have no number in them, and what they fix is 0.
    """
    every = {member: (0.0, np.inf) for total, parts in sums for member in (total, *parts)}
    return _possible(name, list(every), counts, sums, every) == (0.0, 0.0)


def _is_exposed(symbol: Shown, freely: _Limits, as_told: _Limits) -> bool:
    """Whether the possible values of an unseen count are too few."""
    if freely[1] - freely[0] + 1 < SMALLEST_SHOWN:
        return True
    if isinstance(symbol, Small):
        return as_told != _told(symbol)
    return as_told[1] - as_told[0] + 1 < SMALLEST_SHOWN - 1


def _narrowed(
    counts: Mapping[Key, int], sums: Sums[Key], limits: Mapping[Key, _Limits]
) -> dict[Key, _Limits]:
    """Limits of every unseen count after subtracting along one sum after the other."""
    now = dict(limits)
    lines = [line for line in sums if limits.keys() & {line[0], *line[1]}]
    for _ in range(ROUNDS):  # pragma: no branch: narrowing settles long before
        before = dict(now)
        for total, parts in lines:
            _narrow_line(total, parts, counts, now)
        if now == before:
            break
    return now


def _narrow_line(
    total: Key, parts: Sequence[Key], counts: Mapping[Key, int], now: dict[Key, _Limits]
) -> None:
    """Narrow the members of one sum."""
    known = {m: now.get(m, (float(counts[m]), float(counts[m]))) for m in (total, *parts)}
    low, high = (sum(known[part][end] for part in parts) for end in (0, 1))
    if total in now:
        now[total] = (max(known[total][0], low), min(known[total][1], high))
    for part in parts:
        if part in now:
            mine = known[part]
            others_low = low - mine[0]
            others_high = sum(known[other][1] for other in parts if other != part)
            now[part] = (
                max(mine[0], known[total][0] - others_high),
                min(mine[1], known[total][1] - others_low),
            )


def _told(symbol: Shown) -> _Limits:
    """Lowest and highest count that a symbol stands for."""
    return (1.0, symbol.below - 1.0) if isinstance(symbol, Small) else (0.0, np.inf)


def _possible(
    name: Key,
    group: Sequence[Key],
    counts: Mapping[Key, int],
    sums: Sums[Key],
    limits: Mapping[Key, _Limits],
) -> _Limits:
    """Lowest and highest value of one unseen count, given all that is shown: exact."""
    place = {other: i for i, other in enumerate(group)}
    rows, sides = [np.zeros(len(group))], [0.0]
    for total, parts in sums:
        if not place.keys() & {total, *parts}:
            continue
        row, side = np.zeros(len(group)), 0.0
        for member, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            if member in place:
                row[place[member]] += sign
            else:
                side -= sign * counts[member]
        rows.append(row)
        sides.append(side)
    ends = []
    for sign in (1.0, -1.0):
        goal = np.zeros(len(group))
        goal[place[name]] = sign
        found = milp(
            goal,
            integrality=np.ones(len(group)),
            bounds=Bounds([limits[o][0] for o in group], [limits[o][1] for o in group]),
            constraints=LinearConstraint(np.array(rows), sides, sides),
        )
        ends.append(sign * round(float(found.fun)) if found.status == 0 else np.inf)
    return float(ends[0]), float(ends[1])


def _groups(sums: Sums[Key], unseen: Mapping[Key, Shown]) -> list[list[Key]]:
    """Unseen counts tied to one another by sums, each group in the order of `unseen`."""
    group_of: dict[Key, dict[Key, None]] = {name: {name: None} for name in unseen}
    for total, parts in sums:
        members = [m for m in (total, *parts) if m in unseen]
        for other in members[1:]:
            one, two = group_of[members[0]], group_of[other]
            if one is not two:
                one.update(two)
                group_of.update(dict.fromkeys(two, one))
    order = {name: i for i, name in enumerate(unseen)}
    distinct = {id(group): group for group in group_of.values()}
    return [sorted(group, key=lambda n: order[n]) for group in distinct.values()]


def _cover(
    exposed: Key,
    counts: Mapping[Key, int],
    sums: Sums[Key],
    unseen: dict[Key, Shown],
    *,
    keep: Collection[Key],
) -> None:
    """Hide one thing more around an exposed count."""
    tied = next(group for group in _groups(sums, unseen) if exposed in group)
    near = [(total, parts) for total, parts in sums if {total, *parts} & set(tied)]
    if (open_to := _subtracted(near, counts, unseen, keep)) is not None:
        unseen[open_to] = Hidden()
        return
    own = [line for line in near if exposed in (line[0], *line[1])]
    for lines, spared in ((own, keep), (near, keep), (near, ())):
        parts = [p for _, line in lines for p in line if p not in unseen and p not in spared]
        for wanted in ([p for p in parts if counts[p] >= SMALLEST_SHOWN], parts):
            if wanted:
                unseen[min(wanted, key=lambda p: counts[p])] = Hidden()
                return
        symbols = [p for p in tied if isinstance(unseen[p], Small)]
        if symbols:
            unseen.update(dict.fromkeys(symbols, Hidden()))
            return
        totals = [total for total, _ in lines if total not in unseen and total not in spared]
        if totals:
            unseen[min(totals, key=lambda t: counts[t])] = Hidden()
            return
    raise AssertionError("nothing is left to hide around a count")  # pragma: no cover


def _subtracted(
    lines: Sums[Key], counts: Mapping[Key, int], unseen: Mapping[Key, Shown], keep: Collection[Key]
) -> Key | None:
    """What to hide in a sum of which one member alone is unseen: subtracting tells that one.

    Nothing else helps there, so it comes first. Of the parts, the total last, the one that leaves
    the fewest other sums open in the same way: otherwise one small count would hide a whole page.
    """
    for total, parts in lines:
        members = {total, *parts}
        if len(members & unseen.keys()) != 1:
            continue
        free = [m for m in (*parts, total) if m not in unseen and m not in keep]
        if free:
            return min(
                free,
                key=lambda m: (
                    m == total,
                    counts[m] < SMALLEST_SHOWN,
                    sum(_is_opened(line, m, unseen) for line in lines),
                    counts[m],
                ),
            )
    return None


def _is_opened(line: tuple[Key, Sequence[Key]], name: Key, unseen: Mapping[Key, Shown]) -> bool:
    """Whether a sum would have this one unseen member only."""
    return name in (line[0], *line[1]) and not unseen.keys() & {line[0], *line[1]}
