"""Forest: odds ratios of several studies below each other, and what they give together.

Belongs here: squares, intervals, the diamond of a pooled ratio and the range of a new study.
Does not belong here: the ratios (`analyses.literature`), whether they may be pooled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from analyses.figures.style import BLUE, GREY, INK, RULE, VERMILION, WIDTH, Table, house_style, wrap
from analyses.numbers import NONE, brief

#: Ratios beyond are drawn with an arrow at the edge; their numbers stand beside.
LOWEST, HIGHEST = 1 / 64, 1024.0
_ROW = 0.36
_LOOKS = {"published": (GREY, "s"), "own": (BLUE, "o"), "pooled": (INK, "D")}


@dataclass(frozen=True)
class Study:
    """One line: `kind` is published, own or pooled; without a ratio `interval` is None.

    `weight` is the share of a pooled ratio, `prediction` where a new study may lie.
    """

    label: str
    kind: str
    ratio: float | None
    interval: tuple[float, float] | None
    weight: float | None = None
    prediction: tuple[float, float] | None = None


@dataclass(frozen=True)
class Panel:
    """One sign and the studies of it."""

    title: str
    studies: tuple[Study, ...]


def draw(panels: Sequence[Panel]) -> Figure:
    """One panel for each sign, its studies below each other, numbers at the right.

    Parameters
    ----------
    panels
        At least one, each with at least one study.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    heads = [0.2 + 0.19 * (1 + wrap(panel.title, 46).count("\n")) for panel in panels]
    inner = [_ROW * len(panel.studies) for panel in panels]
    total = sum(heads) + sum(inner) + 0.36 * len(panels)
    with house_style():
        figure = Figure(figsize=(WIDTH, total))
        top = 0.0
        for panel, head, height in zip(panels, heads, inner, strict=True):
            title = wrap(panel.title, 46)
            figure.text(0.04 / WIDTH, 1 - (top + 0.1) / total, title, weight="bold", va="top")
            bottom = 1 - (top + head + height) / total
            axes = figure.add_axes((1.46 / WIDTH, bottom, 1.34 / WIDTH, height / total))
            _panel(axes, panel)
            top += head + height + 0.36
    return figure


def _panel(axes: Axes, panel: Panel) -> None:
    """The lines of one sign."""
    axes.set_xscale("log")
    axes.set_xlim(LOWEST, HIGHEST)
    axes.set_ylim(len(panel.studies) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(LogLocator(base=10))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(panel.studies)))
    axes.set_yticklabels([wrap(study.label, 17, lines=2) for study in panel.studies], fontsize=9.5)
    axes.tick_params(axis="y", length=0)
    axes.axvline(1, color=INK, lw=1, dashes=(3, 2), zorder=0)
    for place, study in enumerate(panel.studies):
        _study(axes, study, place)
        spot = axes.get_yaxis_transform()
        axes.text(1.04, place, text_of(study), transform=spot, va="center", fontsize=9.5)
    axes.axhline(len(panel.studies) - 0.5, color=RULE, lw=0.8, zorder=0)


def _study(axes: Axes, study: Study, place: int) -> None:
    """One line: an interval with a mark, or the diamond of a pooled ratio."""
    if study.ratio is None or study.interval is None:
        return
    colour, marker = _LOOKS[study.kind]
    low, high = (_inside(limit) for limit in study.interval)
    if study.kind == "pooled":
        if study.prediction is not None:
            reach = [_inside(limit) for limit in study.prediction]
            axes.plot(reach, [place, place], color=VERMILION, lw=1.4, solid_capstyle="butt")
        middle = _inside(study.ratio)
        corners = [(low, place), (middle, place - 0.2), (high, place), (middle, place + 0.2)]
        axes.add_patch(Polygon(corners, color=colour, lw=0))
        return
    axes.plot([low, high], [place, place], color=colour, lw=1.8, solid_capstyle="butt")
    size = 5.0 if study.weight is None else 4.0 + 6.0 * math.sqrt(study.weight)
    axes.add_line(Line2D([_inside(study.ratio)], [place], color=colour, marker=marker, ms=size))
    for limit, edge, arrow in ((study.interval[0], low, "<"), (study.interval[1], high, ">")):
        if limit != edge:
            line = Line2D([edge], [place], color=colour, marker=arrow, ms=5)
            line.set_clip_on(False)
            axes.add_line(line)


def _inside(value: float) -> float:
    """A ratio within the axis."""
    return min(max(value, LOWEST), HIGHEST)


def text_of(study: Study) -> str:
    """The ratio and below it the interval.

    Examples
    --------
    >>> text_of(Study("Kim", "published", 13.82, (1.62, 118.4))).split()
    ['14', '(1.6', 'to', '118)']
    """
    if study.ratio is None or study.interval is None:
        return "not shown"
    low, high = (_brief(limit) for limit in study.interval)
    return f"{_brief(study.ratio)}\n({low} to {high})"


def _brief(ratio: float) -> str:
    """Two digits, whole above a hundred."""
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.2g}"


def alt_text(panels: Sequence[Panel]) -> str:
    """The ratios of the first sign in words.

    Examples
    --------
    >>> alt_text([Panel("Cyst", (Study("Kim", "published", 2.0, (1.0, 4.0)),))])
    'Odds ratios of 1 sign in each study. Cyst: Kim 2 (1 to 4).'
    """
    noun = "sign" if len(panels) == 1 else "signs"
    first = panels[0]
    said = "; ".join(f"{s.label} {' '.join(text_of(s).split())}" for s in first.studies)
    return f"Odds ratios of {len(panels)} {noun} in each study. {first.title}: {said}."


def as_table(panels: Sequence[Panel]) -> Table:
    """Every ratio with its interval and weight.

    Returns
    -------
    Table
        Columns: sign, study, odds ratio, 95% interval, weight, a new study.
    """
    rows = []
    for panel in panels:
        for study in panel.studies:
            weight = NONE if study.weight is None else f"{100 * study.weight:.0f}%"
            rows.append(
                (
                    panel.title,
                    study.label,
                    brief(study.ratio),
                    _limits(study.interval),
                    weight,
                    _limits(study.prediction),
                )
            )
    header = ("Sign", "Study", "Odds ratio", "95% interval", "Weight", "A new study may lie in")
    return Table(header, tuple(rows))


def _limits(interval: tuple[float, float] | None) -> str:
    """Two limits, a dash where there are none."""
    return NONE if interval is None else f"{brief(interval[0])} to {brief(interval[1])}"
