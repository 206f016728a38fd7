"""Points chart: what each value of a predictor counts, and the risk behind a sum of points.

Belongs here: rows of points, the scales from a total to a risk.
Does not belong here: which points (`analyses.report.points`), the formula (`analyses.written_out`).
A nomogram in rows: values stand below each other, so that no label meets another on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analyses.figures.style import (
    BLUE,
    GREY,
    RULE,
    VERMILION,
    WIDTH,
    Table,
    house_style,
    wrap,
)
from analyses.numbers import number

LARGEST = 100
_ROW, _GAP, _LINE = 0.21, 0.08, 0.17  # inches
_LEFT, _ACROSS = 1.72, 2.0
_NEAREST = 0.42  # inches between two ticks of a scale


@dataclass(frozen=True)
class Value:
    """One value of a predictor and its points; `is_gap`: a way of being missing."""

    label: str
    points: float
    is_gap: bool = False


@dataclass(frozen=True)
class Line:
    """One predictor; of a number the points lie on a straight line between its values."""

    label: str
    values: tuple[Value, ...]
    is_number: bool = False


@dataclass(frozen=True)
class Scale:
    """From total points to one risk: pairs of a total and what is read there, ascending."""

    label: str
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Chart:
    """Lines, the largest effects first, of which `shown` are drawn; scales; a warning.

    `still` are the predictors without a line: they count as in the invented patient.
    """

    lines: tuple[Line, ...]
    shown: int
    scales: tuple[Scale, ...]
    total: float
    warning: str
    still: tuple[str, ...] = ()


def draw(chart: Chart) -> Figure:
    """Rows of points, then a scale for each risk.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    lines = chart.lines[: chart.shown]
    labels = [wrap(line.label, 46, lines=1) for line in lines]
    rows = sum(1 + len(_drawn(line)) for line in lines)
    heads = [wrap(_head(scale), 46, lines=2) for scale in chart.scales]
    inner = _ROW * rows + _GAP * len(lines)
    tails = [0.62 + _LINE * (1 + head.count("\n")) for head in heads]
    total = 0.62 + inner + 0.1 + sum(tails)
    with house_style():
        figure = Figure(figsize=(WIDTH, total))
        figure.text(
            0.04 / WIDTH, 1 - 0.04 / total, chart.warning, va="top", weight="bold", color=VERMILION
        )
        place = (_LEFT / WIDTH, 1 - (0.62 + inner) / total, _ACROSS / WIDTH, inner / total)
        axes = figure.add_axes(place)
        _rows(axes, lines, labels, inner)
        top = 0.62 + inner + 0.1
        for scale, head, tail in zip(chart.scales, heads, tails, strict=True):
            figure.text(0.04 / WIDTH, 1 - (top + 0.08) / total, head, va="top", weight="bold")
            down = top + 0.08 + _LINE * (1 + head.count("\n")) + 0.2
            wide = WIDTH - 0.6
            place = (0.3 / WIDTH, 1 - (down + 0.1) / total, wide / WIDTH, 0.1 / total)
            _scale(figure.add_axes(place), scale, chart.total, wide)
            top += tail
    return figure


def _head(scale: Scale) -> str:
    """What stands above the line of a scale, and what below it."""
    return f"Above: points in all. Below: {scale.label[:1].lower()}{scale.label[1:]}"


def _drawn(line: Line) -> Sequence[Value]:
    """The values in the drawing: ways of being missing are in the table only."""
    return [value for value in line.values if not value.is_gap]


def _rows(axes: Axes, lines: Sequence[Line], labels: Sequence[str], inner: float) -> None:
    """The predictors with their values."""
    axes.set_xlim(0, LARGEST)
    axes.set_ylim(inner, 0)
    axes.xaxis.tick_top()
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("Points", labelpad=3)
    axes.xaxis.set_label_position("top")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.spines["top"].set_visible(True)
    axes.set_yticks([])
    axes.grid(axis="x", color=RULE, lw=0.6)
    axes.set_axisbelow(True)
    left = -_LEFT / _ACROSS * LARGEST
    down = _GAP
    for line, label in zip(lines, labels, strict=True):
        axes.text(left + 2, down + _ROW / 2, label, va="center", weight="bold", clip_on=False)
        down += _ROW
        spots = []
        for value in _drawn(line):
            middle = down + _ROW / 2
            spots.append((value.points, middle))
            axes.text(-4, middle, wrap(value.label, 21, lines=1), ha="right", va="center")
            axes.text(104, middle, number(value.points, digits=0), va="center", clip_on=False)
            down += _ROW
        across, heights = zip(*spots, strict=True)
        if line.is_number:
            axes.plot(across, heights, color=GREY, lw=1.2, zorder=2)
        marks = Line2D(across, heights, color=BLUE, marker="o", ls="", ms=5.5, zorder=3)
        marks.set_clip_on(False)
        axes.add_line(marks)
        down += _GAP


def _scale(axes: Axes, scale: Scale, total: float, wide: float) -> None:
    """One scale: totals above the line, risks below it."""
    axes.set_xlim(0, total)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.spines[["left"]].set_visible(False)
    kept: list[tuple[float, str]] = []
    for spot, said in scale.ticks:
        if not kept or (spot - kept[-1][0]) / total * wide >= _NEAREST:
            kept.append((spot, said))
    axes.set_xticks([spot for spot, _ in kept])
    axes.set_xticklabels([said for _, said in kept])
    for spot, _ in kept:
        axes.text(spot, 1.4, f"{spot:.0f}", ha="center", va="bottom", color=GREY, clip_on=False)


def alt_text(chart: Chart) -> str:
    """The largest effects in words.

    Examples
    --------
    >>> line = Line("Age", (Value("20 years", 0.0), Value("60 years", 100.0)), is_number=True)
    >>> alt_text(Chart((line,), 1, (), 100.0, "For exploration, not for care."))
    'For exploration, not for care. Points of each value. Age: 20 years 0, 60 years 100.'
    """
    said = "; ".join(
        f"{line.label}: "
        + ", ".join(f"{v.label} {number(v.points, digits=0)}" for v in _drawn(line))
        for line in chart.lines[: min(3, chart.shown)]
    )
    more = len(chart.lines) - 3
    also = f"; and {more} more predictors" if more > 0 else ""
    return f"{chart.warning} Points of each value. {said}{also}."


def as_table(chart: Chart) -> Table:
    """Every value with its points, and every scale.

    Returns
    -------
    Table
        Columns: predictor or scale, value, points.
    """
    rows = [
        (line.label, value.label, number(value.points, digits=0))
        for line in chart.lines
        for value in line.values
    ]
    rows += [
        (scale.label, said, f"{spot:.0f} in all")
        for scale in chart.scales
        for spot, said in scale.ticks
    ]
    return Table(("Predictor", "Value", "Points"), tuple(rows))
