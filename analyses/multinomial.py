"""Multinomial ridge regression for every penalty of the grid, by Newton steps.

Belongs here: the path that the choice of the penalty needs for several classes.
Does not belong here: the fit that is kept (scikit-learn's, `analyses.models`), two classes.
One vector per class, the squares of all slopes penalised, intercepts free and shifted to sum 0.
"""

from collections.abc import Sequence

import numpy as np

from analyses.metrics import Floats

_MAX_STEPS = 50
_MAX_HALVINGS = 30
_GRADIENT_TOLERANCE = 1e-9


def multinomial_path(
    matrix: Floats, outcome: Floats, grid: Sequence[float], *, n_classes: int
) -> Floats:
    """Fit the whole grid from the strongest penalty on, each from the one before.

    Parameters
    ----------
    matrix
        Shape (n, p). Standardised columns.
    outcome
        Shape (n,). Place of the class, 0 to K - 1; every class is there.
    grid
        Values of C, ascending. Objective: sum of losses + 1/(2C) sum of squared slopes.
    n_classes
        K.

    Returns
    -------
    Floats
        Shape (len(grid), K, 1 + p), intercept first; nan from a penalty on where Newton steps do
        not arrive.

    Notes
    -----
    The sum of the intercepts is free in the loss; the rank-one term that pins it adds nothing to
    the gradient, because the gradient sums to 0 over classes. Source: Friedman J et al. J Stat
    Softw 2010;33(1), section 4 (symmetric multinomial).

    Examples
    --------
    >>> x = np.array([[-1.0], [-0.5], [0.0], [0.2], [0.6], [1.0]])
    >>> path = multinomial_path(x, np.array([0.0, 0, 1, 1, 2, 2]), [1.0], n_classes=3)
    >>> path.shape, bool(abs(path[0].sum(axis=0)).max() < 1e-9)
    ((1, 3, 2), True)
    """
    design = np.column_stack([np.ones(len(outcome)), matrix])
    happened = (outcome[:, None] == np.arange(n_classes)).astype(np.float64)
    free = np.r_[0.0, np.ones(matrix.shape[1])]
    beta = np.zeros((n_classes, design.shape[1]))
    share = np.log(happened.mean(axis=0))
    beta[:, 0] = share - share.mean()
    found = np.full((len(grid), *beta.shape), np.nan)
    for place, c in enumerate(grid):
        arrived = _newton(design, happened, free / c, beta)
        if arrived is None:
            break
        beta = arrived
        found[place] = beta
    return found


def probabilities(logits: Floats) -> Floats:
    """Softmax over the last axis.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    risk: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return risk


def _newton(design: Floats, happened: Floats, penalty: Floats, start: Floats) -> Floats | None:
    """One penalised fit; None where it does not arrive."""
    beta = start
    value = _objective(design, happened, penalty, beta)
    for _ in range(_MAX_STEPS):
        risk = probabilities(design @ beta.T)
        gradient = (happened - risk).T @ design - penalty * beta
        if np.abs(gradient).max() <= _GRADIENT_TOLERANCE:
            return beta
        try:
            step = np.linalg.solve(_curvature(design, risk, penalty), gradient.ravel())
        except np.linalg.LinAlgError:
            return None
        step = step.reshape(beta.shape)
        for _ in range(_MAX_HALVINGS):
            trial = beta + step
            trial_value = _objective(design, happened, penalty, trial)
            if trial_value <= value + 1e-12 * abs(value):
                break
            step = step / 2
        beta, value = trial, trial_value
    return None


def _curvature(design: Floats, risk: Floats, penalty: Floats) -> Floats:
    """Negative Hessian, class by class, with the sum of the intercepts pinned; (K q, K q)."""
    n_classes, q = risk.shape[1], design.shape[1]
    blocks = np.empty((n_classes, q, n_classes, q))
    for a in range(n_classes):
        for b in range(a, n_classes):
            weight = risk[:, a] * ((a == b) - risk[:, b])
            block = design.T @ (design * weight[:, None])
            if a == b:
                block[np.diag_indices(q)] += penalty
            blocks[a, :, b, :] = block
            blocks[b, :, a, :] = block
    blocks[:, 0, :, 0] += 1.0  # gradients sum to 0 over classes: the step does not change
    whole: Floats = blocks.reshape(n_classes * q, n_classes * q)
    return whole


def _objective(design: Floats, happened: Floats, penalty: Floats, beta: Floats) -> float:
    """Sum of the losses and the penalty."""
    logits = design @ beta.T
    top = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    losses = total - (logits * happened).sum(axis=1)
    return float(losses.sum() + 0.5 * (penalty * beta * beta).sum())
