"""Evaluation: repeated nested cross-validation and what it says of a model.

Belongs here: the outer loop, the panel of measures with intervals, fold differences of two models.
Does not belong here: one fit and its penalty (`analyses.learners`), the measures themselves,
leaving out whole centres (`analyses.centres`).
Folds are drawn once and serve every model, so that models differ in nothing but themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.intervals import (
    corrected_difference,
    logit_interval,
    percentile_interval,
    refitted_deviation,
)
from analyses.learners import Learner
from analyses.metrics import Floats, Parts, mean_known
from analyses.models import Choice, Training
from analyses.panel import Panel, panel_of, whole
from analyses.plan_parts import Resampling
from analyses.resampled import Resample, refit_many
from analyses.resampling import Stage, assign_folds, generator

#: Bootstrap samples of patients behind every interval.
DRAWS = 2000
_DECIMALS = 10
NO_VALUE = "no finite value: the predictions are constant or separate the outcomes"


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of every case in every repeat: (repeats, n), with K > 2 classes (repeats, n, K).

    Of a time to an event the last axis is that of `analyses.survival.said`.

    `null_risk` is the share of events (of each class) among the rows each prediction was learned
    from. `choices` lists the penalties in the order of repeats and folds, if the model has one;
    `one_se_risk` then comes from the penalties of the one-standard-error rule.
    """

    risk: Floats
    null_risk: Floats
    folds: NDArray[np.int64]
    choices: tuple[Choice, ...]
    one_se_risk: Floats | None = None

    def parts(self, repeat: int) -> Parts:
        """Test folds of one repeat as masks of rows."""
        return [self.folds[repeat] == fold for fold in np.unique(self.folds[repeat])]


def outer_folds(training: Training, resampling: Resampling) -> NDArray[np.int64]:
    """Fold of each row in each repeat; shape (repeats, n)."""
    return np.stack(
        [
            assign_folds(
                training.outcome,
                training.groups,
                n_folds=resampling.outer_folds,
                rng=generator(resampling.seed, Stage.OUTER, repeat),
            )
            for repeat in range(resampling.repeats)
        ]
    )


