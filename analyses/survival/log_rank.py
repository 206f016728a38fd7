"""Log-rank test: whether groups lose their cases to the event at the same pace.

Belongs here: the test over any number of groups, with late entry.
Does not belong here: the curves (`analyses.survival.kaplan_meier`), tests of competing events
(`analyses.survival.competing`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analyses.metrics import Floats
from analyses.survival.steps import Codes, is_marked, risk_sets, share


class Comparison(NamedTuple):
    """A chi-square statistic with its degrees of freedom and p, or None and the reason."""

    statistic: float | None
    df: int | None = None
    p: float | None = None
    reason: str | None = None


def log_rank(
    time: Floats,
    is_event: Codes,
    groups: Sequence[Any] | NDArray[Any],
    *,
    entry: Floats | None = None,
) -> Comparison:
    """Whether the hazard is the same in all groups.

    Parameters
    ----------
    time, is_event, entry
        As in `analyses.survival.kaplan_meier.kaplan_meier`.
    groups
        Shape (n,). The group of each row.

    Notes
    -----
    Hypergeometric variance. A group of which nobody is at risk at any event takes no part. Source:
    Mantel N. Cancer Chemother Rep 1966;50:163.

    Examples
    --------
    >>> found = log_rank(np.array([1.0, 2, 3, 4]), np.ones(4), ["a", "a", "b", "b"])
    >>> round(found.statistic, 4), found.df
    (2.8824, 1)
    """
    sets = risk_sets(time, entry=entry)
    happened = is_marked(is_event)
    labels = np.asarray(groups)
    masks = [labels == name for name in np.unique(labels)]
    at_risk = np.array([risk_sets_of(time, mask, entry) for mask in masks])
    events = np.array([sets.count(happened & mask) for mask in masks])
    total, deaths = sets.at_risk, sets.count(happened)
    expected = share(at_risk * deaths, total)
    taking_part = expected.sum(axis=1) > 0 if len(masks) else np.zeros(0, dtype=bool)
    if taking_part.sum() < 2:
        return Comparison(None, reason="fewer than two groups have cases at risk at an event")
    # a last one at risk tells nothing; nor does the last group, given the others
    spread = share(deaths * (total - deaths), total - 1)
    shares = share(at_risk, total)[taking_part][:-1]
    variance = np.diag((spread * shares).sum(axis=1)) - (spread * shares) @ shares.T
    difference = (events - expected).sum(axis=1)[taking_part][:-1]
    return chi_square(difference, variance)


def chi_square(difference: Floats, variance: Floats) -> Comparison:
    """The quadratic form of differences in their variance, against its distribution.

    Examples
    --------
    >>> chi_square(np.array([2.0]), np.array([[1.0]])).statistic
    4.0
    >>> chi_square(np.array([0.0]), np.array([[0.0]])).reason
    'no event tells the groups apart'
    """
    df = len(difference)
    if np.linalg.matrix_rank(variance, hermitian=True) < df:
        return Comparison(None, reason="no event tells the groups apart")
    statistic = float(difference @ np.linalg.solve(variance, difference))
    return Comparison(statistic, df, float(stats.chi2.sf(statistic, df)))


def risk_sets_of(time: Floats, mask: NDArray[np.bool_], entry: Floats | None) -> Floats:
    """How many rows of a group are at risk at each distinct time of all rows."""
    return risk_sets(time, mask.astype(np.float64), entry).at_risk
