"""The protocol: from a plan and a table to results, always in the same order.

Belongs here: the order of the steps (statistics.md, section 1) and what each hands to the next.
Does not belong here: any statistic; each has a module of its own.
Frozen plan, counted exclusions, verdict before any fit, description always, models if allowed.
"""

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import polars as pl
from sklearn import config_context
from sklearn.pipeline import Pipeline
from threadpoolctl import (  # type: ignore[import-untyped]  # publishes no types
    threadpool_info,
    threadpool_limits,
)

from analyses import cautions, describe, results
from analyses.beyond import NOTHING, Analysis, look_beyond
from analyses.described import described, tables_by
from analyses.fitting import Fitted, comparison, fit_all
from analyses.inference import inference_table
from analyses.missing_patterns import missing_patterns
from analyses.models import Training
from analyses.own_models import own_versions
from analyses.panel import panel_of
from analyses.plan import Plan
from analyses.preparation import preparation_entry, preparation_of
from analyses.published_prior import published_prior
from analyses.readers import add_readers
from analyses.selection import Selected, select
from analyses.subgroups import grouped
from analyses.survival.counted_otherwise import counted_otherwise
from analyses.survival.describing import describe_survival, outcome_entry
from analyses.survival.tables import cox_tables
from analyses.trainings import centres_of, counts_of, has_centres, training_of
from analyses.verdict import decide

Progress = Callable[[str], None]


@dataclass(frozen=True)
class AnalysisRun:
    """What a plan gave: results ready for JSON, and the best model (None: none was fitted).

    `training` are the rows that the model was fitted on.
    """

    results: dict[str, Any]
    model: Pipeline | None
    training: Training | None = None


def run_plan(
    plan: Plan,
    frame: pl.DataFrame,
    *,
    availability: Mapping[str, str] | None,
    stamp: Mapping[str, str | None],
    reads: pl.DataFrame | None = None,
    evidence: pl.DataFrame | None = None,
    processes: int = 1,
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
    reads
        A row for each case and reader: the file that the plan names as `agreement`, or the reads
        of the warehouse (`analyses.reader_cohort`).
    evidence
        Published counts (layer `reference`); None: nothing published is shown.
    processes
        Processes that share the fits; the results do not depend on it.
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
        selected = select(plan, frame, availability)
        asked = preparation_of(plan, selected, availability, reads)
        selected = replace(selected, preparation=asked)
        run = _run(plan, selected, frame, availability, stamp, evidence, processes, progress)
        add_readers(
            run.results,
            plan,
            selected,
            frame,
            availability,
            reads,
            processes=processes,
            progress=progress,
        )
        return run


def _run(
    plan: Plan,
    selected: Selected,
    frame: pl.DataFrame,
    availability: Mapping[str, str] | None,
    stamp: Mapping[str, str | None],
    evidence: pl.DataFrame | None,
    processes: int,
    progress: Progress | None,
) -> AnalysisRun:
    """The steps after selection."""
    grouped(plan, selected)  # refused before the work, not after it
    prior = published_prior(plan, selected.predictors, evidence)
    used = tuple(dict.fromkeys((*selected.predictors, *plan.baseline)))
    cohort = _describe(plan, selected, used, availability)
    verdict = decide(counts_of(plan, selected))
    warnings = cautions.published_selection(plan.population.provenance)
    warnings += cautions.mostly_missing(cohort["missingness"])
    fitted: list[Fitted] = []
    compared: dict[str, Any] = {
        "best": None,
        "beats_baseline": None,
        "difference": {},
        "challengers": [],
    }
    further, prepared = NOTHING, None
    if verdict["level"] != "describe_only":
        centres = centres_of(plan, selected)
        whole = training_of(selected, used)
        fitted = fit_all(
            plan,
            baseline=training_of(selected, plan.baseline),
            full=training_of(selected, selected.predictors),
            whole=whole,
            classes=selected.classes,
            centres=centres,
            events_per_parameter=verdict["events_per_parameter"],
            processes=processes,
            progress=progress,
        )
        compared = comparison(whole, fitted)
        area = panel_of(**whole.kind).concordance
        nested = {
            f.entry["name"]: f.entry["performance"]["nested_cv"][area]["estimate"] for f in fitted
        }
        warnings += [w for f in fitted for w in f.warnings]
        warnings += cautions.suspected_leak(whole, nested)
        beyond = look_beyond(
            Analysis(
                plan,
                selected,
                frame,
                availability,
                fitted,
                compared,
                verdict["level"],
                centres,
                processes,
                progress,
                prior,
            )
        )
        primary = next(f for f in fitted if f.entry["role"] == "primary")
        prepared, said = preparation_entry(
            plan,
            selected,
            primary.entry,
            primary.pipeline,
            primary.predicted,
            processes=processes,
            progress=progress,
        )
        further, warnings = beyond.entries, [*warnings, *beyond.warnings, *said]
    inference = None
    if verdict["level"] == "model" and selected.follow_up is None:
        inference, separated = inference_table(
            training_of(selected, selected.predictors),
            selected.classes,
            seed=plan.resampling.seed,
        )
        warnings += separated
    survival, said = describe_survival(plan, selected)
    warnings += said
    if survival is not None:
        survival["otherwise"] = counted_otherwise(plan, frame, availability)
    if survival is not None and verdict["level"] == "model":
        tables, said = cox_tables(
            training_of(selected, selected.predictors), seed=plan.resampling.seed
        )
        survival, warnings = survival | tables, warnings + said
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
            "versions": {**versions(), **own_versions(plan.models)},
        },
        "outcome": _outcome(plan, selected),
        "verdict": verdict,
        "warnings": sorted(warnings, key=lambda w: (w["code"], w["message"])),
        "cohort": cohort,
        **described(plan, selected, used, frame, evidence),
        "models": [f.entry for f in fitted],
        "comparison": compared,
        "inference": inference,
        "preparation": prepared,
        **further,
        "survival": survival,
    }
    best = next((f for f in fitted if f.entry["name"] == compared["best"]), None)
    if best is None:
        return AnalysisRun(results=found, model=None)
    return AnalysisRun(found, best.pipeline, training_of(selected, best.entry["predictors"]))


