"""Counts behind ROC and decision curves: each step of an exact curve tells single cases.

Belongs here: which points of a confidential page stay.
Does not belong here: the rule for one ROC curve (`analyses.shown.rocs`), other counts
(`analyses.report.release`).
A net benefit is two counts and a known threshold: with a second threshold, or with the bars of the
histogram, they can be solved. So all points of one model lie five cases of either kind apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN
from analyses.report.further_counts import Path
from analyses.shown.rocs import joined

Points = list[dict[str, float]]
#: Cases flagged at a threshold: without the outcome, with it.
Flagged = tuple[int, int]


def withhold_rocs(page: dict[str, Any], raw: Mapping[Path, int]) -> None:
    """Take points of every curve away until no step holds one to four cases of either kind.

    `raw` holds the counts before disclosure: shares alone do not say how many cases a step has.
    """
    all_cases = raw.get(("outcome", "n"), 0)
    n_events = raw.get(("outcome", "events"), 0)
    classes = page["outcome"].get("classes") or []
    sizes = [raw.get(("outcome", "classes", i, "n"), 0) for i in range(len(classes))]
    for model in page["models"]:
        found = model.get("curves") or {}
        told = _bars(found)
        if found.get("decision"):
            found["decision"], told = _benefit(found["decision"], told, n_events, all_cases)
        if found.get("roc"):
            found["roc"] = _joined(found["roc"], n_events, all_cases, told)
        for i, row in enumerate(found.get("by_class") or []):
            # the curve of a cut between grades counts every grade above it
            parts = sizes[i + 1 :] if page["outcome"].get("kind") == "ordinal" else sizes[i : i + 1]
            row["roc"] = _joined(row.get("roc") or [], sum(parts), all_cases, _bars(row))


def _bars(found: Mapping[str, Any]) -> list[Flagged]:
    """What a histogram tells of every edge of its bars; nothing where it is not drawn."""
    bars = (found.get("calibration") or {}).get("histogram") or []
    cells = [(bar["non_events"], bar["events"]) for bar in bars]
    if not all(isinstance(n, int) for cell in cells for n in cell):
        return []
    return [
        (sum(others for others, _ in cells[i:]), sum(events for _, events in cells[i:]))
        for i in range(len(cells))
    ]


def _benefit(
    rows: Sequence[dict[str, Any]], told: list[Flagged], n_events: int, n: int
) -> tuple[list[dict[str, Any]], list[Flagged]]:
    """The thresholds that may stay, and all that a reader knows then.

    Results of old say nothing of the counts behind a net benefit: none of it is shown.
    """
    others = n - n_events
    if min(n_events, others) < SMALLEST_SHOWN:
        return [], told
    told = [*told, (0, 0), (others, n_events)]
    kept = []
    for row in rows:
        if "true_positives" not in row:
            continue
        here = (row["false_positives"], row["true_positives"])
        if _is_apart(here, told):
            kept.append(row)
            told = [*told, here]
    return kept, told


def _is_apart(here: Flagged, told: Sequence[Flagged]) -> bool:
    """Whether a point differs from every other by nobody, or by five cases or more, of a kind."""
    return not any(
        0 < abs(mine - other) < SMALLEST_SHOWN
        for each in told
        for mine, other in zip(here, each, strict=True)
    )


def _joined(points: Points, n_events: int, n: int, told: Sequence[Flagged]) -> Points:
    """The points that may stay; none where either side has fewer than five cases."""
    sizes = (n - n_events, n_events)
    if not points or min(sizes) < SMALLEST_SHOWN:
        return []
    first, *between, last = ((p["fpr"], p["tpr"]) for p in points)
    apart = (
        p for p in between if _is_apart((round(p[0] * sizes[0]), round(p[1] * sizes[1])), told)
    )
    kept = joined((first, *apart, last), sizes)
    return [{"fpr": fpr, "tpr": tpr} for fpr, tpr in kept]
