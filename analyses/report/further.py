"""Further: what the plan asked for beyond the main estimate, as rows and sentences of the page.

Belongs here: wording permuted outcomes, prediction sets, subgroups and sensitivity analyses.
Does not belong here: HTML (`templates`), the numbers (`analyses.beyond`), hidden counts
(`analyses.report.further_counts`).
"""

from typing import Any

from analyses import numbers
from analyses.other_choices import CHOICES
from analyses.report import words
from analyses.report.measures import measures_of
from schemas.showing import counted

Rows = list[dict[str, Any]]
#: Measures of a subgroup and of a sensitivity analysis that a page shows, if the outcome has them.
_SHOWN = ("c_index", "auc", "calibration_slope", "o_e_ratio", "rps", "log_loss")
#: A convention, named on the page.
_NOTABLE = 0.05
_VARIABLES = {"age_years": "age", "site_id": "centre", "field_strength_t": "field strength"}
_OF_TWO = ("Without the outcome", "With the outcome")
_SENSITIVITY = {
    **{name: choice.sentence for name, choice in CHOICES.items()},
    "multiple_imputation": "Ten imputations of each training part by chained equations, "
    "predictions averaged",
    "complete_cases": "Complete cases only: nobody of whom a predictor is missing.",
    "own_level": "“Not assessable” as a level of its own",
    "as_missing": "“Not assessable” as missing like an empty cell",
    "without_indicators": "Without indicators of missing values",
}


def further(page: dict[str, Any]) -> dict[str, Any]:
    """The parts of the section; None or empty where there are none."""
    return {
        "permutation": _permutation(page),
        "sets": _sets(page),
        "subgroups": _subgroups(page),
        "proportionality": _proportionality(page),
        "sensitivity": [
            _sensitivity(page, one) for one in page.get("sensitivity") or [] if not _is_paired(one)
        ],
        "filled": _filled(page),
    }


def _name(page: dict[str, Any], model: str) -> str:
    """A model for a reader."""
    return model.replace("_", " ")


def _permutation(page: dict[str, Any]) -> dict[str, str] | None:
    """What dealing the outcomes out anew says."""
    found = page.get("permutation")
    if not found:
        return None
    n, k, spread = found["permutations"], found["as_good"], found["permuted"]
    limits = numbers.interval([spread["low"], spread["high"]], digits=3)
    own, loss = found.get("log_loss"), "Log-loss"
    if own is None:  # of a time to an event
        own, loss = found["brier"], "Brier score at the first horizon"
    verdict = (
        "These data hold something that the model can learn."
        if found["p"] <= _NOTABLE
        else "What it seems to have learned is compatible with chance."
    )
    return {
        "verdict": verdict,
        "sentence": f"In {k} of {n} permutations the {_name(page, found['model'])} model did as "
        f"well as with the true outcomes or better (p = {numbers.brief(found['p'])}). {loss} "
        f"with the true outcomes {numbers.number(own, digits=3)}, with permuted ones "
        f"{numbers.number(spread['median'], digits=3)} ({limits}).",
    }


def _proportionality(page: dict[str, Any]) -> str:
    """What the score test of proportional odds says, in one sentence; empty without grades."""
    found = page.get("proportionality")
    if not found:
        return ""
    if found["p"] is None:
        return f"Whether one slope fits every cut between grades was not tested. {found['reason']}"
    return (
        "One slope for every cut between grades, in the baseline model without penalty: score test "
        f"{numbers.number(found['statistic'], digits=1)} on {found['df']} degrees of freedom, p = "
        f"{numbers.brief(round(found['p'], 4))}. The test rejects too often where a grade is rare; "
        "it decides nothing here."
    )


def _sets(page: dict[str, Any]) -> dict[str, Any] | None:
    """Thresholds and coverage of the prediction sets."""
    found = page.get("prediction_sets")
    if not found:
        return None
    judged = [row for row in found["classes"] if row["threshold"] is not None]
    rows = [
        {
            "label": _OF_TWO[k] if words.is_binary(page) else words.human(row["class"]),
            "patients": row["patients"],
            "threshold": numbers.number(row["threshold"], digits=2),
            "covered": _coverage(row),
            "reason": row["reason"],
        }
        for k, row in enumerate(found["classes"])
    ]
    level = f"{100 * found['level']:.0f}"
    return {
        "model": _name(page, found["model"]),
        "level": level,
        "least": f"{100 * (2 * found['level'] - 1):.0f}",
        "reason": found["reason"],
        "rows": rows,
        "all": _coverage(found["all"]) if found["all"] else "",
        "sizes": f"A set holds {numbers.number(found['mean_size'], digits=1)} of the "
        f"{len(judged)} groups on average. {100 * found['full']:.0f} of 100 hold every group and "
        f"say nothing; {100 * found['empty']:.0f} of 100 are empty: the case is like none of them."
        if found["mean_size"] is not None
        else "",
        "not_judged": [row["label"] for row in rows if row["reason"]],
    }


