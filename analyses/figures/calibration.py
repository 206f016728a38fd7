"""Calibration: predicted risk against what happened, with the spread of the predictions below.

Belongs here: bins with Wilson limits, the smooth curve, the ideal line, histograms by outcome.
Does not belong here: computing any of them (`analyses.metrics`).
Both axes have the same scale; a curve that leaves it is a mistake of the input, not clipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.disclosure import Shown
from analyses.figures.style import (
    BLUE,
    GREY,
    INK,
    RULE,
    VERMILION,
    WIDTH,
    Table,
    house_style,
)


@dataclass(frozen=True)
class Bin:
    """Cases of similar predicted risk: mean prediction, share with the outcome, Wilson limits."""

    mean_risk: float
    observed: float
    low: float
    high: float
    n: Shown


@dataclass(frozen=True)
class Bar:
    """Cases predicted between `low` and `high`, with and without the outcome."""

    low: float
    high: float
    events: Shown
    non_events: Shown


@dataclass(frozen=True)
class Curve:
    """All of the figure; parts that may not be shown or were not computed are empty."""

    bins: tuple[Bin, ...]
    smooth: tuple[tuple[float, float], ...]
    histogram: tuple[Bar, ...]


def draw(curve: Curve) -> Figure:
    """Square panel of observed against predicted, histogram of predictions below it.

    Parameters
    ----------
    curve
        Risks and shares between 0 and 1.

    Returns
    -------
    Figure
        4.2 by 5.8 inches.
    """
    with house_style():
        height = 5.8
        figure = Figure(figsize=(WIDTH, height))
        side = 3.25
        axes = figure.add_axes((0.72 / WIDTH, 1.8 / height, side / WIDTH, side / height))
        _panel(axes, curve)
        low = figure.add_axes((0.72 / WIDTH, 0.6 / height, side / WIDTH, 1.05 / height))
        _histogram(low, curve.histogram)
        _key(figure)
    return figure


def _panel(axes: Axes, curve: Curve) -> None:
    """Ideal line, smooth curve, bins."""
    axes.plot([0, 1], [0, 1], color=GREY, lw=1.2, dashes=(4, 3))
    if curve.smooth:
        x, y = zip(*curve.smooth, strict=True)
        axes.plot(x, y, color=BLUE)
    for b in curve.bins:
        axes.plot([b.mean_risk, b.mean_risk], [b.low, b.high], color=VERMILION, lw=1.2)
        axes.plot([b.mean_risk], [b.observed], color=VERMILION, marker="o", ms=5, ls="")
    _unit_axis(axes)
    axes.tick_params(labelbottom=False)
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.set_ylabel("Share with the outcome")


def _unit_axis(axes: Axes) -> None:
    """Predicted risk from 0 to 1 along the x axis."""
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])


def _histogram(axes: Axes, bars: Sequence[Bar]) -> None:
    """Cases with the outcome upwards, those without it downwards."""
    _unit_axis(axes)
    axes.set_xlabel("Predicted probability")
    axes.axhline(0, color=INK, lw=0.8)
    if not bars or not all(isinstance(n, int) for b in bars for n in (b.events, b.non_events)):
        axes.set_ylim(-1, 1)
        axes.set_yticks([])
        axes.text(0.5, 0.25, "Histogram: numbers too small to show", ha="center")
        return
    both = [n for b in bars for n in (int(str(b.events)), -int(str(b.non_events)))]
    middles = [(b.low + b.high) / 2 for b in bars for _ in "ud"]
    widths = [0.9 * (b.high - b.low) for b in bars for _ in "ud"]
    # in one call: a call for each bar takes most of the time of the figure
    axes.bar(middles, both, width=widths, color=[BLUE, RULE] * len(bars), linewidth=0)
    top = max(max(int(str(b.events)), int(str(b.non_events))) for b in bars) or 1
    axes.set_ylim(-1.12 * top, 1.12 * top)
    axes.set_yticks([-top, 0, top])
    axes.set_yticklabels([str(top), "0", str(top)])
    axes.set_ylabel("Cases")


def _key(figure: Figure) -> None:
    """What each mark means, above the panel."""
    height = figure.get_figheight()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    top, middle, low = height - 0.15, height - 0.38, height - 0.61
    axes.plot([0.25], [top], color=VERMILION, marker="o", ms=5, ls="")
    axes.plot([0.25, 0.25], [top - 0.09, top + 0.09], color=VERMILION, lw=1.2)
    axes.plot([2.48, 2.78], [top, top], color=BLUE)
    axes.plot([0.1, 0.4], [middle, middle], color=GREY, lw=1.2, dashes=(4, 3))
    for left, colour in ((0.17, BLUE), (2.55, RULE)):
        axes.add_patch(Rectangle((left, low - 0.08), 0.16, 0.16, facecolor=colour, linewidth=0))
    for left, y, label in (
        (0.5, top, "groups with 95% limits"),
        (2.88, top, "smooth curve"),
        (0.5, middle, "perfect calibration"),
        (0.5, low, "cases with the outcome"),
        (2.88, low, "without it"),
    ):
        axes.text(left, y, label, va="center_baseline")


def alt_text(curve: Curve) -> str:
    """Where the groups lie against the ideal line.

    Parameters
    ----------
    curve
        As drawn.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> alt_text(Curve((Bin(0.2, 0.3, 0.1, 0.5, 20),), (), ()))
    'Calibration in 1 group of cases: predicted 20% to 20%, observed 30% to 30%.'
    """
    if not curve.bins:
        return "Calibration: the numbers are too small to be shown in groups."
    risks, seen = [b.mean_risk for b in curve.bins], [b.observed for b in curve.bins]
    noun = "group" if len(curve.bins) == 1 else "groups"
    return (
        f"Calibration in {len(curve.bins)} {noun} of cases: predicted {min(risks):.0%} to "
        f"{max(risks):.0%}, observed {min(seen):.0%} to {max(seen):.0%}."
    )


def as_table(curve: Curve) -> Table:
    """The groups with their limits.

    Parameters
    ----------
    curve
        As drawn.

    Returns
    -------
    Table
        Columns: mean predicted probability, share observed, 95% interval, cases.
    """
    return Table(
        ("Mean predicted probability", "Share with the outcome", "95% interval", "Cases"),
        tuple(
            (f"{b.mean_risk:.2f}", f"{b.observed:.2f}", f"{b.low:.2f} to {b.high:.2f}", str(b.n))
            for b in curve.bins
        ),
    )
