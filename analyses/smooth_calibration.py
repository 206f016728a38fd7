"""Smooth calibration: how far predicted risks lie from a smooth curve of what was observed.

Belongs here: local regression, the spline basis, the integrated calibration index and its kin.
Does not belong here: slope and intercept (`analyses.metrics`), points to be drawn
(`analyses.curves`).
"""

import numpy as np

from analyses.metrics import Floats, logit
from analyses.proportional_odds import fit_proportional_odds, grade_risks

#: Quantiles of the logit of the risk at which the spline has its knots.
KNOTS = (0.05, 0.35, 0.65, 0.95)
SPAN = 0.75
#: Where the curve of a bootstrap sample is taken.
_POINTS = 51
#: Below this share of its largest value the determinant says: fewer than three values of x.
_DEGENERATE = 1e-9


def calibration_errors(outcome: Floats, risk: Floats) -> dict[str, float] | None:
    """Mean, median, 90 % quantile and maximum of the distance of risk and smooth curve.

    Parameters
    ----------
    outcome
        Shape (n,). 1 where the event happened, else 0.
    risk
        Shape (n,). Predicted risk.

    Returns
    -------
    dict[str, float] or None
        `ici`, `e50`, `e90`, `emax`; None where the risks vary too little for a curve.

    Notes
    -----
    The curve is a loess (not clipped); where a window of it holds too few values of the risk, a
    logistic regression on a 4-knot spline of its logit. Source: Austin PC, Steyerberg EW. Stat
    Med 2019;38:4051. doi:10.1002/sim.8281

    Examples
    --------
    >>> risk = np.linspace(0.1, 0.9, 60)
    >>> found = calibration_errors((risk > 0.5).astype(float), risk)
    >>> 0 < found["ici"] < found["emax"]
    True
    """
    curve: Floats | None = loess_many(risk, outcome, risk, np.ones((1, len(risk))))[0]
    if curve is None or not np.isfinite(curve).all():
        curve = spline_calibration(outcome, risk)
    if curve is None:
        return None
    gap = np.abs(curve - risk)
    return {
        "ici": float(gap.mean()),
        "e50": float(np.median(gap)),
        "e90": float(np.quantile(gap, 0.9)),
        "emax": float(gap.max()),
    }


