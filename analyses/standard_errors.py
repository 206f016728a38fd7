"""Standard errors of measures in one sample, in closed form.

Belongs here: DeLong's for the AUC, those of a recalibration, that of the logarithm of O:E.
Does not belong here: the measures (`analyses.metrics`), bootstrap intervals (`analyses.intervals`).
Each row counts as a patient of its own; where that is not so, use the bootstrap.
"""

import numpy as np
from scipy.stats import rankdata

from analyses.metrics import Floats, logit


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
    events, others = risk[outcome == 1], risk[outcome == 0]
    n1, n0 = len(events), len(others)
    if min(n1, n0) < 2:
        return None
    ranks = rankdata(np.concatenate([events, others]))
    of_events = (ranks[:n1] - rankdata(events)) / n0
    of_others = 1 - (ranks[n1:] - rankdata(others)) / n1
    return float(np.sqrt(of_events.var(ddof=1) / n1 + of_others.var(ddof=1) / n0))


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
