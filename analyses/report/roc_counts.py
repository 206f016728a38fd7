"""Counts behind ROC curves: each step of an exact curve tells single cases.

Belongs here: joining the points of a confidential page, or taking them away.
Does not belong here: which points may stay (`analyses.shown.rocs`), other counts
(`analyses.report.release`).
"""

from collections.abc import Mapping
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN
from analyses.report.further_counts import Path
from analyses.shown.rocs import joined

Points = list[dict[str, float]]


def withhold_rocs(page: dict[str, Any], raw: Mapping[Path, int]) -> None:
    """Join the points of every curve into steps of five cases of either kind.

    `raw` holds the counts before disclosure: shares alone do not say how many cases a step has.
    """
    all_cases = raw.get(("outcome", "n"), 0)
    classes = page["outcome"].get("classes") or []
    sizes = [raw.get(("outcome", "classes", i, "n"), 0) for i in range(len(classes))]
    for model in page["models"]:
        found = model.get("curves") or {}
        if found.get("roc"):
            found["roc"] = _joined(found["roc"], raw.get(("outcome", "events"), 0), all_cases)
        for i, row in enumerate(found.get("by_class") or []):
            # the curve of a cut between grades counts every grade above it
            parts = sizes[i + 1 :] if page["outcome"].get("kind") == "ordinal" else sizes[i : i + 1]
            row["roc"] = _joined(row.get("roc") or [], sum(parts), all_cases)


def _joined(points: Points, n_events: int, n: int) -> Points:
    """The points that may stay; none where either side has fewer than five cases."""
    if not points or min(n_events, n - n_events) < SMALLEST_SHOWN:
        return []
    kept = joined(tuple((p["fpr"], p["tpr"]) for p in points), (n - n_events, n_events))
    return [{"fpr": fpr, "tpr": tpr} for fpr, tpr in kept]
