"""Counts of the tables beside Table 1: what is left out of a confidential report.

Belongs here: which rows of associations, groupings and own tables of the literature may be shown.
Does not belong here: the rule for single counts (`analyses.disclosure`), other counts
(`analyses.report.release`).
A row is shown whole or not at all: what it says is made of counts that the page shows anyway, or of
counts of 0 or of 5 and more. Published counts are public and stay.
"""

from collections.abc import Iterable
from typing import Any

from analyses.associations import false_discovery
from analyses.disclosure import SMALLEST_SHOWN
from analyses.literature import TOO_FEW

Row = dict[str, Any]
#: Why a row has no numbers.
SMALL = "Counts are too small to be shown."


def withhold_small(page: Row) -> None:
    """Before any count is hidden: leave out rows that hold, or would give away, a small count."""
    for table in page["cohort"].get("table_one_by") or []:
        _withhold_table(table, page["data"]["used"])
    for entry in page.get("literature") or []:
        own = entry["rows"][-1]
        if _is_small(_derived(page, entry, own["cells"])):
            _withhold_own(entry)


def withhold_hidden(page: Row) -> None:
    """After counts were hidden: leave out rows of variables of which a count is not told."""
    table_one = page["cohort"]["table_one"]
    whole = {row["variable"] for row in table_one if _is_told(row)}
    hidden = {row["variable"] for row in table_one} - whole | _hidden_elsewhere(page)
    for table in page["cohort"].get("table_one_by") or []:
        kept = [row for row in table["rows"] if row["variable"] in whole]
        table["withheld"] = table.get("withheld", 0) + len(table["rows"]) - len(kept)
        table["rows"] = kept
        if table["by"] in hidden:
            _empty(table)
    for entry in page.get("literature") or []:
        if entry["column"] in hidden:
            _withhold_own(entry)
    if page.get("associations"):
        _withhold_associations(page, whole)


def _withhold_table(table: Row, used: int) -> None:
    """Leave out a table with a small group, and rows with a small cell."""
    sizes = {group["group"]: group["n"] for group in table["groups"]}
    if _is_small([*sizes.values(), used - sum(sizes.values())]):
        _empty(table)
        return
    kept = []
    for row in table["rows"]:
        everybody, *groups = row["groups"]
        counts = [everybody["n"] - sum(group["n"] for group in groups)]
        for group in groups:
            counts += [group["n"], sizes[group["group"]] - group["n"]]
        for place, level in enumerate(everybody.get("levels") or []):
            of_groups = [group["levels"][place]["n"] for group in groups]
            counts += [*of_groups, level["n"] - sum(of_groups)]
        if not _is_small(counts):
            kept.append(row)
    table["withheld"] = len(table["rows"]) - len(kept)
    table["rows"] = kept


def _empty(table: Row) -> None:
    """Leave nothing of a table but its name."""
    table.update(groups=[], rows=[], withheld=0, reason=SMALL)


def _derived(page: Row, entry: Row, cells: Row) -> Iterable[int]:
    """The cells of an own table, and what a reader could subtract from what Table 1 shows."""
    yield from cells.values()
    table_one = page["cohort"]["table_one"]
    row = next((r for r in table_one if r["variable"] == entry["column"]), None)
    if row is None:  # beyond what a page shows: then nothing can be subtracted
        return
    groups = {group["group"]: group for group in row["groups"]}
    overall = _of_levels(groups.get("overall"), entry)
    for name, total in overall.items():
        yield total - cells[f"with_{name}"] - cells[f"without_{name}"]
    sizes = {one["class"]: one["n"] for one in page["outcome"].get("classes") or []}
    for side, name in zip(("with", "without"), entry["groups"], strict=True):
        of_group = _of_levels(groups[name], entry)
        yield from (of_group[which] - cells[f"{side}_{which}"] for which in of_group)
        yield groups[name]["n"] - sum(of_group.values())
        yield max(0, sizes.get(name, 0) - groups[name]["n"])


def _of_levels(group: Row | None, entry: Row) -> dict[str, int]:
    """Cases of a group of Table 1 with and without the sign."""
    found = {level["level"]: level["n"] for level in (group or {}).get("levels") or []}
    return {name: sum(found.get(level, 0) for level in entry[name]) for name in ("has", "lacks")}


def _withhold_own(entry: Row) -> None:
    """Take away one's own counts and ratio, and with them what they were pooled into."""
    own = entry["rows"][-1]
    none = dict.fromkeys(("estimate", "se", "interval", "p"))
    own.update(cells=None, reason=SMALL, **none)
    entry.update(pooled=None, reason=TOO_FEW)
    for row in entry["rows"]:
        row["weight"] = None


def _withhold_associations(page: Row, whole: set[str]) -> None:
    """Take away tests of variables whose counts are not all told; of several classes all of them.

    The others are adjusted as if those had a p of 1: by what is shown alone, and never smaller.
    """
    rows = page["associations"]["rows"]
    is_broken_down = not page["outcome"].get("classes")
    for row in rows:
        if row["variable"] not in whole or not is_broken_down:
            none = dict.fromkeys(("n", "smd", "p", "chi_square"))
            row.update(test="withheld", odds_ratios=[], **none)
    adjusted = false_discovery([1.0 if row["test"] == "withheld" else row["p"] for row in rows])
    for row, q in zip(rows, adjusted, strict=True):
        row["q"] = None if row["test"] == "withheld" else q


def _hidden_elsewhere(page: Row) -> set[str]:
    """Groupings of which another part of the page does not tell every size."""
    centre = (page["plan"].get("data") or {}).get("centre")
    found = {
        part["variable"]
        for part in page.get("subgroups") or []
        if not all(isinstance(row["n"], int) for row in part["groups"])
    }
    if not all(isinstance(row["n"], int) for row in page["cohort"]["centres"]):
        found.add(str(centre))
    return found


def _is_told(row: Row) -> bool:
    """Whether every count of a row of Table 1 is told."""
    counts = [row["n"], row["missing"], *(group["n"] for group in row["groups"])]
    counts += [level["n"] for group in row["groups"] for level in group.get("levels") or []]
    return all(isinstance(count, int) for count in counts)


def _is_small(counts: Iterable[int]) -> bool:
    """Whether one of the counts is too small to be shown."""
    return any(0 < count < SMALLEST_SHOWN for count in counts)
