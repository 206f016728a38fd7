"""Sensitivity: the same protocol on other cases or with gaps filled otherwise, beside the main one.

Belongs here: which other analyses a plan may declare, and their line of results.
Does not belong here: the other choice itself (`analyses.other_choices`), other ways to treat
missing values (`analyses.missing_lines`), the main analysis (`analyses.protocol`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from analyses import missing_lines
from analyses.bootstraps import bootstrap_632plus, draw
from analyses.evaluation import (
    DRAWS,
    OutOfFold,
    compare,
    nested_cross_validation,
    outer_folds,
    performance,
)
from analyses.learners import Learner, learner_of
from analyses.other_choices import CHOICES, otherwise
from analyses.panel import panel_of
from analyses.plan import Plan
from analyses.plan_options import BY_READER
from analyses.resampled import predicted_by, refit_many
from analyses.resampling import Stage, bootstrap_weights, generator
from analyses.selection import Selected, select
from analyses.stability import as_entries
from analyses.trainings import centres_of, counts_of, training_of
from analyses.verdict import decide

NOT_AN_ENDPOINT = (
    "The outcome is none that this choice belongs to, or the table does not hold what it rests on: "
    "this analysis is for endpoints of the warehouse."
)
_SAID = {**{name: choice.said for name, choice in CHOICES.items()}, **missing_lines.SAID}


def sensitivity(
    plan: Plan,
    frame: pl.DataFrame,
    availability: Mapping[str, str] | None,
    main: Mapping[str, Any],
    selected: Selected,
    *,
    learner: Learner,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Every sensitivity analysis of the plan: full nested cross-validation, difference to the main.

    Parameters
    ----------
    plan, frame, availability
        As in `analyses.protocol.run_plan`.
    main
        `verdict`, `nested_cv` and `predicted` (out of fold) of the primary model, and
        `beats_baseline` of the main analysis.
    selected
        The rows of the main analysis.
    learner
        The primary model; the baseline is ridge's learner on the columns of the plan's baseline.
    processes, progress
        As in `analyses.workers.in_turn`.

    Returns
    -------
    tuple
        One entry for each: `name`, `reason` (None where it was run), `n`, `excluded`, `events`,
        `classes`, `verdict`, `nested_cv`, `difference` (of each estimate to the main one),
        `bootstrap_632plus` (multiple imputation only, with the number of `resamples`),
        `against_main` (on the same cases and folds only), `against_baseline` and `beats_baseline`.
        On the same cases `n`, `events` and `classes` are None. And warnings: where the verdict or
        the comparison with the baseline came out otherwise.
    """
    entries: list[dict[str, Any]] = []
    warnings: list[dict[str, str]] = []
    for name in (line for line in missing_lines.lines_of(plan) if line != BY_READER):
        told = {"processes": processes, "progress": progress}
        if name in missing_lines.SAID:
            entry = _filled_otherwise(plan, name, selected, learner, main["predicted"], told)
        else:
            entry = _one(plan, name, frame, availability, selected, learner, processes, progress)
        nested = entry["nested_cv"]
        if nested is not None and main["nested_cv"] is not None:
            entry["difference"] = _differences(nested, main["nested_cv"])
        entries.append(entry)
        warnings += _changes(entry, main)
    return entries, warnings


def _one(
    plan: Plan,
    name: str,
    frame: pl.DataFrame,
    availability: Mapping[str, str] | None,
    selected: Selected,
    learner: Learner,
    processes: int,
    progress: Callable[[str], None] | None,
) -> dict[str, Any]:
    """One analysis on the other choice of cases."""
    entry = _empty(name)
    other = otherwise(frame, plan.outcome.column, name)
    if other is None:
        return entry | {"reason": NOT_AN_ENDPOINT}
    chosen = replace(select(plan, other, availability), preparation=selected.preparation)
    if _cases(plan, chosen) == _cases(plan, selected):
        return entry | {"reason": CHOICES[name].unchanged}
    return entry | _judged(plan, chosen, learner, processes, progress)


def _filled_otherwise(
    plan: Plan,
    name: str,
    selected: Selected,
    learner: Learner,
    predicted: OutOfFold,
    told: Mapping[str, Any],
) -> dict[str, Any]:
    """Missing values treated otherwise; on the same cases paired with the main analysis."""
    chosen, learn, reason = missing_lines.otherwise(name, selected, learner)
    entry = _empty(name)
    if reason is not None:
        return entry | {"reason": reason}
    if name == "complete_cases":
        return entry | _judged(plan, chosen, learn, **told)
    whole = training_of(chosen, chosen.predictors)
    found = nested_cross_validation(
        whole, predicted.folds, learner=learn, resampling=plan.resampling, **told
    )
    weights = bootstrap_weights(
        whole.groups, n_draws=DRAWS, rng=generator(plan.resampling.seed, Stage.INTERVALS)
    )
    entry |= {
        "nested_cv": performance(whole.truth, found, weights, **whole.kind),
        "against_main": compare(whole.truth, found, predicted, **whole.kind),
    }
    if name == "multiple_imputation":
        entry["bootstrap_632plus"] = _in_bootstraps(plan, chosen, learn, told)
    return entry


