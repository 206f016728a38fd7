"""The protocol: from a plan and a table to results, always in the same order.

Belongs here: the order of the steps (statistics.md, section 1) and what each hands to the next.
Does not belong here: any statistic; each has a module of its own.
Frozen plan, counted exclusions, verdict before any fit, description always, models if allowed.
"""

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.pipeline import Pipeline
from threadpoolctl import (  # type: ignore[import-untyped]  # publishes no types
    threadpool_info,
    threadpool_limits,
)

from analyses import cautions, describe, results
from analyses.evaluation import (
    DRAWS,
    OutOfFold,
    apparent_performance,
    compare,
    nested_cross_validation,
    outer_folds,
    performance,
)
from analyses.metrics import Floats
from analyses.models import Choice, Training, choose_penalty, fit_pipeline, predict_risk
from analyses.plan import Plan
from analyses.preprocessing import fit_preprocessing, with_categories
from analyses.resampling import Stage, bootstrap_weights, generator, patient_strata
from analyses.selection import Selected, select
from analyses.verdict import Counts, decide

Progress = Callable[[str], None]


@dataclass(frozen=True)
class AnalysisRun:
    """What a plan gave: results ready for JSON, and the primary model (None: none was fitted)."""

    results: dict[str, Any]
    model: Pipeline | None


@dataclass(frozen=True)
class _Fitted:
    """One model after evaluation and refit on all rows."""

    entry: dict[str, Any]
    pipeline: Pipeline
    predicted: OutOfFold
    warnings: list[dict[str, str]]


def run_plan(
    plan: Plan,
    frame: pl.DataFrame,
    *,
    availability: Mapping[str, str] | None,
    stamp: Mapping[str, str | None],
    progress: Progress | None = None,
) -> AnalysisRun:
    """Run a plan on one row per case.

    Parameters
    ----------
    plan
        The plan; one that says `each` must be made for a cohort first (`Plan.for_cohort`).
    frame
        One row per case. Rows of another provenance than the plan's are left out uncounted. A text
        column `<outcome>_exclusion` gives the reason why a row is not eligible.
    availability
        When each column becomes known; None for a table without a dictionary.
    stamp
        `snapshot`, `code` and `lock`: what the results rest on.
    progress
        Told now and then, for long runs.

    Returns
    -------
    AnalysisRun
        Equal for equal plan, rows (in any order) and code.

    Raises
    ------
    UsageError
        If the plan does not fit the table.
    """
    # one BLAS thread: more cost time at this size and change the last digits. Values were checked
    # on selection, so that scikit-learn need not look for nan in every fit.
    limits = threadpool_limits(limits=1)
    with limits, config_context(assume_finite=True, skip_parameter_validation=True):
        return _run(plan, select(plan, frame, availability), availability, stamp, progress)


def _run(
    plan: Plan,
    selected: Selected,
    availability: Mapping[str, str] | None,
    stamp: Mapping[str, str | None],
    progress: Progress | None,
) -> AnalysisRun:
    """The steps after selection."""
    used = tuple(dict.fromkeys((*selected.predictors, *plan.baseline)))
    cohort = _describe(plan, selected, used, availability)
    verdict = decide(_count(plan, selected, used))
    warnings = cautions.published_selection(plan.population.provenance)
    warnings += cautions.mostly_missing(cohort["missingness"])
    fitted: list[_Fitted] = []
    comparison: dict[str, Any] = {"best": None, "beats_baseline": None, "difference": {}}
    if verdict["level"] != "describe_only":
        fitted = _fit_all(plan, selected, used, progress)
        comparison = _comparison(selected.outcome, fitted)
        nested = {
            f.entry["name"]: f.entry["performance"]["nested_cv"]["auc"]["estimate"] for f in fitted
        }
        warnings += [w for f in fitted for w in f.warnings]
        warnings += cautions.suspected_leak(_training(selected, used), nested)
    found = {
        "schema": results.SCHEMA,
        "title": plan.title,
        "name": plan.name,
        "plan": {**plan.effective(), "name": plan.name, "sha256": plan.sha256},
        "data": {
            "sha256": _hash_rows(selected.cohort),
            "rows": selected.cohort.height,
            "used": selected.frame.height,
            "excluded": selected.excluded,
        },
        "provenance": {
            **{key: stamp.get(key) for key in ("snapshot", "code", "lock")},
            "seed": plan.resampling.seed,
            "versions": _versions(),
        },
        "outcome": {
            "kind": plan.outcome.kind,
            "classes": None,
            "events": int(selected.outcome.sum()),
            "n": selected.frame.height,
        },
        "verdict": verdict,
        "warnings": sorted(warnings, key=lambda w: (w["code"], w["message"])),
        "cohort": cohort,
        "models": [f.entry for f in fitted],
        "comparison": comparison,
        "survival": None,
    }
    return AnalysisRun(results=found, model=fitted[-1].pipeline if fitted else None)


