"""Claims: estimates below each other on one scale, with what decides a claim drawn in.

Belongs here: marks, intervals, the line of no effect or the bound, the band of effects too small to
matter.
Does not belong here: the estimates (`analyses.ledger`), which of them stand together
(`analyses.report.claim_pictures`).
"""

import math
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

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
from analyses.numbers import MINUS, NONE

Scale = Literal["ratio", "share", "difference"]
Kind = Literal["yes", "no", "none", "open", "split", "site", "definition", "published"]
_ROW, _LABEL, _AXES = 0.38, 1.58, 1.06
#: Points; at 320 pixels they are 9 pixels, the least that is read.
_SMALL = 9.5
#: Colour, marker and whether it is filled. The first five are verdicts, with the shapes that the
#: page writes; what a claim's parts say is a smaller square.
_LOOKS: dict[Kind, tuple[str, str, bool]] = {
    "yes": (GREEN, "o", True),
    "no": (VERMILION, "v", True),
    "none": (INK, "s", True),
    "open": (BLUE, "o", False),
    "split": (PURPLE, "D", True),
    "site": (GREY, "s", True),
    "definition": (PURPLE, "s", True),
    "published": (GREY, "D", False),
}
#: Ends of a logarithmic axis, tightest first; what lies beyond the last has an arrow.
_SPANS = (8.0, 64.0, 1024.0)


@dataclass(frozen=True)
class Line:
    """One estimate: where it lies, what stands beside it, and the bound it is held against."""

    label: str
    kind: Kind
    estimate: float
    interval: tuple[float, float]
    said: str
    bound: float | None = None


@dataclass(frozen=True)
class Panel:
    """Estimates on one scale. `smallest` is half the width of the band of effects too small."""

    lines: tuple[Line, ...]
    scale: Scale
    axis: str
    no_effect: float | None = None
    smallest: float | None = None


