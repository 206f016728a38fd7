"""Counts of the further analyses: subgroups, prediction sets, other populations.

Belongs here: which counts they add to a page, how those hang on the others, what is withheld.
Does not belong here: the rule (`analyses.disclosure`), other counts (`analyses.report.release`).
"""

from collections.abc import Sequence
from typing import Any, Protocol

Path = tuple[str | int, ...]


class Counts(Protocol):
    """What `analyses.report.release` collects counts in."""

    values: dict[Path, int]

    def add(self, node: Any, path: Path, *names: str) -> None:
        """Take in named counts."""

    def remainder(self, total: Path, part: Path, name: str) -> None:
        """Take in what is left of a total."""

    def link(self, total: Path, parts: Sequence[Path]) -> None:
        """Note a sum, where it holds."""


def collect_further(counts: Counts, page: dict[str, Any]) -> None:
    """Every count of the further analyses with its sums."""
    for i, part in enumerate(page.get("subgroups") or []):
        _subgroup(counts, page, part, ("subgroups", i))
    _sets(counts, page)
    for i, one in enumerate(page.get("sensitivity") or []):
        here: Path = ("sensitivity", i)
        counts.add(one, here, "n", "events")
        counts.remainder(("data", "used"), (*here, "n"), "incomplete")
        counts.remainder(("outcome", "events"), (*here, "events"), "incomplete")
        counts.remainder((*here, "n"), ("data", "used"), "further cases")
        counts.remainder((*here, "events"), ("outcome", "events"), "further events")
        counts.remainder((*here, "n"), (*here, "events"), "no event")
        without: Path = ("left", "no event", *here, "events")
        counts.remainder(without, ("outcome", "non_events"), "further cases without")
        counts.remainder(("outcome", "non_events"), without, "incomplete")


def _subgroup(counts: Counts, page: dict[str, Any], part: dict[str, Any], path: Path) -> None:
    """The groups of one variable: they add up to all cases, and may stand in other tables too."""
    groups = [(*path, "groups", j) for j in range(len(part["groups"]))]
    for row, here in zip(part["groups"], groups, strict=True):
        counts.add(row, here, "n", "events")
        counts.remainder((*here, "n"), (*here, "events"), "no event")
    counts.link(("data", "used"), [(*here, "n") for here in groups])
    counts.link(("outcome", "events"), [(*here, "events") for here in groups])
    without: list[Path] = [("left", "no event", *here, "events") for here in groups]
    counts.link(("outcome", "non_events"), without)
    place = {row["group"]: here for row, here in zip(part["groups"], groups, strict=True)}
    if part["variable"] == (page["plan"].get("data") or {}).get("centre"):
        for i, row in enumerate(page["cohort"]["centres"]):
            for name in ("n", "events"):
                if row["centre"] in place:
                    same: Path = ("cohort", "centres", i, name)
                    counts.link(same, [(*place[row["centre"]], name)])
    for i, row in enumerate(page["cohort"]["table_one"]):
        if row["variable"] == part["variable"]:
            _same_levels(counts, row, ("cohort", "table_one", i), place)


def _same_levels(counts: Counts, row: dict[str, Any], path: Path, place: dict[str, Path]) -> None:
    """Table 1 and the subgroups tell the same counts of a column."""
    if "not recorded" in place:
        counts.link((*path, "missing"), [(*place["not recorded"], "n")])
    named = {"overall": "n", "yes": "events"}
    for g, group in enumerate(row["groups"]):
        for k, level in enumerate(group.get("levels") or []):
            if level["level"] in place and group["group"] in named:
                there = (*place[level["level"]], named[group["group"]])
                counts.link((*path, "groups", g, "levels", k, "n"), [there])


def _sets(counts: Counts, page: dict[str, Any]) -> None:
    """Patients of each class, and of those the ones whose set held it."""
    found = page.get("prediction_sets")
    if not found:
        return
    root: Path = ("prediction_sets", "classes")
    classes = page["outcome"].get("classes")
    sizes: list[Path] = [("outcome", "non_events"), ("outcome", "events")]
    if classes is not None:
        sizes = [("outcome", "classes", k, "n") for k in range(len(classes))]
    for k, row in enumerate(found["classes"]):
        here: Path = (*root, k)
        counts.add(row, here, "patients", "tested", "covered")
        counts.link(sizes[k], [(*here, "patients")])
        counts.link((*here, "patients"), [(*here, "tested")])
        counts.remainder((*here, "tested"), (*here, "covered"), "not in the set")
    if found["all"]:
        counts.add(found["all"], ("prediction_sets", "all"), "tested", "covered")
        judged = [k for k, row in enumerate(found["classes"]) if row["tested"] is not None]
        for name in ("tested", "covered"):
            total: Path = ("prediction_sets", "all", name)
            counts.link(total, [(*root, k, name) for k in judged])


def withhold_further(page: dict[str, Any], unseen: set[Path]) -> None:
    """Take away the measures of a group whose cases or events are not told, and hidden coverage."""
    for part in page.get("subgroups") or []:
        for row in part["groups"]:
            if not (isinstance(row["n"], int) and isinstance(row["events"] or 0, int)):
                row["performance"] = None
    for one in page.get("sensitivity") or []:  # shown nowhere, and a hash of them would tell them
        for name in ("excluded", "classes"):
            one.pop(name, None)
    found = page.get("prediction_sets")
    if not found:
        return
    hidden = [path for path in unseen if "prediction_sets" in path]
    for k, row in enumerate(found["classes"]):
        if any(("classes", k) == path[-3:-1] for path in hidden):
            row.update(coverage=None, interval=None)
        if not isinstance(row["patients"], int):
            row["reason"] = row["reason"] and "Too few patients."
    if found["all"] and any("all" in path for path in hidden):
        found["all"].update(coverage=None, interval=None)


def leave_out_events(page: dict[str, Any]) -> None:
    """Leave out the events of each subgroup: hiding the few small ones would hide most others too.

    Measures are given from ten cases on either side on, so that none hangs on a small count.
    """
    for part in page.get("subgroups") or []:
        for row in part["groups"]:
            row["events"] = None
