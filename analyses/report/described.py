"""Described: groupings, associations, literature and the published prior as rows of the page.

Belongs here: wording what stands beside Table 1, and the ridge regression with a prior.
Does not belong here: HTML (`templates`), the numbers (`analyses.described`), what is left out
(`analyses.report.described_counts`).
"""

import math
from typing import Any

from analyses import numbers
from analyses.figures.forest import Panel, Study
from analyses.report import words
from analyses.report.further import shown_cell
from analyses.report.measures import measures_of
from analyses.report.sections import rows_of_table_one, term_label

Rows = list[dict[str, Any]]
TESTS = {
    "exact": "Fisher, exact",
    "monte_carlo": "Fisher, drawn",
    "mann_whitney": "Mann-Whitney",
    "kruskal": "Kruskal-Wallis",
    "withheld": "hidden",
    None: numbers.NONE,
}
METHODS = {"exact": "", "ml": "", "firth": " (Firth)"}
#: Limits so near to each other want more decimals than three digits give.
_NARROW = 0.1
PROVENANCES = {
    "published": "published",
    "own_published": "published case reports",
    "simulated": "SIMULATED",
    "registry": "registry",
    None: "own table",
}


def tables_by(page: dict[str, Any]) -> Rows:
    """Table 1 by each grouping of the plan."""
    return [
        {
            "label": words.label_of(table["label"], table["by"]),
            "groups": [
                {"label": words.level(group["group"]), "n": group["n"]} for group in table["groups"]
            ],
            "rows": rows_of_table_one(
                table["rows"], ["overall", *(group["group"] for group in table["groups"])]
            ),
            "withheld": table.get("withheld", 0),
            "reason": table.get("reason"),
        }
        for table in page["cohort"].get("table_one_by") or []
    ]


def associations(page: dict[str, Any]) -> dict[str, Any] | None:
    """Each predictor by itself, in the order of the plan."""
    found = page.get("associations")
    if not found or not found["rows"]:
        return None
    return {
        "rows": [
            {
                "label": words.label_of(row["label"], row["variable"]),
                "n": numbers.NONE if row["n"] is None else row["n"],
                "test": TESTS[row["test"]],
                "p": _p(row["p"]),
                "q": _p(row["q"]),
                "smd": numbers.number(row["smd"]),
                "ratios": [_ratio(ratio, row) for ratio in row["odds_ratios"]],
            }
            for row in found["rows"]
        ],
        "notes": found["notes"],
        "has_ratios": any(row["odds_ratios"] for row in found["rows"]),
        "withheld": sum(row["test"] == "withheld" for row in found["rows"]),
    }


def _ratio(ratio: dict[str, Any], row: dict[str, Any]) -> dict[str, str]:
    """One odds ratio with what it is of."""
    unit = f"unit: {row['unit']}" if row["unit"] else "per unit"
    per = unit if ratio["level"] is None else words.level(ratio["level"])
    limits = ratio["interval"]
    digits = None if limits is None else _digits(*limits)
    low, high = ("", "") if limits is None else (_short(limit, digits) for limit in limits)
    return {
        "label": per + METHODS[ratio["method"]],
        "ratio": _short(ratio["estimate"], digits),
        "interval": f"{low} to {high}" if low else numbers.NONE,
    }


def _digits(low: float, high: float) -> int | None:
    """Decimals of an odds ratio of a small unit, which lies so near to 1 that three digits say "1".

    Examples
    --------
    >>> _digits(1.00097, 1.00413), _digits(2.03, 7.31)
    (4, None)
    """
    width = high - low
    return 1 - math.floor(math.log10(width)) if 1e-9 < width < _NARROW else None


def _short(value: float | None, digits: int | None) -> str:
    """Three digits are enough of an odds ratio, and so many decimals of one with narrow limits."""
    if value is None or digits is None:
        return numbers.brief(None if value is None else float(f"{value:.3g}"))
    return numbers.number(value, digits=digits)


def _p(value: float | None) -> str:
    """A p-value with two digits, never 0."""
    if value is None:
        return numbers.NONE
    return "<0.0001" if value < 1e-4 else f"{value:.2g}" if value < 0.1 else f"{value:.2f}"


def panels(page: dict[str, Any]) -> list[Panel]:
    """The literature as a forest plot shows it."""
    return [_panel(entry) for entry in page.get("literature") or []]


