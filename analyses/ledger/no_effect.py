"""Tests of no effect at any site: one p for a statistic, whatever sites do to its interval.

Belongs here: stratified tests of groups against events, ranks or counts.
Does not belong here: estimates and their intervals (`analyses.ledger.estimates`).
"""

import numpy as np
import polars as pl
from scipy import stats

from analyses.metrics import Floats


def mantel(strata: list[tuple[Floats, Floats]]) -> float | None:
    """Mantel's test: groups and outcomes within strata; None where nothing varies.

    Parameters
    ----------
    strata
        Exposure and outcome of each stratum, numbers.

    Notes
    -----
    Exposures are dealt anew within each stratum: the sum of products against its expectation, in
    variances of that deal. With two groups and an event it is the Cochran-Mantel-Haenszel test
    without correction. Source: Mantel N. J Am Stat Assoc 1963;58:690.
    doi:10.1080/01621459.1963.10500879

    Examples
    --------
    >>> x, y = np.array([1.0, 1, 1, 1, 0, 0, 0, 0]), np.array([1.0, 1, 1, 0, 0, 0, 0, 1])
    >>> round(mantel([(x, y), (x, y)]), 4)
    0.0614
    """
    excess, variance = 0.0, 0.0
    for x, y in strata:
        if len(x) < 2:
            continue
        of_x, of_y = x - x.mean(), y - y.mean()
        excess += float(of_x @ of_y)
        variance += float(of_x @ of_x) * float(of_y @ of_y) / (len(x) - 1)
    return float(stats.chi2.sf(excess**2 / variance, 1)) if variance > 0 else None


def van_elteren(strata: list[tuple[Floats, Floats]]) -> float | None:
    """Wilcoxon's test within strata, each weighted by 1 / (n + 1); None where nothing varies.

    Notes
    -----
    Ties share their mean rank; no correction for continuity. Source: van Elteren PH. Bull Inst
    Int Stat 1960;37:351.

    Examples
    --------
    >>> x, y = np.array([1.0, 1, 1, 0, 0, 0]), np.array([4.0, 5, 6, 1, 2, 3])
    >>> round(van_elteren([(x, y)]), 4)  # wilcox.test(4:6, 1:3, exact = FALSE, correct = FALSE)
    0.0495
    """
    return mantel([(x, stats.rankdata(y) / (len(y) + 1)) for x, y in strata])


def against_bound(y: pl.Series, bound: float) -> float:
    """Score test of a share against a bound, cases of all sites taken together.

    Examples
    --------
    >>> round(against_bound(pl.Series([1.0] * 9 + [0.0]), 0.5), 4)
    0.0114
    """
    z = (float(y.sum()) / len(y) - bound) / np.sqrt(bound * (1 - bound) / len(y))
    return 2 * float(stats.norm.sf(abs(z)))


def of_two_counts(y: pl.Series) -> float:
    """Exact test that 1 and -1 are equally likely; of discordant pairs it is McNemar's.

    Examples
    --------
    >>> round(of_two_counts(pl.Series([1.0] * 8 + [-1.0] + [0.0] * 5)), 4)  # binom.test(8, 9)
    0.0391
    """
    first, second = int((y == 1).sum()), int((y == -1).sum())
    return float(stats.binomtest(first, first + second).pvalue) if first + second else 1.0
