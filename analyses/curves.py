"""Curves of predictions: calibration, ROC, decision curve, as plain lists of points.

Belongs here: the numbers behind figures.
Does not belong here: drawing (`analyses.figures`), measures (`analyses.metrics`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analyses.describe import wilson_interval
from analyses.metrics import Floats

_BINS = 10
_LEAST_PER_BIN = 15
_HISTOGRAM_BINS = 20
_SMOOTH_POINTS = 51
_ROC_POINTS = 100


def calibration_curve(outcome: Floats, risk: Floats) -> dict[str, Any]:
    """Groups of equal size with Wilson limits, a loess curve, and a histogram by outcome.

    Parameters
    ----------
    outcome
        Shape (n,). 1 where the event happened, else 0.
    risk
        Shape (n,). Predicted risk.

    Returns
    -------
    dict[str, Any]
        `bins`, `smooth` (drawn values kept inside 0 to 1; empty if the risks vary too little) and
        `histogram`.

    Examples
    --------
    >>> risk = np.linspace(0.1, 0.9, 60)
    >>> curve = calibration_curve((risk > 0.5).astype(float), risk)
    >>> [group["n"] for group in curve["bins"]], len(curve["histogram"])
    ([15, 15, 15, 15], 20)
    """
    return {
        "bins": _bins(outcome, risk),
        "smooth": _smooth(outcome, risk),
        "histogram": _histogram(outcome, risk),
    }


def roc_curve(outcome: Floats, risk: Floats) -> list[dict[str, float]]:
    """Points of the ROC curve from (0, 0) to (1, 1), at most 100; empty with one class only.

    Examples
    --------
    >>> roc_curve(np.array([0.0, 1.0]), np.array([0.2, 0.7]))[1]
    {'fpr': 0.0, 'tpr': 1.0}
    """
    n_events = float(outcome.sum())
    n_others = len(outcome) - n_events
    if min(n_events, n_others) == 0:
        return []
    order = np.argsort(-risk, kind="stable")
    last = np.flatnonzero(np.r_[np.diff(risk[order]) != 0, True])  # a tie is one step
    tpr = np.r_[0.0, np.cumsum(outcome[order])[last] / n_events]
    fpr = np.r_[0.0, np.cumsum(1 - outcome[order])[last] / n_others]
    n_points = min(_ROC_POINTS, len(tpr))
    kept = np.unique(np.linspace(0, len(tpr) - 1, n_points).round().astype(int))
    return [{"fpr": float(fpr[i]), "tpr": float(tpr[i])} for i in kept]


def net_benefit(outcome: Floats, risk: Floats, thresholds: Floats) -> Floats:
    """Net benefit of acting on every case whose predicted risk reaches a threshold.

    Parameters
    ----------
    outcome
        Shape (n,). 1 where the event happened, else 0.
    risk
        Shape (n,). Predicted risk.
    thresholds
        Shape (k,). Threshold probabilities, 0 < t < 1.

    Returns
    -------
    Floats
        Shape (k,). Net true positives per case. Below 0 means harm: never clipped.

    Notes
    -----
    NB(t) = TP(t)/n - FP(t)/n * t/(1 - t). A case exactly at the threshold counts as flagged.
    Source: Vickers AJ, Elkin EB. Med Decis Making 2006;26:565. doi:10.1177/0272989X06295361

    Examples
    --------
    >>> outcome = np.array([1.0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    >>> risk = np.array([0.9, 0.8, 0.4, 0.2, 0.7, 0.3, 0.2, 0.1, 0.1, 0.05])
    >>> net_benefit(outcome, risk, np.array([0.3])).round(3)  # five flagged, three of them events
    array([0.214])
    """
    flagged = risk >= thresholds[:, None]
    true_positives: Floats = (flagged * outcome).mean(axis=1)
    false_positives: Floats = (flagged * (1 - outcome)).mean(axis=1)
    return true_positives - false_positives * thresholds / (1 - thresholds)


def decision_curve(
    outcome: Floats, risk: Floats, thresholds: Sequence[float]
) -> list[dict[str, float]]:
    """Net benefit of the model, of acting on all and on none, at each threshold.

    Examples
    --------
    >>> decision_curve(np.array([0.0, 1.0]), np.array([0.2, 0.7]), [0.5])
    [{'threshold': 0.5, 'model': 0.5, 'all': 0.0, 'none': 0.0}]
    """
    at = np.array(thresholds)
    model, everyone = net_benefit(outcome, risk, at), net_benefit(outcome, np.ones(len(risk)), at)
    return [
        {"threshold": float(t), "model": float(m), "all": float(a), "none": 0.0}
        for t, m, a in zip(at, model, everyone, strict=True)
    ]


def loess(x: Floats, y: Floats, at: Floats, span: float = 0.75) -> Floats | None:
    """Local quadratic regression with tricube weights, evaluated directly; not clipped.

    Parameters
    ----------
    x, y
        Shape (n,).
    at
        Shape (k,). Where the curve is wanted.
    span
        Share of the points in each window.

    Returns
    -------
    Floats or None
        Shape (k,); None if a window holds one value of x only, or fewer than three points.

    Notes
    -----
    As R's `loess(degree = 2, span, surface = "direct")`. Source: Cleveland WS. J Am Stat Assoc
    1979;74:829. doi:10.1080/01621459.1979.10481038

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> loess(x, x**2, np.array([2.5])).round(6)
    array([6.25])
    """
    size = int(np.floor(span * len(x) + 1e-5))
    if size < 3:
        return None
    fitted = np.empty(len(at))
    for place, centre in enumerate(at):
        distance = np.abs(x - centre)
        width = np.partition(distance, size - 1)[size - 1]
        if width <= 0:
            return None
        weight = np.sqrt(np.clip(1 - (distance / width) ** 3, 0, None) ** 3)
        near = weight > 0
        if len(np.unique(x[near])) < 3:
            return None
        d = (x[near] - centre) / width  # a window of its own unit keeps the columns comparable
        design = np.column_stack([np.ones(len(d)), d, d * d]) * weight[near, None]
        fitted[place] = np.linalg.lstsq(design, y[near] * weight[near], rcond=None)[0][0]
    return fitted


def _bins(outcome: Floats, risk: Floats) -> list[dict[str, Any]]:
    """Groups of about equal size; cases of equal risk are never split."""
    n_bins = max(1, min(_BINS, len(risk) // _LEAST_PER_BIN))
    edges = np.unique(np.quantile(risk, np.linspace(0, 1, n_bins + 1)[1:-1]))
    place = np.searchsorted(edges, risk, side="left")
    groups = []
    for group in np.unique(place):
        rows = place == group
        low, high = wilson_interval(int(outcome[rows].sum()), int(rows.sum()))
        groups.append(
            {
                "mean_risk": float(risk[rows].mean()),
                "observed": float(outcome[rows].mean()),
                "low": low,
                "high": high,
                "n": int(rows.sum()),
            }
        )
    return groups


def _smooth(outcome: Floats, risk: Floats) -> list[dict[str, float]]:
    """Points of the loess curve between the smallest and the largest risk."""
    at = np.linspace(risk.min(), risk.max(), _SMOOTH_POINTS)
    observed = loess(risk, outcome, at)
    if observed is None:
        return []
    kept = np.clip(observed, 0, 1)
    return [{"risk": float(r), "observed": float(o)} for r, o in zip(at, kept, strict=True)]


def _histogram(outcome: Floats, risk: Floats) -> list[dict[str, Any]]:
    """Number of events and others in bins of the risk."""
    edges = np.linspace(0, 1, _HISTOGRAM_BINS + 1)
    events, _ = np.histogram(risk[outcome == 1], bins=edges)
    others, _ = np.histogram(risk[outcome == 0], bins=edges)
    return [
        {
            "low": float(edges[i]),
            "high": float(edges[i + 1]),
            "events": int(events[i]),
            "non_events": int(others[i]),
        }
        for i in range(_HISTOGRAM_BINS)
    ]
