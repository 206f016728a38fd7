"""Instability: how far the predictions of the same cases move when the model is made anew.

Belongs here: groups of similar prediction with the range that the refits gave them.
Does not belong here: the refits (`analyses.stability`).
Both axes have the same scale: on the diagonal a refit says what the model says.
"""

import math
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from analyses.disclosure import Shown
from analyses.figures.style import BLUE, GREY, INK, WIDTH, Table, house_style
from analyses.numbers import number

SIDE, HEIGHT = 3.2, 3.95  # inches


@dataclass(frozen=True)
class Group:
    """Cases of similar prediction: their mean, and between which values 95% of refits put them."""

    predicted: float
    low: float
    high: float
    n: Shown


def draw(groups: tuple[Group, ...]) -> Figure:
    """One upright bar for each group, over the diagonal on which nothing moved.

    Parameters
    ----------
    groups
        At least one.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    most = max(max(g.high, g.predicted) for g in groups)
    end = min(1.0, max(0.2, math.ceil(most / 0.2 - 1e-9) * 0.2))
    with house_style():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        box = (0.72 / WIDTH, 0.62 / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT)
        axes = figure.add_axes(box)
        axes.plot([0, end], [0, end], color=GREY, lw=1.2, dashes=(4, 3), zorder=0)
        for g in groups:
            bar: dict[str, Any] = {"color": BLUE, "lw": 2.2, "solid_capstyle": "butt"}
            axes.plot([g.predicted, g.predicted], [g.low, g.high], **bar)
            axes.plot([g.predicted], [g.predicted], color=INK, marker="o", ms=4.5, ls="")
        for axis, set_limits in ((axes.xaxis, axes.set_xlim), (axes.yaxis, axes.set_ylim)):
            set_limits(-0.02 * end, 1.02 * end)
            axis.set_major_locator(MultipleLocator(0.2 if end > 0.4 else 0.1))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))
        axes.set_xlabel("Predicted by the model")
        axes.set_ylabel("Predicted by 95% of the refits")
    return figure


def alt_text(groups: tuple[Group, ...]) -> str:
    """The group that moves most.

    Parameters
    ----------
    groups
        As drawn.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> alt_text((Group(0.2, 0.1, 0.4, 30), Group(0.6, 0.5, 0.7, 30)))
    'Predictions of 2 groups of cases in models made anew. Most is moved the group predicted 20%: \
95% of the refits gave it 10% to 40%.'
    """
    g = max(groups, key=lambda g: (g.high - g.low, -g.predicted))
    noun = "group" if len(groups) == 1 else "groups"
    return (
        f"Predictions of {len(groups)} {noun} of cases in models made anew. Most is moved the "
        f"group predicted {g.predicted:.0%}: 95% of the refits gave it {g.low:.0%} to {g.high:.0%}."
    )


def as_table(groups: tuple[Group, ...]) -> Table:
    """The groups with their ranges.

    Parameters
    ----------
    groups
        As drawn.

    Returns
    -------
    Table
        Columns: predicted, from, to, cases.
    """
    rows = tuple((number(g.predicted), number(g.low), number(g.high), str(g.n)) for g in groups)
    return Table(("Predicted", "Refits from", "Refits to", "Cases"), rows)
