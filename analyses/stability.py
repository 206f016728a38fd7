"""Stability: what the bootstraps of one model say, as it stands in the results.

Belongs here: the entries made of the refits, and the reason for each that there is none of.
Does not belong here: the numbers themselves (`analyses.bootstraps`), the refits
(`analyses.resampled`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyses import bootstraps
from analyses.bootstraps import Draws
from analyses.evaluation import entry
from analyses.learners import Learned
from analyses.metrics import Floats
from analyses.models import Training
from analyses.plan import Plan
from analyses.resampled import Refit
from analyses.survival.said import risk_at
from analyses.verdict import LEAST_EVENTS_PER_PARAMETER

NO_BOOTSTRAPS = "The plan asks for no bootstraps of this model."
_TUNED = "The penalty is chosen on the data, so that the correction would be too small."
_GROWN = "The model chooses on the data what it uses, so that the correction would be too small."
_CLASSES = "The correction is for outcomes of two classes."
_OPEN_LIST = "The plan does not name its predictors one by one."


@dataclass(frozen=True)
class Stability:
    """The entries; None with a sentence in `reasons` where there is none."""

    bootstrap_632plus: dict[str, Any] | None
    optimism_corrected: dict[str, Any] | None
    instability: dict[str, Any] | None
    penalties: dict[str, float] | None
    refits: Sequence[Refit]
    reasons: dict[str, str]


def stability(
    training: Training,
    learned: Learned,
    risk: Floats,
    refits: Sequence[Refit],
    draws: Draws,
    *,
    plan: Plan,
    events_per_parameter: float,
) -> Stability:
    """Everything that one set of refits gives.

    Parameters
    ----------
    training, learned, risk
        All eligible rows, the model made from them and what it says of them.
    refits, draws
        The model made from each resample, and the resamples; none if the plan asks for none.
    plan, events_per_parameter
        Decide, with the model, whether Harrell's correction may be shown.
    """
    why_no_optimism = _why_no_optimism(training, learned, plan, events_per_parameter)
    if not refits:
        reasons = dict.fromkeys(("bootstrap_632plus", "instability"), NO_BOOTSTRAPS)
        reasons["optimism_corrected"] = why_no_optimism or NO_BOOTSTRAPS
        return Stability(None, None, None, None, (), reasons)
    risks = np.stack([refit.risk for refit in refits])
    weights = draws.weights
    estimates = bootstraps.bootstrap_632plus(
        training.truth,
        risk,
        risks,
        weights,
        **training.kind,
    )
    corrected = None
    if why_no_optimism is None:
        found = bootstraps.optimism_corrected(training.outcome, risk, risks, weights)
        corrected = {name: _with(value) for name, value in found.items()}
    known: Floats | None = training.outcome
    if training.follow_up is not None:  # the risk at the first horizon; nobody's outcome is certain
        known, risk, risks = None, risk_at(risk, 0), risk_at(risks, 0)
    unstable = bootstraps.instability(known, risk, risks, thresholds=plan.thresholds)
    return Stability(
        bootstrap_632plus=as_entries(estimates),
        optimism_corrected=corrected,
        instability={"resamples": len(refits), "redrawn": sum(draws.redrawn), **unstable},
        penalties=bootstraps.penalty_quantiles(refits),
        refits=refits,
        reasons={} if why_no_optimism is None else {"optimism_corrected": why_no_optimism},
    )


def as_entries(estimates: Mapping[str, dict[str, float] | None]) -> dict[str, Any]:
    """.632+ of each measure as an entry of the results; one without a value says so."""
    return {
        name: entry(np.nan, None) if value is None else _with(value)
        for name, value in estimates.items()
    }


def _with(parts: dict[str, float]) -> dict[str, Any]:
    """An estimate as an entry without interval, its other parts beside it."""
    return {**parts, **entry(parts["estimate"], None)}


def _why_no_optimism(
    training: Training, learned: Learned, plan: Plan, events_per_parameter: float
) -> str | None:
    """Why Harrell's correction is not shown; None if it may be (statistics.md, section 1)."""
    if learned.choice is not None:
        return _TUNED
    if not hasattr(learned.pipeline["model"], "coef_"):
        return _GROWN
    if training.n_classes > 2:
        return _CLASSES
    if plan.predictors.names is None:
        return _OPEN_LIST
    if events_per_parameter < LEAST_EVENTS_PER_PARAMETER:
        return (
            f"{events_per_parameter:.1f} events per parameter are below "
            f"{LEAST_EVENTS_PER_PARAMETER}: the correction would be too small."
        )
    return None
