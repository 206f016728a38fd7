"""Hazard ratios: the unpenalised tables of a time to an event, for a reader.

Belongs here: the Cox table, Fine and Gray's, the test of proportional hazards, as rows of text.
Does not belong here: curves and horizons (`analyses.report.over_time`), the fits
(`analyses.survival.tables`).
"""

import math
from typing import Any

from analyses import numbers
from analyses.report import sections, words
from analyses.report.over_time import competing_name, event_name

_SMALLEST_P = 1e-4


def hazard_ratios(page: dict[str, Any]) -> dict[str, Any] | None:
    """The unpenalised tables of hazard ratios; None where the verdict allows none."""
    found = page.get("survival") or {}
    if not found.get("cox"):
        return None
    labels = {
        row["column"]: words.label_of(row.get("label"), row["column"])
        for row in page["cohort"]["missingness"]
    }
    tables = [("Hazard ratios", found["cox"], event_name(page))]
    if found.get("cox_competing"):
        tables.append(("Hazard ratios", found["cox_competing"], competing_name(page)))
    if found.get("fine_gray"):
        tables.append(
            ("Ratios of the subdistribution hazard", found["fine_gray"], event_name(page))
        )
    return {
        "tables": [
            {"what": what, "of": of, "rows": [_ratio(row, labels) for row in rows]}
            for what, rows, of in tables
        ],
        "imputation": found.get("imputation"),
        "firth": found.get("firth"),
        "left_out": [sections.term_label(term, labels) for term in found.get("cox_left_out") or []],
        "notes": found.get("notes") or [],
        "proportional": [
            {
                "label": "All together"
                if row["term"] in ("GLOBAL", "global")
                else sections.term_label(row["term"], labels),
                "statistic": numbers.number(row["statistic"], digits=2),
                "p": _p(row["p"]),
            }
            for row in found.get("proportional_hazards") or []
        ],
    }


def _ratio(row: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    """One term as a ratio with limits and p, and the complete cases beside it."""
    limits = row.get("interval")
    return {
        "label": sections.term_label(row["term"], labels),
        "ratio": numbers.brief(_exp(row["estimate"])),
        "interval": " to ".join(numbers.brief(_exp(limit)) for limit in limits)
        if limits
        else numbers.NONE,
        "p": _p(row.get("p")),
        **sections.beside(row),
    }


def _p(p: float | None) -> str:
    """A p-value; very small ones are not told apart."""
    if p is None:
        return numbers.NONE
    return "<0.0001" if p < _SMALLEST_P else f"{p:.2g}"


def _exp(logarithm: float | None) -> float | None:
    """A ratio from its logarithm; beyond what can be read it stops."""
    return None if logarithm is None else math.exp(min(max(logarithm, -50.0), 50.0))
