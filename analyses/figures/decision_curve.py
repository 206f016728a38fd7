"""Decision curve: net benefit of a model, of its baseline, of acting for all and for none.

Belongs here: the four lines and the thresholds that the plan names.
Does not belong here: net benefit (`analyses.curves`), its sentences (`analyses.report.contest`).
Harm is shown: nothing of the model or the baseline is cut at 0 or at the foot. Only "act for all"
may leave the panel there, and says so: it falls so far that nothing else could be told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analyses.figures.style import (
    BLUE,
    GREY,
    INK,
    VERMILION,
    WIDTH,
    Table,
    house_style,
    spread,
    wrap,
)
from analyses.numbers import NONE, number

SIDE, TALL = 2.35, 2.7  # inches of the panel
LEFT, HEIGHT = 0.72, 3.58
WASH = "#eef2f6"
BELOW = "act for all,\ngoes on below"


@dataclass(frozen=True)
class Point:
    """Net benefit at one threshold; `baseline` is None where there is none."""

    threshold: float
    model: float
    baseline: float | None
    everyone: float


@dataclass(frozen=True)
class Benefit:
    """All of the figure: the name of the model and a point for each threshold of the plan."""

    model: str
    points: tuple[Point, ...]


def draw(benefit: Benefit) -> Figure:
    """Four lines with their names at the right end, the thresholds of the plan shaded.

    Parameters
    ----------
    benefit
        At least one point, in order of the threshold.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    points = benefit.points
    at = [p.threshold for p in points]
    lines: list[tuple[str, Sequence[float], str, Any, str]] = [
        (benefit.model, [p.model for p in points], BLUE, "solid", "o"),
        ("act for none", [0.0] * len(points), INK, (0, (1.2, 1.2)), ""),
    ]
    with_baseline = [p.baseline for p in points if p.baseline is not None]
    if len(with_baseline) == len(points):
        lines.insert(1, ("baseline", with_baseline, GREY, (0, (5, 2)), "s"))
    seen = [value for _, values, *_ in lines for value in values]
    everyone = [p.everyone for p in points]
    high = max(*seen, *everyone, 0.02)
    low = min(*seen, -0.35 * high)
    lines.append(("act for all", everyone, VERMILION, (0, (6, 1.5, 1.2, 1.5)), ""))
    room = 0.06 * (high - low)
    with house_style():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        box = (LEFT / WIDTH, 0.62 / HEIGHT, SIDE / WIDTH, TALL / HEIGHT)
        axes = figure.add_axes(box)
        axes.set_xlim(max(0.0, at[0] - 0.06), min(1.0, at[-1] + 0.06))
        axes.set_ylim(low - room, high + 2 * room)
        axes.axvspan(at[0], at[-1], color=WASH, lw=0, zorder=0)
        for _, values, colour, dashes, marker in lines:
            axes.plot(at, values, color=colour, ls=dashes, marker=marker, ms=4.5)
        _axes(axes)
        _names(axes, lines, at[-1])
    return figure


def _axes(axes: Axes) -> None:
    """Thresholds in per cent along the foot, net benefit upwards."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlabel("Threshold to act at")
    axes.set_ylabel("Net benefit")
    first, last = axes.get_xlim()
    axes.text(
        (first + last) / 2,
        1.0,
        "shaded: thresholds of the plan",
        transform=axes.get_xaxis_transform(),
        ha="center",
        va="bottom",
        color=GREY,
        fontsize=9.5,
    )


def _names(
    axes: Axes, lines: Sequence[tuple[str, Sequence[float], str, Any, str]], at: float
) -> None:
    """The name of each line beside its end, moved apart where two ends lie close."""
    low, high = axes.get_ylim()
    last = axes.get_xlim()[1]
    ends = [max(values[-1], low) for _, values, *_ in lines]
    words = [
        BELOW if name == "act for all" and values[-1] < low else wrap(name, 14, lines=2)
        for name, values, *_ in lines
    ]
    tall = [(0.06 + 0.16 * (1 + said.count("\n"))) * (high - low) / TALL for said in words]
    for (_, _, colour, *_), end, said, spot in zip(
        lines, ends, words, spread(ends, tall, low, high), strict=True
    ):
        x = last + 0.035 * (last - axes.get_xlim()[0])
        axes.plot([at, x], [end, spot], color=colour, lw=0.8, clip_on=False)
        axes.text(x, spot, f" {said}", color=INK, va="center", fontsize=9.5, linespacing=1.1)


def alt_text(benefit: Benefit) -> str:
    """At which thresholds the model is worth more than the simple rules.

    Parameters
    ----------
    benefit
        As drawn.

    Returns
    -------
    str
        Two sentences.

    Examples
    --------
    >>> alt_text(Benefit("ridge", (Point(0.2, 0.05, 0.04, 0.01), Point(0.4, -0.01, 0.0, -0.3))))
    'Net benefit at 2 thresholds from 20% to 40%. The ridge model is above both acting for all and \
acting for none at 20%.'
    """
    points = benefit.points
    better = [f"{p.threshold:.0%}" for p in points if p.model > max(p.everyone, 0.0)]
    noun = "threshold" if len(points) == 1 else "thresholds"
    return (
        f"Net benefit at {len(points)} {noun} from {points[0].threshold:.0%} to "
        f"{points[-1].threshold:.0%}. The {benefit.model} model is above both acting for all and "
        f"acting for none at {', '.join(better) or 'none of them'}."
    )


def as_table(benefit: Benefit) -> Table:
    """Net benefit of each line at each threshold.

    Parameters
    ----------
    benefit
        As drawn.

    Returns
    -------
    Table
        Columns: threshold, model, baseline, act for all, act for none.
    """
    rows = tuple(
        (
            f"{p.threshold:.0%}",
            number(p.model, digits=3),
            NONE if p.baseline is None else number(p.baseline, digits=3),
            number(p.everyone, digits=3),
            number(0.0, digits=3),
        )
        for p in benefit.points
    )
    model = benefit.model[:1].upper() + benefit.model[1:]
    return Table(("Threshold", model, "Baseline", "Act for all", "Act for none"), rows)
