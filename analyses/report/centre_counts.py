"""Counts of centres: as they stand in the cohort, and as each is left out in turn.

Belongs here: which counts centres add to a page, how they hang together, what is withheld.
Does not belong here: the rule (`analyses.disclosure`), other counts (`analyses.report.release`).
"""

from typing import Any

from analyses.report.further_counts import Counts, Path


def collect_centres(counts: Counts, page: dict[str, Any]) -> None:
    """Cases and events, or cases of each class, of each centre."""
    root: Path = ("cohort", "centres")
    rows = page["cohort"]["centres"]
    for i, row in enumerate(rows):
        counts.add(row, (*root, i), "n", "events")
        counts.remainder((*root, i, "n"), (*root, i, "events"), "no event")
        classes = row.get("classes") or []
        for k, group in enumerate(classes):
            counts.add(group, (*root, i, "classes", k), "n")
        counts.link((*root, i, "n"), [(*root, i, "classes", k, "n") for k in range(len(classes))])
    for total, name in ((("data", "used"), "n"), (("outcome", "events"), "events")):
        counts.link(total, [(*root, i, name) for i in range(len(rows))])
    for k in range(len(page["outcome"].get("classes") or [])):
        parts = [(*root, i, "classes", k, "n") for i in range(len(rows))]
        counts.link(("outcome", "classes", k, "n"), parts)


def collect_left_out(counts: Counts, page: dict[str, Any], model: dict[str, Any], i: int) -> None:
    """Centres left out in turn: the same cases again, and the smaller class of each."""
    rows = ((model.get("performance") or {}).get("internal_external") or {}).get("by_centre") or []
    centres = {row["centre"]: place for place, row in enumerate(page["cohort"]["centres"])}
    for j, row in enumerate(rows):
        here: Path = ("models", i, "performance", "internal_external", "by_centre", j)
        counts.add(row, here, "n", "events")
        place = centres.get(row["centre"])
        if place is None:
            continue
        there: Path = ("cohort", "centres", place)
        counts.link((*there, "n"), [(*here, "n")])
        centre = page["cohort"]["centres"][place]
        same = [(*there, "events"), ("left", "no event", *there, "events")]
        of_class = [(*there, "classes", k, "n") for k in range(len(centre.get("classes") or []))]
        for path in (*same, *of_class):
            counts.link(path, [(*here, "events")])
        if page["outcome"].get("kind") == "ordinal":
            for cut in range(1, len(of_class)):
                for side in (of_class[:cut], of_class[cut:]):
                    counts.link((*here, "events"), side)


def withhold_centres(model: dict[str, Any]) -> None:
    """Take away the measures of a centre whose cases or events are not told."""
    found = (model.get("performance") or {}).get("internal_external") or {}
    for row in found.get("by_centre") or []:
        if not (isinstance(row["n"], int) and isinstance(row["events"] or 0, int)):
            for name, value in row.items():
                if isinstance(value, dict) and "estimate" in value:
                    row[name] = {"estimate": None, "interval": None}
