"""Centres: how a model does at each centre it was not made from, and at the next one.

Belongs here: estimate, interval and size of each centre, the pooled value, the range for a new one.
Does not belong here: leaving centres out (`analyses.centres`), studies of others
(`analyses.figures.forest`).
A centre too small to be pooled is grey and hollow, never dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from analyses.disclosure import Shown
from analyses.figures.style import BLUE, GREY, INK, RULE, VERMILION, WIDTH, Table, house_style, wrap
from analyses.numbers import NONE, interval, number

ROW, HEAD, FOOT = 0.4, 0.42, 0.36  # inches
LEFT, SIDE = 1.32, 1.42
#: Limits of a scale of ratios; an interval that goes on ends with an arrow.
LOWEST, HIGHEST = 1 / 8, 8.0
TICKS = (0.125, 0.5, 1.0, 2.0, 8.0)
Limits = tuple[float, float] | None


@dataclass(frozen=True)
class Centre:
    """One centre; `value` is None where it cannot be computed or may not be shown.

    `of_these` are the cases that count: with the event, on the smaller side, in the smallest group.
    """

    name: str
    n: Shown
    of_these: Shown | None
    value: float | None
    limits: Limits
    is_pooled: bool


@dataclass(frozen=True)
class Panel:
    """One measure: the centres, all of them pooled (value, interval, range of the next centre)."""

    title: str
    reference: float
    is_ratio: bool
    centres: tuple[Centre, ...]
    pooled: tuple[float, Limits, Limits] | None = None


def draw(panels: Sequence[Panel]) -> Figure:
    """One panel per measure, centres below each other, numbers at the right.

    Parameters
    ----------
    panels
        At least one, each with at least one centre.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    inner = [ROW * (len(p.centres) + (2 if p.pooled else 0)) for p in panels]
    total = sum(inner) + (HEAD + FOOT) * len(panels)
    with house_style():
        figure = Figure(figsize=(WIDTH, total))
        top = 0.0
        for panel, tall in zip(panels, inner, strict=True):
            title = wrap(panel.title, 40, lines=1)
            figure.text(0.04 / WIDTH, 1 - (top + 0.12) / total, title, weight="bold", va="top")
            box = (LEFT / WIDTH, 1 - (top + HEAD + tall) / total, SIDE / WIDTH, tall / total)
            axes = figure.add_axes(box)
            _panel(axes, panel)
            top += HEAD + tall + FOOT
    return figure


def _panel(axes: Axes, panel: Panel) -> None:
    """The lines of one measure."""
    rows = len(panel.centres) + (2 if panel.pooled else 0)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    _scale(axes, panel)
    axes.axvline(panel.reference, color=INK, lw=1, dashes=(3, 2), zorder=0)
    for place, centre in enumerate(panel.centres):
        _centre(axes, centre, place)
        beside = _size(centre)
        _words(axes, place, wrap(centre.name, 16, lines=1), beside, _said(centre))
    if panel.pooled:
        _together(axes, panel.pooled, len(panel.centres))
    axes.axhline(rows - 0.5, color=RULE, lw=0.8, zorder=0)


def _scale(axes: Axes, panel: Panel) -> None:
    """Ratios on a logarithmic scale of fixed ends; other measures as far as they reach."""
    if panel.is_ratio:
        axes.set_xscale("log")
        axes.set_xlim(LOWEST, HIGHEST)
        axes.xaxis.set_major_locator(FixedLocator(TICKS))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        values = [panel.reference]
        for centre in panel.centres:
            values += [v for v in (centre.value, *(centre.limits or ())) if v is not None]
        if panel.pooled:
            values += [*(panel.pooled[1] or ()), *(panel.pooled[2] or ())]
        room = max(0.06 * (max(values) - min(values)), 0.02)
        axes.set_xlim(min(values) - room, max(values) + room)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))


def _centre(axes: Axes, centre: Centre, place: int) -> None:
    """Interval and dot of one centre; what leaves the scale ends with an arrow."""
    if centre.value is None:
        return
    colour = BLUE if centre.is_pooled else GREY
    left, right = axes.get_xlim()
    if centre.limits is not None:
        low, high = centre.limits
        ends = [min(max(low, left), right), min(max(high, left), right)]
        axes.plot(ends, [place, place], color=colour, lw=1.8, solid_capstyle="butt")
        for limit, end, arrow in ((low, ends[0], "<"), (high, ends[1], ">")):
            if limit != end:
                axes.plot([end], [place], color=colour, marker=arrow, ms=5, clip_on=False)
    at = min(max(centre.value, left), right)
    inside = colour if centre.is_pooled else "white"
    dot = Line2D([at], [place], marker="o", ms=6, mfc=inside, mec=colour, ls="", zorder=3)
    dot.set_clip_on(False)
    axes.add_line(dot)


