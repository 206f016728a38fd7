"""The ledger as an audience may see it.

Belongs here: which counts the document holds, how they add up, what rests on a hidden one.
Does not belong here: the rule itself (`analyses.disclosure`), the document, pages.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN, Audience, Shown, audience_for, disclose

Path = tuple[str | int, ...]
#: For readers who may not see every count: more digits of a pooled estimate would tell, with the
#: counts that are shown, what a hidden site has.
DIGITS = 2
_PARTS = ("sites", "definitions")
_SPREADS = ("i2", "i2_definitions")


class _Counts:
    """Counts by their path, and the sums between them."""

    def __init__(self) -> None:
        self.values: dict[Path, int] = {}
        self.sums: list[tuple[Path, Sequence[Path]]] = []
        self._named: dict[tuple[str, int], Path] = {}

    def link(self, total: Path, parts: Sequence[Path]) -> None:
        """Note a sum where it holds."""
        if parts and sum(self.values[path] for path in parts) == self.values[total]:
            self.sums.append((total, list(parts)))

    def link_named(self, label: str, path: Path) -> None:
        """Link groups of one label that are equal: claims ask the same cases more than once."""
        first = self._named.setdefault((label, self.values[path]), path)
        if first != path:
            self.sums.append((first, [path]))


def release_claims(document: Mapping[str, Any], audience: Audience | None = None) -> dict[str, Any]:
    """Copy of a document in which every count has passed disclosure control.

    Parameters
    ----------
    document
        As `evaluate_claims` gives it; not changed.
    audience
        None takes the one of the provenance of the rows.

    Returns
    -------
    dict[str, Any]
        The same keys and `audience`. For `internal`, counts are int, `Small` or `Hidden`; an
        estimate whose groups have an unseen count is None, with interval, p and i2, a median of an
        unseen group too; sites and definitions have no groups, and no estimate where a reader
        could work out a small count from it; what is left has two significant digits.
    """
    page: dict[str, Any] = copy.deepcopy(dict(document))
    provenance = page["cohort"]["provenance"]
    for_whom: Audience = audience or audience_for(provenance)
    page["audience"] = for_whom
    counts = _collect(page)
    shown = disclose(
        counts.values,
        sums=counts.sums,
        audience=for_whom,
        provenance=provenance,
        keep=[("cohort", "cases")],
    )
    for path, count in shown.items():
        if path[-1] != "rest":
            _put(page, path, count)
    if for_whom == "internal":
        unseen = {path for path, count in shown.items() if not isinstance(count, int)}
        for path, statistic in _statistics(page):
            _withhold(statistic, path, unseen)
    return page


def _statistics(page: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every statistic with its path."""
    for i, claim in enumerate(page["claims"]):
        for name in ("statistics", "beside"):
            for j, statistic in enumerate(claim[name]):
                yield ("claims", i, name, j), statistic


def _collect(page: Mapping[str, Any]) -> _Counts:
    """Every count that is shown, with its sums; the cells of a site are not shown."""
    counts = _Counts()
    counts.values["cohort", "cases"] = page["cohort"]["cases"]
    for path, statistic in _statistics(page):
        for name in ("assessable", "not_assessable"):
            counts.values[*path, name] = statistic[name]
        _groups(counts, statistic, path)
        for part in _PARTS:
            places: list[Path] = [(*path, part, k, "n") for k in range(len(statistic[part]))]
            counts.values |= {p: row["n"] for p, row in zip(places, statistic[part], strict=True)}
            counts.link((*path, "assessable"), places)
    return counts


def _groups(counts: _Counts, statistic: Mapping[str, Any], path: Path) -> None:
    """Groups of a statistic: cases, events and the others."""
    total, groups = (*path, "assessable"), statistic["groups"]
    places = [(*path, "groups", g) for g in range(len(groups))]
    for group, place in zip(groups, places, strict=True):
        counts.values[*place, "n"] = group["n"]
        counts.link_named(group["label"], (*place, "n"))
        if group["events"] is not None:
            counts.values[*place, "events"] = group["events"]
            counts.values[*place, "rest"] = group["n"] - group["events"]
            counts.link((*place, "n"), [(*place, "events"), (*place, "rest")])
    counts.link(total, [(*place, "n") for place in places])
    if not groups or any(group["n"] != statistic["assessable"] for group in groups):
        return
    for place in places:  # a share, or both values of a lead, among the same cases
        counts.link(total, [(*place, "n")])
    events = [(*place, "events") for place in places]
    if len(places) > 1 and all(path in counts.values for path in events):
        counts.values[*path, "rest"] = statistic["assessable"] - sum(
            counts.values[path] for path in events
        )
        counts.link(total, [*events, (*path, "rest")])


def _withhold(statistic: dict[str, Any], path: Path, unseen: set[Path]) -> None:
    """Take away what rests on unseen counts, and digits that would tell them."""
    for part in _PARTS:
        _withhold_rows(statistic[part])
    for g, group in enumerate(statistic["groups"]):
        if (*path, "groups", g, "n") in unseen:
            group["median"] = None
        group["median"] = _short(group["median"])
    if any(mark[: len(path) + 1] == (*path, "groups") for mark in unseen):
        statistic.update(dict.fromkeys(("estimate", "interval", "p", "p_holm", *_SPREADS)))
    for name in ("p", "p_holm", *_SPREADS):
        statistic[name] = _short(statistic[name])
    for model in statistic.get("models", ()):  # of added value
        model["value"] = None if statistic["estimate"] is None else _short(model["value"])
    _shorten(statistic)


def _withhold_rows(rows: list[dict[str, Any]]) -> None:
    """Estimates of sites or definitions: only where neither they nor the others tell a small cell.

    From an estimate with its interval the cells of a table can be worked out, and those of the
    others together by subtracting. So all cells of a shown row are 5 or more, and so are the cells
    of the rows that are not shown, added up; else the smallest shown row goes too.
    """
    cells = [_cells(row) for row in rows]
    shown = [k for k, own in enumerate(cells) if own and min(own) >= SMALLEST_SHOWN]
    shown.sort(key=lambda k: (sum(cells[k]), k))
    while shown:
        left = [cells[k] for k in range(len(rows)) if k not in shown]
        if not left or min(sum(column) for column in zip(*left, strict=True)) >= SMALLEST_SHOWN:
            break
        shown.pop(0)
    for k, row in enumerate(rows):
        row["groups"] = []
        if k not in shown:
            row.update(estimate=None, interval=None)
        _shorten(row)


def _cells(row: Mapping[str, Any]) -> list[int]:
    """Cases of each group of a row, with the event and without it."""
    found: list[int] = []
    for group in row["groups"]:
        if group["events"] is None:
            found.append(group["n"])
        else:
            found += [group["events"], group["n"] - group["events"]]
    return found


def _shorten(row: dict[str, Any]) -> None:
    """Estimate and interval with two significant digits."""
    row["estimate"] = _short(row["estimate"])
    if row["interval"] is not None:
        row["interval"] = [_short(limit) for limit in row["interval"]]


def _short(value: float | None) -> float | None:
    """A number with two significant digits."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def _put(page: dict[str, Any], path: Path, count: Shown) -> None:
    """Write one released count to its place."""
    node: Any = page
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = count
