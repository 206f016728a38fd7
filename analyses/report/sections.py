"""Sections of the report as plain values: what each table and sentence of the page says.

Belongs here: choosing, ordering and wording the numbers of one run.
Does not belong here: HTML (`templates`), fixed sentences (`words`), figures (`pictures`).
"""

import math
import re
from collections.abc import Sequence
from statistics import median
from typing import Any

from analyses import numbers
from analyses.disclosure import Shown
from analyses.report import words
from analyses.report.measures import measures_of, part_of
from analyses.report.pictures import MISSING_STATES, YES_NO, is_sign
from analyses.report.shortening import SHOWN
from analyses.report.words import human

Rows = list[dict[str, Any]]


def outcome_name(page: dict[str, Any]) -> str:
    """The outcome in words."""
    said = page["outcome"].get("label")
    plan = page["plan"].get("outcome") or {}
    return str(said) if said else human(plan.get("column") or "outcome")


def model_by_role(page: dict[str, Any], role: str) -> dict[str, Any] | None:
    """First model of a role; None where there is none."""
    return next((m for m in page["models"] if m["role"] == role), None)


def missing_summary(page: dict[str, Any]) -> dict[str, Any]:
    """How much of the predictors is not recorded, and what is said of the signs."""
    rows = [
        row
        for row in page["cohort"]["missingness"]
        if all(isinstance(row[k], int) for k in ("n", "missing"))
    ]
    cells, missing = sum(r["n"] for r in rows), sum(r["missing"] for r in rows)
    signs = [row for row in rows if is_sign(row) and _says_present(row)]
    said = {"present": 0, "absent": 0}
    for row in signs:
        for state in row["states"]:
            if state["state"] in YES_NO and isinstance(state["n"], int):
                said[YES_NO[state["state"]]] += state["n"]
    mostly = sum(1 for r in rows if 2 * r["missing"] > r["n"])
    left_out = page["cohort"]["left_out"]
    # else a count is hidden, or a predictor is not shown: say none
    is_whole = len(rows) == len(page["cohort"]["missingness"]) + left_out
    return {
        "share": numbers.share(missing, cells) if is_whole else None,
        "predictors": len(page["cohort"]["missingness"]) + left_out,
        "mostly": mostly if is_whole else None,
        "signs": len(signs),
        "sign_cells": sum(r["n"] for r in signs),
        **said,
    }


def _says_present(row: dict[str, Any]) -> bool:
    """Whether a predictor is a sign in the narrow sense: present or absent, not yes or no."""
    return any(state["state"] in ("present", "absent") for state in row["states"])


def groups_of(page: dict[str, Any]) -> Rows:
    """The groups that the outcome makes, with their size: with and without, or each class."""
    classes = page["outcome"].get("classes")
    if classes is not None:
        return [{"group": c["class"], "label": human(c["class"]), "n": c["n"]} for c in classes]
    if words.is_survival(page):
        return [
            {"group": "yes", "label": "With the event", "n": page["outcome"].get("events")},
            {"group": "no", "label": "Without it so far", "n": page["outcome"].get("non_events")},
        ]
    return [
        {"group": "yes", "label": "With outcome", "n": page["outcome"].get("events")},
        {"group": "no", "label": "Without", "n": page["outcome"].get("non_events")},
    ]


def merged_classes(page: dict[str, Any]) -> str:
    """Which small groups or grades were joined, in one sentence; empty if none were."""
    merged = page["outcome"].get("merged") or []
    if not merged:
        return ""
    said = ", ".join(f"{words.level(c['class'])} ({c['n']})" for c in merged)
    if page["outcome"].get("kind") == "ordinal":
        return f"Grades too rare to stand alone were joined with a neighbour: {said}."
    rest = words.level((page["plan"].get("outcome") or {}).get("rest"))
    return f"Groups of fewer than ten patients joined “{rest}”: {said}."


def table_one(page: dict[str, Any]) -> dict[str, Any]:
    """Table 1: a row per number, a heading and a row per level of a category."""
    if page["data"]["used"] == 0:
        return {"rows": [], "groups": [], "is_whole": True, "is_wide": False, "n": 0}
    shown = {g["group"] for row in page["cohort"]["table_one"] for g in row["groups"]}
    apart = [group for group in groups_of(page) if group["group"] in shown]
    names = ["overall", *(group["group"] for group in apart)]
    return {
        "rows": rows_of_table_one(page["cohort"]["table_one"], names),
        "groups": apart,
        "is_whole": bool(apart) or not page["cohort"]["table_one"],
        "is_wide": len(apart) > 2,
        "n": page["data"]["used"],
    }


