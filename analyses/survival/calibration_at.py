"""Calibration at a horizon: predicted risks by a time against the risk that was observed.

Belongs here: groups with limits, the smooth curve, the integrated calibration index.
Does not belong here: the ratio of observed and expected (`analyses.survival.horizon_scores`),
points that need no follow-up (`analyses.curves`).
"""

from typing import Any

import numpy as np

from analyses.curves import groups_of_equal_size, histogram
from analyses.describe import wilson_interval
from analyses.metrics import SMALLEST_RISK, Floats
from analyses.smooth_calibration import KNOTS, spline_basis
from analyses.survival.competing import cumulative_incidence
from analyses.survival.fine_gray import fit_fine_gray
from analyses.survival.horizon_scores import is_case
from analyses.survival.steps import Codes, is_marked

_POINTS = 51
#: The curve has three columns, and needs that many events at the least (a convention).
_LEAST_EVENTS = 10


def smooth_risk(
    time: Floats,
    event: Codes,
    risk: Floats,
    points: Floats,
    *,
    at: float,
    weights: Floats | None = None,
) -> Floats | None:
    """Observed risk by the horizon at predicted ones, smoothed over the cases.

    Parameters
    ----------
    time, event
        Shape (n,). Times and codes: 0 censored, 1 the event, 2 a competing event.
    risk
        Shape (n,). Predicted risk of the event by the horizon.
    points
        Shape (k,). Predicted risks at which the curve is wanted.
    at
        The horizon.
    weights
        Shape (n,). 1 by default.

    Returns
    -------
    Floats or None
        Shape (k,); None with fewer than ten events or risks that vary too little.

    Notes
    -----
    A regression of the subdistribution on a 4-knot spline of ln(-ln(1 - risk)); without competing
    events that is Cox regression. Source: Austin PC et al. Stat Med 2020;39:2714.
    doi:10.1002/sim.8570; competing events: Austin PC et al. Diagn Progn Res 2022;6:2.
    doi:10.1186/s41512-021-00114-6
    """
    w = np.ones(len(time)) if weights is None else weights
    if not len(time) or w[np.asarray(event) == 1].sum() < _LEAST_EVENTS or at > time[w > 0].max():
        return None
    x = _log_minus_log(risk)
    knots = np.quantile(np.repeat(x, w.astype(int)) if (w % 1 == 0).all() else x, KNOTS)
    if (np.diff(knots) <= 0).any():
        return None
    fit = fit_fine_gray(spline_basis(x, knots), time, event, weights=w)
    if fit.reason is not None:
        return None
    return fit.risk(spline_basis(_log_minus_log(points), knots), at)


def calibration_errors_at(
    time: Floats, event: Codes, risk: Floats, *, at: float, weights: Floats | None = None
) -> dict[str, float] | None:
    """Mean, median, 90 % quantile and maximum of the distance of risk and smooth curve.

    `ici`, `e50`, `e90`, `emax`; None where there is no curve. Arguments as in `smooth_risk`.
    """
    observed = smooth_risk(time, event, risk, risk, at=at, weights=weights)
    if observed is None:
        return None
    gap = np.abs(observed - risk)
    if weights is not None:
        gap = np.repeat(gap, weights.astype(int))
    return {
        "ici": float(gap.mean()),
        "e50": float(np.median(gap)),
        "e90": float(np.quantile(gap, 0.9)),
        "emax": float(gap.max()),
    }


def ici_at(
    time: Floats, event: Codes, risk: Floats, *, at: float, weights: Floats | None = None
) -> float | None:
    """Mean distance of predicted risk and smooth curve; whole-number weights.

    Examples
    --------
    >>> time, event = np.array([1.0, 2.0]), np.array([1, 0])
    >>> ici_at(time, event, np.array([0.2, 0.4]), at=1.0) is None
    True
    """
    found = calibration_errors_at(time, event, risk, at=at, weights=weights)
    return None if found is None else found["ici"]


def calibration_curve_at(time: Floats, event: Codes, risk: Floats, *, at: float) -> dict[str, Any]:
    """Groups of equal size with limits, the smooth curve, and a histogram by outcome.

    Returns
    -------
    dict[str, Any]
        As `analyses.curves.calibration_curve`. Observed in a group: Kaplan-Meier (Aalen-Johansen)
        with log-log limits, or, where nobody or everybody had the event and these have no value,
        Wilson's of those of whom it is known; a group of which nobody is followed to the horizon is
        left out, and the histogram holds those only of whom is known whether the event came by
        then.
    """
    is_known = (time > at) | is_marked(event)
    bins = []
    for rows in groups_of_equal_size(risk):
        curve = cumulative_incidence(time[rows], np.asarray(event)[rows])
        observed = float(curve.at(at))
        if not np.isfinite(observed):
            continue
        low, high = (float(limit) for limit in curve.limits_at(at))
        if not np.isfinite(low + high):
            n = int(is_known[rows].sum())
            low, high = wilson_interval(round(observed * n), n)
        bins.append(
            {
                "mean_risk": float(risk[rows].mean()),
                "observed": observed,
                "low": low,
                "high": high,
                "n": int(rows.sum()),
            }
        )
    points = np.linspace(risk.min(), risk.max(), _POINTS) if len(risk) else risk
    smooth = smooth_risk(time, event, risk, points, at=at)
    return {
        "bins": bins,
        "smooth": []
        if smooth is None
        else [
            {"risk": float(r), "observed": float(o)} for r, o in zip(points, smooth, strict=True)
        ],
        "histogram": histogram(is_case(time, event, at=at)[is_known], risk[is_known]),
        "errors": calibration_errors_at(time, event, risk, at=at),
    }


def _log_minus_log(risk: Floats) -> Floats:
    """ln(-ln(1 - risk)), the scale on which a hazard is proportional."""
    p = np.clip(risk, SMALLEST_RISK, 1 - SMALLEST_RISK)
    scaled: Floats = np.log(-np.log1p(-p))
    return scaled
