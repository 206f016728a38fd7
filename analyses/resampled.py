"""Resampled fits: a whole pipeline, tuned and fitted anew for every fold and bootstrap sample.

Belongs here: what one refit leaves, and the ways to it: ridge regression of two classes for all
resamples together, of several on weighted rows, everything else one after the other.
Does not belong here: which rows are drawn (`analyses.evaluation`, `analyses.bootstraps`), measures.
A resample says how often each row trains; every row is then predicted, drawn or not. Inner folds
hold original patients, so that copies of a row are never on both sides. A plan that harmonises or
filters goes one by one: its columns differ from fit to fit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from analyses.batched import (
    Problem,
    SharedMetric,
    expit,
    ridge_many,
    ridge_path_many,
)
from analyses.learners import Learned, Learner, learn_ridge
from analyses.metrics import SMALLEST_RISK, Floats
from analyses.models import (
    GRID,
    UNTUNED,
    Choice,
    Training,
    choose,
    fit_logistic,
    inner_fold_of_rows,
    predict_risk,
)
from analyses.plan_parts import Resampling
from analyses.resampled_classes import tune_and_fit_classes
from analyses.resampling import generator
from analyses.shared_cases import SharedCases, share_cases
from analyses.survival.said import said_of
from analyses.workers import in_turn

#: Resamples of one task; not derived from the number of processes, on which nothing may depend.
CHUNK = 10
#: How far a slope may be off while the penalty is chosen, and in the fit that is kept.
INNER_TOLERANCE, FINAL_TOLERANCE = 1e-7, 1e-9


@dataclass(frozen=True)
class Resample:
    """How often each row is among the training rows, and the spawn key of the task."""

    weights: Floats
    key: tuple[int, ...]


@dataclass(frozen=True)
class Refit:
    """What a model made from one resample says of every row.

    `risk` has shape (n,), or (n, K) for K > 2 classes (of a time to an event as in
    `analyses.survival.said`), and `null_risk` is the share of each outcome
    among the training rows. `one_se_risk` comes from the penalty of the one-standard-error rule,
    None where nothing was chosen. `slopes` holds the standardised slopes of each term, one for each
    class of several.
    """

    risk: Floats
    null_risk: Floats
    choice: Choice | None
    one_se_risk: Floats | None
    slopes: dict[str, tuple[float, ...]]


def refit_many(
    training: Training,
    resamples: Sequence[Resample],
    *,
    learner: Learner,
    resampling: Resampling,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> list[Refit]:
    """Tune and fit on every resample, and predict every row.

    Parameters
    ----------
    training
        All eligible rows.
    resamples
        At least one row of each of two outcomes has weight in each.
    learner
        From training rows to a fitted pipeline.
    resampling
        Inner folds and seed.
    processes, progress
        As in `analyses.workers.in_turn`.
    """
    is_ridge = (
        learner is learn_ridge
        and not training.is_ordered
        and training.follow_up is None
        and training.preparation.is_plain
    )
    size = CHUNK if is_ridge and training.n_classes == 2 else 1
    chunks = [resamples[start : start + size] for start in range(0, len(resamples), size)]
    way: Callable[..., list[Refit]] = _one_by_one
    if is_ridge:
        way = _together if training.n_classes == 2 else _on_weights
    found = in_turn(
        way,
        [
            {
                "training": training,
                "resamples": chunk,
                "resampling": resampling,
                **({} if is_ridge else {"learner": learner}),
            }
            for chunk in chunks
        ],
        processes=processes,
        progress=progress,
    )
    return [refit for chunk in found for refit in chunk]


def _one_by_one(
    training: Training, resamples: Sequence[Resample], resampling: Resampling, learner: Learner
) -> list[Refit]:
    """The general way: rows are copied as often as they were drawn."""
    found = []
    for resample in resamples:
        drawn = training.at(
            np.repeat(np.arange(len(training.outcome)), resample.weights.astype(int))
        )
        learned = learner(drawn, resampling, resample.key)
        risk, null = predicted_by(learned.pipeline, training, learned_from=drawn)
        one_se = None
        if learned.choice is not None:
            stronger = _at_one_se(learned, drawn)
            one_se, _ = predicted_by(stronger, training, learned_from=drawn)
        found.append(Refit(risk, null, learned.choice, one_se, _slopes(learned)))
    return found


def predicted_by(
    pipeline: Pipeline, training: Training, *, learned_from: Training
) -> tuple[Floats, Floats]:
    """What a model says of every row, and what one without predictors says.

    Parameters
    ----------
    pipeline
        The fitted model.
    training
        The rows to be predicted.
    learned_from
        The rows that it was fitted on.
    """
    if training.follow_up is not None:
        return said_of(pipeline, training, learned_from=learned_from)
    n_classes, outcome = training.n_classes, learned_from.outcome
    risk = predict_risk(pipeline, training.cases, n_classes=n_classes)
    shares = np.bincount(outcome.astype(int), minlength=n_classes) / len(outcome)
    return risk, np.broadcast_to(shares[1] if n_classes == 2 else shares, risk.shape)


def _at_one_se(learned: Learned, drawn: Training) -> Pipeline:
    """The same pipeline with the penalty of the one-standard-error rule."""
    choice, pipeline = learned.choice, learned.pipeline
    if choice is None or choice.one_se == choice.c:
        return pipeline
    steps = pipeline[:-1]
    penalty = {"C": choice.one_se} if drawn.follow_up is None else {"theta": 1 / choice.one_se}
    model = clone(pipeline["model"]).set_params(**penalty)
    model.fit(steps.transform(drawn.cases), drawn.truth)
    return Pipeline([*steps.steps, ("model", model)])


def _slopes(learned: Learned) -> dict[str, tuple[float, ...]]:
    """Standardised slopes by term; empty for a model without any."""
    slopes = getattr(learned.pipeline["model"], "coef_", None)
    if slopes is None:
        return {}
    terms = learned.pipeline[:-1].get_feature_names_out()
    columns = np.atleast_2d(slopes).T.tolist()
    return {str(term): tuple(column) for term, column in zip(terms, columns, strict=True)}


def _together(
    training: Training, resamples: Sequence[Resample], resampling: Resampling
) -> list[Refit]:
    """The fast way for ridge regression of two classes."""
    cases = share_cases(training.frame, training.groups)
    weights = np.stack([resample.weights for resample in resamples])
    folds = [_inner_folds(training, resample, resampling) for resample in resamples]
    fitted = tune_and_fit(cases, training.outcome, weights, folds)
    found = []
    for place, resample in enumerate(resamples):
        if not fitted.is_exact[place]:
            found += _one_by_one(training, [resample], resampling, learn_ridge)
            continue
        share = float(weights[place] @ training.outcome / weights[place].sum())
        used = np.flatnonzero(fitted.is_used[place])
        found.append(
            Refit(
                risk=fitted.risk[place],
                null_risk=np.full(len(training.outcome), share),
                choice=fitted.choices[place],
                one_se_risk=fitted.one_se_risk[place],
                slopes={cases.terms[k]: (float(fitted.beta[place, 1 + k]),) for k in used},
            )
        )
    return found


def _on_weights(
    training: Training, resamples: Sequence[Resample], resampling: Resampling
) -> list[Refit]:
    """The fast way for ridge regression of several classes."""
    cases, found = share_cases(training.frame, training.groups), []
    n_classes = training.n_classes
    for resample in resamples:
        drawn = np.bincount(training.outcome.astype(int), resample.weights, minlength=n_classes)
        fitted = None
        if (drawn > 0).all():  # a fit of fewer classes is the pipeline's
            folds = _inner_folds(training, resample, resampling)
            fitted = tune_and_fit_classes(
                cases, training.outcome, resample.weights, folds, n_classes=n_classes
            )
        if fitted is None:
            found += _one_by_one(training, [resample], resampling, learn_ridge)
            continue
        slopes = {
            cases.terms[k]: tuple(fitted.beta[:, 1 + k].tolist())
            for k in np.flatnonzero(fitted.is_used)
        }
        null = np.broadcast_to(drawn / drawn.sum(), fitted.risk.shape)
        found.append(Refit(fitted.risk, null, fitted.choice, fitted.one_se_risk, slopes))
    return found


def _inner_folds(
    training: Training, resample: Resample, resampling: Resampling
) -> NDArray[np.int64] | None:
    """Inner fold of each row, -1 for rows that were not drawn; None where there are none."""
    drawn = resample.weights > 0
    found = inner_fold_of_rows(
        training.part(drawn),
        inner_folds=resampling.inner_folds,
        rng=generator(resampling.seed, *resample.key),
    )
    if found is None:
        return None
    folds = np.full(len(drawn), -1)
    folds[drawn] = found
    return folds


@dataclass(frozen=True)
class Tuned:
    """Ridge regressions of many resamples, tuned and fitted; the first axis is the resample."""

    beta: Floats
    risk: Floats
    one_se_risk: Floats
    choices: list[Choice]
    is_used: NDArray[np.bool_]
    is_exact: NDArray[np.bool_]


def tune_and_fit(
    cases: SharedCases,
    outcome: Floats,
    weights: Floats,
    folds: Sequence[NDArray[np.int64] | None],
) -> Tuned:
    """Choose the penalty of every resample in its inner folds, and fit it at that penalty.

    Parameters
    ----------
    cases
        The shared matrix.
    outcome
        Shape (n,). 0 or 1.
    weights
        Shape (r, n). How often each row is drawn.
    folds
        Inner fold of each row for each resample; None: the strongest penalty, untuned.

    Returns
    -------
    Tuned
        The slopes are right to 1e-9. `is_exact` is false where rounding could tell which columns
        vary; that resample must be fitted by the pipeline.
    """
    whole = np.ones((1, len(outcome)))
    metric = SharedMetric.of(cases.coding(whole)[0].columns(cases.matrix, 0))
    inner = _inner_paths(cases, outcome, weights, folds, metric)
    choices = [
        choose(inner.losses[:, inner.owner == place].T)
        if (inner.owner == place).sum() > 1
        else UNTUNED
        for place in range(len(weights))
    ]
    coding, is_exact = cases.coding(weights)
    problem = Problem(cases.matrix, outcome, weights, coding)
    kept = _at_the_chosen(problem, metric, inner, [choice.c for choice in choices])
    one_se = _at_the_chosen(problem, metric, inner, [choice.one_se for choice in choices])
    return Tuned(
        beta=kept,
        risk=expit(problem.logits(kept)),
        one_se_risk=expit(problem.logits(one_se)),
        choices=choices,
        is_used=coding.used(),
        is_exact=is_exact & ~np.isin(np.arange(len(weights)), inner.owner[~inner.is_exact]),
    )


@dataclass(frozen=True)
class _Inner:
    """Every C on every inner training part: coefficients (C, f, 1 + q) and losses (C, f).

    `owner` is the resample of each part.
    """

    owner: NDArray[np.int64]
    path: Floats
    losses: Floats
    is_exact: NDArray[np.bool_]


def _inner_paths(
    cases: SharedCases,
    outcome: Floats,
    weights: Floats,
    folds: Sequence[NDArray[np.int64] | None],
    metric: SharedMetric,
) -> _Inner:
    """Fit the grid without each inner fold, and take the loss on it."""
    parts = [
        (place, drawn * (of_row != fold), drawn * (of_row == fold))
        for place, (drawn, of_row) in enumerate(zip(weights, folds, strict=True))
        if of_row is not None
        for fold in range(of_row.max() + 1)
    ]
    # patients with rows of two classes can leave a part without one: nothing to learn there
    parts = [part for part in parts if 0 < part[1] @ outcome < part[1].sum()]
    owner = np.array([place for place, _, _ in parts], dtype=np.int64)
    if not parts:
        width = 1 + cases.coding(weights)[0].shift.shape[1]
        return _Inner(owner, np.zeros((len(GRID), 0, width)), np.zeros((len(GRID), 0)), owner > 0)
    training = np.stack([train for _, train, _ in parts])
    held_out = np.stack([test for _, _, test in parts])
    coding, is_exact = cases.coding(training)
    problem = Problem(cases.matrix, outcome, training, coding)
    path, arrived = ridge_path_many(problem, metric, GRID, tolerance=INNER_TOLERANCE)
    for place, c in enumerate(GRID):
        path[place] = _mended(problem, path[place], arrived[place], np.full(len(parts), c))
    losses = np.stack([_log_loss(problem, beta, held_out) for beta in path])
    return _Inner(owner, path, losses, is_exact)


def _at_the_chosen(
    problem: Problem, metric: SharedMetric, inner: _Inner, chosen: Sequence[float]
) -> Floats:
    """Coefficients of every resample at its C, started from the mean of its inner fits."""
    start = np.zeros((len(chosen), inner.path.shape[2]))
    for place, c in enumerate(chosen):
        mine = inner.owner == place
        if mine.any():
            start[place] = inner.path[GRID.index(c), mine].mean(axis=0)
    at = np.array(chosen)
    solved = ridge_many(problem, metric, at, start=start, tolerance=FINAL_TOLERANCE)
    return _mended(problem, solved.beta, solved.arrived, at)


def _log_loss(problem: Problem, beta: Floats, weights: Floats) -> Floats:
    """Log-loss of each fit on the rows that it was not given."""
    risk = np.clip(expit(problem.logits(beta)), SMALLEST_RISK, 1 - SMALLEST_RISK)
    losses = -np.where(problem.outcome > 0, np.log(risk), np.log1p(-risk))
    found: Floats = np.einsum("fn,fn->f", weights, losses) / weights.sum(axis=1)
    return found


def _mended(problem: Problem, beta: Floats, arrived: NDArray[np.bool_], c: Floats) -> Floats:
    """The same coefficients, those of fits that did not arrive taken from scikit-learn."""
    for fit in np.flatnonzero(~arrived):
        rows = np.repeat(np.arange(len(problem.outcome)), problem.weights[fit].astype(int))
        columns = problem.coding.columns(problem.matrix[rows], int(fit))
        model = fit_logistic(columns, problem.outcome[rows], c[fit])
        beta[fit] = np.r_[model.intercept_, model.coef_[0]]
    return beta
