"""Attrition: how many rows came in, how many left at each step and why, how many were analysed.

Belongs here: the boxes and the check that their numbers add up.
Does not belong here: who is eligible (`analyses.protocol`), what may be shown (`disclosure`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.disclosure import Hidden, Shown
from analyses.figures.style import GREY, INK, RULE, WIDTH, Table, blank, house_style, wrap
from schemas.errors import IntegrityError

LINE = 0.185  # height of a line of text, inches
PADDING = 0.1
GAP = 0.2


@dataclass(frozen=True)
class Step:
    """One reason to leave: how many were there before, left, and stayed."""

    step: str
    n_before: Shown
    n_out: Shown
    n_after: Shown


def check(steps: Sequence[Step]) -> None:
    """Refuse steps whose exact numbers do not add up.

    Parameters
    ----------
    steps
        In order, at least one.

    Raises
    ------
    IntegrityError
        If there is no step, a step loses rows without counting them, or two steps do not join.

    Examples
    --------
    >>> check([Step("no surgery", 10, 4, 6), Step("outcome not recorded", 6, 1, 5)])
    """
    if not steps:
        raise IntegrityError("The attrition has no step; even one without exclusions has one.")
    for number, step in enumerate(steps, start=1):
        numbers = (step.n_before, step.n_out, step.n_after)
        exact = [n for n in numbers if isinstance(n, int)]
        if len(exact) == 3 and (exact[0] - exact[1] != exact[2] or min(exact) < 0):
            raise IntegrityError(
                f"Attrition, step {number}: {exact[0]} before, {exact[1]} out and {exact[2]} "
                "after do not add up."
            )
    for number, (one, following) in enumerate(pairwise(steps), start=1):
        if one.n_after != following.n_before:
            raise IntegrityError(
                f"Attrition: step {number + 1} does not start where {number} ends."
            )


def draw(steps: Sequence[Step]) -> Figure:
    """Boxes from the rows that came in to the rows analysed; drawing fails if they do not add up.

    Parameters
    ----------
    steps
        In order, at least one.

    Returns
    -------
    Figure
        4.2 inches wide, as high as the steps need.

    Raises
    ------
    IntegrityError
        If the numbers do not add up.
    """
    check(steps)
    leavers = [(s, wrap(f"{_told(s.n_out)} left out: {s.step}", 28)) for s in steps if s.n_out != 0]
    heights = [LINE * (text.count("\n") + 1) + 2 * PADDING for _, text in leavers]
    box = LINE + 2 * PADDING
    with house_style():
        figure, axes = blank(0.04 + box + sum(h + GAP for h in heights) + (GAP + box) + 0.04)
        top = 0.04
        _box(axes, (0.04, top, 2.3, box), f"In the data: {steps[0].n_before}", strong=True)
        top += box
        stem = top
        for (_, text), height in zip(leavers, heights, strict=True):
            top += GAP
            middle = top + height / 2
            axes.plot([0.5, 1.4], [middle, middle], color=GREY, lw=1)
            _box(axes, (1.4, top, WIDTH - 1.44, height), text, strong=False)
            top += height
        top += GAP
        arrow = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (0.5, top), (0.5, stem), arrowprops=arrow)
        _box(axes, (0.04, top, 2.3, box), f"Analysed: {steps[-1].n_after}", strong=True)
    return figure


def _told(count: Shown) -> str:
    """A count for the middle of a sentence."""
    return "Hidden number" if isinstance(count, Hidden) else str(count)


def _box(axes: Axes, where: tuple[float, float, float, float], text: str, *, strong: bool) -> None:
    """One box with its text; `where` is left, top, width, height in inches."""
    left, top, width, height = where
    face, edge = ("#f3f5f7", INK) if strong else ("white", RULE)
    axes.add_patch(
        Rectangle((left, top), width, height, linewidth=1.1, facecolor=face, edgecolor=edge)
    )
    axes.text(
        left + 0.1,
        top + height / 2,
        text,
        va="center_baseline" if "\n" not in text else "center",
        weight="bold" if strong else "normal",
        linespacing=1.25,
    )


def alt_text(steps: Sequence[Step]) -> str:
    """One sentence with the rows in, each loss, and the rows analysed.

    Parameters
    ----------
    steps
        In order, at least one.

    Returns
    -------
    str
        Plain text.

    Examples
    --------
    >>> alt_text([Step("no surgery", 10, 4, 6)])
    'Flow of cases: 10 in the data, 4 left out (no surgery), 6 analysed.'
    """
    out = "".join(f"{s.n_out} left out ({s.step}), " for s in steps if s.n_out != 0)
    return f"Flow of cases: {steps[0].n_before} in the data, {out}{steps[-1].n_after} analysed."


def as_table(steps: Sequence[Step]) -> Table:
    """Each step with its three numbers, as shown.

    Parameters
    ----------
    steps
        In order, at least one.

    Returns
    -------
    Table
        Columns: step, before, left out, after.
    """
    return Table(
        ("Step", "Before", "Left out", "After"),
        tuple((s.step, str(s.n_before), str(s.n_out), str(s.n_after)) for s in steps),
    )
