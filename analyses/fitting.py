"""Fitting: every model of a plan, evaluated on the same folds, then fitted on all rows.

Belongs here: baseline, primary model and challengers side by side, and who wins.
Does not belong here: the order of the whole analysis (`analyses.protocol`), one fit
(`analyses.learners`), measures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from analyses import cautions, results
from analyses.bootstraps import Draws, draw
from analyses.centres import LeftOut, internal_external, leave_one_centre_out, wins_by_centre
from analyses.evaluation import (
    DRAWS,
    OutOfFold,
    apparent_performance,
    compare,
    nested_cross_validation,
    outer_folds,
    performance,
)
from analyses.learners import Learner, learner_of, role_of
from analyses.metrics import Floats
from analyses.models import Training
from analyses.panel import panel_of
from analyses.plan import Plan
from analyses.resampled import Refit, predicted_by, refit_many
from analyses.resampling import Stage, bootstrap_weights, generator
from analyses.stability import stability
from analyses.survival.at_horizons import at_horizons

#: The loss that decides between two models, as the reasons name it.
LOSSES = {"log_loss": "log-loss", "brier": "Brier score"}
#: A challenger whose nested calibration slope lies outside is not trusted (a convention).
SLOPES = (0.7, 1.3)


@dataclass(frozen=True)
class Fitted:
    """One model after evaluation and refit on all rows."""

    entry: dict[str, Any]
    pipeline: Pipeline
    predicted: OutOfFold
    left_out: LeftOut | None
    warnings: list[dict[str, str]]


@dataclass(frozen=True)
class _Setting:
    """What every model of one analysis shares."""

    plan: Plan
    folds: NDArray[np.int64]
    weights: Floats
    classes: Sequence[str]
    centres: NDArray[np.str_] | None
    draws: Draws
    events_per_parameter: float
    processes: int
    progress: Callable[[str], None] | None


def fit_all(
    plan: Plan,
    *,
    baseline: Training,
    full: Training,
    whole: Training,
    classes: Sequence[str],
    centres: NDArray[np.str_] | None,
    events_per_parameter: float,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> list[Fitted]:
    """Baseline first, then the plan's models in its order, on the same folds and draws.

    Parameters
    ----------
    plan
        The plan.
    baseline, full, whole
        All eligible rows with the columns of the baseline, of the plan's models, and of both.
    classes
        Names of the classes; none for a binary outcome.
    centres
        Centre of each row; None where leaving one out means nothing.
    events_per_parameter
        From the verdict.
    processes, progress
        As in `analyses.protocol.run_plan`.
    """
    weights = bootstrap_weights(
        whole.groups, n_draws=DRAWS, rng=generator(plan.resampling.seed, Stage.INTERVALS)
    )
    folds = outer_folds(whole, plan.resampling)
    draws = draw(
        whole.outcome,
        whole.groups,
        centres,
        n_draws=plan.resampling.bootstraps,
        seed=plan.resampling.seed,
    )
    setting = _Setting(
        plan, folds, weights, classes, centres, draws, events_per_parameter, processes, progress
    )
    models = [("baseline", "ridge", "baseline", baseline)]
    models += [(name, name, role, full) for name, role in _roles(plan.models)]
    # all of them first: a model that cannot be had is said before hours of fitting
    learners = {learner: learner_of(learner) for _, learner, _, _ in models}
    return [
        _fit(setting, training, name=name, learn=learners[learner], role=role)
        for name, learner, role, training in models
    ]


def _roles(models: Sequence[str]) -> list[tuple[str, str]]:
    """The role of each model; without a primary one among them the first is primary."""
    roles = [role_of(name) for name in models]
    if "primary" not in roles:
        roles[0] = "primary"
    return list(zip(models, roles, strict=True))


def _fit(setting: _Setting, training: Training, *, name: str, learn: Learner, role: str) -> Fitted:
    """Evaluate one model, then fit it on all rows."""
    plan = setting.plan
    draws = setting.draws.first(plan.resampling.bootstraps_of(role))
    predicted, left_out, refits = _evaluate(setting, training, name, learn, draws)
    learned = learn(training, plan.resampling, (Stage.FINAL,))
    risk, null_risk = predicted_by(learned.pipeline, training, learned_from=training)
    entry = results.model_entry(
        name=name,
        role=role,
        training=training,
        learned=learned,
        performance=_performance(setting, training, risk, null_risk, predicted, left_out),
        one_se=_one_se(setting, training, predicted),
        stable=stability(
            training,
            learned,
            risk,
            refits,
            draws,
            plan=plan,
            events_per_parameter=setting.events_per_parameter,
        ),
        predicted=predicted,
        classes=setting.classes,
        thresholds=plan.thresholds,
        horizons=at_horizons(training, predicted, setting.weights),
    )
    warnings = []
    if learned.choice is not None:
        warnings += cautions.penalty_at_edge(name, learned.choice, predicted.choices)
        warnings += cautions.untuned(name, (*predicted.choices, learned.choice))
    return Fitted(entry, learned.pipeline, predicted, left_out, warnings)


def _evaluate(
    setting: _Setting, training: Training, name: str, learn: Learner, draws: Draws
) -> tuple[OutOfFold, LeftOut | None, list[Refit]]:
    """The refits of one model: outer folds, centres, bootstraps."""

    def tell(part: str) -> Callable[[str], None] | None:
        said = setting.progress
        if said is None:
            return None
        return lambda message: said(f"{setting.plan.name}: {name}, {part}: {message}")

    ways: dict[str, Any] = {
        "learner": learn,
        "resampling": setting.plan.resampling,
        "processes": setting.processes,
    }
    predicted = nested_cross_validation(
        training, setting.folds, **ways, progress=tell("nested cross-validation")
    )
    left_out = None
    if setting.centres is not None:
        left_out = leave_one_centre_out(
            training, setting.centres, **ways, progress=tell("each centre left out")
        )
    n_draws = len(draws.resamples)
    refits = refit_many(training, draws.resamples, **ways, progress=tell(f"{n_draws} bootstraps"))
    return predicted, left_out, refits


def _one_se(setting: _Setting, training: Training, predicted: OutOfFold) -> dict[str, Any] | None:
    """Nested performance with the penalties of the one-standard-error rule; None without tuning."""
    if predicted.one_se_risk is None:
        return None
    beside = replace(predicted, risk=predicted.one_se_risk)
    return performance(training.truth, beside, setting.weights, **training.kind)


def _performance(
    setting: _Setting,
    training: Training,
    risk: Floats,
    null_risk: Floats,
    predicted: OutOfFold,
    left_out: LeftOut | None,
) -> dict[str, Any]:
    """Apparent, nested and centre by centre."""
    truth, kind = training.truth, training.kind
    return {
        "apparent": apparent_performance(truth, risk, null_risk, **kind),
        "nested_cv": performance(truth, predicted, setting.weights, **kind),
        "internal_external": internal_external(training, left_out, setting.weights),
    }


def comparison(training: Training, fitted: Sequence[Fitted]) -> dict[str, Any]:
    """The primary model against the baseline, and every challenger against the primary model.

    Returns
    -------
    dict[str, Any]
        `best` (a challenger only by the stated rule), `beats_baseline`, `difference`,
        `challengers` with `name`, `wins`, `reasons` and `difference`.
    """
    baseline = fitted[0]
    primary = next(f for f in fitted if f.entry["role"] == "primary")
    deciding = panel_of(**training.kind).deciding
    difference = compare(training.truth, primary.predicted, baseline.predicted, **training.kind)
    interval = difference[deciding]["interval"]
    challengers = [
        _challenge(training, challenger, primary)
        for challenger in fitted
        if challenger.entry["role"] == "challenger"
    ]
    winners = [c for c in challengers if c["wins"]]
    best = min(winners, key=lambda c: c["difference"][deciding]["estimate"], default=None)
    return {
        "best": primary.entry["name"] if best is None else best["name"],
        "beats_baseline": interval is not None and interval[1] < 0,
        "difference": difference,
        "challengers": challengers,
    }


def _challenge(training: Training, challenger: Fitted, primary: Fitted) -> dict[str, Any]:
    """Whether a challenger wins: lower loss by more than an SE, calibrated, at most centres."""
    difference = compare(training.truth, challenger.predicted, primary.predicted, **training.kind)
    name, of = challenger.entry["name"].replace("_", " "), primary.entry["name"]
    deciding = panel_of(**training.kind).deciding
    tests = [_lower_loss(difference[deciding], of, LOSSES[deciding])]
    slope = challenger.entry["performance"]["nested_cv"].get("calibration_slope")
    if slope is not None:
        tests.append(_calibrated(slope["estimate"], name))
    by_centre = _at_centres(training, challenger, primary)
    if by_centre is not None:
        tests.append(by_centre)
    return {
        "name": challenger.entry["name"],
        "wins": all(holds for holds, _ in tests),
        "reasons": [sentence for _, sentence in tests],
        "difference": difference,
    }


def _lower_loss(difference: Mapping[str, Any], of: str, loss: str) -> tuple[bool, str]:
    """Rule a: the loss is lower by more than one corrected standard error."""
    estimate, error = difference["estimate"], difference["se"]
    if estimate is None or error is None:
        return False, f"The {loss} could not be compared with that of {of}."
    if estimate >= 0:
        return False, f"Its {loss} is {estimate:.3f} higher than that of {of}: it is no better."
    holds = estimate + error < 0
    return holds, (
        f"Its {loss} is {-estimate:.3f} lower than that of {of}, "
        f"{'more' if holds else 'not more'} than one standard error ({error:.3f})."
    )


def _calibrated(slope: float | None, name: str) -> tuple[bool, str]:
    """Rule b: the calibration slope of a binary outcome is near enough to 1."""
    low, high = SLOPES
    if slope is None:
        return False, f"The {name} has no calibration slope."
    holds = low <= slope <= high
    return holds, (
        f"Its calibration slope is {slope:.2f}, {'inside' if holds else 'outside'} {low} to {high}."
    )


def _at_centres(training: Training, challenger: Fitted, primary: Fitted) -> tuple[bool, str] | None:
    """Rule c: with three poolable centres or more, it is better in more than half of them."""
    if challenger.left_out is None or primary.left_out is None:
        return None
    rows = primary.entry["performance"]["internal_external"]["by_centre"]
    poolable = [row["centre"] for row in rows if row["in_pool"]]
    if len(poolable) < 3:
        return None
    wins = wins_by_centre(
        training.truth,
        challenger.left_out,
        primary.left_out,
        poolable,
        **training.kind,
    )
    holds, loss = 2 * wins > len(poolable), LOSSES[panel_of(**training.kind).deciding]
    return holds, (
        f"Left out in turn, {wins} of the {len(poolable)} centres with enough cases have the lower "
        f"{loss} under it{'' if holds else ': not more than half'}."
    )