def nested_cross_validation(
    training: Training,
    folds: NDArray[np.int64],
    *,
    learner: Learner,
    resampling: Resampling,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> OutOfFold:
    """Predict every case in every repeat by a pipeline tuned and fitted without its fold.

    Parameters
    ----------
    training
        All eligible rows.
    folds
        From `outer_folds`.
    learner
        From training rows to a fitted pipeline.
    resampling
        Inner folds and seed.
    processes
        Processes that share the folds; the result does not depend on it.
    progress
        Told now and then, with an estimate of the time left.
    """
    tasks = [
        (repeat, fold) for repeat in range(len(folds)) for fold in range(resampling.outer_folds)
    ]
    refits = refit_many(
        training,
        [
            Resample((folds[repeat] != fold).astype(np.float64), (Stage.INNER, repeat, fold))
            for repeat, fold in tasks
        ],
        learner=learner,
        resampling=resampling,
        processes=processes,
        progress=progress,
    )
    shape = (*folds.shape, *refits[0].risk.shape[1:])
    risk, one_se, null_risk = np.empty(shape), np.empty(shape), np.empty(shape)
    for (repeat, fold), refit in zip(tasks, refits, strict=True):
        test = folds[repeat] == fold
        risk[repeat, test], null_risk[repeat, test] = refit.risk[test], refit.null_risk[test]
        if refit.one_se_risk is not None:
            one_se[repeat, test] = refit.one_se_risk[test]
    choices = tuple(refit.choice for refit in refits if refit.choice is not None)
    return OutOfFold(
        risk=risk,
        null_risk=null_risk,
        folds=folds,
        choices=choices,
        one_se_risk=one_se if choices else None,
    )


def performance(
    outcome: Floats,
    predicted: OutOfFold,
    weights: Floats,
    *,
    n_classes: int = 2,
    is_ordered: bool = False,
    horizons: tuple[float, ...] = (),
    is_fixed: bool = False,
) -> dict[str, Any]:
    """The panel: each measure with its 95 % interval.

    Parameters
    ----------
    outcome
        Shape (n,); of a time to an event the follow-up, shape (n, 2) or (n, 3).
    predicted
        Out-of-fold predictions.
    weights
        Shape (b, n). Bootstrap weights of patients; the same in every repeat.
    n_classes, is_ordered, horizons
        Number of classes, whether they are grades, horizons of a time to an event.
    is_fixed
        Whether one model made all predictions, so that no case tested has trained another's.

    Returns
    -------
    dict[str, Any]
        Measure to `estimate` and `interval`; None with a `reason` where there is no value. AUC and
        C are taken within test folds and averaged, everything else over all cases of a repeat.
    """
    panel = panel_of(n_classes, is_ordered=is_ordered, horizons=horizons)
    found = {
        name: averaged(within, outcome, predicted, weights, is_fixed=is_fixed)
        for name, within in panel.within_folds().items()
    }
    return found | pooled_performance(panel, outcome, predicted, weights)


def pooled_performance(
    panel: Panel, outcome: Floats, predicted: OutOfFold, weights: Floats
) -> dict[str, Any]:
    """The measures that are taken over all cases of a repeat; parameters as `performance`."""
    ones = np.ones((1, len(outcome)))
    repeats = range(len(predicted.risk))
    found: dict[str, Any] = {}

    def over_repeats(taken: Callable[[int, Floats], Floats]) -> tuple[float, Floats]:
        """Estimate and draws of one measure, each the mean over repeats."""
        estimate = mean_known([taken(r, ones) for r in repeats])
        return float(estimate[0]), mean_known([taken(r, weights) for r in repeats])

    for name, against in panel.against_null.items():

        def gain(r: int, w: Floats, many: Any = against) -> Floats:
            return many(outcome, predicted.risk[r], w, predicted.null_risk[r])  # type: ignore[no-any-return]

        estimate, draws = over_repeats(gain)
        found[name] = entry(estimate, percentile_interval(draws, high=1.0))
    for measure in panel.pooled:

        def over_all(r: int, w: Floats, many: Any = measure.many) -> Floats:
            return many(outcome, predicted.risk[r], w)  # type: ignore[no-any-return]

        estimate, draws = over_repeats(over_all)
        limits = percentile_interval(draws, low=measure.low, high=measure.high, estimate=estimate)
        found[measure.name] = entry(estimate, limits)
    return found


def averaged(
    within: Callable[[Floats, Floats, Floats, Parts], Floats],
    outcome: Floats,
    predicted: OutOfFold,
    weights: Floats,
    *,
    is_fixed: bool,
) -> dict[str, Any]:
    """An AUC or C within test folds, averaged over folds and repeats; else as `performance`."""

    def auc(r: int, w: Floats) -> Floats:
        return within(outcome, predicted.risk[r], w, predicted.parts(r))

    repeats = range(len(predicted.risk))
    draws = [auc(r, weights) for r in repeats]
    estimate = float(mean_known([auc(r, np.ones((1, len(outcome)))) for r in repeats])[0])
    deviation = None if is_fixed else refitted_deviation(draws)
    return entry(estimate, logit_interval(estimate, mean_known(draws), deviation=deviation))


def apparent_performance(
    outcome: Floats,
    risk: Floats,
    null_risk: Floats,
    *,
    n_classes: int = 2,
    is_ordered: bool = False,
    horizons: tuple[float, ...] = (),
) -> dict[str, Any]:
    """The panel on the rows that the model was fitted on: too good, and without interval."""
    panel = panel_of(n_classes, is_ordered=is_ordered, horizons=horizons)
    ones = np.ones((1, len(outcome)))
    found = {}
    for name, within in panel.within_folds().items():
        found[name] = entry(float(within(outcome, risk, ones, whole(len(outcome)))[0]), None)
    for name, many in panel.against_null.items():
        found[name] = entry(float(many(outcome, risk, ones, null_risk)[0]), None)
    for measure in panel.pooled:
        found[measure.name] = entry(float(measure.many(outcome, risk, ones)[0]), None)
    return found


def compare(
    outcome: Floats,
    model: OutOfFold,
    other: OutOfFold,
    *,
    n_classes: int = 2,
    is_ordered: bool = False,
    horizons: tuple[float, ...] = (),
) -> dict[str, Any]:
    """One model minus another in each outer fold: mean difference and corrected 95 % interval.

    Returns
    -------
    dict[str, Any]
        `log_loss`, `brier` (grades: `rps`), `auc`, each with `estimate`, `interval` and `se`; of a
        time to an event `brier` at the first horizon and `c_index`. Log-loss and Brier below 0 and
        AUC or C above 0 speak for the first model.
    """
    panel = panel_of(n_classes, is_ordered=is_ordered, horizons=horizons)
    taken: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
        measure.name: measure.many for measure in panel.losses()
    }
    taken[panel.concordance] = lambda y, risk, w: panel.auc(y, risk, w, whole(len(y)))
    n_folds = int(model.folds.max()) + 1
    found = {}
    for name, many in taken.items():
        differences = [
            _difference(many, outcome[rows], model.risk[r, rows], other.risk[r, rows])
            for r in range(len(model.folds))
            for rows in model.parts(r)
        ]
        mean, interval, se = corrected_difference(
            np.array(differences), test_share=1 / (n_folds - 1)
        )
        found[name] = entry(mean, interval) | {"se": None if se is None else round(se, _DECIMALS)}
    return found


def _difference(
    many: Callable[[Floats, Floats, Floats], Floats], outcome: Floats, one: Floats, other: Floats
) -> float:
    """A measure of one model minus that of the other, on the same rows."""
    ones = np.ones((1, len(outcome)))
    return float(many(outcome, one, ones)[0] - many(outcome, other, ones)[0])


def entry(estimate: float, interval: Sequence[float] | None) -> dict[str, Any]:
    """A measure as it stands in the results, without the rounding error around an exact 0."""
    if not np.isfinite(estimate):
        return {"estimate": None, "interval": None, "reason": NO_VALUE}
    limits = None if interval is None else [round(limit, _DECIMALS) for limit in interval]
    return {"estimate": round(estimate, _DECIMALS), "interval": limits}
