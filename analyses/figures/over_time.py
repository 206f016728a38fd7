"""Over time: curves that step from one time to the next, with limits and the numbers at risk.

Belongs here: the share free of an event, and the risk of several events, against time.
Does not belong here: estimating them (`analyses.survival`), which curves there are
(`analyses.report.pictures`).
A curve ends where nothing more is known; it is never drawn on.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analyses.disclosure import Shown
from analyses.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    VERMILION,
    WIDTH,
    Table,
    house_style,
    wrap,
)
from analyses.numbers import NONE

#: Colour and dashes of each curve: told apart without colour too.
LOOKS: tuple[tuple[str, tuple[float, ...]], ...] = (
    (BLUE, ()),
    (VERMILION, (6, 2)),
    (GREEN, (2, 1.5)),
    (PURPLE, (8, 2, 2, 2)),
    (INK, (4, 4)),
    (GREY, (1, 1)),
)
#: The same by name: a histology group keeps its colour in every figure of a report.
GROUPS = dict(
    zip(("ependymoma", "astrocytic", "haemangioblastoma", "other"), LOOKS, strict=False)
) | {"not recorded": LOOKS[-1]}
_ROW, _PANEL = 0.2, 2.6  # inches
_MOST_LINES = 12
#: Where fewer are at risk a curve is drawn thin: one event makes it fall by a fifth or more.
LEAST_AT_RISK = 5
Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Curve:
    """One curve: its name, times, values with limits (None: not known), and who is at risk when."""

    name: str
    times: tuple[float, ...]
    values: Values
    low: Values
    high: Values
    at_risk: tuple[tuple[float, Shown], ...] = ()


@dataclass(frozen=True)
class OverTime:
    """The figure: curves on one pair of axes, 1 at the top.

    `is_joined`: the points are few and joined by lines; a step would put all events between two of
    them at the later one.
    """

    curves: tuple[Curve, ...]
    value: str
    time: str
    is_joined: bool = False


def draw(shown: OverTime) -> Figure:
    """Steps with shaded limits, and below them the numbers at risk.

    Parameters
    ----------
    shown
        At least one curve, six at most.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    counted = [curve for curve in shown.curves if curve.at_risk]
    key = _ROW * len(shown.curves) + 0.08 if len(shown.curves) > 1 else 0.1
    below = 0.62 + (0.24 + _ROW * len(counted) * (1 if len(counted) == 1 else 2) if counted else 0)
    height = key + _PANEL + below
    with house_style():
        figure = Figure(figsize=(WIDTH, height))
        box = (0.72 / WIDTH, below / height, (WIDTH - 0.92) / WIDTH, _PANEL / height)
        axes = figure.add_axes(box)
        for curve, (colour, dashes) in _looks(shown.curves):
            _line(axes, curve, colour, dashes, is_joined=shown.is_joined)
        _axes(axes, shown)
        if len(shown.curves) > 1:
            _key(figure, shown.curves, height)
        _at_risk(figure, axes, counted, height)
    return figure


def _looks(curves: Sequence[Curve]) -> Iterator[tuple[Curve, tuple[str, tuple[float, ...]]]]:
    """Each curve with its colour and dashes."""
    if all(curve.name in GROUPS for curve in curves):
        return ((curve, GROUPS[curve.name]) for curve in curves)
    return zip(curves, LOOKS, strict=False)


def _line(
    axes: Axes, curve: Curve, colour: str, dashes: tuple[float, ...], *, is_joined: bool
) -> None:
    """One curve with its limits; it stops at the last known value."""
    times = np.array(curve.times)
    values, low, high = (
        np.array([np.nan if v is None else v for v in each])
        for each in (curve.values, curve.low, curve.high)
    )
    known = np.isfinite(values)
    style = {"color": colour, "dashes": dashes} if dashes else {"color": colour}
    end = _thin_from(curve)
    thick = known & (times <= end)
    thin = known & (times >= times[thick].max(initial=0.0))
    for part, width in ((thick, 1.6), (thin, 0.7)) if end < math.inf else ((known, 1.6),):
        axes.plot(
            times[part],
            values[part],
            drawstyle="default" if is_joined else "steps-post",
            marker="o" if is_joined else "",
            ms=4,
            **style | {"lw": width},
        )
    limited = known & np.isfinite(low) & np.isfinite(high)
    axes.fill_between(
        times[limited],
        low[limited],
        high[limited],
        step=None if is_joined else "post",
        color=colour,
        alpha=0.13,
        linewidth=0,
    )