def _panel(entry: dict[str, Any]) -> Panel:
    """One sign with its studies, and what they give together."""
    studies = [
        Study(
            _study_label(row),
            "published" if row["provenance"] == "published" else "own",
            _exp(row["estimate"]),
            _both(row["interval"]),
            row["weight"],
        )
        for row in entry["rows"]
    ]
    pooled = entry["pooled"]
    if pooled:
        together = Study(
            "Together",
            "pooled",
            _exp(pooled["estimate"]),
            _both(pooled["interval"]),
            prediction=_both(pooled["prediction"]),
        )
        studies.append(together)
    return Panel(_title(entry), tuple(studies))


def _title(entry: dict[str, Any]) -> str:
    """The sign and what it is set against."""
    return f"{words.label_of(entry['label'], entry['column'])}: {entry['said']}"


def _study_label(row: dict[str, Any]) -> str:
    """Who it is, and what kind of rows."""
    if row["provenance"] == "published":
        return f"{row['label']}{' *' if row['doubtful'] else ''}"
    return f"These cases ({PROVENANCES[row['provenance']]})"


def literature(page: dict[str, Any]) -> dict[str, Any] | None:
    """What was published of each sign beside these cases."""
    entries = page.get("literature") or []
    if not entries:
        return None
    own = entries[0]["rows"][-1]["provenance"]
    return {
        "contrast": entries[0]["contrast"],
        "is_doubtful": any(row["doubtful"] for entry in entries for row in entry["rows"]),
        "pooled": [_title(entry) for entry in entries if entry["pooled"]],
        "apart": own != "registry",
        "own": PROVENANCES[own],
        "sides": [words.human(side) for side in entries[0]["sides"]],
        "signs": [
            {"title": _title(entry), "rows": [_line(row) for row in entry["rows"]]}
            for entry in entries
        ],
    }


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """The counts of one study in words."""
    cells = row["cells"]
    parts = [
        numbers.NONE
        if cells is None
        else f"{cells[f'{side}_has']} of {cells[f'{side}_has'] + cells[f'{side}_lacks']}"
        for side in ("with", "without")
    ]
    return {
        "study": _study_label(row),
        "with": parts[0],
        "without": parts[1],
        "p": _p(row["p"]),
        "printed_p": row["printed_p"] or numbers.NONE,
        "reason": row["reason"],
    }


def prior(page: dict[str, Any]) -> dict[str, Any] | None:
    """The ridge regression towards published odds ratios beside the plain one."""
    found = page.get("prior")
    if not found:
        return None
    plain = next(m for m in page["models"] if m["name"] == "ridge" and m["role"] != "baseline")
    nested = plain["performance"]["nested_cv"]
    labels = {
        r["column"]: words.label_of(r.get("label"), r["column"])
        for r in page["cohort"]["missingness"]
    }
    rows = []
    for key, measure in measures_of("binary").items():
        if key in ("log_loss", "brier", "auc", "calibration_slope"):
            difference = found["difference"].get(key)
            rows.append(
                {
                    "label": measure.short,
                    "cells": [
                        shown_cell(nested.get(key), measure.digits),
                        shown_cell(found["nested_cv"].get(key), measure.digits),
                        shown_cell(difference, 3),
                    ],
                }
            )
    return {
        "rows": rows,
        "verdict": _verdict(found["difference"]["log_loss"]["interval"]),
        "strength": numbers.brief(found["tuning"]["strength"]),
        "chosen": numbers.brief(found["tuning"]["chosen"]),
        "terms": [
            {
                "label": term_label(row["term"], labels),
                "cells": [
                    numbers.number(row[side], digits=3)
                    for side in ("published", "plain", "towards")
                ],
            }
            for row in found["coefficients"]
            if row["published"]
        ],
        "studies": sorted({study for term in found["terms"] for study in term["studies"]}),
        "notes": found["notes"],
    }


def _verdict(interval: list[float] | None) -> str:
    """What the difference of the log-loss says."""
    if interval is None:
        return "Whether it helps cannot be said."
    if interval[1] < 0:
        return "Here it helps: the log-loss is lower, and the interval says so."
    if interval[0] > 0:
        return "Here it harms: the log-loss is higher, and the interval says so."
    return "Here no difference can be told."


def _exp(value: float | None) -> float | None:
    """An odds ratio from its logarithm."""
    return None if value is None else math.exp(min(max(value, -50.0), 50.0))


def _both(limits: list[float] | None) -> tuple[float, float] | None:
    """Two limits as ratios."""
    if limits is None:
        return None
    low, high = (_exp(limit) for limit in limits)
    assert low is not None
    assert high is not None
    return low, high
