"""Subgroups: what the model of all cases does in some of them.

Belongs here: which rows belong to which group, the panel of measures in each.
Does not belong here: any model of a subgroup, any test of interaction: there is none.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.centres import LEAST_EVENTS, TOO_FEW
from analyses.evaluation import OutOfFold, performance
from analyses.metrics import Floats
from analyses.models import Training
from analyses.plan import Plan
from analyses.preprocessing import MISSING_STATES, is_text
from analyses.selection import Selected
from analyses.trainings import has_centres
from analyses.verdict import middle_split
from schemas.errors import UsageError

NOT_RECORDED = "not recorded"
TOO_FEW_BY_THEN = (
    f"fewer than {LEAST_EVENTS} events by the first horizon or {LEAST_EVENTS} cases beyond it"
)
_AT_FIRST_HORIZON = ("auc", "brier", "ipa", "o_e_ratio", "ici")
#: Bands of numbers, each with its upper end, which belongs to the next one (statistics.md, 7).
_BANDS = {
    "age_years": ((18.0, "under 18"), (65.0, "18 to 64"), (np.inf, "65 and over")),
    "field_strength_t": ((1.5, "under 1.5 T"), (3.0, "1.5 T to 3 T"), (np.inf, "3 T and over")),
}
#: A number of more values is no way to group cases.
_MOST_VALUES = 8
#: A text of so many values may be a category whatever the number of rows.
_MOST_LEVELS = 12


def subgroups(
    plan: Plan, selected: Selected, training: Training, predicted: OutOfFold, weights: Floats
) -> list[dict[str, Any]]:
    """The panel in each group of each variable that the plan names, and at each centre.

    Parameters
    ----------
    plan, selected
        The plan, and its rows.
    training
        The same rows as the model sees them.
    predicted
        Out-of-fold predictions of the model.
    weights
        Shape (b, n). Bootstrap weights of patients.

    Returns
    -------
    list[dict[str, Any]]
        `variable` and `groups`, each with `group`, `n`, `events`, and `performance`, None with a
        `reason` where there are too few events or too few cases without.
    """
    return [
        {
            "variable": name,
            "groups": [
                {"group": group, **_group(training, predicted, weights, values == group)}
                for group in ordered_groups(values)
            ],
        }
        for name, values in grouped(plan, selected).items()
    ]


def grouped(plan: Plan, selected: Selected) -> dict[str, NDArray[np.str_]]:
    """The group of each row by variable: the centre first, then what the plan names, each once.

    Raises
    ------
    UsageError
        If a variable names cases instead of grouping them.
    """
    names = list(plan.subgroups)
    if names and plan.data.centre is not None and has_centres(plan):
        names.insert(0, plan.data.centre)
    return {name: group_values(plan, selected.frame[name]) for name in dict.fromkeys(names)}


def group_values(plan: Plan, column: pl.Series, *, key: str = "subgroups") -> NDArray[np.str_]:
    """The group of each row: a level, a number of few, or a band of ages.

    Raises
    ------
    UsageError
        If a number has too many values to group cases by, or a text names cases.
    """
    if is_text(column.dtype):
        texts = [
            NOT_RECORDED if value is None or value in MISSING_STATES else value
            for value in column.cast(pl.String).to_list()
        ]
        n_texts = len(set(texts))
        if column.name != plan.data.centre and n_texts > max(_MOST_LEVELS, len(texts) / 2):
            raise UsageError(
                f"{plan.source}, {key}: column '{column.name}' holds {n_texts} different texts "
                f"in {len(texts)} rows; it names cases instead of grouping them, and they would "
                "be printed. Name a column of categories."
            )
        return np.array(texts, dtype=np.str_)
    if column.dtype == pl.Boolean:
        words = {None: NOT_RECORDED, True: "yes", False: "no"}
        return np.array([words[value] for value in column.to_list()], dtype=np.str_)
    numbers: Floats = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    if column.name in _BANDS:
        bands = _BANDS[column.name]
        names = [name for _, name in bands]
        place = np.searchsorted(np.array([end for end, _ in bands]), numbers, side="right")
    else:
        known = np.unique(numbers[np.isfinite(numbers)])
        if len(known) > _MOST_VALUES:
            raise UsageError(
                f"{plan.source}, {key}: column '{column.name}' has {len(known)} different "
                f"numbers; groups are made of at most {_MOST_VALUES}. Name a column of categories."
            )
        place, names = np.searchsorted(known, numbers), [f"{value:g}" for value in known]
    named = np.array([*names, NOT_RECORDED], dtype=np.str_)
    return named[np.where(np.isfinite(numbers), np.minimum(place, len(names) - 1), len(names))]


def ordered_groups(values: NDArray[np.str_]) -> list[str]:
    """Groups in order: bands by age, numbers by size, texts by name, those not recorded last."""
    bands = [name for of_column in _BANDS.values() for _, name in of_column]

    def key(group: str) -> tuple[bool, int, float, str]:
        number = float(group) if group.replace(".", "", 1).isdigit() else 0.0
        return group == NOT_RECORDED, bands.index(group) if group in bands else 0, number, group

    return sorted({str(value) for value in values}, key=key)


def _group(
    training: Training, predicted: OutOfFold, weights: Floats, rows: NDArray[np.bool_]
) -> dict[str, Any]:
    """One group: its numbers, and the panel where they allow it."""
    outcome = training.outcome[rows]
    counts = np.bincount(outcome.astype(int), minlength=training.n_classes).tolist()
    is_binary = training.n_classes == 2
    smaller = middle_split(counts)[1] if training.is_ordered else min(counts)
    if training.follow_up is not None:
        smaller = counts[1]
    found: dict[str, Any] = {"n": len(outcome), "events": counts[1] if is_binary else smaller}
    if smaller < LEAST_EVENTS:
        return found | {"performance": None, "reason": TOO_FEW}
    here = replace(
        predicted,
        risk=predicted.risk[:, rows],
        null_risk=predicted.null_risk[:, rows],
        folds=predicted.folds[:, rows],
        one_se_risk=None,
    )
    panel = performance(training.truth[rows], here, weights[:, rows], **training.kind)
    return found | {"performance": panel | _not_by_then(training, rows), "reason": None}


def _not_by_then(training: Training, rows: NDArray[np.bool_]) -> dict[str, Any]:
    """Scores at the first horizon that too few events by then, or cases beyond, can bear."""
    if training.follow_up is None:
        return {}
    time, code, at = *training.follow_up[rows, :2].T, training.horizons[0]
    n_events, n_beyond = int(((time <= at) & (code == 1)).sum()), int((time > at).sum())
    if min(n_events, n_beyond) >= LEAST_EVENTS:
        return {}
    unknown = {"estimate": None, "interval": None, "reason": TOO_FEW_BY_THEN}
    return dict.fromkeys(_AT_FIRST_HORIZON, unknown)