def _thin_from(curve: Curve) -> float:
    """The last time at which enough are known to be at risk; without such numbers no end."""
    told = [(at, n) for at, n in curve.at_risk if isinstance(n, int)]
    if all(n >= LEAST_AT_RISK for _, n in told):
        return math.inf
    return max((at for at, n in told if n >= LEAST_AT_RISK), default=0.0)


def _axes(axes: Axes, shown: OverTime) -> None:
    """Both axes from 0."""
    last = max((t for curve in shown.curves for t in curve.times), default=1.0)
    axes.set_xlim(0, last or 1.0)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_yticklabels(["0%", "25%", "50%", "75%", "100%"])
    marks = [at for curve in shown.curves[:1] for at, _ in curve.at_risk]
    if len(marks) > 1:  # so that the numbers at risk stand under their time
        axes.set_xticks(marks)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 1.2, 2, 2.4, 3, 5, 6, 10]))
    axes.set_xlabel(shown.time)
    axes.set_ylabel(shown.value)
    axes.plot([0, last], [0.5, 0.5], color=GREY, lw=0.8, dashes=(2, 3), zorder=0)


def _key(figure: Figure, curves: Sequence[Curve], height: float) -> None:
    """The name of each curve, one below the other, above the panel."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    for place, (curve, (colour, dashes)) in enumerate(_looks(curves)):
        y = height - 0.12 - _ROW * place
        style = {"color": colour, "dashes": dashes} if dashes else {"color": colour}
        axes.plot([0.72, 1.1], [y, y], **style)
        axes.text(1.2, y, wrap(curve.name, 34, lines=1), va="center_baseline")


def _at_risk(figure: Figure, axes: Axes, curves: Sequence[Curve], height: float) -> None:
    """Numbers at risk below the axis, at the times they belong to; names stand above them."""
    if not curves:
        return
    y = axes.get_position().y0 - 0.62 / height
    figure.text(0.04 / WIDTH, y, "At risk", color=INK)
    left, right = axes.get_xlim()
    box = axes.get_position()
    for curve in curves:
        y -= _ROW / height
        if len(curves) > 1:
            figure.text(0.04 / WIDTH, y, wrap(curve.name, 40, lines=1), color=INK)
            y -= _ROW / height
        for at, n in curve.at_risk:
            x = box.x0 + box.width * (at - left) / (right - left)
            figure.text(x, y, str(n), ha="center", color=INK)


def alt_text(shown: OverTime) -> str:
    """Where each curve ends.

    Parameters
    ----------
    shown
        As drawn.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> curve = Curve("all", (0.0, 12.0), (1.0, 0.8), (None, 0.7), (None, 0.9))
    >>> alt_text(OverTime((curve,), "Free of the event", "Months"))
    'Free of the event over time, 1 curve. all: 80% at 12 (months).'
    """
    said = []
    for curve in shown.curves:
        known = [(t, v) for t, v in zip(curve.times, curve.values, strict=True) if v is not None]
        if known:
            said.append(f"{curve.name}: {known[-1][1]:.0%} at {known[-1][0]:g}")
    noun = "curve" if len(shown.curves) == 1 else "curves"
    unit = shown.time[:1].lower() + shown.time[1:]
    tail = f" {'; '.join(said)} ({unit})." if said else " The numbers are too small to be shown."
    return f"{shown.value} over time, {len(shown.curves)} {noun}.{tail}"


def as_table(shown: OverTime) -> Table:
    """Values with limits at about a dozen times of each curve.

    Parameters
    ----------
    shown
        As drawn.

    Returns
    -------
    Table
        Columns: curve, time, value, 95% interval.
    """
    rows = []
    for curve in shown.curves:
        known = [k for k, v in enumerate(curve.values) if v is not None]
        step = max(1, -(-len(known) // _MOST_LINES))
        for k in known[::step]:
            low, high = curve.low[k], curve.high[k]
            limits = f"{low:.2f} to {high:.2f}" if low is not None and high is not None else NONE
            rows.append((curve.name, f"{curve.times[k]:g}", f"{curve.values[k]:.2f}", limits))
    return Table(("Curve", shown.time, shown.value, "95% interval"), tuple(rows))