def ici_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Integrated calibration index under each row of weights; shape (b,).

    Notes
    -----
    One row of weights: exact. Several, which only make an interval: the windows are those of all
    cases, and the curve is taken at 51 risks and joined by lines in between.

    Examples
    --------
    >>> risk = np.linspace(0.1, 0.9, 60)
    >>> y = (risk > 0.5).astype(float)
    >>> float(ici_many(y, risk, np.ones((1, 60)))[0].round(4))
    0.2589
    """
    total = weights.sum(axis=1)
    if len(weights) > 1:
        at = np.linspace(risk.min(), risk.max(), _POINTS)
        curve = _with_fixed_windows(outcome, risk, at, weights) @ _lines(at, risk)
    else:
        curve = loess_many(risk, outcome, risk, weights)
        if not np.isfinite(curve).all() and (weights == 1).all():
            spline = spline_calibration(outcome, risk)
            curve = curve if spline is None else spline[None, :]
    result = np.full(len(weights), np.nan)
    np.divide((weights * np.abs(curve - risk)).sum(axis=1), total, out=result, where=total > 0)
    return result


def loess_many(x: Floats, y: Floats, at: Floats, weights: Floats, *, span: float = SPAN) -> Floats:
    """Local quadratic regression with tricube weights, evaluated directly; not clipped.

    Parameters
    ----------
    x, y
        Shape (n,).
    at
        Shape (k,). Where the curve is wanted.
    weights
        Shape (b, n). A weight of 2 is the same as the row twice.
    span
        Share of the points in each window.

    Returns
    -------
    Floats
        Shape (b, k); nan where a window holds fewer than three values of x.

    Notes
    -----
    As R's `loess(degree = 2, span, surface = "direct")`. Source: Cleveland WS. J Am Stat Assoc
    1979;74:829. doi:10.1080/01621459.1979.10481038

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> loess_many(x, x**2, np.array([2.5]), np.ones((1, 8))).round(6).tolist()
    [[6.25]]
    """
    size = np.floor(span * weights.sum(axis=1) + 1e-5)
    fitted = np.full((len(weights), len(at)), np.nan)
    for place, centre in enumerate(at):
        order = np.argsort(np.abs(x - centre), kind="stable")
        distance, drawn = np.abs(x - centre)[order], weights[:, order]
        last = (np.cumsum(drawn, axis=1) < size[:, None]).sum(axis=1)
        width = distance[np.minimum(last, len(x) - 1)]
        known = (width > 0) & (size >= 3)
        safe = np.where(known, width, 1.0)[:, None]
        w = drawn * np.clip(1 - (distance / safe) ** 3, 0, None) ** 3
        d = (x[order] - centre) / safe  # a window of its own unit keeps the columns comparable
        fitted[:, place] = np.where(known, _quadratic(d, y[order], w), np.nan)
    return fitted


def spline_basis(x: Floats, knots: Floats) -> Floats:
    """Restricted cubic spline: x itself and one column for each knot but two; shape (n, k - 1).

    Notes
    -----
    Linear beyond the outer knots, on the scale of x. Source: Harrell FE. Regression Modeling
    Strategies, 2nd ed., section 2.4.5 (`Hmisc::rcspline.eval(norm = 2)`).

    Examples
    --------
    >>> spline_basis(np.array([0.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0])).tolist()
    [[0.0, 0.0], [2.0, 0.25], [4.0, 3.0]]
    """
    first, before, last = knots[0], knots[-2], knots[-1]
    columns = [x]
    for knot in knots[:-2]:
        bend = _cube(x - knot) - _cube(x - before) * (last - knot) / (last - before)
        bend += _cube(x - last) * (before - knot) / (last - before)
        columns.append(bend / (last - first) ** 2)
    return np.column_stack(columns)


def spline_calibration(outcome: Floats, risk: Floats) -> Floats | None:
    """Observed risk at each predicted one, by a spline of its logit; None if knots coincide."""
    x = logit(risk)
    knots = np.quantile(x, KNOTS)
    if (np.diff(knots) <= 0).any() or len(np.unique(outcome)) < 2:
        return None
    basis = spline_basis(x, knots)
    # two grades: plain logistic regression without penalty
    found = fit_proportional_odds(basis, outcome, np.inf, n_classes=2)
    curve: Floats = grade_risks(basis, found.thresholds, found.slopes)[:, 1]
    return curve


def _with_fixed_windows(y: Floats, x: Floats, at: Floats, weights: Floats) -> Floats:
    """Local regression under rows of weights, in the windows of all cases; shape (b, k)."""
    size = int(np.floor(SPAN * len(x) + 1e-5))
    fitted = np.full((len(weights), len(at)), np.nan)
    for place, centre in enumerate(at):
        distance = np.abs(x - centre)
        width = np.partition(distance, size - 1)[size - 1] if size >= 3 else 0.0
        if width > 0:
            kernel = np.clip(1 - (distance / width) ** 3, 0, None) ** 3
            d = (x - centre) / width
            powers = np.column_stack([kernel * d**k for k in range(5)])
            sums = weights @ np.column_stack([powers, powers[:, :3] * y[:, None]])
            fitted[:, place] = _at_zero(sums)
    return fitted


def _lines(at: Floats, x: Floats) -> Floats:
    """The matrix that joins values at `at` by lines and reads them at x; shape (k, n)."""
    right = np.clip(np.searchsorted(at, x), 1, len(at) - 1)
    gap = at[right] - at[right - 1]
    share = np.divide(x - at[right - 1], gap, out=np.zeros(len(x)), where=gap > 0)
    joined = np.zeros((len(at), len(x)))
    joined[right - 1, np.arange(len(x))] = 1 - share
    joined[right, np.arange(len(x))] += share
    return joined


def _quadratic(d: Floats, y: Floats, w: Floats) -> Floats:
    """Value at d = 0 of a weighted quadratic in d, one for each row of weights."""
    parts = [w * d**k for k in range(5)]
    sums = [part.sum(axis=1) for part in parts] + [part @ y for part in parts[:3]]
    return _at_zero(np.column_stack(sums))


def _at_zero(sums: Floats) -> Floats:
    """The same from the sums of powers of d (five) and of powers times y (three); shape (b, 8)."""
    s0, s1, s2, s3, s4, t0, t1, t2 = sums.T
    # Cramer's rule on the normal equations
    a, b, c = s2 * s4 - s3**2, s1 * s4 - s2 * s3, s1 * s3 - s2**2
    determinant = s0 * a - s1 * b + s2 * c
    result = np.full(len(sums), np.nan)
    fine = determinant > _DEGENERATE * s0 * s2 * s4
    np.divide(t0 * a - t1 * b + t2 * c, determinant, out=result, where=fine)
    return result


def _cube(x: Floats) -> Floats:
    """The cube of the positive part."""
    return np.clip(x, 0, None) ** 3
