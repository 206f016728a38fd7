"""Kappas and intraclass correlations: how far two or more readers agree, with limits.

Belongs here: the statistics, arrays in, estimates out.
Does not belong here: the fast ICC(2,1) of many features (`analyses.agreement`), which columns are
judged (`analyses.readers`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

from analyses.agreement import icc_agreement
from analyses.metrics import Floats

#: 97.5 % point of the normal distribution.
_Z = 1.959963984540054
#: Half an interval below this is the rounding of a variance of 0.
_NO_WIDTH = 1e-6
_TAIL = 0.975
Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class Agreement:
    """An estimate with its 95 % limits; None and a reason where it is not defined."""

    estimate: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def cohen_kappa(
    first: NDArray[np.int64], second: NDArray[np.int64], *, levels: int, weights: Weights = "none"
) -> Agreement:
    """Cohen's kappa of two readers, weighted or not, with 95 % limits.

    Parameters
    ----------
    first, second
        Shape (n,). The level that each reader gave, 0 to `levels` - 1.
    levels
        Number of levels, in order where weights are asked for.
    weights
        What an answer so many levels apart is worth: nothing, less by distance, or by its square.

    Returns
    -------
    Agreement
        Limits are cut at -1 and 1; none where the variance comes out as 0 (both always agree, or
        one reader always gives the same answer): 5 of 5 are not sure to be 1. Not defined without
        cases, or where both readers gave one and the same answer throughout.

    Notes
    -----
    kappa = (p_o - p_e) / (1 - p_e). Large-sample variance of Fleiss JL, Cohen J, Everitt BS.
    Psychol Bull 1969;72:323. doi:10.1037/h0028106. psych::cohen.kappa gives other limits where
    weights are used: its row margins are multiplied by the sums of the weights, not by the weights.

    Examples
    --------
    >>> one, two = np.array([0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 0])
    >>> round(cohen_kappa(one, two, levels=2).estimate, 3)
    0.615
    """
    n = len(first)
    if n == 0:
        return Agreement(None, reason="nobody was read by both")
    table = np.zeros((levels, levels))
    np.add.at(table, (first, second), 1.0 / n)
    apart = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels)))
    farthest = max(levels - 1, 1)
    worth: Floats = {
        "none": (apart == 0).astype(np.float64),
        "linear": 1 - apart / farthest,
        "quadratic": 1 - (apart / farthest) ** 2,
    }[weights]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed = float((worth * table).sum())
    by_chance = float((worth * np.outer(rows, columns)).sum())
    if by_chance >= 1 - 1e-12:
        return Agreement(None, reason="both gave one and the same answer throughout")
    kappa = min((observed - by_chance) / (1 - by_chance), 1.0)
    margins = np.add.outer(worth @ columns, worth.T @ rows)
    spread = (table * (worth * (1 - by_chance) - margins * (1 - observed)) ** 2).sum()
    spread -= (observed * by_chance - 2 * by_chance + observed) ** 2
    half = _Z * float(np.sqrt(max(float(spread), 0.0) / n)) / (1 - by_chance) ** 2
    if half < _NO_WIDTH:
        return Agreement(kappa, reason="the variance comes out as 0, which gives no limits")
    return Agreement(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0))


def six_iccs(reads: Floats) -> dict[str, tuple[float, float, float]]:
    """The six intraclass correlations of Shrout and Fleiss, each with 95 % limits.

    Parameters
    ----------
    reads
        Shape (n, k), no gaps. Cases and readers, three cases and two readers at least.

    Returns
    -------
    dict
        `ICC1`, `ICC2`, `ICC3` of one reader and `ICC1k`, `ICC2k`, `ICC3k` of the readers' mean:
        cases read by any readers, by readers who stand for others, by these readers and no others.

    Notes
    -----
    Source: Shrout PE, Fleiss JL. Psychol Bull 1979;86:420. doi:10.1037/0033-2909.86.2.420; limits
    of ICC2 as McGraw and Wong (`analyses.agreement`).
    """
    n, k = reads.shape
    centred = reads - reads.mean()
    of_case, of_reader = centred.mean(axis=1), centred.mean(axis=0)
    between = k * float((of_case**2).sum()) / (n - 1)
    within = float(((centred - of_case[:, None]) ** 2).sum()) / (n * (k - 1))
    left = centred - of_case[:, None] - of_reader
    error = float((left**2).sum()) / ((n - 1) * (k - 1))
    columns = n * float((of_reader**2).sum()) / (k - 1)
    found = {}
    parts = (("ICC1", within, n * (k - 1)), ("ICC3", error, (n - 1) * (k - 1)))
    for name, noise, freedom in parts:
        ratio = between / noise
        limits = (
            ratio,
            ratio / float(f_distribution.ppf(_TAIL, n - 1, freedom)),
            ratio * float(f_distribution.ppf(_TAIL, freedom, n - 1)),
        )
        found[name] = _three((x - 1) / (x + k - 1) for x in limits)
        found[f"{name}k"] = _three(1 - 1 / x for x in limits)
    one = icc_agreement(reads[:, :, None])[:, 0].tolist()
    mean = (between - error) / (between + (columns - error) / n)
    found["ICC2"] = _three(one)
    found["ICC2k"] = _three([mean, *(k * x / (1 + (k - 1) * x) for x in one[1:])])
    return found


def _three(values: Iterable[float]) -> tuple[float, float, float]:
    """Estimate and limits."""
    estimate, low, high = values
    return float(estimate), float(low), float(high)
