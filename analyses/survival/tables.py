"""Tables: the unpenalised models of a time to an event, where the verdict allows them.

Belongs here: which columns they are fitted to, which causes, their entries in the results.
Does not belong here: the fits (`analyses.survival.inference`, `analyses.survival.fine_gray`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import chi2

from analyses.inference import notes_of
from analyses.intervals import Z
from analyses.metrics import Floats
from analyses.models import Training
from analyses.preprocessing import fit_preprocessing
from analyses.survival.concordance import harrell_c
from analyses.survival.fine_gray import fit_fine_gray
from analyses.survival.inference import cox_table

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
}


def cox_tables(training: Training) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The cause-specific Cox models and Fine and Gray's, and the warning of a monotone column.

    Parameters
    ----------
    training
        All eligible rows with every predictor of the plan.
    """
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps[:-1].transform(training.frame)  # in their own units, not scaled
    names = [str(name) for name in steps["encode"].get_feature_names_out()]
    known = training.truth
    table = cox_table(matrix, names, known)
    has_competing = bool((known[:, 1] == 2).any())
    found = NOT_SHOWN | {
        "cox": table["rows"] or None,
        "cox_left_out": table["left_out"],
        "cox_apparent_c": _apparent_c(table, matrix, names, known),
        "firth": table["method"] == "firth",
        "proportional_hazards": table["proportional_hazards"],
        "notes": notes_of(training),
    }
    if has_competing:
        found["cox_competing"] = cox_table(matrix, names, known, cause=2)["rows"] or None
    if has_competing and known.shape[1] == 2:  # of late entry it knows nothing
        kept = [place for place, name in enumerate(names) if name not in table["left_out"]]
        found["fine_gray"] = _fine_gray(matrix[:, kept], [names[place] for place in kept], known)
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


def _fine_gray(matrix: Floats, names: Sequence[str], known: Floats) -> list[dict[str, Any]] | None:
    """Coefficients of the hazard of the subdistribution; None where there are none."""
    fitted = fit_fine_gray(matrix, known[:, 0], known[:, 1].astype(np.int64))
    if fitted.reason is not None:
        return None
    return [
        {
            "term": name,
            "estimate": float(slope),
            "se": float(error),
            "interval": [float(slope - Z * error), float(slope + Z * error)],
            "p": float(chi2.sf((slope / error) ** 2, 1)),
        }
        for name, slope, error in zip(names, fitted.coef, fitted.errors, strict=True)
    ]


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
