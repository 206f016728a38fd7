"""ROC curves as an audience may see them: whole for open rows, joined into steps for others.

Belongs here: points of the curve and chosen thresholds, small steps kept back.
Does not belong here: areas and their intervals (`analyses.metrics`), drawing
(`analyses.figures.roc`).
"""

from collections.abc import Sequence

import numpy as np

from analyses.curves import roc_curve
from analyses.disclosure import SMALLEST_SHOWN, Audience
from analyses.figures.roc import Curve, Threshold
from analyses.metrics import Floats


def roc_of(
    outcome: Floats,
    risk: Floats,
    *,
    label: str,
    area: float | None,
    interval: tuple[float, float] | None,
    audience: Audience,
    thresholds: Sequence[float] = (),
) -> Curve:
    """The curve of one class against the others.

    Parameters
    ----------
    outcome
        Shape (n,). 1 where the event happened, else 0.
    risk
        Shape (n,). Predicted risk.
    label
        Name of the class.
    area, interval
        As estimated elsewhere.
    audience
        `internal`: every step of the curve holds 5 cases with the outcome and 5 without, and a
        threshold is marked only where all four counts behind it are 0 or at least 5; none of it
        where the outcome has fewer than 5 cases, or the others.
    thresholds
        Chosen ones.

    Returns
    -------
    Curve
        Without points where there is one class only, or too few cases.

    Examples
    --------
    >>> outcome, risk = np.array([0.0, 1.0]), np.array([0.2, 0.7])
    >>> made = roc_of(outcome, risk, label="x", area=1.0, interval=None, audience="open")
    >>> made.points
    ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    """
    points = tuple((p["fpr"], p["tpr"]) for p in roc_curve(outcome, risk))
    n_events = int(outcome.sum())
    sizes = (len(outcome) - n_events, n_events)
    if audience == "internal":
        if min(sizes) < SMALLEST_SHOWN:
            return Curve(label, (), None, None)
        points = joined(points, sizes)
    chosen = (_threshold(outcome, risk, value, audience) for value in thresholds if points)
    return Curve(label, points, area, interval, tuple(t for t in chosen if t is not None))


def joined(
    points: tuple[tuple[float, float], ...], sizes: tuple[int, int]
) -> tuple[tuple[float, float], ...]:
    """Points of which each is at least 5 cases of either kind from the one before.

    Parameters
    ----------
    points
        Share of the others flagged, share of the outcome found; from (0, 0) to (1, 1).
    sizes
        Cases without the outcome and with it.

    Returns
    -------
    tuple
        Some of the points, the first and the last among them.

    Examples
    --------
    >>> joined(((0, 0), (0.1, 0.2), (0.3, 0.5), (1, 1)), (20, 10))
    ((0, 0), (0.3, 0.5), (1, 1))
    """
    least = tuple(SMALLEST_SHOWN / n for n in sizes)
    kept = [points[0]]
    for point in points[1:-1]:
        is_far = all(
            kept[-1][i] + least[i] <= point[i] + 1e-9 and point[i] <= 1 - least[i] + 1e-9
            for i in (0, 1)
        )
        if is_far:
            kept.append(point)
    return (*kept, points[-1])


def _threshold(outcome: Floats, risk: Floats, value: float, audience: Audience) -> Threshold | None:
    """Where a threshold lies; None where one of the four counts is too small to be told."""
    flagged = risk >= value
    cells = [int(np.sum(flagged[outcome == kind] == side)) for kind in (0, 1) for side in (1, 0)]
    if min(cells[0] + cells[1], cells[2] + cells[3]) == 0:
        return None
    if audience == "internal" and any(0 < n < SMALLEST_SHOWN for n in cells):
        return None
    return Threshold(value, cells[0] / (cells[0] + cells[1]), cells[2] / (cells[2] + cells[3]))
