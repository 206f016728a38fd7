"""Measures of predictions of several classes: arrays in, one number per row of weights out.

Belongs here: discrimination and overall error where the outcome is one of K classes.
Does not belong here: measures of one risk (`analyses.metrics`), intervals, fitting.
The outcome is the place of each case's class, 0 to K - 1; `risk` has one column per class. A weight
of 2 is the same as the row twice; nan where a row of weights has no value.
"""

import math
from collections.abc import Sequence

import numpy as np

from analyses.metrics import SMALLEST_RISK, Floats, Parts, auc_many, mean_known


def log_loss_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Mean negative log of the probability given to the class that was there.

    Examples
    --------
    >>> risk = np.array([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]])
    >>> log_loss_many(np.array([0.0, 2.0]), risk, np.ones((1, 2))).round(6)
    array([0.601986])
    """
    given = np.take_along_axis(risk, outcome.astype(int)[:, None], axis=1)[:, 0]
    losses = -np.log(np.clip(given, SMALLEST_RISK, 1.0))
    return _mean(losses, weights)


def brier_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Squared distance of the risks from what happened, summed over classes: 0 to 2.

    Examples
    --------
    >>> brier_many(np.array([0.0]), np.array([[0.5, 0.3, 0.2]]), np.ones((1, 1))).round(6)
    array([0.38])
    """
    happened = outcome.astype(int)[:, None] == np.arange(risk.shape[1])
    return _mean(((risk - happened) ** 2).sum(axis=1), weights)


def hand_till_many(
    outcome: Floats, risk: Floats, weights: Floats, *, parts: Parts | None = None
) -> Floats:
    """Hand and Till's AUC: the mean over pairs of classes of the two one-way AUCs.

    Parameters
    ----------
    outcome
        Shape (n,).
    risk
        Shape (n, K).
    weights
        Shape (b, n).
    parts
        Test folds as masks of rows: each pair is taken within folds and averaged over those that
        hold both of its classes. Without it all rows are one part.

    Returns
    -------
    Floats
        Shape (b,). A pair that no part can show is left out of the mean; nan if none is left.

    Notes
    -----
    Source: Hand DJ, Till RJ. Mach Learn 2001;45:171. doi:10.1023/A:1010920819831

    Examples
    --------
    >>> risk = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]])
    >>> hand_till_many(np.array([0.0, 1, 2, 2]), risk, np.ones((1, 4))).round(4)
    array([1.])
    """
    whole = (np.ones(len(outcome), dtype=bool),) if parts is None else parts
    pairs = []
    for one in range(risk.shape[1]):
        for other in range(one + 1, risk.shape[1]):
            found = []
            for part in whole:
                rows = part & ((outcome == one) | (outcome == other))
                is_one = (outcome[rows] == one).astype(np.float64)
                w = weights[:, rows]
                found.append(auc_many(is_one, risk[rows, one], w))
                found.append(auc_many(1 - is_one, risk[rows, other], w))
            pairs.append(mean_known(found))
    return mean_known(pairs)


def pdi_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Polytomous discrimination index: how often the right one of K cases is picked.

    Of K cases, one of each class, the one with the highest risk of class k is called k: the share
    of sets where that is right, ties shared, mean over classes. 1/K is no discrimination.

    Notes
    -----
    For a case of class k, each other class j holds a share below its risk and a share tied with
    it. A tie of m others is worth 1/(m + 1), which is the integral of t^m over 0 to 1; so the value
    of the case is the integral of prod_j(below_j + tied_j t), exact by Gauss-Legendre.
    Source: Van Calster B et al. Eur J Epidemiol 2012;27:761. doi:10.1007/s10654-012-9733-3

    Examples
    --------
    >>> flat = np.full((4, 3), 1 / 3)
    >>> pdi_many(np.array([0.0, 1, 2, 2]), flat, np.ones((1, 4))).round(6)
    array([0.333333])
    """
    return _mean_all([pdi_of_class(outcome, risk, weights, k) for k in range(risk.shape[1])])


def pdi_of_class(outcome: Floats, risk: Floats, weights: Floats, k: int) -> Floats:
    """The part of the index that belongs to one class; shape (b,)."""
    column = risk[:, k]
    order = np.argsort(column, kind="stable")
    values = column[order]
    first = np.searchsorted(values, values, side="left")
    last = np.searchsorted(values, values, side="right")
    own = outcome[order] == k
    below, tied = [], []
    for j in (j for j in range(risk.shape[1]) if j != k):
        w = weights[:, order] * (outcome[order] == j)
        running = np.concatenate([np.zeros((len(w), 1)), np.cumsum(w, axis=1)], axis=1)
        total = running[:, -1:]
        share = np.divide(1.0, total, out=np.full_like(total, np.nan), where=total > 0)
        below.append(running[:, first[own]] * share)
        tied.append((running[:, last[own]] - running[:, first[own]]) * share)
    nodes, node_weights = np.polynomial.legendre.leggauss(math.ceil(risk.shape[1] / 2))
    value = np.zeros_like(below[0])
    for node, part in zip((nodes + 1) / 2, node_weights / 2, strict=True):
        product = np.ones_like(value)
        for less, same in zip(below, tied, strict=True):
            product *= less + same * node
        value += part * product
    w = weights[:, order][:, own]
    total = w.sum(axis=1)
    result = np.full(len(weights), np.nan)
    np.divide((value * w).sum(axis=1), total, out=result, where=total > 0)
    return result


def _mean(losses: Floats, weights: Floats) -> Floats:
    """Weighted mean of a loss per case."""
    total = weights.sum(axis=1)
    result = np.full(len(weights), np.nan)
    np.divide(weights @ losses, total, out=result, where=total > 0)
    return result


def _mean_all(values: Sequence[Floats]) -> Floats:
    """Mean over a list of arrays; nan where any of them is."""
    mean: Floats = np.stack(values).mean(axis=0)
    return mean
