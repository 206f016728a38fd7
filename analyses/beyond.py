"""Beyond the primary estimate: permutation, prediction sets, subgroups, sensitivity analyses.

Belongs here: which model each of them looks at, and in which order they are made.
Does not belong here: any of them; each has a module of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.evaluation import DRAWS
from analyses.fitting import Fitted
from analyses.learners import learner_of
from analyses.models import Training
from analyses.permuted import permutation_test
from analyses.plan import Plan
from analyses.prediction_sets import prediction_sets
from analyses.proportionality import proportionality
from analyses.resampling import Stage, bootstrap_weights, generator
from analyses.selection import Selected
from analyses.sensitivity import sensitivity
from analyses.subgroups import subgroups
from analyses.trainings import training_of

#: What the results hold where nothing of it was asked for, or no model was fitted.
NOTHING: dict[str, Any] = {
    "permutation": None,
    "prediction_sets": None,
    "subgroups": [],
    "sensitivity": [],
    "proportionality": None,
}


@dataclass(frozen=True)
class Beyond:
    """The entries of the results, and the warnings they give cause to."""

    entries: dict[str, Any]
    warnings: Sequence[dict[str, str]]


def look_beyond(
    plan: Plan,
    selected: Selected,
    frame: pl.DataFrame,
    availability: Mapping[str, str] | None,
    fitted: Sequence[Fitted],
    compared: Mapping[str, Any],
    verdict: Mapping[str, Any],
    centres: NDArray[np.str_] | None,
    *,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Beyond:
    """Everything that the plan asks for beyond the primary estimate.

    Permutation and sensitivity look at the primary model, subgroups and prediction sets at the best
    one, which is the one that is kept.

    Parameters
    ----------
    plan, frame, availability, processes, progress
        As in `analyses.protocol.run_plan`.
    selected
        The rows of the analysis.
    fitted, compared
        The models, and their comparison.
    verdict
        Of the main analysis.
    centres
        Centre of each row; None where centres mean nothing.
    """

    def tell(what: str) -> Callable[[str], None] | None:
        if progress is None:
            return None
        return lambda message: progress(f"{plan.name}: {what}: {message}")

    primary = next(f for f in fitted if f.entry["role"] == "primary")
    best = next(f for f in fitted if f.entry["name"] == compared["best"])
    of_primary = _training(selected, primary)
    of_best = _training(selected, best)
    ways: dict[str, Any] = {"processes": processes}
    found = dict(NOTHING)
    if plan.permutation != "none":
        found["permutation"] = {
            "model": primary.entry["name"],
            **permutation_test(
                of_primary,
                primary.predicted,
                centres,
                learner=learner_of(primary.entry["name"]),
                resampling=plan.resampling,
                n_permutations=int(plan.permutation),
                **ways,
                progress=tell("permuted outcomes"),
            ),
        }
    if plan.conformal != "none":
        found["prediction_sets"] = {
            "model": best.entry["name"],
            **prediction_sets(
                of_best,
                best.predicted,
                selected.classes or names_of_two(plan.outcome.positive),
                learner=learner_of(best.entry["name"]),
                resampling=plan.resampling,
                level=float(plan.conformal),
                **ways,
                progress=tell("prediction sets"),
            ),
        }
    if plan.subgroups:
        weights = bootstrap_weights(
            selected.groups, n_draws=DRAWS, rng=generator(plan.resampling.seed, Stage.INTERVALS)
        )
        found["subgroups"] = subgroups(plan, selected, of_best, best.predicted, weights)
    if selected.is_ordered:
        # of the baseline: it has few columns, and the test is worth nothing with many
        found["proportionality"] = proportionality(training_of(selected, plan.baseline))
    found["sensitivity"], warnings = sensitivity(
        plan,
        frame,
        availability,
        {
            "verdict": verdict["level"],
            "nested_cv": primary.entry["performance"]["nested_cv"],
            "beats_baseline": compared["beats_baseline"],
        },
        selected,
        learner=learner_of(primary.entry["name"]),
        **ways,
        progress=tell("sensitivity"),
    )
    return Beyond(found, warnings)


def names_of_two(positive: str | None) -> tuple[str, str]:
    """Names of the two values of a binary outcome, the positive one last.

    Examples
    --------
    >>> names_of_two("yes"), names_of_two("gtr")
    (('no', 'yes'), ('not gtr', 'gtr'))
    """
    return ("no" if positive == "yes" else f"not {positive}", str(positive))


def _training(selected: Selected, fitted: Fitted) -> Training:
    """The rows as a model was given them."""
    return training_of(selected, fitted.entry["predictors"])
