"""Curves of predictions: calibration, ROC, decision curve, as plain lists of points.

Belongs here: the numbers behind figures.
Does not belong here: drawing (`analyses.figures`), measures (`analyses.metrics`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.describe import wilson_interval
from analyses.metrics import Floats
from analyses.smooth_calibration import calibration_errors, loess_many

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
        `bins`, `smooth` (drawn values kept inside 0 to 1; empty if the risks vary too little),
        `histogram`, and `errors` (ICI, E50, E90, Emax; None where there is no smooth curve).

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
        "histogram": histogram(outcome, risk),
        "errors": calibration_errors(outcome, risk),
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
) -> list[dict[str, Any]]:
    """Net benefit of the model, of acting on all and on none, at each threshold.

    The counts behind it stand beside: without them nobody could tell whom a point gives away.

    Examples
    --------
    >>> decision_curve(np.array([0.0, 1.0]), np.array([0.2, 0.7]), [0.5])[0]["model"]
    0.5
    """
    at = np.array(thresholds)
    model, everyone = net_benefit(outcome, risk, at), net_benefit(outcome, np.ones(len(risk)), at)
    return [
        {
            "threshold": float(t),
            "model": float(m),
            "all": float(a),
            "none": 0.0,
            "true_positives": int((outcome[risk >= t] == 1).sum()),
            "false_positives": int((outcome[risk >= t] == 0).sum()),
        }
        for t, m, a in zip(at, model, everyone, strict=True)
    ]


def groups_of_equal_size(risk: Floats) -> list[NDArray[np.bool_]]:
    """Cases in order of their risk, in groups of about equal size; equal risks stay together.

    Examples
    --------
    >>> [int(rows.sum()) for rows in groups_of_equal_size(np.linspace(0, 1, 31))]
    [16, 15]
    """
    if not len(risk):
        return []
    n_bins = max(1, min(_BINS, len(risk) // _LEAST_PER_BIN))
    edges = np.unique(np.quantile(risk, np.linspace(0, 1, n_bins + 1)[1:-1]))
    place = np.searchsorted(edges, risk, side="left")
    return [place == group for group in np.unique(place)]


def _bins(outcome: Floats, risk: Floats) -> list[dict[str, Any]]:
    """Share with the outcome in each group, with Wilson limits."""
    groups = []
    for rows in groups_of_equal_size(risk):
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
    observed = loess_many(risk, outcome, at, np.ones((1, len(risk))))[0]
    if not np.isfinite(observed).all():
        return []
    kept = np.clip(observed, 0, 1)
    return [{"risk": float(r), "observed": float(o)} for r, o in zip(at, kept, strict=True)]


def histogram(outcome: Floats, risk: Floats) -> list[dict[str, Any]]:
    """Number of events and others in bins of the risk.

    Examples
    --------
    >>> histogram(np.array([1.0, 0.0]), np.array([0.01, 0.02]))[0]
    {'low': 0.0, 'high': 0.05, 'events': 1, 'non_events': 1}
    """
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
