"""Tables: the unpenalised models of a time to an event, where the verdict allows them.

Belongs here: which columns they are fitted to, which causes, their entries in the results.
Does not belong here: the fits (`analyses.survival.inference`), pooling over completed tables
(`analyses.survival.pooled`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analyses.completed import completed_tables
from analyses.inference import FILLED_ONCE, notes_of
from analyses.metrics import Floats
from analyses.models import Training
from analyses.preprocessing import fit_preprocessing
from analyses.survival.concordance import harrell_c
from analyses.survival.inference import cox_table, fine_gray_rows
from analyses.survival.pooled import (
    FIRST_TESTED,
    has_competing,
    pooled_tables,
    told_by_times,
)

#: What stands in the results where the verdict allows no such table.
NOT_SHOWN: dict[str, Any] = {
    "cox": None,
    "cox_competing": None,
    "cox_left_out": [],
    "cox_apparent_c": None,
    "firth": False,
    "proportional_hazards": [],
    "fine_gray": None,
    "notes": [],
    "imputation": None,
}
#: Said of a table that is not pooled although that of the event is.
NOT_POOLED = {
    "cox_competing": f"The competing event has no fit in a completed table. {FILLED_ONCE}",
    "fine_gray": f"The subdistribution hazard has no fit in a completed table. {FILLED_ONCE}",
}


def cox_tables(training: Training, *, seed: int = 1) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The cause-specific Cox models and Fine and Gray's, and the warning of a monotone column.

    Parameters
    ----------
    training
        All eligible rows with every predictor of the plan.
    seed
        Seed of the plan, for the imputations.

    Returns
    -------
    tuple[dict[str, Any], list[dict[str, str]]]
        Entries of `NOT_SHOWN`. `imputation` is None where nothing is missing or a column is
        monotone in a completed table; else it and the rows are as of
        `analyses.inference.inference_table`.
    """
    known = training.truth
    once, warnings = _filled_once(training, known)
    gaps = completed_tables(training.frame, training.groups, told_by_times(known), seed=seed)
    pooled = None if gaps is None else pooled_tables(gaps, known)
    if pooled is None:
        return once, warnings
    notes = notes_of(training, is_imputed=True)
    notes += [FIRST_TESTED] * bool(pooled["proportional_hazards"])
    notes += [said for name, said in NOT_POOLED.items() if once[name] and name not in pooled]
    return once | pooled | {"notes": notes}, []


def _filled_once(training: Training, known: Floats) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The tables with each gap filled once, beside indicators, as for prediction."""
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps[:-1].transform(training.frame)  # in their own units, not scaled
    names = [str(name) for name in steps["encode"].get_feature_names_out()]
    table = cox_table(matrix, names, known)
    found = NOT_SHOWN | {
        "cox": table["rows"] or None,
        "cox_left_out": table["left_out"],
        "cox_apparent_c": _apparent_c(table, matrix, names, known),
        "firth": table["method"] == "firth",
        "proportional_hazards": table["proportional_hazards"],
        "notes": notes_of(training),
    }
    if has_competing(known):
        found["cox_competing"] = cox_table(matrix, names, known, cause=2)["rows"] or None
    if has_competing(known) and known.shape[1] == 2:  # of late entry it knows nothing
        kept = [place for place, name in enumerate(names) if name not in table["left_out"]]
        used = [names[place] for place in kept]
        found["fine_gray"] = fine_gray_rows(matrix[:, kept], used, known) or None
    return found, _monotone(table)


def _apparent_c(
    table: dict[str, Any], matrix: Floats, names: Sequence[str], known: Floats
) -> dict[str, float | None] | None:
    """Harrell's C of the table's own model on the rows that it was fitted to: too good."""
    if not table["rows"]:
        return None
    slopes = {row["term"]: row["estimate"] for row in table["rows"]}
    linear = matrix @ np.array([slopes.get(name, 0.0) for name in names])
    found = harrell_c(known[:, 0], known[:, 1].astype(np.int64), linear)
    return {"estimate": found.estimate, "se": found.se}


def _monotone(table: dict[str, Any]) -> list[dict[str, str]]:
    """The warning that names the columns along which the likelihood grows without end."""
    if not table["monotone"]:
        return []
    named = ", ".join(table["monotone"])
    then = "uses Firth's fit" if table["method"] == "firth" else "is left out"
    return [
        {
            "code": "separation",
            "message": (
                f"{named}: every event stands at the top of those at risk, and the data put no "
                f"bound on how strong that is. The table of unpenalised coefficients {then}."
            ),
        }
    ]
