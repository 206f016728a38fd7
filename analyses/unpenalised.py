"""Unpenalised: logistic regressions without penalty for every row of weights, of few columns.

Belongs here: maximum likelihood for all resamples at once.
Does not belong here: penalised fits (`analyses.batched`), one fit (`analyses.models`).
"""

import numpy as np

from analyses.batched import Solved, expit
from analyses.metrics import Floats

_MAX_NEWTON = 30
#: Newton's steps square their error: after one of this size none is left that matters.
_NEWTON_STEP = 1e-6
#: Keeps the Hessian of a separated sample solvable; far below that of one that has a solution.
_LEAST_CURVATURE = 1e-10


def maximum_likelihood_many(matrix: Floats, outcome: Floats, weights: Floats) -> Solved:
    """Logistic regressions without penalty of every row of weights, for few columns.

    Parameters
    ----------
    matrix
        Shape (n, p).
    outcome
        Shape (n,). 0 or 1.
    weights
        Shape (f, n).

    Returns
    -------
    Solved
        On the scale of the matrix. `arrived` is false where there is no finite solution.

    Notes
    -----
    Newton: the Hessians of all fits are one product of weights and squares.
    """
    centre, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(matrix)), (matrix - centre) / spread])
    size = design.shape[1]
    squares = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    beta = np.zeros((len(weights), size))
    moved = np.full(len(weights), np.inf)
    for _ in range(_MAX_NEWTON):
        risk = expit(beta @ design.T)
        gradient = (weights * (outcome - risk)) @ design
        hessian = ((weights * risk * (1 - risk)) @ squares).reshape(-1, size, size)
        hessian += _LEAST_CURVATURE * np.eye(size)
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        beta += np.clip(step, -5, 5)
        moved = np.abs(step).max(axis=1)
        if (moved <= _NEWTON_STEP).all():
            break
    beta[:, 1:] /= spread
    beta[:, 0] -= beta[:, 1:] @ centre
    return Solved(beta, moved <= _NEWTON_STEP)
