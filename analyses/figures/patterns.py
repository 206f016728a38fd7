"""Patterns: which predictors are missing together, as a grid of predictors and patterns.

Belongs here: the grid, a column for each frequent pattern, with its number of cases.
Does not belong here: finding patterns (`analyses.missing_patterns`), words of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.disclosure import Shown
from analyses.figures.style import GREY, INK, RULE, WIDTH, Table, blank, house_style, wrap

ROW = 0.23  # inches
CELL = 0.2
#: Characters of a label beside the grid, and where the grid begins at the left.
_LABEL, _LEFT = 25, 2.35


@dataclass(frozen=True)
class Pattern:
    """Places of the predictors that are missing, and how many cases lack just these."""

    missing: frozenset[int]
    n: Shown


def draw(labels: Sequence[str], patterns: Sequence[Pattern]) -> Figure:
    """Predictors down, patterns across; a hatched box is missing, a dot recorded.

    Parameters
    ----------
    labels
        Names of the predictors, at least one.
    patterns
        The most frequent first, at least one, at most eight and the complete cases.
    """
    step = (WIDTH - _LEFT - 0.05) / max(len(patterns), 6)
    with house_style():
        figure, axes = blank(0.42 + ROW * len(labels) + 0.05)
        axes.text(0.04, 0.24, "Cases", va="baseline", color=INK)
        for k, pattern in enumerate(patterns):
            middle = _LEFT + step * (k + 0.5)
            axes.text(middle, 0.24, str(pattern.n), ha="center", va="baseline", fontsize=9.5)
        for j, label in enumerate(labels):
            middle = 0.36 + ROW * (j + 0.5)
            axes.text(0.04, middle, wrap(label, _LABEL, lines=1), va="center_baseline", color=INK)
            axes.plot([_LEFT, WIDTH - 0.05], [middle] * 2, color=RULE, linewidth=0.5, zorder=0)
            for k, pattern in enumerate(patterns):
                x = _LEFT + step * (k + 0.5)
                if j in pattern.missing:
                    corner = (x - CELL / 2, middle - CELL / 2)
                    box = Rectangle(
                        corner, CELL, CELL, facecolor="white", hatch="//////", edgecolor=GREY
                    )
                    axes.add_patch(box)
                else:
                    axes.plot([x], [middle], marker="o", markersize=3, color=INK)
    return figure


def alt_text(labels: Sequence[str], patterns: Sequence[Pattern]) -> str:
    """How many patterns there are, and what the most frequent of them lacks.

    Examples
    --------
    >>> alt_text(["Age", "Syrinx"], [Pattern(frozenset(), 5), Pattern(frozenset({1}), 9)])
    'Which of 2 predictors are missing together, in 2 patterns. Syrinx alone: 9 cases.'
    """
    start = f"Which of {len(labels)} predictors are missing together, in {len(patterns)} patterns."
    gaps = [pattern for pattern in patterns if pattern.missing]
    if not gaps:
        return start
    most = gaps[0]
    names = [labels[place] for place in sorted(most.missing)]
    said = f"{names[0]} alone" if len(names) == 1 else f"{len(names)} predictors, {names[0]} first"
    return f"{start} {said}: {most.n} cases."


def as_table(labels: Sequence[str], patterns: Sequence[Pattern]) -> Table:
    """Each pattern: what is missing, and cases."""
    rows = tuple(
        (", ".join(labels[place] for place in sorted(p.missing)) or "Nothing", str(p.n))
        for p in patterns
    )
    return Table(("Missing", "Cases"), rows)
