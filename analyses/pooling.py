"""Pooling: one number from several centres, and where the next centre may lie.

Belongs here: random-effects pooling of estimates with their standard errors.
Does not belong here: the estimates of a centre (`analyses.centres`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analyses.metrics import Floats

#: Fewer centres say nothing about differences between centres.
LEAST_CENTRES = 3
_TOLERANCE = 1e-12
_MAX_STEPS = 500


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate; `prediction` is where the value of a new centre may lie."""

    estimate: float
    se: float
    interval: tuple[float, float]
    prediction: tuple[float, float]
    tau2: float


def pool(
    estimates: Sequence[float], errors: Sequence[float], *, is_guarded: bool = False
) -> Pooled | None:
    """Pool by REML with the Hartung-Knapp error; None for fewer than three centres.

    Parameters
    ----------
    estimates
        One of each centre, on a scale where it is about normal.
    errors
        Standard errors, above 0.
    is_guarded
        The error is never below that of the weights alone: a few estimates that happen to agree
        would otherwise give an interval narrower than any of them can bear.

    Notes
    -----
    t with k - 1 degrees of freedom for both intervals; unless guarded, the error is not truncated
    from below.
    Source: IntHout J et al. BMC Med Res Methodol 2014;14:25. doi:10.1186/1471-2288-14-25;
    guarded: Röver C et al. BMC Med Res Methodol 2015;15:99. doi:10.1186/s12874-015-0091-1;
    prediction interval: Higgins JPT et al. J R Stat Soc A 2009;172:137.
    doi:10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> found = pool([1.0, 1.2, 0.8], [0.1, 0.1, 0.1])
    >>> round(found.estimate, 3), [round(limit, 2) for limit in found.interval]
    (1.0, [0.5, 1.5])
    """
    k = len(estimates)
    if k < LEAST_CENTRES:
        return None
    y, v = np.array(estimates), np.array(errors) ** 2
    tau2 = _reml(y, v)
    w = 1 / (v + tau2)
    mean = float((w @ y) / w.sum())
    se = float(np.sqrt((w @ (y - mean) ** 2) / ((k - 1) * w.sum())))
    if is_guarded:
        se = max(se, float(w.sum() ** -0.5))
    quantile = float(stats.t.ppf(0.975, k - 1))
    half, wide = quantile * se, quantile * float(np.sqrt(tau2 + se**2))
    return Pooled(mean, se, (mean - half, mean + half), (mean - wide, mean + wide), tau2)


def _reml(y: Floats, v: Floats) -> float:
    """Variance between centres by restricted maximum likelihood: Fisher scoring, 0 or above."""
    tau2 = max(0.0, float(y.var(ddof=1) - v.mean()))
    for _ in range(_MAX_STEPS):
        w = 1 / (v + tau2)
        mean = (w @ y) / w.sum()
        information = (w**2).sum() - 2 * (w**3).sum() / w.sum() + ((w**2).sum() / w.sum()) ** 2
        score = (w**2) @ (y - mean) ** 2 - w.sum() + (w**2).sum() / w.sum()
        step = score / information
        after = max(0.0, tau2 + step)
        if abs(after - tau2) <= _TOLERANCE:
            return float(after)
        tau2 = after
    return float(tau2)
