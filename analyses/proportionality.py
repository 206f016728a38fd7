"""Proportionality: whether one slope for all cuts between grades fits, by a score test.

Belongs here: the test for a model without penalty.
Does not belong here: the model (`analyses.proportional_odds`). The test decides nothing: with few
cases of a grade it rejects too often.
"""

from typing import Any

import numpy as np
from scipy.special import expit
from scipy.stats import chi2

from analyses.firth import independent_columns
from analyses.metrics import Floats
from analyses.models import Training
from analyses.preprocessing import fit_preprocessing
from analyses.proportional_odds import fit_proportional_odds

NO_FIT = "Maximum likelihood has no finite value or too many columns: the test cannot be made."


def proportionality(training: Training) -> dict[str, Any]:
    """The test on the columns of a model.

    Returns
    -------
    dict[str, Any]
        `statistic`, `df`, `p`, None with a `reason` where it cannot be made.
    """
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps.transform(training.frame)
    full = np.column_stack([np.ones(len(matrix)), matrix])
    kept = [place - 1 for place in independent_columns(full) if place]
    found = score_test(matrix[:, kept], training.outcome, n_classes=training.n_classes)
    if found is None:
        return {"statistic": None, "df": None, "p": None, "reason": NO_FIT}
    statistic, df = found
    return {
        "statistic": statistic,
        "df": df,
        "p": float(chi2.sf(statistic, df)),
        "reason": None,
    }


def score_test(matrix: Floats, outcome: Floats, *, n_classes: int) -> tuple[float, int] | None:
    """Score statistic against slopes of their own at each cut, and its degrees of freedom.

    Parameters
    ----------
    matrix
        Shape (n, p). Columns that do not depend on each other.
    outcome
        Shape (n,). Place of the grade, 0 to K - 1; every grade is there.
    n_classes
        K, at least 3.

    Returns
    -------
    tuple[float, int] or None
        None where the fit has no finite value or the information no inverse.

    Notes
    -----
    Expected information, at the proportional-odds fit. Source: Peterson B, Harrell FE. Appl Stat
    1990;39:205. doi:10.2307/2347760
    """
    cuts, width = n_classes - 1, matrix.shape[1]
    if width == 0 or cuts < 2:  # one cut has nothing to be proportional to
        return None
    odds = fit_proportional_odds(matrix, outcome, np.inf, n_classes=n_classes)
    if odds.errors is None or not np.isfinite(odds.slopes).all():
        return None
    at_most = expit(odds.thresholds - (matrix @ odds.slopes)[:, None])
    density = at_most * (1 - at_most)
    edges = np.column_stack([np.zeros(len(matrix)), at_most, np.ones(len(matrix))])
    risk = np.diff(edges, axis=1)
    if risk.min() <= 0:
        return None
    y, rows = outcome.astype(int), np.arange(len(outcome))
    # how the probability of each grade moves with the edge at each cut; (n, K, K - 1)
    moves = np.zeros((len(matrix), n_classes, cuts))
    for cut in range(cuts):
        moves[:, cut, cut], moves[:, cut + 1, cut] = density[:, cut], -density[:, cut]
    design = np.column_stack([np.ones(len(matrix)), -matrix])
    score = ((moves[rows, y] / risk[rows, y][:, None]).T @ design).ravel()
    weight = np.einsum("nya,nyb,ny->nab", moves, moves, 1 / risk)
    information = np.einsum("nab,np,nq->apbq", weight, design, design)
    size = cuts * (1 + width)
    try:
        step = np.linalg.solve(information.reshape(size, size), score)
    except np.linalg.LinAlgError:
        return None
    return float(score @ step), (cuts - 1) * width
