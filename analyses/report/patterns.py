"""Patterns of missing values in words: complete cases, what is missing together, in whose cases.

Belongs here: wording the entry `missing_patterns` of the results.
Does not belong here: the entry (`analyses.missing_patterns`), its figure
(`analyses.figures.patterns`), hidden counts (`analyses.report.pattern_counts`).
"""

from typing import Any

from analyses import numbers
from analyses.report import words

_BY = {"outcome": "outcome", "centre": "centre"}


def patterns(page: dict[str, Any]) -> dict[str, Any] | None:
    """Sentences and the table of groups; None where nothing is missing or nothing was looked at."""
    found = page["cohort"].get("missing_patterns")
    if not found or found["incomplete"] == 0:
        return None
    labels = {row["column"]: row.get("label") for row in page["cohort"]["missingness"]}
    together = [
        ", ".join(words.label_of(labels.get(name), name) for name in names)
        for names in found["together"]
    ]
    return {
        "complete": found["complete"],
        "is_monotone": found["is_monotone"],
        "together": together,
        "times": _times(page),
        "rows": [_row(row, page) for row in found["groups"]],
        "tests": "; ".join(
            f"by {_BY[by]}, p {'< 0.0001' if p < 1e-4 else '= ' + numbers.brief(round(p, 4))}"
            for by, p in found["tests"].items()
            if p is not None
        ),
    }


def _row(row: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    """One group: cases, complete ones, and how many predictors its cases lack."""
    name = row["group"] if row["by"] == "centre" else words.level(row["group"])
    if row["by"] == "outcome" and words.is_binary(page):
        name = {"yes": "With the outcome", "no": "Without the outcome"}[row["group"]]
    return {
        "label": f"Centre {name}" if row["by"] == "centre" else name,
        "n": row["n"],
        "complete": row["complete"],
        "missing": numbers.NONE
        if row["median"] is None
        else f"{row['median']:g} ({row['q1']:g} to {row['q3']:g})",
    }


def _times(page: dict[str, Any]) -> str:
    """The share of entries missing by when a predictor becomes known; empty where it cannot be."""
    shares: dict[str, list[int]] = {}
    for row in page["cohort"]["missingness"]:
        if row["availability"] is None or not all(
            isinstance(row[k], int) for k in ("n", "missing")
        ):
            return ""
        cells = shares.setdefault(row["availability"], [0, 0])
        cells[0] += row["missing"]
        cells[1] += row["n"]
    if len(shares) < 2:
        return ""
    return ", ".join(
        f"{numbers.share(missing, n)} ({words.AVAILABILITY.get(time, time)})"
        for time, (missing, n) in shares.items()
    )
