"""Resampled fits of several classes: ridge regression tuned and fitted on weighted, shared rows.

Belongs here: the choice of the penalty and the fit of one resample, without copying a row.
Does not belong here: two classes and other models (`analyses.resampled`), the Newton steps
(`analyses.multinomial`), how cases become the shared matrix (`analyses.shared_cases`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses import multiclass
from analyses.metrics import Floats
from analyses.models import GRID, UNTUNED, Choice, choose
from analyses.multinomial import multinomial_path, probabilities
from analyses.shared_cases import SharedCases

#: How far a slope may be off while the penalty is chosen; the fit that is kept is better.
INNER_TOLERANCE = 1e-7


@dataclass(frozen=True)
class TunedClasses:
    """One resample tuned and fitted: slopes (K, 1 + q), risks of every row (n, K).

    `is_used` says which columns vary among the rows drawn.
    """

    beta: Floats
    risk: Floats
    one_se_risk: Floats
    choice: Choice
    is_used: NDArray[np.bool_]


def tune_and_fit_classes(
    cases: SharedCases,
    outcome: Floats,
    weights: Floats,
    folds: NDArray[np.int64] | None,
    *,
    n_classes: int,
) -> TunedClasses | None:
    """Choose the penalty of a resample in its inner folds, and fit it at that penalty.

    Parameters
    ----------
    cases
        The shared matrix.
    outcome
        Shape (n,). Place of the class; every class is drawn.
    weights
        Shape (n,). How often each row is drawn.
    folds
        Shape (n,). Inner fold of each row, -1 if it is not drawn; None: untuned.
    n_classes
        K, more than two.

    Returns
    -------
    TunedClasses or None
        None where rounding could tell which columns vary, or a fit does not arrive: the pipeline
        must do it.
    """
    parts = _parts(outcome, weights, folds, n_classes)
    coding, is_exact = cases.coding(np.stack([weights, *(train for train, _ in parts)]))
    if not is_exact.all():
        return None
    paths, losses = [], []
    for place, (train, held_out) in enumerate(parts, 1):
        columns = coding.columns(cases.matrix, place)
        path = multinomial_path(
            columns, outcome, GRID, n_classes=n_classes, weights=train, tolerance=INNER_TOLERANCE
        )
        if not np.isfinite(path).all():
            return None
        paths.append(path)
        losses.append([_log_loss(columns, beta, outcome, held_out) for beta in path])
    choice = choose(np.array(losses)) if len(parts) > 1 else UNTUNED
    columns = coding.columns(cases.matrix, 0)

    def at(c: float) -> Floats:
        start = np.mean([path[GRID.index(c)] for path in paths], axis=0) if paths else None
        path = multinomial_path(
            columns, outcome, [c], n_classes=n_classes, weights=weights, start=start
        )
        found: Floats = path[0]
        return found

    kept, one_se = at(choice.c), at(choice.one_se)
    if not np.isfinite([kept, one_se]).all():
        return None
    return TunedClasses(
        beta=kept,
        risk=_risk(columns, kept),
        one_se_risk=_risk(columns, one_se),
        choice=choice,
        is_used=coding.used()[0],
    )


def _parts(
    outcome: Floats, weights: Floats, folds: NDArray[np.int64] | None, n_classes: int
) -> list[tuple[Floats, Floats]]:
    """Weights of the training and of the held-out rows of each inner fold."""
    if folds is None:
        return []
    parts = [(weights * (folds != k), weights * (folds == k)) for k in range(folds.max() + 1)]
    # patients with rows of two classes can leave a part without one: nothing to learn there
    return [part for part in parts if len(np.unique(outcome[part[0] > 0])) == n_classes]


def _risk(columns: Floats, beta: Floats) -> Floats:
    """Risk of each class."""
    return probabilities(columns @ beta[:, 1:].T + beta[:, 0])


def _log_loss(columns: Floats, beta: Floats, outcome: Floats, held_out: Floats) -> float:
    """Log-loss on the rows that a fit was not given."""
    rows = held_out > 0
    risk = _risk(columns[rows], beta)
    return float(multiclass.log_loss_many(outcome[rows], risk, held_out[None, rows])[0])
