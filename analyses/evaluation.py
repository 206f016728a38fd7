"""Evaluation: repeated nested cross-validation and what it says of a model.

Belongs here: the outer loop, the panel of measures with intervals, fold differences of two models.
Does not belong here: one fit and its penalty (`analyses.models`), the measures themselves.
Folds are drawn once and serve every model, so that models differ in nothing but themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.intervals import corrected_difference, logit_interval, percentile_interval
from analyses.metrics import (
    POOLED,
    Floats,
    auc_many,
    brier_many,
    ipa_many,
    log_loss_many,
)
from analyses.models import Choice, Training, choose_penalty, fit_pipeline, predict_risk
from analyses.plan import Resampling
from analyses.resampling import Stage, assign_folds, generator

#: Bootstrap samples of patients behind every interval.
DRAWS = 2000
_DECIMALS = 10
_NO_VALUE = "no finite value: the predictions are constant or separate the outcomes"


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of cases by models that had not seen them; every array has shape (repeats, n).

    `null_risk` is the share of events among the rows each prediction was learned from. `choices`
    lists the penalties in the order of repeats and folds.
    """

    risk: Floats
    null_risk: Floats
    folds: NDArray[np.int64]
    choices: tuple[Choice, ...]


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
    resampling: Resampling,
    progress: Callable[[str], None] | None = None,
) -> OutOfFold:
    """Predict every case in every repeat by a pipeline tuned and fitted without its fold.

    Parameters
    ----------
    training
        All eligible rows.
    folds
        From `outer_folds`.
    resampling
        Inner folds and seed.
    progress
        Told after each repeat.
    """
    risk, null_risk = np.empty(folds.shape), np.empty(folds.shape)
    choices = []
    for repeat, fold_of_row in enumerate(folds):
        for fold in range(resampling.outer_folds):
            test = fold_of_row == fold
            rows = training.part(~test)
            choice = choose_penalty(
                rows,
                inner_folds=resampling.inner_folds,
                seed=resampling.seed,
                key=(Stage.INNER, repeat, fold),
            )
            pipeline = fit_pipeline(rows, choice.c)
            risk[repeat, test] = predict_risk(pipeline, training.part(test).frame)
            null_risk[repeat, test] = rows.outcome.mean()
            choices.append(choice)
        if progress is not None:
            progress(f"repeat {repeat + 1} of {len(folds)}")
    return OutOfFold(risk=risk, null_risk=null_risk, folds=folds, choices=tuple(choices))


def performance(outcome: Floats, predicted: OutOfFold, weights: Floats) -> dict[str, Any]:
    """The panel: each measure with its 95 % interval.

    Parameters
    ----------
    outcome
        Shape (n,).
    predicted
        Out-of-fold predictions.
    weights
        Shape (b, n). Bootstrap weights of patients; the same in every repeat.

    Returns
    -------
    dict[str, Any]
        Measure to `estimate` and `interval`; None with a `reason` where there is no value. The AUC
        is taken within test folds and averaged, everything else over all cases of a repeat.
    """
    ones = np.ones((1, len(outcome)))
    repeats = range(len(predicted.risk))
    estimate = _mean([_fold_aucs(outcome, predicted, r, ones) for r in repeats])
    draws = _mean([_fold_aucs(outcome, predicted, r, weights) for r in repeats])
    panel = {"auc": _entry(float(estimate[0]), logit_interval(float(estimate[0]), draws))}

    def ipa_of(r: int, w: Floats) -> Floats:
        """IPA of one repeat."""
        return ipa_many(outcome, predicted.risk[r], w, null_risk=predicted.null_risk[r])

    estimate = _mean([ipa_of(r, ones) for r in repeats])
    draws = _mean([ipa_of(r, weights) for r in repeats])
    panel["ipa"] = _entry(float(estimate[0]), percentile_interval(draws, high=1.0))
    for measure in POOLED:
        estimate = _mean([measure.many(outcome, predicted.risk[r], ones) for r in repeats])
        draws = _mean([measure.many(outcome, predicted.risk[r], weights) for r in repeats])
        limits = percentile_interval(draws, low=measure.low, high=measure.high)
        panel[measure.name] = _entry(float(estimate[0]), limits)
    return panel


def apparent_performance(outcome: Floats, risk: Floats) -> dict[str, Any]:
    """The panel on the rows that the model was fitted on: too good, and without interval."""
    ones = np.ones((1, len(outcome)))
    null = np.full(len(outcome), outcome.mean())
    panel = {
        "auc": _entry(float(auc_many(outcome, risk, ones)[0]), None),
        "ipa": _entry(float(ipa_many(outcome, risk, ones, null_risk=null)[0]), None),
    }
    for measure in POOLED:
        panel[measure.name] = _entry(float(measure.many(outcome, risk, ones)[0]), None)
    return panel


def compare(outcome: Floats, model: OutOfFold, baseline: OutOfFold) -> dict[str, Any]:
    """Model minus baseline in each outer fold: mean difference and corrected 95 % interval.

    Returns
    -------
    dict[str, Any]
        `log_loss`, `brier`, `auc`, each with `estimate` and `interval`. Log-loss and Brier below 0
        and AUC above 0 speak for the model.
    """
    found = {}
    n_folds = int(model.folds.max()) + 1
    for name, many in (("log_loss", log_loss_many), ("brier", brier_many), ("auc", auc_many)):
        differences = []
        for repeat, fold_of_row in enumerate(model.folds):
            for fold in range(n_folds):
                rows = fold_of_row == fold
                ones = np.ones((1, int(rows.sum())))
                ours = many(outcome[rows], model.risk[repeat, rows], ones)[0]
                theirs = many(outcome[rows], baseline.risk[repeat, rows], ones)[0]
                differences.append(ours - theirs)
        mean, interval, _ = corrected_difference(
            np.array(differences), test_share=1 / (n_folds - 1)
        )
        found[name] = _entry(mean, interval)
    return found


def _fold_aucs(outcome: Floats, predicted: OutOfFold, repeat: int, weights: Floats) -> Floats:
    """Mean AUC over the test folds of one repeat; folds without both classes are left out."""
    fold_of_row = predicted.folds[repeat]
    return _mean(
        [
            auc_many(outcome[rows], predicted.risk[repeat, rows], weights[:, rows])
            for rows in (fold_of_row == fold for fold in np.unique(fold_of_row))
        ]
    )


def _mean(values: list[Floats]) -> Floats:
    """Mean over a list of arrays, nan left out; nan where nothing is left."""
    stacked = np.stack(values)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    result = np.full(total.shape, np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result


def _entry(estimate: float, interval: tuple[float, float] | None) -> dict[str, Any]:
    """A measure as it stands in the results, without the rounding error around an exact 0."""
    if not np.isfinite(estimate):
        return {"estimate": None, "interval": None, "reason": _NO_VALUE}
    limits = None if interval is None else [round(limit, _DECIMALS) for limit in interval]
    return {"estimate": round(estimate, _DECIMALS), "interval": limits}
