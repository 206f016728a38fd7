"""Facts: what a rater of the analysis needs to know of this run, in one sentence each.

Belongs here: numbers and choices of the run, said without a judgement.
Does not belong here: any rating of quality or risk of bias: a person must judge.
"""

from collections.abc import Mapping
from typing import Any

from analyses import numbers
from analyses.report import sections, words
from analyses.report.measures import apart_key, measures_of

_FILLED = {
    "median": "Missing numbers get the median of the training cases and a mark that they were "
    "missing",
    "iterative": "Missing values are filled by chained equations learned from the training cases, "
    "and marked",
    "multiple": "Missing numbers get the median of the training cases and a mark; ten imputations "
    "stand beside it",
}


def facts(page: Mapping[str, Any]) -> dict[str, str]:
    """Every sentence by its name; empty where no model was made.

    Parameters
    ----------
    page
        Released results.
    """
    primary = sections.model_by_role(dict(page), "primary")
    if primary is None:
        return {}
    return {
        "size": _size(page),
        "forms": "Numbers enter as they are and none is cut into groups; a category has one column "
        "for each level; a sign is 1 for present and 0 for absent.",
        "missing": _missing(page),
        "overfitting": sections.penalty(dict(page), primary)
        + " No predictor is selected by a p-value.",
        "apparent": _apparent(page, primary),
        "evaluated": _evaluated(page),
        "leakage": _leakage(page, primary),
        "replicated": _replicated(page, primary),
        "measures": _measures(page, primary),
    }


def _size(page: Mapping[str, Any]) -> str:
    """Events per parameter, and the size that such a model needs."""
    found = page["verdict"]
    ratio = numbers.number(found["events_per_parameter"])
    return (
        f"{_events(page)} for {_shown(found['parameters'])} parameters ({ratio} each); "
        f"{found['n']} cases, {_shown(found['minimum_n'])} needed by published criteria."
    )


def _events(page: Mapping[str, Any]) -> str:
    """What counts for the size, with its noun."""
    n = page["verdict"]["events"]
    if words.is_survival(page):
        return f"{n} patients with the event"
    if page["outcome"].get("kind") == "ordinal":
        return f"{n} cases on the smaller side of the middle grade"
    return f"{n} cases in the smallest group"


def _shown(value: Any) -> str:
    """A number that may be withheld."""
    return numbers.NONE if value is None else str(value)


def _missing(page: Mapping[str, Any]) -> str:
    """What fills gaps, and what becomes of follow-up without an end."""
    text = _FILLED[page["plan"].get("impute") or "median"] + "."
    text += " Cases without the outcome are left out and counted."
    if words.is_survival(page):
        text += " Follow-up without the event ends where it ended, as censored."
    return text


def _apparent(page: Mapping[str, Any], primary: Mapping[str, Any]) -> str:
    """Unseen beside apparent performance."""
    kind = page["outcome"].get("kind")
    key = apart_key(kind)
    measure = measures_of(kind)[key]
    found = {
        name: ((primary["performance"].get(name) or {}).get(key) or {}).get("estimate")
        for name in ("nested_cv", "apparent")
    }
    unseen, apparent = (numbers.number(each, digits=measure.digits) for each in found.values())
    return f"{measure.short} on unseen cases {unseen}, apparent {apparent} (primary model)."


def _evaluated(page: Mapping[str, Any]) -> str:
    """How many cases the evaluation rests on."""
    return (
        f"Each of {page['outcome']['n']} cases was predicted by models that had not seen it; "
        f"{_events(page)}."
    )


def _leakage(page: Mapping[str, Any], primary: Mapping[str, Any]) -> str:
    """What keeps test cases out of the training."""
    text = (
        "All rows of a patient are in the same fold; filling, scaling and penalty are learned from "
        "training cases only."
    )
    if primary["performance"].get("internal_external"):
        text += " Each centre was also left out as a whole."
    return text


def _replicated(page: Mapping[str, Any], primary: Mapping[str, Any]) -> str:
    """How often everything was made anew."""
    plan = page["plan"].get("resampling") or {}
    folds = (plan.get("outer_folds") or 0) * (plan.get("repeats") or 0)
    resamples = (primary.get("instability") or {}).get("resamples") or 0
    text = f"Every step, the penalty too, was made anew in {folds} outer folds"
    return text + (f" and in {resamples} resamples." if resamples else ".")


def _measures(page: Mapping[str, Any], primary: Mapping[str, Any]) -> str:
    """Which measures are reported."""
    known = measures_of(page["outcome"].get("kind"))
    found = primary["performance"].get("nested_cv") or {}
    names = [
        known[key].short for key in known if (found.get(key) or {}).get("estimate") is not None
    ]
    has_benefit = bool((primary.get("curves") or {}).get("decision"))
    return f"On unseen cases: {', '.join(names)}. " + (
        "Net benefit by threshold."
        if has_benefit
        else "No decision curve for this kind of outcome."
    )