def rows_of_table_one(rows: Rows, names: Sequence[str]) -> Rows:
    """Rows of Table 1 as a page shows them, in the groups named."""
    body: Rows = []
    for row in rows:
        groups = {group["group"]: group for group in row["groups"]}
        label = words.label_of(row.get("label"), row["variable"])
        total = row["n"] + row["missing"] if _exact(row["n"], row["missing"]) else None
        line: dict[str, Any] = {
            "label": label,
            "unit": row.get("unit"),
            "n": row["n"],
            "missing": numbers.count_of(row["missing"], total),
            "smd": numbers.number(row["smd"]),
        }
        if row["kind"] == "number":
            line["cells"] = [_spread(groups.get(g)) for g in names]
            line["levels"] = []
        else:
            line["cells"] = None
            line["levels"] = _levels(groups, names)
        body.append(line)
    return body


def _exact(*counts: Shown) -> bool:
    """Whether every count may be computed with."""
    return all(isinstance(count, int) for count in counts)


def _spread(group: dict[str, Any] | None) -> dict[str, str]:
    """Median and quartiles of one group."""
    if group is None or group.get("median") is None:
        return {"median": numbers.NONE, "quartiles": ""}
    low, high = numbers.typical(group["q1"]), numbers.typical(group["q3"])
    return {"median": numbers.typical(group["median"]), "quartiles": f"{low} to {high}"}


def _levels(groups: dict[str, Any], shown: Sequence[str]) -> Rows:
    """Counts of each level in each group; levels in the order they come in."""
    counts = {
        name: {level["level"]: level["n"] for level in group.get("levels") or []}
        for name, group in groups.items()
    }
    names = list(dict.fromkeys(level for group in counts.values() for level in group))
    return [
        {
            "label": words.level(name),
            "cells": [
                numbers.count_of(counts.get(g, {}).get(name, 0), groups[g]["n"])
                if g in groups
                else numbers.NONE
                for g in shown
            ],
        }
        for name in names
    ]


def predictors(page: dict[str, Any]) -> Rows:
    """Each predictor with the time it becomes known and what is recorded of it."""
    return [
        {
            "label": words.label_of(row.get("label"), row["column"]),
            "available": words.AVAILABILITY.get(
                str(row.get("availability")), str(row.get("availability") or "not stated")
            ),
            "recorded": numbers.count_of(row["recorded"], row["n"]),
            "missing": numbers.count_of(row["missing"], row["n"]),
            "states": ", ".join(
                f"{_state_name(s['state'])} {s['n']}"
                for s in row["states"]
                if s["state"] in MISSING_STATES
            )
            or numbers.NONE,
        }
        for row in page["cohort"]["missingness"]
    ]


def _state_name(state: str | None) -> str:
    """A way of being missing in words."""
    return "no entry" if state in (None, "", "empty") else words.level(state)


def terms(page: dict[str, Any], model: dict[str, Any] | None) -> Rows:
    """Standardised coefficients of a model, largest first; of several classes one of each."""
    found = (model or {}).get("coefficients") or []
    labels = {
        r["column"]: words.label_of(r.get("label"), r["column"])
        for r in page["cohort"]["missingness"]
    }
    by_term: dict[str, list[float]] = {}
    rows = {row["term"]: row for row in found}
    for row in found:
        by_term.setdefault(row["term"], []).append(row["estimate"] or 0.0)
    ordered = sorted(by_term, key=lambda t: (-max(map(abs, by_term[t])), t))
    return [
        {
            "label": term_label(term, labels),
            "estimates": [numbers.number(value, digits=3) for value in by_term[term]],
            "direction": _direction(by_term[term][0], is_time=words.is_survival(page))
            if len(by_term[term]) == 1
            else "",
            "refits": numbers.interval(rows[term].get("interval"), digits=3)
            if rows[term].get("interval")
            else numbers.NONE,
            "same_sign": numbers.NONE
            if rows[term].get("same_sign") is None
            else f"{100 * rows[term]['same_sign']:.0f}%",
        }
        for term in ordered[:SHOWN]
    ]


def _direction(estimate: float | None, *, is_time: bool) -> str:
    """What a rise of the term does to the outcome, according to the model."""
    if not estimate:
        return "unchanged"
    if is_time:
        return "sooner" if estimate > 0 else "later"
    return "more likely" if estimate > 0 else "less likely"


def term_label(term: str, labels: dict[str, str]) -> str:
    """Label of a model column: the label of its source column and what is left of its name.

    Parameters
    ----------
    term
        Name of the column inside the model.
    labels
        Column to label.

    Returns
    -------
    str
        Words.

    Examples
    --------
    >>> term_label("margin_ill_defined", {"margin": "Margin", "m": "M"})
    'Margin: ill defined'
    >>> term_label("age_years", {"age_years": "Age"})
    'Age'
    """
    sources = [c for c in labels if term == c or term.startswith((f"{c}_", f"{c}=", f"{c}:"))]
    if not sources:
        return human(term)
    column = max(sources, key=len)
    rest = term[len(column) :].strip("_=: ")
    return f"{labels[column]}: {words.level(rest)}" if rest else labels[column]


