"""ROC: share of cases with the outcome that are found, against false alarms, one curve per class.

Belongs here: curves, chosen thresholds on them, area with interval.
Does not belong here: the points (`analyses.shown.rocs`), the area (`analyses.metrics`). There is no
headline accuracy: it says as much about how frequent a class is as about the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analyses.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    VERMILION,
    WIDTH,
    Table,
    blank,
    house_style,
    wrap,
)
from analyses.numbers import NONE, interval, number

SIDE = 3.25
LINES = (
    (BLUE, "solid"),
    (VERMILION, (0, (5, 2))),
    (GREEN, (0, (5, 1.5, 1, 1.5))),
    (PURPLE, (0, (1.2, 1.2))),
    (GREY, (0, (8, 3))),
)


@dataclass(frozen=True)
class Threshold:
    """A chosen threshold and where it lies on the curve."""

    value: float
    false_alarms: float
    found: float


@dataclass(frozen=True)
class Curve:
    """One class against the others; no points where they may not be shown."""

    label: str
    points: tuple[tuple[float, float], ...]  # share of false alarms, share found
    area: float | None
    interval: tuple[float, float] | None
    thresholds: tuple[Threshold, ...] = ()
    is_baseline: bool = False


@dataclass(frozen=True)
class Curves:
    """All of the figure: one curve, or one for each of at most five classes."""

    provenance: str
    curves: tuple[Curve, ...]


def draw(shown: Curves) -> Figure:
    """Square panel with all curves, below it what each line is and its area.

    Parameters
    ----------
    shown
        One to five curves.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    head = 0.12
    height = head + SIDE + 0.75 + sum(0.42 if _area(c) else 0.24 for c in shown.curves)
    with house_style():
        figure, axes = blank(height)
        bottom = 1 - (head + SIDE) / height
        inner = figure.add_axes((0.72 / WIDTH, bottom, SIDE / WIDTH, SIDE / height))
        inner.plot([0, 1], [0, 1], color=GREY, lw=1.2, dashes=(4, 3))
        inner.text(0.62, 0.56, "chance", color=GREY, fontsize=9.5)
        inner.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        inner.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        inner.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        inner.set_xlabel("Share of the others flagged")
        inner.set_ylabel("Share of the outcome found")
        for curve, line in zip(shown.curves, _lines(shown.curves), strict=True):
            _curve(inner, curve, line, is_alone=len(shown.curves) == 1)
        _key(axes, shown.curves, top=head + SIDE + 0.62)
    return figure


def _lines(curves: Sequence[Curve]) -> list[tuple[str, Any]]:
    """Colour and dashes of each curve; a baseline is grey, as in every figure of models."""
    return [
        LINES[-1] if curve.is_baseline else line for curve, line in zip(curves, LINES, strict=False)
    ]


def _curve(axes: Axes, curve: Curve, line: tuple[str, Any], *, is_alone: bool) -> None:
    """One line with its thresholds, which are written beside it only where it is the only one."""
    colour, dashes = line
    if curve.points:
        x, y = zip(*curve.points, strict=True)
        axes.plot(x, y, color=colour, ls=dashes)
    for chosen in curve.thresholds:
        x_, y_ = chosen.false_alarms, chosen.found
        axes.plot([x_], [y_], marker="o", ms=5, color=colour, mec="white", ls="", zorder=4)
        if is_alone:
            axes.text(x_ + 0.025, y_ - 0.045, f"{chosen.value:g}", fontsize=9.5, color=INK)


def _key(axes: Axes, curves: Sequence[Curve], *, top: float) -> None:
    """What each line is, with its area."""
    y = top + 0.1
    for curve, (colour, dashes) in zip(curves, _lines(curves), strict=True):
        axes.plot([0.06, 0.46], [y, y], color=colour, ls=dashes)
        axes.text(0.56, y, wrap(curve.label, 40, lines=1), va="center_baseline")
        said = _area(curve)
        if len(curves) > 1 and curve.thresholds:
            said += f"; dot: {', '.join(f'{t.value:g}' for t in curve.thresholds)}"
        axes.text(0.56, y + 0.19, said, va="center_baseline", fontsize=9.5, color=GREY)
        y += 0.42 if said else 0.24


def _area(curve: Curve) -> str:
    """The area under a curve in words; empty where a drawn curve has none."""
    if curve.area is None:
        return "too few cases to show" if not curve.points else ""
    said = f"area {number(curve.area)}"
    if curve.interval is not None:
        said += f", 95% interval {interval(curve.interval)}"
    return said if curve.points else f"{said}; too few cases to draw"


def alt_text(shown: Curves) -> str:
    """The area under each curve.

    Parameters
    ----------
    shown
        As drawn.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> alt_text(Curves("published", (Curve("resected", ((0, 0), (1, 1)), 0.5, (0.4, 0.6)),)))
    'ROC curve: resected, area 0.50, 95% interval 0.40 to 0.60.'
    """
    mark = " of simulated data" if shown.provenance == "simulated" else ""
    start = "ROC curve" if len(shown.curves) == 1 else f"{len(shown.curves)} ROC curves"
    said = "; ".join(", ".join(filter(None, (c.label, _area(c)))) for c in shown.curves)
    return f"{start}{mark}: {said}."


def as_table(shown: Curves) -> Table:
    """Area and chosen thresholds of each curve.

    Parameters
    ----------
    shown
        As drawn.

    Returns
    -------
    Table
        Columns: class, area, interval, threshold, share found, share of the others flagged.
    """
    rows = []
    for c in shown.curves:
        area = (c.label, number(c.area), interval(c.interval))
        if not c.thresholds:
            rows.append((*area, NONE, NONE, NONE))
        for t in c.thresholds:
            rows.append((*area, f"{t.value:g}", number(t.found), number(t.false_alarms)))
    header = ("Class", "Area", "95% interval", "Threshold", "Found", "Others flagged")
    return Table(header, tuple(rows))
