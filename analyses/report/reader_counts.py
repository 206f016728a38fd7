"""Counts of the readers' section: which it adds to a page, and what is withheld with them.

Belongs here: cases read by two readers, by column and centre, and those of each reader's model.
Does not belong here: the rule (`analyses.disclosure`), other counts (`analyses.report.release`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN
from analyses.report.further_counts import Counts, Path

_COUNTED = ("n", "not_assessable")


def collect_readers(counts: Counts, page: dict[str, Any]) -> None:
    """Every count of the section with its sums."""
    found = page.get("readers")
    if not found:
        return
    counts.add(found, ("readers",), "cases")
    for row, here in _rows(found):
        counts.add(row, here, *_COUNTED)
        _whole(counts, ("readers", "cases"), [(*here, name) for name in _COUNTED])
        for name in _COUNTED if row["by_centre"] else ():
            for j, part in enumerate(row["by_centre"]):
                counts.add(part, (*here, "by_centre", j), name)
            places = range(len(row["by_centre"]))
            _whole(counts, (*here, name), [(*here, "by_centre", j, name) for j in places])
    for i, model in enumerate(found["models"]):
        place: Path = ("readers", "models", i)
        counts.add(model, place, "n", "events")
        counts.remainder((*place, "n"), (*place, "events"), "no event")
        counts.remainder(("readers", "cases"), (*place, "n"), "not in the model")
        counts.remainder((*place, "n"), ("data", "used"), "further cases")
        counts.remainder((*place, "events"), ("outcome", "events"), "further events")


def _whole(counts: Counts, total: Path, parts: list[Path]) -> None:
    """Note a sum with what its parts leave of the total: cases of no centre, or not read by all."""
    rest: Path = ("left", "of readers", *parts[0])
    counts.values[rest] = counts.values[total] - sum(counts.values[part] for part in parts)
    counts.link(total, [*parts, rest])


def withhold_readers(page: dict[str, Any], raw: Mapping[Path, int]) -> None:
    """Take away the agreement on so few cases that their number is never told.

    A share tells how many cases readers differ on: none by centre, and of all of them only where
    neither those nor the others are few.
    """
    found = page.get("readers")
    if not found:
        return
    for row, here in _rows(found):
        parts = [(row, here)]
        parts += [(part, (*here, "by_centre", j)) for j, part in enumerate(row["by_centre"])]
        for part, place in parts:
            if raw[(*place, "n")] < SMALLEST_SHOWN:
                part.update(estimate=None, interval=None, share_agreed=None)
            agreed = round((part["share_agreed"] or 0) * raw[(*place, "n")])
            sides = (agreed, raw[(*place, "n")] - agreed)
            if part is not row or any(0 < side < SMALLEST_SHOWN for side in sides):
                part["share_agreed"] = None


def _rows(found: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Path]]:
    """The columns and their places."""
    for i, row in enumerate(found["columns"]):
        yield row, ("readers", "columns", i)