def _together(axes: Axes, pooled: tuple[float, Limits, Limits], place: int) -> None:
    """The pooled value as a diamond, and below it where the next centre may lie."""
    value, limits, following = pooled
    left, right = axes.get_xlim()
    low, high = (min(max(v, left), right) for v in limits or (value, value))
    corners = [(low, place), (value, place - 0.2), (high, place), (value, place + 0.2)]
    axes.add_patch(Polygon(corners, color=INK, lw=0))
    said = f"{number(value)}\n({interval(limits)})" if limits else number(value)
    _words(axes, place, "Pooled", "", said)
    if following is not None:
        ends = [min(max(v, left), right) for v in following]
        axes.plot(ends, [place + 1] * 2, color=VERMILION, lw=1.8, dashes=(4, 1.5))
    _words(axes, place + 1, "Next centre", "", f"{interval(following)}" if following else NONE)


def _words(axes: Axes, place: int, name: str, beside: str, said: str) -> None:
    """What stands left and right of a line."""
    spot = axes.get_yaxis_transform()
    left = -(LEFT - 0.04) / SIDE
    look: dict[str, Any] = {"transform": spot, "fontsize": 9.5, "va": "center", "linespacing": 1.15}
    axes.text(left, place, f"{name}\n{beside}" if beside else name, **look)
    axes.text(1.06, place, said, **look)


def _size(centre: Centre) -> str:
    """Cases of a centre, and in brackets how many of them count."""
    return f"n {centre.n}" if centre.of_these is None else f"n {centre.n} ({centre.of_these})"


def _said(centre: Centre) -> str:
    """The estimate and below it the interval."""
    if centre.value is None:
        return "not shown"
    said = number(centre.value)
    return f"{said}\n({interval(centre.limits)})" if centre.limits else said


def alt_text(panels: Sequence[Panel]) -> str:
    """The first measure: lowest and highest centre, and all pooled.

    Parameters
    ----------
    panels
        As drawn.

    Returns
    -------
    str
        One to three sentences.

    Examples
    --------
    >>> a, b = (Centre(name, 40, 12, value, None, True) for name, value in (("A", 0.6), ("B", 0.7)))
    >>> alt_text([Panel("AUC", 0.5, False, (a, b))])
    'AUC at 2 centres left out in turn. Lowest: A 0.60; highest: B 0.70.'
    """
    first = panels[0]
    noun = "centre" if len(first.centres) == 1 else "centres"
    said = f"{first.title} at {len(first.centres)} {noun} left out in turn."
    told = [(c.value, c.name) for c in first.centres if c.value is not None]
    if told:
        low, high = min(told), max(told)
        said += f" Lowest: {low[1]} {number(low[0])}; highest: {high[1]} {number(high[0])}."
    if first.pooled:
        value, limits, following = first.pooled
        said += (
            f" Pooled: {number(value)} ({interval(limits)}); next centre: {interval(following)}."
        )
    return said


def as_table(panels: Sequence[Panel]) -> Table:
    """Every centre with its numbers.

    Parameters
    ----------
    panels
        As drawn.

    Returns
    -------
    Table
        Columns: measure, centre, cases, of these, estimate, 95% interval, pooled.
    """
    rows = []
    for panel in panels:
        for c in panel.centres:
            of_these = NONE if c.of_these is None else str(c.of_these)
            size = (str(c.n), of_these, number(c.value), interval(c.limits))
            rows.append((panel.title, c.name, *size, "yes" if c.is_pooled else "no"))
        if panel.pooled:
            value, limits, following = panel.pooled
            both = (number(value), interval(limits), NONE)
            rows.append((panel.title, "Pooled", NONE, NONE, *both))
            rows.append((panel.title, "Next centre", NONE, NONE, NONE, interval(following), NONE))
    header = ("Measure", "Centre", "Cases", "Of these", "Estimate", "95% interval", "In the pool")
    return Table(header, tuple(rows))
