"""Preparation: what a plan asks for between imputation and scaling, and what came of it.

Belongs here: refusing what does not fit the table, the entry of the results, its warnings.
Does not belong here: the steps and their order (`analyses.prepared`), the keys of a plan
(`analyses.plan`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from sklearn.pipeline import Pipeline

from analyses.agreement import LEAST_AGREEMENT, UNKNOWN, Reads, gather_reads
from analyses.centre_test import tells_centres
from analyses.combat import LEAST_ROWS
from analyses.evaluation import DRAWS, OutOfFold, compare, nested_cross_validation, performance
from analyses.learners import learner_of
from analyses.models import Training
from analyses.plan import Plan
from analyses.prepared import PLAIN, Preparation
from analyses.resampling import Stage, bootstrap_weights, generator
from analyses.selection import Selected
from analyses.trainings import centres_of, has_centres, training_of
from schemas.errors import UsageError

#: A column of fewer different values is a sign or a state, no measurement.
_LEAST_VALUES = 3
#: Numbers that a scanner or a reader has part in; of a table without dictionary all numbers are.
_MEASURED = "preoperative_imaging"

Warnings = list[dict[str, str]]


def preparation_of(
    plan: Plan,
    selected: Selected,
    availability: Mapping[str, str] | None,
    reads: pl.DataFrame | None,
) -> Preparation:
    """What the plan asks for, once it is known to fit the table.

    Raises
    ------
    UsageError
        If there is nothing to harmonise or no centre, or no reads of any predictor.
    """
    # with `multiple` the model itself keeps medians and indicators; imputations stand beside it
    impute = "iterative" if plan.impute == "iterative" else "median"
    if plan.harmonise == plan.agreement == plan.correlated == "none":
        return replace(PLAIN, impute=impute)
    return Preparation(
        impute=impute,
        centre=plan.data.centre,
        harmonised=_harmonised(plan, selected, availability) if plan.harmonise != "none" else (),
        correlated=None if plan.correlated == "none" else float(plan.correlated),
        reads=_reads(plan, selected, reads) if plan.agreement != "none" else None,
    )


def _harmonised(
    plan: Plan, selected: Selected, availability: Mapping[str, str] | None
) -> tuple[str, ...]:
    """The predictors that are harmonised: measured numbers."""
    if not has_centres(plan):
        remedy = (
            "Name the column as data.centre"
            if plan.data.centre is None
            else "Published cases come from no centre: name another cohort as population.provenance"
        )
        raise UsageError(
            f"{plan.source}, harmonise: combat takes out what differs between centres, and these "
            f"cases have none. {remedy}, or take the key out."
        )
    found = tuple(
        name
        for name in selected.predictors
        if selected.cohort[name].dtype.is_numeric()
        and selected.cohort[name].drop_nulls().n_unique() >= _LEAST_VALUES
        and (availability is None or availability.get(name) == _MEASURED)
    )
    if len(found) < 2:
        raise UsageError(
            f"{plan.source}, harmonise: combat learns from several measured numbers together; "
            f"{len(found)} of the predictors are numbers from imaging that vary. Take the key out."
        )
    return found


def _reads(plan: Plan, selected: Selected, frame: pl.DataFrame | None) -> Reads | None:
    """The repeated reads of the predictors that are numbers; None where signs alone were read."""
    source = f"{plan.source}, agreement"
    if frame is None:
        raise UsageError(
            f"{source}: repeated reads are taken from a file beside the plan, with a table that is "
            "named by --data; reads of the warehouse cannot be used for it yet. Take the key out."
        )
    ids = selected.cohort[plan.data.id].cast(pl.String).to_list()
    groups = selected.cohort[plan.data.group or plan.data.id].cast(pl.String).to_list()
    patients = dict(zip(ids, groups, strict=True))
    found = gather_reads(frame, source=source, id_column=plan.data.id, patients=patients)
    if not set(frame.columns) & set(selected.predictors):
        raise UsageError(
            f"{source}: the file of repeated reads holds none of the {len(selected.predictors)} "
            "predictors. Its columns must be named as those of the table."
        )
    numbers = {n for n in selected.predictors if selected.cohort[n].dtype.is_numeric()}
    texts = sorted(numbers & set(frame.columns) - set(found.columns))
    if texts:
        raise UsageError(
            f"{source}: {', '.join(texts)} {'is a number' if len(texts) == 1 else 'are numbers'} "
            "in the table and text in the file of repeated reads. Write bare numbers there."
        )
    return found if set(found.columns) & numbers else None


def preparation_entry(
    plan: Plan,
    selected: Selected,
    primary: Mapping[str, Any],
    pipeline: Pipeline,
    predicted: OutOfFold,
    *,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> tuple[dict[str, Any] | None, Warnings]:
    """What the steps learned from all rows, with and without harmonising, and the warnings.

    Parameters
    ----------
    plan, processes, progress
        As in `analyses.protocol.run_plan`.
    selected
        The rows of the analysis.
    primary, pipeline, predicted
        Entry of the primary model, the model of all rows, and its out-of-fold predictions.

    Returns
    -------
    tuple
        None where nothing was asked for, else `harmonise`, `agreement`, `correlated` (None each
        where not asked for) and `fallen`, the terms that the model of all rows does without.
    """
    asked = selected.preparation
    if not asked.is_stepped:
        return None, []
    training = training_of(selected, primary["predictors"])
    warnings: Warnings = []
    entry: dict[str, Any] = {"harmonise": None, "agreement": None, "correlated": None}
    if asked.harmonised:
        tell = None
        if progress is not None:
            said = progress
            tell = lambda message: said(f"{plan.name}: not harmonised: {message}")  # noqa: E731 short
        ways = {"processes": processes, "progress": tell}
        entry["harmonise"] = _harmonise_entry(pipeline) | {
            "without": _without(plan, training, primary["name"], predicted, ways),
            "centre_test": _centre_test(plan, selected, asked.harmonised, ways),
        }
        warnings += _unseen(plan, selected, predicted)
    if asked.reads is not None:
        entry["agreement"] = _agreement_entry(asked.reads, training, pipeline)
        warnings += _no_agreement(entry["agreement"])
    if asked.correlated is not None:
        entry["correlated"] = _correlated_entry(pipeline, asked.correlated)
    left = set(pipeline[:-1].get_feature_names_out())
    every = [str(name) for name in pipeline["encode"].get_feature_names_out()]
    is_key = {asked.centre} if asked.harmonised else set()
    entry["fallen"] = [name for name in every if name not in left | is_key]
    return entry, warnings


def _harmonise_entry(pipeline: Pipeline) -> dict[str, Any]:
    """Which columns of which centres were moved."""
    encoder, combat = pipeline["encode"], pipeline["harmonise"]
    names = encoder.get_feature_names_out()
    known = (
        [encoder.centres_[int(place)] for place in combat.centres_] if combat.is_learned_ else []
    )
    return {
        "columns": [str(names[j]) for j in combat.columns_] if combat.is_learned_ else [],
        "as_they_are": [str(names[j]) for j in combat.columns if j not in combat.columns_],
        "centres": known,
        "without_parameters": [name for name in encoder.centres_ if name not in known],
    }


def _without(
    plan: Plan, training: Training, model: str, predicted: OutOfFold, ways: Mapping[str, Any]
) -> dict[str, Any]:
    """The primary model on the same folds, its numbers as delivered."""
    plain = replace(training, preparation=replace(training.preparation, harmonised=()))
    other = nested_cross_validation(
        plain, predicted.folds, learner=learner_of(model), resampling=plan.resampling, **ways
    )
    rng = generator(plan.resampling.seed, Stage.INTERVALS)
    weights = bootstrap_weights(training.groups, n_draws=DRAWS, rng=rng)
    return {
        "nested_cv": performance(training.truth, other, weights, **training.kind),
        "difference": compare(training.truth, predicted, other, **training.kind),
    }


def _centre_test(
    plan: Plan, selected: Selected, columns: Sequence[str], ways: Mapping[str, Any]
) -> dict[str, Any]:
    """Whether a model can tell the centres by these numbers, before and after."""
    centres = centres_of(plan, selected)
    assert centres is not None  # else nothing is harmonised
    assert plan.data.centre is not None
    return tells_centres(
        selected.frame.select(columns),
        centres,
        selected.groups,
        centre=plan.data.centre,
        resampling=plan.resampling,
        **ways,
    )


def _unseen(plan: Plan, selected: Selected, predicted: OutOfFold) -> Warnings:
    """Where a fit had no parameters of a centre."""
    centres = centres_of(plan, selected)
    assert centres is not None  # else nothing is harmonised
    n_parts, few = 0, set[str]()
    for folds in predicted.folds:
        for fold in np.unique(folds):
            names, n_rows = np.unique(centres[folds != fold], return_counts=True)
            seen = set(names[n_rows >= LEAST_ROWS].tolist())
            small = set(centres.tolist()) - seen
            n_parts, few = n_parts + bool(small), few | small
    also = f", in {n_parts} outer folds for {', '.join(sorted(few))}," if few else ""
    return [
        {
            "code": "unseen_centre",
            "message": (
                f"Numbers are harmonised between centres. Of a centre with fewer than {LEAST_ROWS} "
                "different training rows, or none, no parameters are known: location and scale of "
                "the reference, the known centres together, are used, so that its numbers stay as "
                f"delivered. That is so for each centre when it is left out{also} and for every "
                "new one."
            ),
        }
    ]


def _agreement_entry(reads: Reads, training: Training, pipeline: Pipeline) -> dict[str, Any]:
    """Agreement of each predictor that was read again, and what it led to."""
    found = reads.agreement(training.groups)
    kept = set(_sources(pipeline, "agree", pipeline["agree"].get_support()))
    rows = []
    for name in training.frame.columns:
        if name in found:
            icc, low, high = (None if x == UNKNOWN else x for x in found[name])
            interval = None if low is None or high is None else [low, high]
            rows.append({"column": name, "icc": icc, "interval": interval, "kept": name in kept})
    judged = {row["column"] for row in rows}
    return {
        "sha256": reads.sha256,
        "readers": len(reads.readers),
        "cases": len(reads.patients),
        "cases_of_the_table": int((reads.patients != "").sum()),
        "least": LEAST_AGREEMENT,
        "columns": rows,
        "not_judged": [name for name in training.frame.columns if name not in judged],
    }


def _sources(pipeline: Pipeline, step: str, mask: Sequence[bool]) -> list[str]:
    """The predictors behind the columns that a step keeps."""
    sources = pipeline["encode"].source_columns()
    return [name for name, is_kept in zip(sources, mask, strict=False) if is_kept]


def _no_agreement(entry: Mapping[str, Any]) -> Warnings:
    """Every predictor was judged, and none agrees well enough."""
    below = all((row["interval"] or [UNKNOWN])[0] < entry["least"] for row in entry["columns"])
    if entry["not_judged"] or not below:
        return []
    return [
        {
            "code": "no_agreement",
            "message": (
                f"No predictor reaches an agreement between readers of {entry['least']} at its "
                "lower limit; the best of them was kept so that a model could be made at all."
            ),
        }
    ]


def _correlated_entry(pipeline: Pipeline, limit: float) -> dict[str, Any]:
    """Which terms fell away, and the earlier one that says the same."""
    place = [name for name, _ in pipeline.steps].index("differ")
    names = pipeline[:place].get_feature_names_out()
    twins = pipeline["differ"].twin_
    return {
        "limit": limit,
        "fallen": [
            {"term": str(names[j]), "same_as": str(names[twin])}
            for j, twin in enumerate(twins)
            if twin >= 0
        ],
    }