def _in_bootstraps(
    plan: Plan, chosen: Selected, learner: Learner, told: Mapping[str, Any]
) -> dict[str, Any] | None:
    """.632+ with the gaps of each resample filled anew; None where the plan draws none.

    As many resamples as a challenger gets: each takes the fits of all imputations.
    """
    whole, asked = training_of(chosen, chosen.predictors), plan.resampling
    n = asked.bootstraps_of("challenger")
    if not n:
        return None
    centres = centres_of(plan, chosen)
    drawn = draw(
        whole.outcome, whole.groups, centres, n_draws=asked.bootstraps, seed=asked.seed
    ).first(n)
    refits = refit_many(whole, drawn.resamples, learner=learner, resampling=asked, **told)
    made = learner(whole, asked, (Stage.FINAL,)).pipeline
    said, _ = predicted_by(made, whole, learned_from=whole)
    risks = np.stack([refit.risk for refit in refits])
    return as_entries(bootstrap_632plus(whole.truth, said, risks, drawn.weights, **whole.kind)) | {
        "resamples": n
    }


def _empty(name: str) -> dict[str, Any]:
    """An entry with nothing in it."""
    keys = ("reason", "n", "events", "classes", "verdict", "nested_cv", "difference")
    against = ("bootstrap_632plus", "against_main", "against_baseline", "beats_baseline")
    return {"name": name, "excluded": [], **dict.fromkeys((*keys, *against))}


def _judged(
    plan: Plan,
    chosen: Selected,
    learner: Learner,
    processes: int,
    progress: Callable[[str], None] | None,
) -> dict[str, Any]:
    """The cases, their verdict, and what it allows."""
    verdict = decide(counts_of(plan, chosen))
    is_binary = not chosen.classes
    entry: dict[str, Any] = {
        "n": chosen.frame.height,
        "excluded": chosen.excluded,
        "events": int(chosen.outcome.sum()) if is_binary else None,
        "classes": None
        if is_binary
        else [
            {"class": one, "n": int((chosen.outcome == k).sum())}
            for k, one in enumerate(chosen.classes)
        ],
        "verdict": verdict["level"],
    }
    if verdict["level"] == "describe_only":
        return entry | {"reason": " ".join(verdict["reasons"])}
    return entry | evaluated(plan, chosen, learner, processes, progress)


def evaluated(
    plan: Plan,
    chosen: Selected,
    learner: Learner,
    processes: int,
    progress: Callable[[str], None] | None,
) -> dict[str, Any]:
    """Nested cross-validation of the primary model and of the baseline on the same folds."""
    whole = training_of(chosen, tuple(dict.fromkeys((*chosen.predictors, *plan.baseline))))
    folds = outer_folds(whole, plan.resampling)
    model, baseline = (
        nested_cross_validation(
            training_of(chosen, columns),
            folds,
            learner=one,
            resampling=plan.resampling,
            processes=processes,
            progress=progress,
        )
        for columns, one in ((chosen.predictors, learner), (plan.baseline, learner_of("ridge")))
    )
    weights = bootstrap_weights(
        whole.groups, n_draws=DRAWS, rng=generator(plan.resampling.seed, Stage.INTERVALS)
    )
    against = compare(whole.truth, model, baseline, **whole.kind)
    interval = against[panel_of(**whole.kind).deciding]["interval"]
    return {
        "nested_cv": performance(whole.truth, model, weights, **whole.kind),
        "against_baseline": against,
        "beats_baseline": interval is not None and interval[1] < 0,
    }


def _cases(plan: Plan, selected: Selected) -> list[tuple[Any, ...]]:
    """Ids and outcomes of the rows."""
    ids = selected.frame[plan.data.id].to_list()
    known = selected.outcome if selected.follow_up is None else selected.follow_up
    return sorted(zip(map(str, ids), known.tolist(), strict=True))


def _differences(nested: Mapping[str, Any], main: Mapping[str, Any]) -> dict[str, float | None]:
    """Each estimate minus that of the main analysis."""
    found: dict[str, float | None] = {}
    for name, one in nested.items():
        other = (main.get(name) or {}).get("estimate")
        known = one["estimate"] is not None and other is not None
        found[name] = one["estimate"] - other if known else None
    return found


def _changes(entry: Mapping[str, Any], main: Mapping[str, Any]) -> Sequence[dict[str, str]]:
    """Warnings where the analysis came out otherwise."""
    said = []
    if entry["verdict"] is not None and entry["verdict"] != main["verdict"]:
        said.append(
            f"the verdict is '{entry['verdict'].replace('_', ' ')}', not "
            f"'{main['verdict'].replace('_', ' ')}'"
        )
    if entry["beats_baseline"] is not None and entry["beats_baseline"] != main["beats_baseline"]:
        said.append(
            "the primary model "
            + ("beats the baseline" if entry["beats_baseline"] else "no longer beats the baseline")
        )
    name = _SAID[entry["name"]]
    return [
        {"code": "sensitivity", "message": f"In {name} {' and '.join(said)}."} for _ in said[:1]
    ]
