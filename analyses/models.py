"""Models: ridge regression of two or more classes, its penalty chosen on training rows.

Belongs here: one fit, the choice of the penalty, the pipeline that is kept.
Does not belong here: outer folds and measures (`analyses.evaluation`), preprocessing, which model
a plan asks for (`analyses.learners`).
The penalty is 1/(2C) times the sum of squared slopes of standardised columns, against the sum of
the losses; the intercept is free.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from analyses import multiclass
from analyses.metrics import log_loss_many
from analyses.multinomial import multinomial_path, probabilities
from analyses.prepared import PLAIN, Preparation, fit_prepared
from analyses.preprocessing import fit_preprocessing
from analyses.resampling import assign_folds, generator, patient_strata

Floats = NDArray[np.float64]

#: The values of C that are tried, the strongest penalty first.
GRID = tuple(float(c) for c in np.logspace(-4, 1, 10))
#: Losses that differ by less are equal; the stronger penalty then wins.
EQUAL_LOSS = 1e-12
_MAX_STEPS = 50
_MAX_HALVINGS = 30
#: Of the sum of losses; the slopes are then right to about 1e-8 at the weakest penalty.
_GRADIENT_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Training:
    """Rows to learn from.

    `frame` holds the predictors only; `outcome` is 0 or 1, or the place of one of `n_classes`;
    `groups` names the patient of each row; `is_ordered`: the classes are grades. `centres` names
    the centre of each row, for a `preparation` that harmonises them.

    Of a time to an event `outcome` is 1 where the event was seen; `follow_up` then holds time, code
    (0 censored, 1 the event, 2 a competing one) and, with late entry, the time of entry: shape
    (n, 2) or (n, 3). `horizons` are the times for which risks are given.
    """

    frame: pl.DataFrame
    outcome: Floats
    groups: NDArray[np.str_]
    n_classes: int = 2
    is_ordered: bool = False
    centres: NDArray[np.str_] | None = None
    preparation: Preparation = PLAIN
    follow_up: Floats | None = None
    horizons: tuple[float, ...] = ()

    @property
    def truth(self) -> Floats:
        """What predictions are compared with: the outcome, or the follow-up."""
        return self.outcome if self.follow_up is None else self.follow_up

    @property
    def kind(self) -> dict[str, Any]:
        """What decides which measures are taken."""
        return {
            "n_classes": self.n_classes,
            "is_ordered": self.is_ordered,
            "horizons": self.horizons,
        }

    def can_learn(self, rows: NDArray[np.bool_]) -> bool:
        """Whether these rows have two classes to tell apart, or an event."""
        present = np.unique(self.outcome[rows])
        return len(present) > 1 if self.follow_up is None else 1.0 in present

    def with_outcomes_of(self, places: NDArray[np.int64]) -> "Training":
        """The same rows, each with the outcome of another."""
        follow_up = None if self.follow_up is None else self.follow_up[places]
        return replace(self, outcome=self.outcome[places], follow_up=follow_up)

    def part(self, rows: NDArray[np.bool_]) -> "Training":
        """Some of the rows."""
        return self._cut(self.frame.filter(pl.Series(rows)), rows)

    def at(self, rows: NDArray[np.int64]) -> "Training":
        """Rows by place, each as often as it is named."""
        return self._cut(self.frame[rows], rows)

    def _cut(self, frame: pl.DataFrame, rows: NDArray[Any]) -> "Training":
        """The same for every other part."""
        return replace(
            self,
            frame=frame,
            outcome=self.outcome[rows],
            groups=self.groups[rows],
            centres=None if self.centres is None else self.centres[rows],
            follow_up=None if self.follow_up is None else self.follow_up[rows],
        )

    @property
    def cases(self) -> pl.DataFrame:
        """The rows as a pipeline reads them: with their centre, where it harmonises."""
        name = self.preparation.centre
        if not self.preparation.harmonised or name is None or self.centres is None:
            return self.frame
        return self.frame.with_columns(pl.Series(name, self.centres.tolist(), dtype=pl.String))

    def fit_steps(self) -> Pipeline:
        """The steps before the model, fitted on these rows."""
        if self.preparation.is_plain:
            return fit_preprocessing(self.frame, self.groups)
        return fit_prepared(self.cases, self.groups, self.preparation)


@dataclass(frozen=True)
class Choice:
    """The penalty that was chosen.

    `one_se` is the strongest penalty within one standard error of the smallest loss. `losses` holds
    the mean loss of each C of the grid; it is empty if the training rows allow no inner folds.
    """

    c: float
    one_se: float
    losses: tuple[float, ...]

    @property
    def is_at_edge(self) -> bool:
        """Whether the grid ends at the chosen value."""
        return self.c in (GRID[0], GRID[-1])


#: Training rows that allow no inner folds: the strongest penalty.
UNTUNED = Choice(c=GRID[0], one_se=GRID[0], losses=())


def fit_logistic(matrix: Floats, outcome: Floats, c: float) -> LogisticRegression:
    """Fit a logistic regression; `c` = inf is maximum likelihood without penalty.

    Of several classes it has one vector per class, all slopes penalised alike.

    Notes
    -----
    Agrees with R to 1e-10. scikit-learn's default solver is 3e-4 off, hence solver and tolerance.

    Examples
    --------
    >>> x = np.array([[-1.0], [0.0], [0.5], [1.0]])
    >>> fit_logistic(x, np.array([0.0, 1.0, 0.0, 1.0]), 1.0).coef_.round(4).tolist()
    [[0.4882]]
    """
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-10, max_iter=200)
    basis = _span(matrix) if np.isfinite(c) else None
    if basis is None:
        return model.fit(matrix, outcome)
    model.fit(matrix @ basis, outcome)
    model.coef_ = model.coef_ @ basis.T
    model.n_features_in_ = matrix.shape[1]
    return model


def ridge_path(
    matrix: Floats,
    outcome: Floats,
    *,
    grid: Sequence[float] = GRID,
    centre: Floats | None = None,
) -> Floats:
    """Ridge logistic regressions for every C of the grid, by Newton steps from one C to the next.

    The same solutions as `fit_logistic` (to 1e-6, tested), without the work that scikit-learn does
    around each fit; used where only the losses of the grid are wanted.

    Parameters
    ----------
    matrix
        Shape (n, p). Standardised columns.
    outcome
        Shape (n,). 1 or 0, both present.
    grid
        The values of C, the strongest penalty first.
    centre
        Shape (p,). The slopes that the penalty pulls towards; None: zero.

    Returns
    -------
    Floats
        Shape (len(grid), 1 + p). Intercept first.

    Examples
    --------
    >>> x, y = np.array([[-1.0], [0.0], [0.5], [1.0]]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> path = ridge_path(x, y)
    >>> bool(abs(path[-1, 1] - fit_logistic(x, y, GRID[-1]).coef_[0, 0]) < 1e-6)
    True
    """
    basis = _span(matrix)
    if basis is not None:
        # what of the centre no row can see stays as it is
        within = None if centre is None else basis.T @ centre
        unseen = 0.0 if centre is None or within is None else centre - basis @ within
        path = ridge_path(matrix @ basis, outcome, grid=grid, centre=within)
        return np.column_stack([path[:, 0], path[:, 1:] @ basis.T + unseen])
    design = np.column_stack([np.ones(len(outcome)), matrix])
    free = np.r_[0.0, np.ones(matrix.shape[1])]  # the intercept is not penalised
    beta = np.zeros(design.shape[1])
    share = outcome.mean()
    beta[0] = np.log(share / (1 - share))
    goal = np.zeros(len(beta)) if centre is None else np.r_[0.0, centre]
    beta = beta + goal
    found = np.empty((len(grid), len(beta)))
    for place, c in enumerate(grid):
        beta = _newton(design, outcome, free / c, start=beta, goal=goal)
        if not np.isfinite(beta).all() and centre is None:
            model = fit_logistic(matrix, outcome, c)
            beta = np.r_[model.intercept_, model.coef_[0]]
        found[place] = beta
    return found


def predict_risk(model: Any, X: Any, *, n_classes: int = 2) -> Floats:
    """Risk of each row from a fitted model or pipeline.

    Returns
    -------
    Floats
        Two classes: shape (n,), the risk of class 1. More: shape (n, n_classes); a class that the
        training rows did not hold has risk 0.
    """
    found = np.asarray(model.predict_proba(X), dtype=np.float64)
    risk = np.zeros((len(found), n_classes))
    risk[:, np.asarray(model.classes_).astype(int)] = found
    return risk[:, 1] if n_classes == 2 else risk


def choose_penalty(
    training: Training,
    *,
    inner_folds: int,
    seed: int,
    key: tuple[int, ...],
    losses_of: Callable[[Training, Training], Floats] | None = None,
) -> Choice:
    """Choose C by cross-validated log-loss on the training rows.

    Folds hold whole patients; preprocessing is fitted once for each training part of a fold, on it
    alone, and serves every C. Fewer folds are used where the rarest class has fewer patients.

    Parameters
    ----------
    training
        The rows that may be used; no test row is among them.
    inner_folds
        Number of folds.
    seed, key
        Seed of the plan and spawn key of this task.
    losses_of
        From a training part and its test rows to the loss of each C of the grid; by default those
        of ridge regression.

    Returns
    -------
    Choice
        Smallest mean loss; equal losses: the stronger penalty. Without two patients of each class:
        the strongest penalty.
    """
    folds = inner_fold_of_rows(training, inner_folds=inner_folds, rng=generator(seed, *key))
    if folds is None:
        return UNTUNED
    present = 1 if training.follow_up is not None else len(np.unique(training.outcome))
    losses = [
        (losses_of or _losses)(training.part(folds != fold), training.part(folds == fold))
        for fold in np.unique(folds)
        # patients with rows of two classes can leave a part without one: nothing to learn there
        if len(np.unique(training.outcome[folds != fold])) >= present
    ]
    return choose(np.array(losses)) if len(losses) > 1 else UNTUNED


def inner_fold_of_rows(
    training: Training, *, inner_folds: int, rng: np.random.Generator
) -> NDArray[np.int64] | None:
    """Inner fold of each training row; None without two patients of each class.

    A row that is there twice is in one fold, and counts as one patient.
    """
    strata = list(patient_strata(training.outcome, training.groups).values())
    present = np.unique(training.outcome)
    counts = {value: strata.count(value) for value in present}
    rarest = min(counts.values()) if len(counts) > 1 else 0
    if training.follow_up is not None:  # censored cases need not be in every part
        rarest = counts.get(1.0, 0)
    n_folds = min(inner_folds, rarest)
    if n_folds < 2:
        return None
    return assign_folds(training.outcome, training.groups, n_folds=n_folds, rng=rng)


def choose(losses: Floats) -> Choice:
    """The choice from the loss of each fold (rows) and each C of the grid (columns).

    Examples
    --------
    >>> flat = np.tile([0.7, 0.6, 0.5, 0.5, 0.6, 0.7, 0.7, 0.7, 0.7, 0.7], (5, 1))
    >>> choose(flat).c == GRID[2]  # equal losses: the stronger penalty
    True
    """
    means = losses.mean(axis=0)
    best = int(np.flatnonzero(means <= means.min() + EQUAL_LOSS)[0])
    error = float(losses[:, best].std(ddof=1) / np.sqrt(len(losses)))
    within = np.flatnonzero(means <= means[best] + error + EQUAL_LOSS)
    return Choice(c=GRID[best], one_se=GRID[int(within[0])], losses=tuple(means.tolist()))


def fit_pipeline(training: Training, c: float) -> Pipeline:
    """Preprocessing and model as one pipeline, fitted on the training rows."""
    steps = training.fit_steps()
    matrix = steps.transform(training.cases)
    return Pipeline([*steps.steps, ("model", fit_logistic(matrix, training.outcome, c))])


def _losses(training: Training, test: Training) -> Floats:
    """Log-loss on the test rows for every C of the grid."""
    steps = training.fit_steps()
    matrix, test_matrix = steps.transform(training.cases), steps.transform(test.cases)
    ones = np.ones((1, len(test.outcome)))
    present = np.unique(training.outcome)
    if training.n_classes == 2 or len(present) == 2:
        event = present[-1]
        slopes = ridge_path(matrix, (training.outcome == event).astype(np.float64))
        logits = test_matrix @ slopes[:, 1:].T + slopes[:, 0]
        risks = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        happened = (test.outcome == event).astype(np.float64)
        return np.array([float(log_loss_many(happened, risk, ones)[0]) for risk in risks.T])
    codes = np.searchsorted(present, training.outcome).astype(np.float64)
    found = multinomial_path(matrix, codes, GRID, n_classes=len(present))
    happened = np.searchsorted(present, test.outcome).astype(np.float64)
    losses = []
    for place, vectors in enumerate(found):
        if not np.isfinite(vectors).all():
            model = fit_logistic(matrix, codes, GRID[place])
            vectors = np.column_stack([model.intercept_, model.coef_])
        risk = probabilities(test_matrix @ vectors[:, 1:].T + vectors[:, 0])
        losses.append(float(multiclass.log_loss_many(happened, risk, ones)[0]))
    return np.array(losses)


def _span(matrix: Floats) -> Floats | None:
    """Orthonormal basis of what the rows span, shape (p, n); None with no more columns than rows.

    Slopes of a ridge fit lie in it, and have the same length there: n numbers instead of p.
    """
    if matrix.shape[1] <= matrix.shape[0]:
        return None
    basis: Floats = np.linalg.qr(matrix.T)[0]
    return basis


def _newton(
    design: Floats, outcome: Floats, penalty: Floats, *, start: Floats, goal: Floats
) -> Floats:
    """Penalised logistic regression; nan where Newton steps do not arrive."""
    beta = start
    value = _objective(outcome, penalty, beta - goal, design @ beta)
    for _ in range(_MAX_STEPS):
        mu = 1 / (1 + np.exp(-np.clip(design @ beta, -500, 500)))
        gradient = design.T @ (outcome - mu) - penalty * (beta - goal)
        if np.abs(gradient).max() <= _GRADIENT_TOLERANCE:
            return beta
        curvature = design.T @ (design * (mu * (1 - mu))[:, None])
        curvature[np.diag_indices_from(curvature)] += penalty
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            break
        for _ in range(_MAX_HALVINGS):
            trial = beta + step
            trial_value = _objective(outcome, penalty, trial - goal, design @ trial)
            if trial_value <= value + 1e-12 * abs(value):
                break
            step = step / 2
        beta, value = trial, trial_value
    return np.full(len(start), np.nan)


def _objective(outcome: Floats, penalty: Floats, away: Floats, logits: Floats) -> float:
    """Sum of the losses and the penalty."""
    losses = np.logaddexp(0, logits) - outcome * logits
    return float(losses.sum() + 0.5 * (penalty * away * away).sum())
