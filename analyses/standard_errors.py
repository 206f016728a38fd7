"""Standard errors of measures in one sample, in closed form.

Belongs here: DeLong's for the AUC and the difference of two, those of a recalibration, that of the
logarithm of O:E.
Does not belong here: the measures (`analyses.metrics`), bootstrap intervals (`analyses.intervals`).
Each row counts as a patient of its own; where that is not so, use the bootstrap.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from analyses.metrics import Floats, logit


@dataclass(frozen=True)
class AucDifference:
    """AUC of two predictions of the same cases, their covariance, and the test of their equality.

    `z` and `p` are None where the predictions order the cases alike.
    """

    one: float
    other: float
    covariance: float
    z: float | None
    p: float | None


def auc_error(outcome: Floats, risk: Floats) -> float | None:
    """DeLong's standard error of the AUC; None with fewer than two cases of a class.

    Notes
    -----
    Source: DeLong ER et al. Biometrics 1988;44:837. doi:10.2307/2531595; from ranks as in Sun X,
    Xu W. IEEE Signal Process Lett 2014;21:1389. doi:10.1109/LSP.2014.2337313

    Examples
    --------
    >>> y, p = np.array([0.0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    >>> round(auc_error(y, p), 4)
    0.3536
    """
    if min((outcome == 1).sum(), (outcome == 0).sum()) < 2:
        return None
    of_events, of_others = _placements(outcome, risk)
    variance = of_events.var(ddof=1) / len(of_events) + of_others.var(ddof=1) / len(of_others)
    return float(np.sqrt(variance))


def auc_difference(outcome: Floats, one: Floats, other: Floats) -> AucDifference | None:
    """Paired DeLong test; None with fewer than two cases of a class.

    For one fixed pair of predictions of new cases, never for pooled folds.

    Parameters
    ----------
    outcome
        Shape (n,). 1 where the event happened, else 0.
    one, other
        Shape (n,). Two predicted risks of each case.

    Notes
    -----
    Source: as `auc_error`.

    Examples
    --------
    >>> y, p = np.array([0.0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    >>> auc_difference(y, p, p).z is None
    True
    """
    if min((outcome == 1).sum(), (outcome == 0).sum()) < 2:
        return None
    both = [_placements(outcome, risk) for risk in (one, other)]
    area, area_of_other = (float(of_events.mean()) for of_events, _ in both)
    over_events, over_others = (
        np.cov([pair[k] for pair in both]) / len(both[0][k]) for k in (0, 1)
    )
    spread = over_events + over_others
    covariance = float(spread[0, 1])
    variance = float(spread[0, 0] + spread[1, 1]) - 2 * covariance
    if variance <= 1e-15:
        return AucDifference(area, area_of_other, covariance, None, None)
    z = (area - area_of_other) / float(np.sqrt(variance))
    return AucDifference(area, area_of_other, covariance, z, float(2 * norm.sf(abs(z))))


def _placements(outcome: Floats, risk: Floats) -> tuple[Floats, Floats]:
    """Of each event the share of others below it, of each other the share of events above it."""
    events, others = risk[outcome == 1], risk[outcome == 0]
    n1, n0 = len(events), len(others)
    ranks = rankdata(np.concatenate([events, others]))
    return (
        (ranks[:n1] - rankdata(events)) / n0,
        1 - (ranks[n1:] - rankdata(others)) / n1,
    )


def slope_error(outcome: Floats, risk: Floats, *, intercept: float, slope: float) -> float | None:
    """Standard error of the calibration slope, at its fit; None where nothing varies."""
    x = logit(risk)
    mu = 1 / (1 + np.exp(-(intercept + slope * x)))
    weight = mu * (1 - mu)
    a, b, c = weight.sum(), (weight * x).sum(), (weight * x * x).sum()
    determinant = a * c - b * b
    return float(np.sqrt(a / determinant)) if determinant > 1e-12 else None


def intercept_error(risk: Floats, *, intercept: float) -> float | None:
    """Standard error of the calibration intercept (slope 1), at its fit."""
    mu = 1 / (1 + np.exp(-(intercept + logit(risk))))
    information = float((mu * (1 - mu)).sum())
    return float(1 / np.sqrt(information)) if information > 1e-12 else None


def log_ratio_error(events: float, n: int) -> float | None:
    """Standard error of the logarithm of O:E; None without events.

    Examples
    --------
    >>> round(log_ratio_error(25, 100), 4)
    0.1732
    """
    return float(np.sqrt((1 - events / n) / events)) if events > 0 else None
