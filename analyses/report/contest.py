"""Contest: which model did better, and how each does at centres it was not made from.

Belongs here: the comparison with the baseline, challengers, centres left out, net benefit, as
plain values for the page.
Does not belong here: HTML (`templates`), fixed sentences (`words`), figures (`pictures`).
"""

from collections.abc import Sequence
from typing import Any

from analyses import numbers
from analyses.report import words
from analyses.report.measures import apart_key, measures_of
from analyses.report.pictures import model_name
from analyses.report.sections import Rows, model_by_role


def comparison(page: dict[str, Any]) -> str:
    """Whether the baseline was beaten, said without hope."""
    found = page.get("comparison")
    if not found or found.get("beats_baseline") is None:
        return "The models were not compared with the baseline."
    primary = model_by_role(page, "primary")
    name = model_name(primary) if primary else str(found.get("best"))
    key, error = ("brier", "Brier score") if words.is_survival(page) else ("log_loss", "log-loss")
    difference = (found.get("difference") or {}).get(key) or {}
    low_high = difference.get("interval")
    numbers_said = ""
    if difference.get("estimate") is not None:
        numbers_said = (
            f" ({name} minus baseline: {numbers.number(difference['estimate'], digits=3)}"
        )
        if low_high:
            numbers_said += f", 95% interval {numbers.interval(low_high, digits=3)}"
        numbers_said += "; below 0 is better)"
    if found["beats_baseline"]:
        return f"The {name} model predicted better than the baseline: lower {error}{numbers_said}."
    if low_high and low_high[0] > 0:
        return f"The {name} model predicted worse than the baseline: higher {error}{numbers_said}."
    return (
        f"The {name} model did not clearly beat the baseline: its {error} may be no lower"
        f"{numbers_said}."
    )


def challengers(page: dict[str, Any]) -> Rows:
    """Each challenger: whether it takes the place of the primary model, and why."""
    primary = model_by_role(page, "primary")
    of = model_name(primary) if primary else "the primary model"
    return [
        {
            "name": str(found["name"]).replace("_", " "),
            "what": words.CHALLENGERS.get(found["name"], "a model of another package"),
            "headline": f"takes the place of {of} as the best model"
            if found["wins"]
            else f"does not take the place of {of}",
            "reasons": found["reasons"],
        }
        for found in (page.get("comparison") or {}).get("challengers") or []
    ]


def centres(page: dict[str, Any], models: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Table of the centres left out in turn; None where no centre was."""
    primary = model_by_role(page, "primary")
    found = ((primary or {}).get("performance") or {}).get("internal_external")
    if not found:
        return None
    is_binary = words.is_binary(page)
    apart = apart_key(page["outcome"].get("kind"))
    shown = ("calibration_slope", "o_e_ratio") if is_binary else ("log_loss",)
    if words.is_survival(page):
        shown = ("brier", "o_e_ratio")
    columns = [(model, apart) for model in models] + [(primary, key) for key in shown]
    parts = [
        ((model or {}).get("performance") or {}).get("internal_external") for model, _ in columns
    ]
    rows = []
    for place, row in enumerate(found["by_centre"]):
        cells = [
            _measured(((part or {}).get("by_centre") or [{}] * (place + 1))[place].get(key), key)
            for part, (_, key) in zip(parts, columns, strict=True)
        ]
        rows.append(
            {
                "centre": row["centre"],
                "n": row["n"],
                "events": row["events"] if row["events"] is not None else numbers.NONE,
                "cells": cells,
                "in_pool": row["in_pool"],
                "reason": row["reason"],
            }
        )
    pooled = [
        _measured(((part or {}).get("pooled") or {}).get(key), key)
        for part, (_, key) in zip(parts, columns, strict=True)
    ]
    return {
        "header": [_heading(model, key, page) for model, key in columns],
        "rows": rows,
        "pooled": pooled if found["pooled"] else None,
        "centres_pooled": found["centres_pooled"],
        "is_binary": is_binary,
        "sentence": _centres_sentence(page, found, primary),
    }


def _heading(model: dict[str, Any] | None, key: str, page: dict[str, Any]) -> dict[str, str]:
    """Heading of a column: the measure, and below it the model."""
    measure = measures_of(page["outcome"].get("kind"))[key]
    return {"measure": measure.short, "model": model_name(model) if model else ""}


def _measured(value: dict[str, Any] | None, key: str) -> dict[str, str]:
    """A measure of a centre or of all: estimate, interval, where a new centre may lie."""
    digits = 3 if key in ("log_loss", "brier") else 2
    if not value or value.get("estimate") is None:
        return {"estimate": numbers.NONE, "interval": "", "prediction": ""}
    new = value.get("prediction_interval")
    return {
        "estimate": numbers.number(value["estimate"], digits=digits),
        "interval": numbers.interval(value["interval"], digits=digits)
        if value.get("interval")
        else "",
        "prediction": numbers.interval(new, digits=digits) if new else "",
    }


def _centres_sentence(
    page: dict[str, Any], found: dict[str, Any], primary: dict[str, Any] | None
) -> str:
    """What leaving centres out says beside nested cross-validation, in one or two sentences."""
    key = apart_key(page["outcome"].get("kind"))
    nested = (((primary or {}).get("performance") or {}).get("nested_cv") or {}).get(key) or {}
    inside = numbers.number(nested.get("estimate"))
    pooled = (found.get("pooled") or {}).get(key)
    name = model_name(primary) if primary else "The model"
    if pooled is None:
        k, n = found["centres_pooled"], len(found["by_centre"])
        is_binary = words.is_binary(page)
        is_graded = page["outcome"].get("kind") == "ordinal"
        side = "on either side" if is_binary or is_graded else "in every group"
        if words.is_survival(page):
            side = "with the event and 10 without"
        return (
            f"{k or 'None'} of {n} centres {'has' if k <= 1 else 'have'} at least 10 cases {side}; "
            "three would be needed to pool them. The rows below stand for themselves."
        )
    measure = measures_of(page["outcome"].get("kind"))[key].short
    return (
        f"At centres it was not made from, the {name} model has {_an(measure)} of "
        f"{numbers.number(pooled['estimate'])} ({numbers.interval(pooled['interval'])}), beside "
        f"{inside} in nested cross-validation. At the next centre it may lie anywhere from "
        f"{numbers.interval(pooled['prediction_interval'])}."
    )


def _an(measure: str) -> str:
    """A measure with its article.

    Examples
    --------
    >>> _an("AUC"), _an("C")
    ('an AUC', 'a C')
    """
    return f"{'an' if measure[0] in 'AEIOU' else 'a'} {measure}"


def decision(model: dict[str, Any] | None, baseline: dict[str, Any] | None) -> Rows:
    """Net benefit at each threshold: model, baseline, treat all, treat none."""
    found = ((model or {}).get("curves") or {}).get("decision") or []
    other = {
        row["threshold"]: row["model"]
        for row in ((baseline or {}).get("curves") or {}).get("decision") or []
    }
    return [
        {
            "threshold": f"{row['threshold']:.0%}",
            "model": numbers.number(row["model"], digits=3),
            "baseline": numbers.number(other.get(row["threshold"]), digits=3),
            "all": numbers.number(row["all"], digits=3),
            "none": numbers.number(row["none"], digits=3),
        }
        for row in found
    ]
