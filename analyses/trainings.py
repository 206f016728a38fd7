"""Trainings: from the selected rows to what a model learns from, and what counts for the verdict.

Belongs here: rows with some of their columns, patients and parameters counted, centres of rows.
Does not belong here: choosing rows (`analyses.selection`), the verdict (`analyses.verdict`).
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.models import Training
from analyses.plan import Plan
from analyses.prepared import NO_CENTRE, PLAIN
from analyses.preprocessing import fit_preprocessing, with_categories
from analyses.resampling import patient_strata
from analyses.selection import Selected
from analyses.survival.enough import Followed
from analyses.verdict import Counts


def training_of(selected: Selected, columns: Sequence[str]) -> Training:
    """All eligible rows with some of the columns; those of the plan's models come prepared."""
    asked = selected.preparation if tuple(columns) == selected.predictors else PLAIN
    return Training(
        frame=with_categories(selected.frame.select(columns), columns),
        outcome=selected.outcome,
        groups=selected.groups,
        n_classes=max(2, len(selected.classes)),
        is_ordered=selected.is_ordered,
        centres=None if asked.centre is None else _names(selected, asked.centre),
        preparation=asked,
        follow_up=selected.follow_up,
        horizons=selected.horizons,
    )


def counts_of(plan: Plan, selected: Selected) -> Counts:
    """Patients, events and parameters."""
    strata = list(patient_strata(selected.outcome, selected.groups).values())
    n_classes = 2 if plan.outcome.kind in ("binary", "survival") else len(selected.classes)
    n_parameters = 0
    if strata:
        models = (selected.predictors, plan.baseline)
        n_parameters = max(_parameters(training_of(selected, names)) for names in models)
    return Counts(
        classes=tuple(strata.count(float(k)) for k in range(n_classes)),
        parameters=n_parameters,
        outer_folds=plan.resampling.outer_folds,
        is_ordered=plan.outcome.kind == "ordinal",
        least_classes=2 if plan.outcome.kind in ("binary", "survival") else 3,
        followed=_followed(selected),
    )


def _followed(selected: Selected) -> Followed | None:
    """What counts of a time to an event; of a patient with several rows each counts."""
    if selected.follow_up is None:
        return None
    time, code, first = selected.follow_up[:, 0], selected.follow_up[:, 1], selected.horizons[0]
    begun = np.maximum(selected.follow_up[:, 2], 0) if selected.follow_up.shape[1] > 2 else 0.0
    return Followed(
        horizon=first,
        events_by=len(np.unique(selected.groups[(code == 1) & (time <= first)])),
        at_risk=len(np.unique(selected.groups[(time >= first) & (begun < first)])),
        events=int((code == 1).sum()),
        person_time=float((time - begun).sum()),
    )


def _parameters(training: Training) -> int:
    """Columns of the coded matrix that vary and differ.

    A case without any study is empty in every sign: those indicators are one parameter, not ten.
    """
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps.transform(training.frame)
    varying = matrix[:, np.ptp(matrix, axis=0) > 0]
    return int(np.unique(varying, axis=1).shape[1]) if varying.shape[1] else 0


def has_centres(plan: Plan) -> bool:
    """Whether centres mean something: a case report has none."""
    return plan.data.centre is not None and plan.population.provenance != "published"


def centres_of(plan: Plan, selected: Selected) -> NDArray[np.str_] | None:
    """Centre of each row; None where leaving one out means nothing."""
    if plan.data.centre is None or not has_centres(plan):
        return None
    return _names(selected, plan.data.centre)


def _names(selected: Selected, column: str) -> NDArray[np.str_]:
    """A column as names."""
    return selected.frame[column].cast(pl.String).fill_null(NO_CENTRE).to_numpy().astype(np.str_)
