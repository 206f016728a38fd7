"""Readers: how far they agree, and the model of each, as rows of the page.

Belongs here: wording the entry `readers` of the results.
Does not belong here: the entry (`analyses.readers`), hidden counts
(`analyses.report.reader_counts`).
"""

from typing import Any

from analyses import numbers
from analyses.report import words
from analyses.report.measures import measures_of

#: Measures of a reader's model that a page shows, if the outcome has them.
_SHOWN = ("c_index", "auc", "calibration_slope", "o_e_ratio", "rps", "log_loss")
_MEASURES = {
    "kappa": "kappa",
    "kappa_quadratic": "kappa, weighted",
    "icc": "ICC(2,1)",
}


def readers(page: dict[str, Any]) -> dict[str, Any] | None:
    """The section; None where nobody read twice."""
    found = page.get("readers")
    if not found or not found["columns"]:
        return None
    labels = {row["column"]: row.get("label") for row in page["cohort"]["missingness"]}
    return {
        "cases": found["cases"],
        "least": found["least"],
        "rows": [
            {
                "label": words.level(labels.get(row["column"]) or words.human(row["column"])),
                "measure": _MEASURES[row["measure"]],
                "is_low": row["is_low"],
                **_cells(row),
                "centres": [
                    {"label": part["centre"], **_cells({**part, "measure": row["measure"]})}
                    for part in row["by_centre"]
                ],
            }
            for row in found["columns"]
        ],
        "models": _models(page, found["models"]),
    }


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """Cases, percent agreement and the estimate with its limits."""
    # readers hardly ever measure the very same number
    share = None if row.get("measure") == "icc" else row["share_agreed"]
    limits = row["interval"]
    return {
        "n": row["n"],
        "not_assessable": row["not_assessable"],
        "agreed": numbers.NONE if share is None else f"{100 * share:.0f}%",
        "estimate": numbers.NONE
        if row["estimate"] is None
        else numbers.number(row["estimate"], digits=2),
        "interval": numbers.interval(limits, digits=2) if limits else "",
    }


def _models(page: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The primary model of each reader, side by side."""
    if not found:
        return None
    measures = {
        key: measure
        for key, measure in measures_of(page["outcome"].get("kind")).items()
        if key in _SHOWN
    }
    rows = []
    for model in found:
        nested = model["nested_cv"] or {}
        cells = []
        for key, measure in measures.items():
            value = nested.get(key) or {"estimate": None, "interval": None}
            limits = value["interval"]
            cells.append(
                {
                    "estimate": numbers.number(value["estimate"], digits=measure.digits),
                    "interval": numbers.interval(limits, digits=measure.digits) if limits else "",
                }
            )
        rows.append({**model, "label": words.level(model["reader"]), "cells": cells})
    return {"header": [measure.short for measure in measures.values()], "rows": rows}