def measures_table(page: dict[str, Any], models: Sequence[dict[str, Any]]) -> Rows:
    """Each measure: for each model the estimate on unseen cases and the apparent one."""
    rows: Rows = []
    for key, measure in measures_of(page["outcome"].get("kind")).items():
        cells = []
        for model in models:
            performance = model.get("performance") or {}
            nested = (performance.get("nested_cv") or {}).get(key) or {}
            apparent = (performance.get("apparent") or {}).get(key) or {}
            cells.append(
                {
                    "nested": numbers.number(nested.get("estimate"), digits=measure.digits),
                    "interval": numbers.interval(nested.get("interval"), digits=measure.digits)
                    if nested.get("interval")
                    else "",
                    "apparent": numbers.number(apparent.get("estimate"), digits=measure.digits),
                }
            )
        if any(c["nested"] != numbers.NONE or c["apparent"] != numbers.NONE for c in cells):
            rows.append({"measure": measure, "cells": cells, "part": part_of(key)})
    return rows


def inference(page: dict[str, Any]) -> dict[str, Any] | None:
    """Unpenalised coefficients as odds ratios per unit of each term; None where none may be shown.

    Of several classes one row for each term and class.
    """
    found = page.get("inference")
    if not found:
        return None
    labels = {
        r["column"]: words.label_of(r.get("label"), r["column"])
        for r in page["cohort"]["missingness"]
    }
    rows = []
    for row in found["rows"]:
        label = term_label(row["term"], labels)
        if row["class"]:
            label += f" ({words.level(row['class'])})"
        rows.append(
            {
                "label": label,
                **_odds(row),
                **beside(row),
            }
        )
    return {
        "rows": rows,
        "imputation": found.get("imputation"),
        "method": found["method"],
        "reason": found["reason"],
        "left_out": [term_label(term, labels) for term in found["left_out"]],
        "notes": found["notes"],
    }


def beside(row: dict[str, Any]) -> dict[str, Any]:
    """What stands beside a pooled ratio: how much information is missing, the complete cases."""
    return {
        "fmi": numbers.NONE if row.get("fmi") is None else f"{100 * row['fmi']:.0f}%",
        "complete": _odds(row.get("complete_case")),
    }


def _odds(row: dict[str, Any] | None) -> dict[str, str]:
    """A ratio and its limits."""
    if row is None:
        return {"ratio": numbers.NONE, "interval": numbers.NONE}
    limits = [numbers.brief(_ratio(limit)) for limit in row["interval"] or []]
    return {
        "ratio": numbers.brief(_ratio(row["estimate"])),
        "interval": " to ".join(limits) or numbers.NONE,
    }


def _ratio(logarithm: float) -> float:
    """An odds ratio from its logarithm; beyond what can be read it stops."""
    return math.exp(min(max(logarithm, -50.0), 50.0))


def penalty(page: dict[str, Any], model: dict[str, Any] | None) -> str:
    """The chosen penalty and how much it moved from fold to fold."""
    tuning = (model or {}).get("tuning") or {}
    if tuning.get("chosen") is None:
        return ""
    said = f"Penalty chosen on all cases: C = {numbers.brief(tuning['chosen'])}"
    if tuning.get("one_se") is not None:
        said += f" (one-standard-error rule: {numbers.brief(tuning['one_se'])})"
    spread, grid = tuning.get("spread") or [], tuning.get("grid") or []
    if spread:
        said += (
            f". Over the {len(spread)} outer folds it ranged from {numbers.brief(min(spread))} to "
            f"{numbers.brief(max(spread))}, median {numbers.brief(median(spread))}"
        )
    if spread and grid:
        edge = sum(1 for c in spread if c in (min(grid), max(grid)))
        said += f"; {edge} of them at an end of the grid"
    return said + ". A small C means strong shrinkage."


def cautions(page: dict[str, Any]) -> Rows:
    """Warnings by code, in the order of their first; each with the messages after the first two."""
    labels = {
        row["column"]: words.label_of(row.get("label"), row["column"])
        for row in page["cohort"]["missingness"]
    }
    by_code: dict[str, list[str]] = {}
    for row in page["warnings"]:
        said = row["message"]
        for column, label in labels.items():
            said = re.sub(rf"\b{re.escape(column)}\b", label, said)
        by_code.setdefault(row["code"], []).append(said[:1].upper() + said[1:])
    return [
        {"code": code, "first": messages[:2], "more": messages[2:]}
        for code, messages in by_code.items()
    ]


def not_yet(model: dict[str, Any] | None) -> list[dict[str, str]]:
    """What this version does not compute: keys of the primary model that hold null."""
    if model is None:
        return []
    performance = model.get("performance") or {}
    reasons = model.get("not_computed") or {}
    return [
        {"name": name, "status": reasons.get(key, status), "why": why}
        for key, (name, status, why) in words.NOT_YET.items()
        if not (model.get(key) if key == "instability" else performance.get(key))
    ]