def _coverage(row: dict[str, Any]) -> str:
    """How many had their own group in the set."""
    if row["coverage"] is None:
        return numbers.NONE
    share = numbers.number(row["coverage"], digits=2)
    return f"{share} ({numbers.interval(row['interval'], digits=2)})"


def _subgroups(page: dict[str, Any]) -> dict[str, Any] | None:
    """One table: a part for each variable, a row for each group."""
    found = page.get("subgroups") or []
    if not found:
        return None
    measures = {
        key: measure
        for key, measure in measures_of(page["outcome"].get("kind")).items()
        if key in _SHOWN
    }
    return {
        "header": [measure.short for measure in measures.values()],
        "variables": [
            {
                "label": words.human(_VARIABLES.get(part["variable"], part["variable"])),
                "rows": [
                    {
                        "label": words.level(row["group"])
                        if part["variable"] != "site_id"
                        else row["group"],
                        "n": row["n"],
                        "events": numbers.NONE if row["events"] is None else row["events"],
                        "cells": [
                            shown_cell((row["performance"] or {}).get(key), measure.digits)
                            for key, measure in measures.items()
                        ],
                    }
                    for row in part["groups"]
                ],
            }
            for part in found
        ],
    }


def shown_cell(value: dict[str, Any] | None, digits: int) -> dict[str, str]:
    """An estimate and its interval."""
    if not value or value["estimate"] is None:
        return {"estimate": numbers.NONE, "interval": ""}
    limits = value.get("interval")
    return {
        "estimate": numbers.number(value["estimate"], digits=digits),
        "interval": numbers.interval(limits, digits=digits) if limits else "",
    }


def _sensitivity(page: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """One other analysis: how many cases, and each measure beside the main one."""
    primary = next((m for m in page["models"] if m["role"] == "primary"), None)
    main = ((primary or {}).get("performance") or {}).get("nested_cv") or {}
    rows = []
    for key, measure in measures_of(page["outcome"].get("kind")).items():
        value = (found["nested_cv"] or {}).get(key)
        if key not in _SHOWN or value is None:
            continue
        rows.append(
            {
                "label": measure.short,
                "main": shown_cell(main.get(key), measure.digits),
                "other": shown_cell(value, measure.digits),
                "difference": numbers.number(
                    (found["difference"] or {}).get(key), digits=measure.digits
                ),
            }
        )
    return {
        "what": _SENSITIVITY[found["name"]].rstrip(".") + ".",
        "reason": found["reason"],
        "n": found["n"],
        "events": found["events"],
        "main_n": page["data"]["used"],
        "rows": rows,
        "beats": found["beats_baseline"],
    }


def _is_paired(found: dict[str, Any]) -> bool:
    """Whether an analysis is of the same cases and folds as the main one."""
    return found.get("against_main") is not None


def _filled(page: dict[str, Any]) -> dict[str, Any] | None:
    """A table of the analyses on the same cases and folds: measures, and the log-loss paired."""
    lines = [one for one in page.get("sensitivity") or [] if _is_paired(one)]
    if not lines:
        return None
    primary = next(m for m in page["models"] if m["role"] == "primary")
    measures = {
        key: measure
        for key, measure in measures_of(page["outcome"].get("kind")).items()
        if key in _SHOWN
    }
    rows: list[tuple[str, Any, Any]] = [
        ("Main analysis", primary["performance"]["nested_cv"], None)
    ]
    rows += [(_SENSITIVITY[one["name"]], one["nested_cv"], one["against_main"]) for one in lines]
    loss = "log_loss" if "log_loss" in lines[0]["against_main"] else "brier"
    return {
        "header": [measure.short for measure in measures.values()],
        "resampled": _resampled(page, lines),
        "loss": {"log_loss": "Log-loss", "brier": "Brier score"}[loss],
        "rows": [
            {
                "label": label,
                "cells": [shown_cell(nested.get(key), m.digits) for key, m in measures.items()],
                "loss": shown_cell((against or {}).get(loss), 3),
            }
            for label, nested, against in rows
        ],
    }


def _resampled(page: dict[str, Any], lines: list[dict[str, Any]]) -> str:
    """What bootstraps say of the model over imputations, in a sentence; empty without any."""
    found = next((one["bootstrap_632plus"] for one in lines if one.get("bootstrap_632plus")), None)
    if found is None:
        return ""
    name, measure = next(iter(measures_of(page["outcome"].get("kind")).items()))
    value = numbers.number(found[name]["estimate"], digits=measure.digits)
    return (
        f"With the gaps of each of {counted(found['resamples'], 'bootstrap')} filled anew by "
        f"multiple imputation, .632+ gives {measure.short} {value}."
    )
