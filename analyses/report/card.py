"""Model card: one model on one page, what it is, what it is for, and what it is not for.

Belongs here: the lines of the card, from the results and the description beside the model file.
Does not belong here: that description (`analyses.frozen`), HTML (`templates/card.html`).
"""

from collections.abc import Mapping
from typing import Any

from analyses import numbers
from analyses.frozen import INTENDED_USE
from analyses.report import contest, over_time, sections, words
from analyses.report.measures import Measure, apart_key, measures_of
from analyses.report.pictures import model_name

_CALIBRATION = ("calibration_slope", "o_e_ratio")
_NOT_FOR = {
    "simulated": "It was made from invented cases and says nothing about patients.",
    "published": "It was made from case reports, which are no cohort: it does not say how often "
    "anything occurs.",
}
_GROUPED_BY = {"age_years": "age", "site_id": "centre", "field_strength_t": "field strength"}
_A_PERSON = "A person must write this"


def card(page: dict[str, Any], described: Mapping[str, Any] | None) -> dict[str, Any]:
    """The card of the best model, or why there is none.

    Parameters
    ----------
    page
        Released results.
    described
        What stands beside the model file (`model.json`); None where that is not at hand.

    Returns
    -------
    dict
        `lines` as pairs of heading and text, and `predictors`; without a model, `none` says why.
    """
    best = (page.get("comparison") or {}).get("best")
    model = next((m for m in page["models"] if m["name"] == best), None)
    if model is None:
        reasons = " ".join(page["verdict"]["reasons"])
        return {"lines": [], "predictors": [], "none": f"No model was made. {reasons}".strip()}
    lines = {
        "Model": _identity(model, described),
        "Is for": INTENDED_USE,
        "Is not for": _not_for(page),
        "Made from": _made_from(page),
        "Gives": _output(page),
        "How good": _how_good(page, model),
        "Calibration": _calibration(page, model),
        "In subgroups": _subgroups(page, model),
        "Limits": _limits(page),
        "How to apply it": "imsct apply FOLDER --data NEW.csv --out RISKS.csv, with the folder of "
        "these results. A table that lacks a column is refused. A missing value is filled as in "
        "the training cases. A value that the model has not seen is named beside the prediction.",
        "Licence and contact": f"{_A_PERSON}: who may use the model file, on which terms, and whom "
        "to ask.",
    }
    return {
        "lines": list(lines.items()),
        "predictors": _predictors(page, model, described),
        "none": "",
    }


def _identity(model: dict[str, Any], described: Mapping[str, Any] | None) -> str:
    """Name, and the id of the file where it is at hand."""
    text = f"{words.human(model_name(model))} model, {len(model['predictors'])} predictors."
    if described is None:
        return f"{text} Its id is in model.json, beside results.json."
    return f"{text} Id {described['id']}: model.skops with its description model.json."


def _not_for(page: Mapping[str, Any]) -> str:
    """What nobody may do with it."""
    own = _NOT_FOR.get(str(page["cohort"]["provenance"]), "")
    return (
        f"Any decision about a patient. {own} Cases unlike those below: other tumours, other ages, "
        "values that were never seen."
    ).replace("  ", " ")


def _made_from(page: dict[str, Any]) -> str:
    """How many cases, of how many centres, how old."""
    _, cohort, _ = words.COHORTS.get(str(page["cohort"]["provenance"]), words.UNKNOWN_COHORT)
    centres = len(page["cohort"]["centres"])
    parts = [f"{cohort}: {page['data']['used']} cases"]
    if centres:
        parts.append(f"{centres} centres" if centres > 1 else "one centre")
    age = next((r for r in page["cohort"]["table_one"] if r["variable"] == "age_years"), None)
    groups = (age or {}).get("groups") or []
    found: dict[str, Any] = next((g for g in groups if g["group"] == "overall"), {})
    if found.get("median") is not None:
        low, high = numbers.typical(found["q1"]), numbers.typical(found["q3"])
        parts.append(f"median age {numbers.typical(found['median'])} years ({low} to {high})")
    return ", ".join(parts) + ". Calendar years are not in the data."


