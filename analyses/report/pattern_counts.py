"""Counts of missing values: patterns, complete cases and groups, before they are shown.

Belongs here: how they add up and hang on the other counts of a page, what is withheld.
Does not belong here: the rule (`analyses.disclosure`), other counts (`analyses.report.release`),
words (`analyses.report.patterns`).
"""

from typing import Any

from analyses.disclosure import SMALLEST_SHOWN
from analyses.report.further_counts import Counts, Path

_ROOT: Path = ("cohort", "missing_patterns")
#: Where the unpenalised tables are, and which of their entries have rows of complete cases.
_TABLES = {"inference": ("rows",), "survival": ("cox", "cox_competing", "fine_gray")}
TOO_FEW = "Too few complete cases for a model; how few is not told."


def leave_out_patterns(page: dict[str, Any]) -> None:
    """Leave out patterns until none tells a small count of what the others lack.

    A column's missing cases minus those of the patterns shown are cases of rarer patterns; hiding
    those few would hide the table of missing values, which says more.
    """
    found = page["cohort"].get("missing_patterns")
    while found and found["patterns"]:
        left = [_rarer(row, found) for row in page["cohort"]["missingness"]]
        if not any(0 < n < SMALLEST_SHOWN for n in (*left, found["others"]["n"])):
            return
        last = found["patterns"].pop()
        found["others"]["patterns"] += 1
        found["others"]["n"] += last["n"]


def _rarer(row: dict[str, Any], found: dict[str, Any]) -> int:
    """Cases of rarer patterns that lack a column."""
    shown: int = sum(p["n"] for p in found["patterns"] if row["column"] in p["columns"])
    missing: int = row["missing"]
    return missing - shown


def collect_patterns(counts: Counts, page: dict[str, Any]) -> None:
    """Every count of complete cases and patterns with its sums."""
    shown: list[Path] = []
    for name in _TABLES:
        imputed = (page.get(name) or {}).get("imputation")
        if imputed:
            counts.add(imputed, (name, "imputation"), "complete")
            counts.remainder(("data", "used"), (name, "imputation", "complete"), "incomplete")
            shown.append((name, "imputation", "complete"))
    found = page["cohort"].get("missing_patterns")
    if not found:
        return
    counts.add(found, _ROOT, "complete", "incomplete")
    for path in shown:
        counts.link((*_ROOT, "complete"), [path])
    counts.link(("data", "used"), [(*_ROOT, "complete"), (*_ROOT, "incomplete")])
    counts.add(found["others"], (*_ROOT, "others"), "n")
    places: list[Path] = []
    for i, pattern in enumerate(found["patterns"]):
        counts.add(pattern, (*_ROOT, "patterns", i), "n")
        places.append((*_ROOT, "patterns", i, "n"))
    counts.link((*_ROOT, "incomplete"), [*places, (*_ROOT, "others", "n")])
    for j, row in enumerate(page["cohort"]["missingness"]):
        rarer: Path = ("left", "rarer patterns", row["column"])
        mine = [
            path
            for path, pattern in zip(places, found["patterns"], strict=True)
            if row["column"] in pattern["columns"]
        ]
        if mine:
            counts.values[rarer] = _rarer(row, found)
            counts.link(("cohort", "missingness", j, "missing"), [*mine, rarer])
    _groups(counts, page, found["groups"])


def _groups(counts: Counts, page: dict[str, Any], groups: list[dict[str, Any]]) -> None:
    """Cases of each group, all of them and the complete ones."""
    same: dict[tuple[str, str], Path] = {
        ("outcome", "yes"): ("outcome", "events"),
        ("outcome", "no"): ("outcome", "non_events"),
    }
    for k, row in enumerate(page["outcome"].get("classes") or []):
        same["outcome", row["class"]] = ("outcome", "classes", k, "n")
    for i, row in enumerate(page["cohort"]["centres"]):
        same["centre", row["centre"]] = ("cohort", "centres", i, "n")
    of: dict[str, list[Path]] = {}
    for i, row in enumerate(groups):
        here: Path = (*_ROOT, "groups", i)
        counts.add(row, here, "n", "complete")
        counts.remainder((*here, "n"), (*here, "complete"), "incomplete")
        of.setdefault(row["by"], []).append(here)
        if (row["by"], row["group"]) in same:
            counts.link(same[row["by"], row["group"]], [(*here, "n")])
    for rows in of.values():
        counts.link(("data", "used"), [(*here, "n") for here in rows])
        counts.link((*_ROOT, "complete"), [(*here, "complete") for here in rows])


def withhold_patterns(page: dict[str, Any]) -> None:
    """Take away what hangs on a count that is not told."""
    found = page["cohort"].get("missing_patterns")
    if found:
        found["patterns"] = [row for row in found["patterns"] if isinstance(row["n"], int)]
        for row in found["groups"]:
            if not isinstance(row["n"], int):
                row.update(q1=None, median=None, q3=None)
    for name, tables in _TABLES.items():
        found = page.get(name) or {}
        imputed = found.get("imputation")
        if imputed and not isinstance(imputed["complete"], int):
            imputed["tables"] = None  # the percentage of incomplete cases would tell
            for row in (row for table in tables for row in found.get(table) or []):
                row["complete_case"] = None
    for one in page.get("sensitivity") or []:
        told = [one["n"], one["events"]]
        if one["name"] == "complete_cases" and not all(isinstance(n or 0, int) for n in told):
            one["reason"] = one["reason"] and TOO_FEW