def _describe(
    plan: Plan,
    selected: Selected,
    used: Sequence[str],
    availability: Mapping[str, str] | None,
) -> dict[str, Any]:
    """The cohort: flow, Table 1, missing values, centres."""
    provenance, centre = plan.population.provenance, plan.data.centre
    return {
        "provenance": provenance,
        "attrition": selected.attrition,
        "table_one": describe.table_one(selected.frame, selected.outcome, used),
        "missingness": describe.missingness(selected.frame, used, availability),
        # a case report has no centre in the sense of one
        "centres": []
        if centre is None or provenance == "published"
        else describe.centre_counts(selected.frame, selected.outcome, centre),
    }


def _count(plan: Plan, selected: Selected, used: Sequence[str]) -> Counts:
    """Patients, events and parameters."""
    strata = list(patient_strata(selected.outcome, selected.groups).values())
    n_parameters = 0
    if strata:
        models = (selected.predictors, plan.baseline)
        n_parameters = max(_count_parameters(_training(selected, names)) for names in models)
    return Counts(
        patients=len(strata),
        positives=strata.count(1.0),
        parameters=n_parameters,
        outer_folds=plan.resampling.outer_folds,
    )


def _count_parameters(training: Training) -> int:
    """Columns of the coded matrix that vary and differ.

    A case without any study is empty in every sign: those indicators are one parameter, not ten.
    """
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps.transform(training.frame)
    varying = matrix[:, np.ptp(matrix, axis=0) > 0]
    return int(np.unique(varying, axis=1).shape[1]) if varying.shape[1] else 0


def _training(selected: Selected, columns: Sequence[str]) -> Training:
    """All eligible rows with some of the columns."""
    return Training(
        frame=with_categories(selected.frame.select(columns), columns),
        outcome=selected.outcome,
        groups=selected.groups,
    )


def _fit_all(
    plan: Plan, selected: Selected, used: Sequence[str], progress: Progress | None
) -> list[_Fitted]:
    """Baseline and primary model, on the same folds and draws; the primary model is the last."""
    folds = outer_folds(_training(selected, used), plan.resampling)
    weights = bootstrap_weights(
        selected.groups, n_draws=DRAWS, rng=generator(plan.resampling.seed, Stage.INTERVALS)
    )
    models = [("baseline", "baseline", plan.baseline)]
    models += [(name, "primary", selected.predictors) for name in plan.models]
    return [
        _fit(plan, _training(selected, columns), folds, weights, (name, role), progress)
        for name, role, columns in models
    ]


def _fit(
    plan: Plan,
    training: Training,
    folds: NDArray[np.int64],
    weights: Floats,
    called: tuple[str, str],
    progress: Progress | None,
) -> _Fitted:
    """Evaluate one model, then fit it on all rows."""
    name, role = called
    tell = None if progress is None else partial(_tell, progress, f"{plan.name}: {name}")
    predicted = nested_cross_validation(training, folds, resampling=plan.resampling, progress=tell)
    choice: Choice = choose_penalty(
        training,
        inner_folds=plan.resampling.inner_folds,
        seed=plan.resampling.seed,
        key=(Stage.FINAL,),
    )
    pipeline = fit_pipeline(training, choice.c)
    entry = results.model_entry(
        name=name,
        role=role,
        predictors=training.frame.columns,
        pipeline=pipeline,
        nested=performance(training.outcome, predicted, weights),
        apparent=apparent_performance(training.outcome, predict_risk(pipeline, training.frame)),
        choice=choice,
        predicted=predicted,
        outcome=training.outcome,
        thresholds=plan.thresholds,
    )
    warnings = cautions.penalty_at_edge(name, choice, predicted.choices)
    warnings += cautions.untuned(name, (*predicted.choices, choice))
    return _Fitted(entry, pipeline, predicted, warnings)


def _comparison(outcome: Floats, fitted: Sequence[_Fitted]) -> dict[str, Any]:
    """The primary model against the baseline."""
    baseline, primary = fitted[0], fitted[-1]
    difference = compare(outcome, primary.predicted, baseline.predicted)
    interval = difference["log_loss"]["interval"]
    return {
        "best": primary.entry["name"],
        "beats_baseline": interval is not None and interval[1] < 0,
        "difference": difference,
    }


def _hash_rows(frame: pl.DataFrame) -> str:
    """SHA-256 of the cohort's rows in the columns the plan uses; row order does not matter."""
    names = sorted(frame.columns)
    types = ",".join(f"{name}:{frame[name].dtype}" for name in names)
    text = f"{types}\n{frame.select(names).write_csv(quote_style='always')}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _versions() -> dict[str, str]:
    """Versions that can change a digit."""
    found = {name: version(name) for name in ("numpy", "polars", "scikit-learn", "scipy")}
    blas = sorted(
        {
            f"{i['internal_api']} {i['version']}"
            for i in threadpool_info()
            if i["user_api"] == "blas"
        }
    )
    return {**found, "python": platform.python_version(), "blas": ", ".join(blas)}


def _tell(progress: Progress, start: str, message: str) -> None:
    """Pass a message on, with the name of the plan and the model."""
    progress(f"{start}, {message}")
