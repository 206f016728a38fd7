"""Performance: each measure of each model with its interval, one small panel per measure.

Belongs here: the dots, intervals and the line that marks a useless or a perfect value.
Does not belong here: the measures (`analyses.metrics`), what they mean (`analyses.report.words`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from analyses.figures.style import (
    BLUE,
    GREY,
    INK,
    RULE,
    VERMILION,
    WIDTH,
    Table,
    house_style,
    wrap,
)
from analyses.numbers import NONE, number

LOOKS = ((GREY, "s"), (BLUE, "o"), (VERMILION, "D"))  # baseline, primary, challenger


@dataclass(frozen=True)
class Estimate:
    """One measure of one model; `interval` is None where none could be computed."""

    model: str
    value: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Measure:
    """One panel: a measure, the value worth comparing with, and the estimates of each model."""

    label: str
    reference: float | None
    reference_label: str
    digits: int
    estimates: tuple[Estimate, ...]


def draw(measures: Sequence[Measure]) -> Figure:
    """One panel per measure, models below each other, numbers printed at the right.

    Parameters
    ----------
    measures
        At least one, each with the same models in the same order.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    row = 0.27
    heights = [0.34 + row * len(m.estimates) + 0.42 for m in measures]
    total = sum(heights)
    with house_style():
        figure = Figure(figsize=(WIDTH, total))
        top = 0.0
        for measure, height in zip(measures, heights, strict=True):
            inner = row * len(measure.estimates)
            bottom = 1 - (top + 0.34 + inner) / total
            axes = figure.add_axes((0.95 / WIDTH, bottom, 1.6 / WIDTH, inner / total))
            _panel(axes, measure)
            figure.text(
                0.04 / WIDTH, 1 - (top + 0.22) / total, measure.label, weight="bold", color=INK
            )
            top += height
    return figure


def _panel(axes: Axes, measure: Measure) -> None:
    """Dots and intervals of one measure."""
    axes.set_ylim(len(measure.estimates) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(*_range(measure))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    axes.set_yticks(range(len(measure.estimates)))
    axes.set_yticklabels([wrap(e.model, 10, lines=2) for e in measure.estimates])
    axes.tick_params(axis="y", length=0)
    if measure.reference is not None:
        axes.axvline(measure.reference, color=INK, lw=1, dashes=(3, 2), zorder=0)
    for place, estimate in enumerate(measure.estimates):
        colour, marker = LOOKS[min(place, 2)]
        if estimate.interval is not None:
            axes.plot(estimate.interval, [place, place], color=colour, lw=2, solid_capstyle="butt")
        if estimate.value is not None:
            dot = Line2D([estimate.value], [place], color=colour, marker=marker, ls="", ms=6)
            dot.set_clip_on(False)
            axes.add_line(dot)
        said = text_of(estimate, digits=measure.digits)
        spot = axes.get_yaxis_transform()
        axes.text(1.05, place, said, transform=spot, va="center_baseline", fontsize=9.5)
    axes.axhline(len(measure.estimates) - 0.5, color=RULE, lw=0.8, zorder=0)


def _range(measure: Measure) -> tuple[float, float]:
    """Limits of the axis: all that is drawn with a little room."""
    seen = [] if measure.reference is None else [measure.reference]
    for estimate in measure.estimates:
        seen += [] if estimate.value is None else [estimate.value]
        seen += [] if estimate.interval is None else list(estimate.interval)
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    room = max(0.08 * (high - low), 10.0**-measure.digits)
    return low - room, high + room


def text_of(estimate: Estimate, *, digits: int) -> str:
    """Estimate and interval as text, "not computed" where there is none.

    Parameters
    ----------
    estimate
        The number to write.
    digits
        Decimals.

    Returns
    -------
    str
        For example "0.71 (0.62, 0.79)".

    Examples
    --------
    >>> text_of(Estimate("ridge", 0.714, (0.62, 0.79)), digits=2)
    '0.71 (0.62, 0.79)'
    """
    if estimate.value is None:
        return "not computed"
    said = number(estimate.value, digits=digits)
    if estimate.interval is None:
        return said
    low, high = (number(limit, digits=digits) for limit in estimate.interval)
    return f"{said} ({low}, {high})"


def alt_text(measures: Sequence[Measure]) -> str:
    """The first measure of every model in words.

    Parameters
    ----------
    measures
        At least one.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> alt_text([Measure("AUC", 0.5, "chance", 2, (Estimate("ridge", 0.7, None),))])
    'Estimates of 1 measure for each model. AUC: ridge 0.70.'
    """
    first = measures[0]
    said = "; ".join(f"{e.model} {text_of(e, digits=first.digits)}" for e in first.estimates)
    noun = "measure" if len(measures) == 1 else "measures"
    return f"Estimates of {len(measures)} {noun} for each model. {first.label}: {said}."


def as_table(measures: Sequence[Measure]) -> Table:
    """Every estimate with its interval.

    Parameters
    ----------
    measures
        At least one.

    Returns
    -------
    Table
        Columns: measure, model, estimate, 95% interval.
    """
    rows = []
    for measure in measures:
        for e in measure.estimates:
            said = text_of(e, digits=measure.digits).split(" (")
            interval = said[1].rstrip(")").replace(", ", " to ") if len(said) > 1 else NONE
            rows.append((measure.label, e.model, said[0], interval))
    return Table(("Measure", "Model", "Estimate", "95% interval"), tuple(rows))
