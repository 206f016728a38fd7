"""Prepared: sentences on harmonised numbers and on columns that fell away.

Belongs here: wording the entry `preparation` of the results.
Does not belong here: the entry (`analyses.preparation`), other methods (`analyses.report.methods`).
"""

from typing import Any

from analyses import numbers
from analyses.report import words

#: So many names are said; the rest is in the results.
_MOST = 12


def prepared(page: dict[str, Any]) -> list[str]:
    """One paragraph for each of the steps that the plan asked for; none without them."""
    found = page.get("preparation")
    if not found:
        return []
    said = []
    if found["harmonise"] is not None:
        said.append(_harmonised(found["harmonise"], _label(page)))
    if found["agreement"] is not None:
        said.append(_agreement(found["agreement"], _label(page)))
    if found["correlated"] is not None:
        said.append(_correlated(found["correlated"]))
    said.append(
        "These steps are learned from the training cases of each fit, so that columns differ from "
        "fit to fit, and each fit is made by itself. The baseline, and a table of coefficients "
        "without penalty, have their columns as delivered."
    )
    return said


def _harmonised(entry: dict[str, Any], label: Any) -> str:
    """ComBat, and the performance with and without it."""
    without, gap = entry["without"]["nested_cv"], entry["without"]["difference"]
    area, score = ("C", "Brier score") if "c_index" in without else ("AUC", "log-loss")
    plain = without["c_index"] if area == "C" else without["auc"]
    loss = gap["brier"] if area == "C" else gap["log_loss"]
    area = "C" if "rps" in without else area  # of grades it is a concordance too
    centres = ", ".join(entry["centres"])
    text = (
        f"Harmonised: location and scale of {_names(entry['columns'], label)} were taken out for "
        f"each centre ({centres}) by ComBat (empirical Bayes, never with the outcome)."
        if entry["columns"]
        else "To be harmonised by ComBat, but no two centres and numbers allow it in all cases."
    )
    if entry["as_they_are"]:
        kept = _names(entry["as_they_are"], label)
        text += f" As delivered, because a centre has one value only: {kept}."
    text += (
        f" Without it the cross-validated {area} is {numbers.number(plain['estimate'])} "
        f"({numbers.interval(plain['interval'])}); with it the {score} differs by "
        f"{numbers.number(loss['estimate'], digits=3)} "
        f"({numbers.interval(loss['interval'], digits=3)}; below 0: lower with it)."
    )
    return f"{text} {_centre_test(entry['centre_test'])}"


def _centre_test(found: dict[str, Any]) -> str:
    """Whether a model knows from the numbers which centre a case is of."""
    if found["reason"]:
        return f"Whether a model can tell the centres apart was not tested: {found['reason']}."
    said = {True: "can", False: "cannot"}
    before, after = (
        f"{said[found['tells'][when]]} (AUC {numbers.number(found[when]['estimate'])}, "
        f"{numbers.interval(found[when]['interval'])})"
        for when in ("before", "after")
    )
    return (
        f"Can a ridge model tell which of {len(found['centres'])} centres a case is of, by these "
        f"numbers alone? As delivered it {before}, harmonised it {after}; 0.5: no better than "
        "chance. It looks at location; a difference in spread may remain."
    )


def _agreement(entry: dict[str, Any], label: Any) -> str:
    """What readers do not agree on."""
    lost = [row["column"] for row in entry["columns"] if not row["kept"]]
    text = (
        f"Readers: repeated reads of {entry['readers']} readers were used. A number stays if the "
        f"lower 95 % limit of its agreement, ICC(2,1), is at least {entry['least']}: "
        f"{len(entry['columns']) - len(lost)} of {len(entry['columns'])} do."
    )
    if lost:
        text += f" Not in the model of all cases: {_names(lost, label)}."
    if entry["not_judged"]:
        text += f" Not read again, and kept: {_names(entry['not_judged'], label)}."
    return text


def _correlated(entry: dict[str, Any]) -> str:
    """What says the same as an earlier column."""
    pairs = [f"{row['term']} (as {row['same_as']})" for row in entry["fallen"]]
    return (
        "Of columns with an absolute rank correlation above "
        f"{numbers.number(entry['limit'])} the first of the plan stays. Not in the model of all "
        f"cases: {_shortened(pairs) if pairs else 'none'}."
    )


def _label(page: dict[str, Any]) -> Any:
    """From a column to its name for a reader."""
    labels = {row["column"]: row.get("label") for row in page["cohort"]["missingness"]}
    return lambda column: words.level(labels.get(column) or words.human(column))


def _names(columns: list[str], label: Any) -> str:
    """Columns in words."""
    return _shortened([label(column) for column in columns])


def _shortened(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")
