"""Intervals of measures of out-of-fold predictions, by bootstrap of patients.

Belongs here: percentile limits, limits on the logit scale, the corrected interval of a difference.
Does not belong here: the measures (`analyses.metrics`).
They cover the cases that were evaluated, not the choice of the training cases: the predictions
stay as they are while patients are drawn. Only a cross-validated AUC takes both into account.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Interval = tuple[float, float]

#: Normal quantile of a two-sided 95 % interval.
Z = 1.959963984540054
#: An interval needs a value in at least this share of the bootstrap samples (a convention).
LEAST_SHARE = 0.9


def percentile_interval(
    draws: Floats,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    estimate: float | None = None,
) -> Interval | None:
    """The 2.5 and 97.5 % quantile (type 7) of bootstrap values, inside the measure's range.

    Parameters
    ----------
    draws
        Shape (b,). One value per bootstrap sample; nan where a sample has none.
    low, high
        Range of the measure.
    estimate
        The measure itself, which the interval is widened to hold: one that cannot fall below 0,
        such as the ICI, grows under resampling.

    Returns
    -------
    tuple[float, float] or None
        None if fewer than nine in ten samples have a value.

    Examples
    --------
    >>> percentile_interval(np.linspace(-0.1, 1.1, 1001), low=0.0, high=1.0)
    (0.0, 1.0)
    """
    values = draws[np.isfinite(draws)]
    if len(values) < LEAST_SHARE * len(draws) or len(values) < 2:
        return None
    lower, upper = np.quantile(values, (0.025, 0.975))
    if estimate is not None and np.isfinite(estimate):
        lower, upper = min(lower, estimate), max(upper, estimate)
    return float(np.clip(lower, low, high)), float(np.clip(upper, low, high))


def logit_interval(
    estimate: float, draws: Floats, *, deviation: float | None = None
) -> Interval | None:
    """Normal interval on the logit scale with the SD of bootstrap values; for the AUC.

    Parameters
    ----------
    estimate
        The AUC itself.
    draws
        Shape (b,). AUC of each bootstrap sample, nan where there is none.
    deviation
        The SD to be used in place of that of the draws.

    Returns
    -------
    tuple[float, float] or None
        None for an AUC of 0 or 1, which has no limits, or too few samples with a value.

    Notes
    -----
    The SD is that of the AUC itself, carried to the logit scale by the delta method: a sample with
    an AUC of 1 has no logit. Source: statistics.md, section 4 (simulated coverage .95 to .97).

    Examples
    --------
    >>> low, high = logit_interval(0.8, np.array([0.75, 0.85, 0.8, 0.78, 0.82]))
    >>> round(low, 3), round(high, 3)
    (0.715, 0.864)
    """
    values = draws[np.isfinite(draws)]
    if not 0 < estimate < 1 or len(values) < LEAST_SHARE * len(draws) or len(values) < 2:
        return None
    sd = float(values.std(ddof=1)) if deviation is None else deviation
    half = Z * sd / (estimate * (1 - estimate))
    centre = np.log(estimate / (1 - estimate))
    lower, upper = 1 / (1 + np.exp(-np.array([centre - half, centre + half])))
    return float(lower), float(upper)


def refitted_deviation(draws: Sequence[Floats]) -> float | None:
    """SD of a cross-validated AUC from bootstraps over its fixed predictions, one array per repeat.

    Twice the variance of one repeat. A case is tested once and trains all other models: with fixed
    predictions only the first is seen, and where a case moves others as much as they move it, the
    second counts as much again. More repeats average out how cases were dealt into folds, not
    which cases there are: they make no interval narrower.

    Notes
    -----
    Measured in docs/decisions/reported-auc.md: with the SD of the averaged predictions the 95 %
    interval held the truth in four of five cohorts.

    Examples
    --------
    >>> refitted_deviation([np.array([0.7, 0.8]), np.array([0.6, 0.7])])
    0.1
    """
    known = [each[np.isfinite(each)] for each in draws]
    found = [float(each.var(ddof=1)) for each in known if len(each) > 1]
    return round(float(np.sqrt(2 * np.mean(found))), 12) if found else None


def corrected_difference(
    differences: Floats, *, test_share: float
) -> tuple[float, Interval | None, float | None]:
    """Mean of fold differences, its 95 % t interval and its standard error, corrected for overlap.

    Parameters
    ----------
    differences
        Shape (k,). Difference in each test fold of every repeat; nan where a fold has none.
    test_share
        Test rows over training rows of a fold.

    Notes
    -----
    SE = sqrt((1/k + n_test/n_train) s^2), k - 1 degrees of freedom: training parts overlap, and the
    plain SE is too small. Source: Nadeau C, Bengio Y. Mach Learn 2003;52:239.
    doi:10.1023/A:1024068626366

    Examples
    --------
    >>> mean, interval, se = corrected_difference(np.array([-0.1, -0.2, -0.3]), test_share=0.25)
    >>> round(mean, 3), round(se, 4), [round(limit, 3) for limit in interval]
    (-0.2, 0.0764, [-0.529, 0.129])
    """
    values = differences[np.isfinite(differences)]
    if len(values) == 0:
        return float("nan"), None, None
    mean = float(values.mean())
    if len(values) < 2:
        return mean, None, None
    se = float(np.sqrt((1 / len(values) + test_share) * values.var(ddof=1)))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * se
    return mean, (mean - half, mean + half), se
