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
from analyses.published_prior import PriorTerm, beside_the_plain_one
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
    "prior": None,
}


@dataclass(frozen=True)
class Beyond:
    """The entries of the results, and the warnings they give cause to."""

    entries: dict[str, Any]
    warnings: Sequence[dict[str, str]]


@dataclass(frozen=True)
class Analysis:
    """The main analysis: its rows and models, and how it is to be run.

    `frame` is the whole table, `centres` the centre of each row (None where centres mean nothing),
    `verdict` the level of the verdict. The rest is as in `analyses.protocol.run_plan`.
    """

    plan: Plan
    selected: Selected
    frame: pl.DataFrame
    availability: Mapping[str, str] | None
    fitted: Sequence[Fitted]
    compared: Mapping[str, Any]
    verdict: str
    centres: NDArray[np.str_] | None
    processes: int = 1
    progress: Callable[[str], None] | None = None
    prior: Sequence[PriorTerm] = ()

    @property
    def primary(self) -> Fitted:
        """The model that permutation and sensitivity look at."""
        return next(f for f in self.fitted if f.entry["role"] == "primary")

    @property
    def best(self) -> Fitted:
        """The model that is kept: subgroups and prediction sets are of it."""
        return next(f for f in self.fitted if f.entry["name"] == self.compared["best"])

    def ways(self, fitted: Fitted, what: str) -> dict[str, Any]:
        """How a model is made anew, and who is told."""
        told = self.progress
        return {
            "learner": learner_of(fitted.entry["name"]),
            "processes": self.processes,
            "progress": None
            if told is None
            else lambda message: told(f"{self.plan.name}: {what}: {message}"),
        }

    def rows(self, fitted: Fitted) -> Training:
        """The rows as a model was given them."""
        return training_of(self.selected, fitted.entry["predictors"])


def look_beyond(main: Analysis) -> Beyond:
    """Everything that the plan asks for beyond the primary estimate."""
    plan, selected = main.plan, main.selected
    found = dict(NOTHING)
    if plan.permutation != "none":
        found["permutation"] = _permutation(main)
    if plan.conformal != "none":
        found["prediction_sets"] = _sets(main)
    if plan.subgroups:
        weights = bootstrap_weights(
            selected.groups, n_draws=DRAWS, rng=generator(plan.resampling.seed, Stage.INTERVALS)
        )
        rows = main.rows(main.best)
        found["subgroups"] = subgroups(plan, selected, rows, main.best.predicted, weights)
    if selected.is_ordered:
        # of the baseline: it has few columns, and the test is worth nothing with many
        found["proportionality"] = proportionality(training_of(selected, plan.baseline))
    if main.prior:
        found["prior"] = _prior(main)
    found["sensitivity"], warnings = sensitivity(
        plan,
        main.frame,
        main.availability,
        {
            "verdict": main.verdict,
            "nested_cv": main.primary.entry["performance"]["nested_cv"],
            "predicted": main.primary.predicted,
            "beats_baseline": main.compared["beats_baseline"],
        },
        selected,
        **main.ways(main.primary, "sensitivity"),
    )
    return Beyond(found, warnings)


def _permutation(main: Analysis) -> dict[str, Any]:
    """The permutation test of the primary model."""
    primary = main.primary
    return {
        "model": primary.entry["name"],
        **permutation_test(
            main.rows(primary),
            primary.predicted,
            main.centres,
            resampling=main.plan.resampling,
            n_permutations=int(main.plan.permutation),
            **main.ways(primary, "permuted outcomes"),
        ),
    }


def _sets(main: Analysis) -> dict[str, Any]:
    """The prediction sets of the best model."""
    best = main.best
    return {
        "model": best.entry["name"],
        **prediction_sets(
            main.rows(best),
            best.predicted,
            main.selected.classes or names_of_two(main.plan.outcome.positive),
            resampling=main.plan.resampling,
            level=float(main.plan.conformal),
            **main.ways(best, "prediction sets"),
        ),
    }


def _prior(main: Analysis) -> dict[str, Any]:
    """Ridge regression towards published odds ratios beside the plain one."""
    plain = next(f for f in main.fitted if f.entry["name"] == "ridge" and f is not main.fitted[0])
    weights = bootstrap_weights(
        main.selected.groups,
        n_draws=DRAWS,
        rng=generator(main.plan.resampling.seed, Stage.INTERVALS),
    )
    ways = {**main.ways(plain, "published prior"), "resampling": main.plan.resampling}
    return beside_the_plain_one(
        main.rows(plain), plain.predicted, plain.entry, weights, prior=main.prior, ways=ways
    )


def names_of_two(positive: str | None) -> tuple[str, str]:
    """Names of the two values of a binary outcome, the positive one last.

    Examples
    --------
    >>> names_of_two("yes"), names_of_two("gtr")
    (('no', 'yes'), ('not gtr', 'gtr'))
    """
    return ("no" if positive == "yes" else f"not {positive}", str(positive))
