"""Measures of predictions of ordered grades: arrays in, one number per row of weights out.

Belongs here: discrimination and overall error where the outcome is one of K ordered grades.
Does not belong here: measures that know no order (`analyses.multiclass`), fitting
(`analyses.proportional_odds`), intervals.
The outcome is the place of each case's grade, 0 to K - 1; `risk` has one column per grade. A weight
of 2 is the same as the row twice; nan where a row of weights has no value.
"""

from itertools import combinations

import numpy as np

from analyses.metrics import Floats, Parts, auc_many, mean_known


def rps_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Ranked probability score over its largest value: 0 is best, 1 worst.

    Notes
    -----
    Mean squared distance of the K - 1 cumulative risks from what happened. Source: Epstein ES.
    J Appl Meteorol 1969;8:985; divided by K - 1 as in Murphy AH. Mon Weather Rev 1970;98:917.

    Examples
    --------
    >>> risk = np.array([[0.5, 0.3, 0.2], [0.0, 0.0, 1.0]])
    >>> rps_many(np.array([0.0, 2.0]), risk, np.ones((1, 2))).round(4)
    array([0.0725])
    """
    cumulative = np.cumsum(risk, axis=1)[:, :-1]
    reached = outcome[:, None] <= np.arange(risk.shape[1] - 1)
    losses = ((cumulative - reached) ** 2).mean(axis=1)
    total = weights.sum(axis=1)
    result = np.full(len(weights), np.nan)
    np.divide(weights @ losses, total, out=result, where=total > 0)
    return result


def concordance_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Generalised C: of two cases with different grades, how often the worse is predicted worse.

    The prediction of a case is its mean grade, the order of which is that of the linear predictor
    of a proportional-odds model; ties count half.

    Notes
    -----
    Source: Harrell FE. Regression Modeling Strategies, 2nd ed., section 10.8 (`C` of `rms::lrm`).

    Examples
    --------
    >>> risk = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7], [0.3, 0.5, 0.2]])
    >>> concordance_many(np.array([0.0, 1, 2, 2]), risk, np.ones((1, 4))).round(4)
    array([0.8])
    """
    score = risk @ np.arange(risk.shape[1])
    right, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for low, high in combinations(range(risk.shape[1]), 2):
        is_low, is_high = outcome == low, outcome == high
        n_pairs = weights[:, is_low].sum(axis=1) * weights[:, is_high].sum(axis=1)
        rows = is_low | is_high
        share = auc_many(is_high[rows].astype(np.float64), score[rows], weights[:, rows])
        right += np.where(n_pairs > 0, share, 0.0) * n_pairs
        pairs += n_pairs
    result = np.full(len(weights), np.nan)
    np.divide(right, pairs, out=result, where=pairs > 0)
    return result


def concordance_in_parts(outcome: Floats, risk: Floats, weights: Floats, parts: Parts) -> Floats:
    """Mean of the generalised C over test folds; folds with one grade only are left out."""
    found = [concordance_many(outcome[rows], risk[rows], weights[:, rows]) for rows in parts]
    return mean_known(found)
