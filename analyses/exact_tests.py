"""Exact tests of tables of counts, and the conditional odds ratio of two by two.

Belongs here: one table in, p-value or odds ratio out, and how it was computed.
Does not belong here: which tables a report shows (`analyses.associations`, `analyses.literature`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import random_table
from scipy.stats.contingency import odds_ratio

from analyses.metrics import Floats

Counts = NDArray[np.int64]
#: So many tables are counted one by one; beyond that they are drawn.
MOST_TABLES = 1_000_000
#: Tables drawn at random; the standard error of a p-value of .05 is then .0015.
DRAWN_TABLES = 20_000
#: Tables whose probabilities differ by less are equally likely (as in R).
_EQUAL = 1e-7


@dataclass(frozen=True)
class Exact:
    """A p-value; `method` is `exact`, or `monte_carlo` where tables were drawn."""

    p: float
    method: str


@dataclass(frozen=True)
class OddsRatio:
    """A conditional odds ratio with exact 95 % limits; `low` may be 0 and `high` infinite."""

    estimate: float
    low: float
    high: float


def fisher_exact(table: Counts, *, rng: np.random.Generator | None = None) -> Exact | None:
    """Fisher's exact test of r x c counts, two-sided.

    Parameters
    ----------
    table
        Shape (r, c). Numbers of cases.
    rng
        Draws tables where there are more than a million with these margins; without it the answer
        is then None.

    Returns
    -------
    Exact or None
        The sum of the probabilities of all tables that are at most as likely as this one. None
        where fewer than two rows or columns hold a case.

    Notes
    -----
    Source: Fisher RA. J R Stat Soc 1935;98:39; Freeman GH, Halton JH. Biometrika 1951;38:141.

    Examples
    --------
    >>> found = fisher_exact(np.array([[24, 0], [15, 4]]))
    >>> round(found.p, 4), found.method
    (0.0314, 'exact')
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return None
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    constant = gammaln(rows + 1).sum() + gammaln(columns + 1).sum() - gammaln(table.sum() + 1)
    limit = -gammaln(table + 1).sum() + _EQUAL
    every = _every_table(rows, columns)
    if every is not None:
        as_unlikely = every[every <= limit]
        return Exact(min(1.0, float(np.exp(as_unlikely + constant).sum())), "exact")
    if rng is None:
        return None
    drawn = random_table(rows, columns).rvs(size=DRAWN_TABLES, random_state=rng)
    hits = int((-gammaln(drawn + 1).sum(axis=(1, 2)) <= limit).sum())
    return Exact((1 + hits) / (1 + DRAWN_TABLES), "monte_carlo")


def conditional_odds_ratio(table: Counts) -> OddsRatio | None:
    """Conditional maximum-likelihood odds ratio of two by two counts with exact limits.

    Returns
    -------
    OddsRatio or None
        None where a row or column holds no case.

    Notes
    -----
    Source: Cornfield J. Proc 3rd Berkeley Symp 1956;4:135.

    Examples
    --------
    >>> found = conditional_odds_ratio(np.array([[135, 27], [18, 62]]))
    >>> round(found.estimate, 1), round(found.low, 1), round(found.high, 1)
    (16.9, 8.4, 35.6)
    """
    if min(*table.sum(axis=0), *table.sum(axis=1)) == 0:
        return None
    found = odds_ratio(table, kind="conditional")
    limits = found.confidence_interval(0.95)
    return OddsRatio(float(found.statistic), float(limits.low), float(limits.high))


def _every_table(rows: Counts, columns: Counts) -> Floats | None:
    """-sum(ln x!) of every table with these margins; None where there are too many."""
    if len(columns) > len(rows):
        rows, columns = columns, rows
    left, found = rows[None, :], np.zeros(1)
    for column in columns[:-1]:
        todo = np.full(len(left), column)
        beyond = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]  # room in this row and the later ones
        taken = np.zeros((len(left), 0), dtype=np.int64)
        for place in range(len(rows)):
            later = beyond[:, place] - left[:, place]
            low, high = np.maximum(0, todo - later), np.minimum(left[:, place], todo)
            ways = high - low + 1
            if ways.sum() > MOST_TABLES:
                return None
            again = np.repeat(np.arange(len(left)), ways)
            start = np.repeat(np.cumsum(ways) - ways, ways)
            chosen = low[again] + np.arange(len(again)) - start
            left, beyond, found, taken = left[again], beyond[again], found[again], taken[again]
            found = found - gammaln(chosen + 1)
            taken = np.column_stack([taken, chosen])
            todo = todo[again] - chosen
        left = left - taken
    result: Floats = found - gammaln(left + 1).sum(axis=1)
    return result