def _outcome(plan: Plan, selected: Selected) -> dict[str, Any]:
    """The outcome with its events, or with its classes."""
    if selected.follow_up is not None:
        return outcome_entry(plan, selected)
    by_class = [
        {"class": name, "n": int((selected.outcome == k).sum())}
        for k, name in enumerate(selected.classes)
    ]
    is_binary = plan.outcome.kind == "binary"
    return {
        "kind": plan.outcome.kind,
        "column": plan.outcome.column,
        "classes": None if is_binary else by_class,
        "merged": [{"class": name, "n": n} for name, n in selected.merged],
        "events": int(selected.outcome.sum()) if is_binary else None,
        "n": selected.frame.height,
    }


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
        "table_one": describe.table_one(selected.frame, selected.outcome, used, selected.classes),
        "table_one_by": tables_by(plan, selected, used),
        "missingness": describe.missingness(selected.frame, used, availability),
        "missing_patterns": missing_patterns(selected.frame, used, _groups(plan, selected)),
        "centres": []
        if centre is None or not has_centres(plan)
        else describe.centre_counts(selected.frame, selected.outcome, centre, selected.classes),
    }


def _groups(plan: Plan, selected: Selected) -> dict[str, list[str]]:
    """Each row's outcome, and its centre where centres mean something."""
    found: dict[str, list[str]] = {}
    if plan.outcome.kind != "survival":
        names = selected.classes or ("no", "yes")
        found["outcome"] = [names[int(code)] for code in selected.outcome]
    centres = centres_of(plan, selected)
    return found if centres is None else {**found, "centre": centres.tolist()}


def _hash_rows(frame: pl.DataFrame) -> str:
    """SHA-256 of the cohort's rows in the columns the plan uses; row order does not matter."""
    names = sorted(frame.columns)
    types = ",".join(f"{name}:{frame[name].dtype}" for name in names)
    text = f"{types}\n{frame.select(names).write_csv(quote_style='always')}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def versions() -> dict[str, str]:
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
