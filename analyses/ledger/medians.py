"""Medians of values that may be tied: grades, numbers of levels.

Belongs here: the median by the mid-distribution function, and its sampling variance.
Does not belong here: differences between groups and sites (`analyses.ledger.estimates`).
"""

import numpy as np
from numpy.typing import NDArray

from analyses.metrics import Floats

_DRAWS = 10_000
_SEED = 20_260_901


def mid_median(values: Floats) -> float:
    """Where the mid-distribution function passes one half; without ties the ordinary median.

    Parameters
    ----------
    values
        Shape (n,), at least one.

    Notes
    -----
    A number of levels has few values, and its ordinary median jumps by a whole one. Here each
    value stands at the middle of its step of the distribution, and the median lies between two
    values in proportion. Source: Ma Y, Genton MG, Parzen E. Ann Inst Stat Math 2011;63:227.
    doi:10.1007/s10463-009-0230-6

    Examples
    --------
    >>> mid_median(np.array([1.0, 5.0, 9.0])), mid_median(np.array([1.0, 2.0, 4.0, 9.0]))
    (5.0, 3.0)
    >>> round(mid_median(np.array([3.0, 3.0, 3.0, 4.0])), 2)
    3.25
    """
    distinct, counts = np.unique(values, return_counts=True)
    return float(_crossings(distinct, counts[None, :])[0])


def unit_variance(values: Floats) -> float:
    """Variance of the mid-median of a sample, times its size: 10,000 resamples, fixed seed.

    Divided by the size of a smaller sample of the same kind it is that sample's variance; so a
    site with two cases need not say how much medians of two cases vary.

    Examples
    --------
    >>> unit_variance(np.array([4.0, 4.0, 4.0]))
    0.0
    """
    distinct, counts = np.unique(values, return_counts=True)
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(len(values), counts / len(values), size=_DRAWS)
    return float(_crossings(distinct, drawn).var(ddof=1) * len(values))


def _crossings(distinct: Floats, counts: NDArray[np.int64]) -> Floats:
    """The mid-median of each row of counts of the distinct values."""
    middle = (np.cumsum(counts, axis=1) - counts / 2) / counts.sum(axis=1, keepdims=True)
    seen = counts > 0  # a value that was not drawn is no step
    # the lowest value's middle is at most one half, that of the highest at least
    above = np.where(seen & (middle >= 0.5), distinct, np.inf).argmin(axis=1)
    below = np.where(seen & (middle <= 0.5), distinct, -np.inf).argmax(axis=1)
    rows = np.arange(len(counts))
    low, high = middle[rows, below], middle[rows, above]
    step = np.where(high > low, high - low, 1.0)
    found: Floats = distinct[below] + (0.5 - low) / step * (distinct[above] - distinct[below])
    return found
