"""Counts of a time to an event: who had it when, and who was still at risk.

Belongs here: which counts the curves add to a page, how they hang on the others, what is withheld.
Does not belong here: the rule (`analyses.disclosure`), other counts (`analyses.report.release`).
A step of a curve tells how many events lie in it. In a confidential report a curve therefore moves
only where five or more have had the event since its last point.
"""

from typing import Any

from analyses.disclosure import SMALLEST_SHOWN
from analyses.report.further_counts import Counts, Path

_ROOT: Path = ("survival",)
TOO_FEW = "too few cases to be told"
_NOTHING: dict[str, Any] = {"estimate": None, "interval": None, "reason": TOO_FEW}
#: A median of a smaller group is the time of one person's event (a convention).
_LEAST_OF_A_GROUP = 10


def collect_times(counts: Counts, page: dict[str, Any]) -> None:
    """Every count of the section over time with its sums."""
    outcome, found = page["outcome"], page.get("survival")
    counts.add(outcome, ("outcome",), "competing", "censored")
    counts.link(("outcome", "non_events"), [("outcome", "competing"), ("outcome", "censored")])
    if not found:
        return
    for i, row in enumerate(found["horizons"]):
        here: Path = (*_ROOT, "horizons", i)
        counts.add(row, here, "n_at_risk", "events")
        counts.remainder(("data", "used"), (*here, "n_at_risk"), "not at risk")
        counts.remainder(("outcome", "events"), (*here, "events"), "later")
        if i:
            before: Path = (*_ROOT, "horizons", i - 1)
            counts.remainder((*here, "events"), (*before, "events"), "between")
            counts.remainder((*before, "n_at_risk"), (*here, "n_at_risk"), "left between")
    _groups(counts, page, found)
    if found.get("entry"):
        counts.add(found["entry"], (*_ROOT, "entry"), "n_late", "n_before_entry")
        counts.remainder(("data", "used"), (*_ROOT, "entry", "n_late"), "on time")
    for i, row in enumerate(found.get("otherwise") or []):
        other: Path = (*_ROOT, "otherwise", i)
        counts.add(row, other, "n", "events")
        counts.remainder(("data", "used"), (*other, "n"), "further cases")
        counts.remainder((*other, "n"), ("data", "used"), "fewer cases")
        counts.remainder(("outcome", "events"), (*other, "events"), "fewer events")
        counts.remainder((*other, "events"), ("outcome", "events"), "further events")
    if found.get("landmark"):
        counts.add(found["landmark"], (*_ROOT, "landmark"), "ended", "lost", "not_yet")


def _groups(counts: Counts, page: dict[str, Any], found: dict[str, Any]) -> None:
    """The cases of each curve: all of them, and those of each group of a variable."""
    by_variable: dict[Any, list[Path]] = {}
    place: dict[tuple[Any, str], Path] = {}
    for i, row in enumerate(found["kaplan_meier"]):
        here: Path = (*_ROOT, "kaplan_meier", i)
        counts.add(row, here, "n")
        by_variable.setdefault(row["variable"], []).append((*here, "n"))
        place[row["variable"], row["group"]] = (*here, "n")
    for paths in by_variable.values():
        counts.link(("data", "used"), paths)
    for i, part in enumerate(page.get("subgroups") or []):
        for j, row in enumerate(part["groups"]):
            if (part["variable"], row["group"]) in place:
                there: Path = ("subgroups", i, "groups", j, "n")
                counts.link(there, [place[part["variable"], row["group"]]])
    centre = (page["plan"].get("data") or {}).get("centre")
    for i, row in enumerate(page["cohort"]["centres"]):
        if (centre, row["centre"]) in place:
            counts.link(("cohort", "centres", i, "n"), [place[centre, row["centre"]]])


def withhold_times(page: dict[str, Any]) -> None:
    """Leave of each curve the points that no small number hangs on; of groups no curve at all."""
    found = page.get("survival")
    if not found:
        return
    if found.get("image_gaps"):
        known = [row for row in found["image_gaps"] if row["n"] >= _LEAST_OF_A_GROUP]
        found["image_gaps"] = [{**row, "n": None} for row in known]
    for row in found["horizons"]:
        if not isinstance(row["events"], int):
            row.update(risk=None, risk_interval=None, survival=None, interval=None)
    for row in found.get("otherwise") or []:
        row["horizons"] = row["horizons"][:1]
        if not (isinstance(row["n"], int) and isinstance(row["events"], int)):
            row.update(median=_NOTHING, horizons=[])
    if not all(isinstance(page["outcome"][k], int) for k in ("events", "competing")):
        _withhold_overall(found)
    overall, causes = found["kaplan_meier"][:1], found["cumulative_incidence"]
    kept = _points([curve["events"] for curve in overall])
    for curve in overall:
        _keep(curve, kept)
        curve["at_risk"] = _far_apart(curve["at_risk"])
    # the events of one cause are what is left of all: its points must be points of theirs
    split = _points([[curve["events"][k] for k in kept] for curve in causes])
    for curve in causes:
        _keep(curve, [kept[place] for place in split])
    for curve in found["kaplan_meier"][1:]:
        curve.update(times=[], survival=[], low=[], high=[], events=[], at_risk=[])
        if not (isinstance(curve["n"], int) and curve["n"] >= _LEAST_OF_A_GROUP):
            curve.update(median=_NOTHING, rmst={**curve["rmst"], **_NOTHING})


def _withhold_overall(found: dict[str, Any]) -> None:
    """With few events a time of all cases, and a test between groups, tells of single patients."""
    found.update(median=_NOTHING, log_rank=[], gray=[])
    for curve in found["kaplan_meier"]:
        curve.update(median=_NOTHING, rmst={**curve["rmst"], **_NOTHING})


def _keep(curve: dict[str, Any], places: list[int]) -> None:
    """Leave a curve these points only."""
    for name in ("times", "survival", "risk", "low", "high", "events"):
        if curve.get(name):  # empty where there is no case
            curve[name] = [curve[name][k] for k in places]


def _points(series: list[list[int]]) -> list[int]:
    """Places at which every series has grown by nothing or by five or more since the last one.

    Examples
    --------
    >>> _points([[0, 2, 5, 6, 6, 12]])
    [0, 2, 5]
    """
    kept = [0]
    for k in range(1, len(series[0]) if series else 0):
        grown = [each[k] - each[kept[-1]] for each in series]
        if all(n == 0 or n >= SMALLEST_SHOWN for n in grown):
            kept.append(k)
    return kept


def _far_apart(marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Numbers at risk that differ from the one before by nothing or by five or more.

    Examples
    --------
    >>> [row["n"] for row in _far_apart([{"n": n} for n in (30, 27, 20, 3, 0)])]
    [30, 20]
    """
    kept = marks[:1]
    for row in marks[1:]:
        left = kept[-1]["n"] - row["n"]
        if (left == 0 or left >= SMALLEST_SHOWN) and row["n"] >= SMALLEST_SHOWN:
            kept.append(row)
    return kept