def _output(page: dict[str, Any]) -> str:
    """What comes out for a case."""
    outcome, kind = sections.outcome_name(page), page["outcome"].get("kind")
    if words.is_survival(page):
        horizons = (page["plan"].get("outcome") or {}).get("horizons") or []
        times = ", ".join(over_time.timed(page, each) for each in horizons)
        text = f"The probability of {over_time.event_name(page)} by each horizon ({times})."
    elif kind in ("multiclass", "ordinal"):
        groups = ", ".join(words.level(each["label"]) for each in sections.groups_of(page))
        what = "grade" if kind == "ordinal" else "group"
        text = f"{outcome}: one probability for each {what} ({groups})."
    else:
        positive = (page["plan"].get("outcome") or {}).get("positive")
        text = f"{outcome}: the probability of “{positive}”."
    return f"{text} No threshold is set, and no case is put into a class."


def _how_good(page: dict[str, Any], model: dict[str, Any]) -> str:
    """Telling cases apart, and against the baseline."""
    key = apart_key(page["outcome"].get("kind"))
    measure = measures_of(page["outcome"].get("kind"))[key]
    return f"On cases it had not seen: {_estimate(model, key, measure)}. {contest.comparison(page)}"


def _calibration(page: dict[str, Any], model: dict[str, Any]) -> str:
    """Slope and ratio where the outcome has them."""
    known = measures_of(page["outcome"].get("kind"))
    said = [_estimate(model, key, known[key]) for key in _CALIBRATION if key in known]
    if not said:
        return "In figures, one for each group: no single number says it for several groups."
    return f"On cases it had not seen: {'; '.join(said)}. 1 is best for each."


def _estimate(model: dict[str, Any], key: str, measure: Measure) -> str:
    """A measure on unseen cases with its interval."""
    found = ((model["performance"] or {}).get("nested_cv") or {}).get(key) or {}
    text = f"{measure.short} {numbers.number(found.get('estimate'), digits=measure.digits)}"
    limits = found.get("interval")
    return f"{text} ({numbers.interval(limits, digits=measure.digits)})" if limits else text


def _subgroups(page: dict[str, Any], model: dict[str, Any]) -> str:
    """From the worst to the best subgroup."""
    found = page.get("subgroups") or []
    if not found:
        return "None: the plan asks for none. Whether it does as well for all people is not known."
    kind = page["outcome"].get("kind")
    key = apart_key(kind)
    measure = measures_of(kind)[key]
    rows = [row for part in found for row in part["groups"]]
    values = [((row["performance"] or {}).get(key) or {}).get("estimate") for row in rows]
    known = sorted(value for value in values if value is not None)
    by = ", ".join(
        words.level(_GROUPED_BY.get(part["variable"], part["variable"])) for part in found
    )
    if not known:
        return f"By {by}: no subgroup is large enough for a number."
    low, high = (numbers.number(each, digits=measure.digits) for each in (known[0], known[-1]))
    return (
        f"By {by}: {measure.short} from {low} to {high} in the {len(known)} of {len(rows)} "
        "subgroups that are large enough (primary model)."
    )


def _limits(page: Mapping[str, Any]) -> str:
    """The verdict, and where the rest stands."""
    level = page["verdict"]["level"]
    headline, _ = words.VERDICTS.get(level, (words.human(level), ""))
    return f"{headline}. See Limitations, and Warnings ({len(page['warnings'])})."


def _predictors(
    page: dict[str, Any], model: dict[str, Any], described: Mapping[str, Any] | None
) -> list[dict[str, str]]:
    """Each predictor of the model: unit, values seen, when it becomes known."""
    units = {row["variable"]: row.get("unit") for row in page["cohort"]["table_one"]}
    seen = {row["column"]: row for row in (described or {}).get("predictors") or []}
    return [
        {
            "label": words.label_of(row.get("label"), row["column"]),
            "unit": str(units.get(row["column"]) or ""),
            "seen": _seen(seen.get(row["column"])),
            "known": words.AVAILABILITY.get(str(row.get("availability")), "not stated"),
        }
        for row in page["cohort"]["missingness"]
        if row["column"] in model["predictors"]
    ]


def _seen(row: Mapping[str, Any] | None) -> str:
    """The values that a model has seen, as its description has them."""
    if row is None:
        return "in model.json"
    if row["levels"] is not None:
        return ", ".join(words.level(level) for level in row["levels"]) or numbers.NONE
    if row["range"] is None:
        return numbers.NONE
    low, high = (numbers.brief(end) for end in row["range"])
    return f"{low} to {high}"
