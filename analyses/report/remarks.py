"""Remarks: what the first page says of a cohort that is unlike others, and of its verdict.

Belongs here: few cases or none, one centre, one outcome, nothing recorded, each in plain words.
Does not belong here: the other sentences of the first page (`analyses.report.summary`).
"""

from typing import Any

from analyses.disclosure import Small
from analyses.report import over_time, sections, words
from analyses.verdict import LEAST_PATIENTS

_NOTHING_TO_PREDICT_FROM = (
    "No predictor varies in these cases, so that there is nothing to predict from. The report "
    "counts and describes; nothing in it predicts."
)


def headline_of(page: dict[str, Any]) -> tuple[str, str]:
    """The verdict and what it means here."""
    level = page["verdict"]["level"]
    headline, meaning = words.VERDICTS.get(level, (words.human(level), ""))
    if level != "describe_only":
        return headline, meaning
    if page["data"]["rows"] == 0:
        return "Nobody to analyse", "There is nothing to count, to describe or to predict."
    if page["data"]["used"] == 0:
        return "Nobody could be analysed", "The report says who was left out, and why."
    if page["verdict"].get("parameters") == 0 and len(page["verdict"]["reasons"]) == 1:
        return headline, _NOTHING_TO_PREDICT_FROM
    return headline, meaning


def remarks(page: dict[str, Any]) -> list[str]:
    """What a reader must know before anything else; empty for a cohort like others.

    Parameters
    ----------
    page
        Released results.
    """
    used = page["data"]["used"]
    if used == 0:
        return [] if page["data"]["rows"] != 0 else ["There is no case in the data."]
    said = [
        _few(page),
        _few_patients(page),
        _one_outcome(page),
        _nothing_recorded(page),
        _one_centre(page),
    ]
    return [sentence for sentence in said if sentence]


def _few(page: dict[str, Any]) -> str:
    """Fewer cases than the least for any model."""
    used = page["data"]["used"]
    if isinstance(used, Small):
        return f"Fewer than {used.below} cases could be analysed."
    if isinstance(used, int) and used < LEAST_PATIENTS:
        return f"Only {used} {'case' if used == 1 else 'cases'} could be analysed."
    return ""


def _few_patients(page: dict[str, Any]) -> str:
    """Cases enough, but of fewer patients than the least for any model."""
    used, patients = page["data"]["used"], page["verdict"].get("n")
    if not isinstance(used, int) or used < LEAST_PATIENTS:
        return ""
    if isinstance(patients, Small):
        return f"All {used} cases are of fewer than {patients.below} patients."
    if isinstance(patients, int) and patients < LEAST_PATIENTS:
        return (
            f"All {used} cases are of {'one patient' if patients == 1 else f'{patients} patients'}."
        )
    return ""


def _one_outcome(page: dict[str, Any]) -> str:
    """An outcome that never occurs, always occurs, or is of one kind."""
    outcome, name = page["outcome"], sections.outcome_name(page)
    if words.is_survival(page):
        if outcome.get("events") == 0:
            event = over_time.event_name(page)
            return f"Nobody was seen to have {event} while followed: nothing can be learned of it."
        return ""
    classes = outcome.get("classes")
    if classes is not None:
        filled = [row for row in classes if row["n"] != 0]
        if len(filled) == 1:
            kind = words.level(filled[0]["class"])
            return f"Every case has the same value of “{name}” ({kind}): nothing can be told apart."
        return ""
    if outcome.get("events") == 0:
        return f"Nobody had the outcome ({name}): nothing can be learned of it."
    if outcome.get("non_events") == 0:
        return f"Everybody had the outcome ({name}): nothing can be told apart."
    return ""


def _nothing_recorded(page: dict[str, Any]) -> str:
    """Predictors without a single value."""
    rows = page["cohort"]["missingness"]
    empty = [row for row in rows if row["recorded"] == 0]
    if not empty:
        return ""
    if len(empty) == len(rows) and not page["cohort"]["left_out"]:
        return "Nothing is recorded of any predictor."
    names = [words.level(row.get("label") or row["column"]) for row in empty]
    first, more = ", ".join(names[:3]), len(names) - 3
    return f"Nothing is recorded of {first}{f' and {more} more predictors' if more > 0 else ''}."


def _one_centre(page: dict[str, Any]) -> str:
    """Every case is from one centre."""
    if len(page["cohort"]["centres"]) != 1 or page["cohort"]["centres"][0]["centre"] == "(none)":
        return ""
    if not page["models"]:
        return "All cases come from one centre."
    return "All cases come from one centre: how the model does elsewhere was not tested."