def draw(panel: Panel) -> Figure:
    """Every estimate in a line of its own, numbers at the right.

    Parameters
    ----------
    panel
        At least one line.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    height = _ROW * len(panel.lines)
    foot = 0.3 + 0.17 * len(wrap(panel.axis, 44).splitlines())
    total = height + foot + 0.12
    with house_style():
        figure = Figure(figsize=(WIDTH, total))
        axes = figure.add_axes((_LABEL / WIDTH, foot / total, _AXES / WIDTH, height / total))
        low, high = _ends(panel)
        _frame(axes, panel, low, high)
        for place, line in enumerate(panel.lines):
            _line(axes, line, place, low, high)
            axes.text(
                1.06,
                place,
                line.said,
                transform=axes.get_yaxis_transform(),
                va="center",
                size=_SMALL,
            )
        said = wrap(panel.axis, 44)
        figure.text(0.5, 0.06 / total, said, ha="center", va="bottom", color=GREY, size=_SMALL)
    return figure


def _frame(axes: Axes, panel: Panel, low: float, high: float) -> None:
    """Axis, labels, the line of no effect and the band around it."""
    if panel.scale == "ratio":
        axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(len(panel.lines) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(FixedLocator(_ticks(panel, low, high)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(panel.scale, value)))
    axes.set_yticks(range(len(panel.lines)))
    axes.set_yticklabels([wrap(line.label, 19, lines=2) for line in panel.lines], fontsize=_SMALL)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=_SMALL)
    if panel.no_effect is None:
        return
    if panel.smallest is not None:
        band = (
            (panel.no_effect / panel.smallest, panel.no_effect * panel.smallest)
            if panel.scale == "ratio"
            else (panel.no_effect - panel.smallest, panel.no_effect + panel.smallest)
        )
        axes.axvspan(max(band[0], low), min(band[1], high), color="#e9ecef", lw=0, zorder=-1)
    axes.axvline(panel.no_effect, color=INK, lw=1, dashes=(3, 2), zorder=0)


def _line(axes: Axes, line: Line, place: int, low: float, high: float) -> None:
    """One interval with its mark, an arrow where it goes on beyond the axis."""
    colour, marker, is_filled = _LOOKS[line.kind]
    ends = [min(max(limit, low), high) for limit in line.interval]
    axes.plot(ends, [place, place], color=colour, lw=1.8, solid_capstyle="butt")
    if line.bound is not None:
        reach = [place - 0.32, place + 0.32]
        axes.plot([line.bound, line.bound], reach, color=INK, lw=1.4)
    axes.add_line(
        Line2D(
            [min(max(line.estimate, low), high)],
            [place],
            color=colour,
            marker=marker,
            ms=5.0 if line.kind in ("site", "definition", "published") else 7.0,
            mfc=colour if is_filled else "white",
        )
    )
    for limit, end, arrow in zip(line.interval, ends, "<>", strict=True):
        if limit != end:
            mark = Line2D([end], [place], color=colour, marker=arrow, ms=5)
            mark.set_clip_on(False)
            axes.add_line(mark)


def _ends(panel: Panel) -> tuple[float, float]:
    """Ends of the axis: the tightest of a few that hold every estimate."""
    values = [v for line in panel.lines for v in (line.estimate, *line.interval)]
    if panel.scale == "ratio":
        reach = max(max(v, 1 / v) if v > 0 else math.inf for v in values)
        span = next((s for s in _SPANS if reach <= s), _SPANS[-1])
        return 1 / min(span, 64.0), span
    if panel.scale == "share":
        return (-1.0 if min(values) < 0 else 0.0), 1.0
    largest = max(*(abs(v) for v in values), 1.5 * (panel.smallest or 0.0))
    step = 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 1.0
    reach = next(step * k for k in (1, 1.5, 2, 3, 5, 8, 10) if step * k >= largest * 0.999)
    return -reach, reach


def _ticks(panel: Panel, low: float, high: float) -> list[float]:
    """Few ticks, so that they never touch."""
    if panel.scale == "ratio":
        return {8.0: [1 / 8, 1, 8], 64.0: [1 / 64, 1, 64], 1024.0: [1 / 64, 1, 32, 1024]}[high]
    return [low, (low + high) / 2, high]


def _tick(scale: Scale, value: float) -> str:
    """A tick as read."""
    if scale == "ratio":
        return f"{value:g}" if value >= 1 else f"1/{1 / value:.0f}"
    if scale == "share":
        return f"{100 * value:.0f}%".replace("-", MINUS)
    return f"{value:g}".replace("-", MINUS)


def alt_text(panel: Panel) -> str:
    r"""Every estimate in words, as far as a sentence goes.

    Examples
    --------
    >>> line = Line("Margin", "yes", 4.0, (2.0, 8.0), "4.0\n(2.0 to 8.0)")
    >>> alt_text(Panel((line,), "ratio", "Odds ratio"))
    'Odds ratio, 1 estimate with its interval. Margin: 4.0 (2.0 to 8.0).'
    """
    first = panel.lines[:6]
    said = "; ".join(f"{line.label}: {' '.join(line.said.split())}" for line in first)
    more = f"; and {len(panel.lines) - len(first)} more" if len(panel.lines) > len(first) else ""
    many = (
        "1 estimate with its interval"
        if len(panel.lines) == 1
        else (f"{len(panel.lines)} estimates with their intervals")
    )
    return f"{panel.axis.rstrip('.')}, {many}. {said}{more}."


def as_table(panel: Panel) -> Table:
    """Every estimate with its interval and the bound it is held against.

    Returns
    -------
    Table
        Columns: line, estimate with 95% interval, bound.
    """
    rows = tuple(
        (line.label, " ".join(line.said.split()), _bound(panel, line)) for line in panel.lines
    )
    return Table(("What", "Estimate (95% interval)", "Held against"), rows)


def _bound(panel: Panel, line: Line) -> str:
    """What the estimate is held against."""
    value = line.bound if line.bound is not None else panel.no_effect
    return NONE if value is None else _tick(panel.scale, value)
