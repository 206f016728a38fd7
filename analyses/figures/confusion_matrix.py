"""Confusion matrix: recorded classes against predicted ones, counts and shares of each row.

Belongs here: cells, margins, hatching of what is not told.
Does not belong here: counting and small cells (`analyses.shown.confusion`). There is no accuracy.
"""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.disclosure import Hidden, Shown
from analyses.figures.style import BLUE, GREY, WIDTH, Table, blank, house_style, wrap
from analyses.numbers import count_of, share

LEFT = 1.42  # inches for the names of the rows
WHITE_FROM = 0.9  # share of a row from which white on the shade has more contrast than black
TOTAL = 0.5  # for the totals at the right
MOST_NAMED = 5  # classes above the columns by name; more of them by number
KEPT_BACK = "hatched: kept back to protect patients"


@dataclass(frozen=True)
class Matrix:
    """Released counts: a row for each recorded class, a column for each predicted one."""

    provenance: str
    classes: tuple[str, ...]
    counts: tuple[tuple[Shown, ...], ...]
    recorded: tuple[Shown, ...]
    predicted: tuple[Shown, ...]


def draw(matrix: Matrix) -> Figure:
    """A square of cells, the darker the larger their share of the row.

    Parameters
    ----------
    matrix
        At least two classes.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    n = len(matrix.classes)
    cell = min(0.8, (WIDTH - LEFT - TOTAL) / n)
    head = 0.3
    names = [wrap(name, 18, lines=2) for name in matrix.classes]
    above = names
    if n > MOST_NAMED:
        above = [str(number) for number in range(1, n + 1)]
        names = [
            wrap(f"{number} {name}", 18, lines=2)
            for number, name in zip(above, matrix.classes, strict=True)
        ]
    top = head + 0.2 + 0.08 * max(len(line) for name in above for line in name.split("\n"))
    is_kept_back = n > MOST_NAMED and any(isinstance(c, Hidden) for r in matrix.counts for c in r)
    with house_style():
        figure, axes = blank(top + 0.5 * n + 0.36 + 0.24 * is_kept_back)
        middle = LEFT + cell * n / 2
        axes.text(middle, head - 0.12, "Predicted", ha="center", weight="bold")
        axes.text(0.04, top - 0.1, "Recorded", weight="bold")
        for place, (name, label) in enumerate(zip(names, above, strict=True)):
            x, y = LEFT + cell * (place + 0.5), top + 0.5 * (place + 0.5)
            turned = 90 if above is names else 0
            axes.text(x, top - 0.08, label, rotation=turned, ha="center", va="bottom", fontsize=9.5)
            axes.text(0.04, y, name, va="center", fontsize=9.5)
        end = LEFT + cell * n + 0.44
        axes.text(end, top - 0.1, "all", ha="right")
        for row, counts in enumerate(matrix.counts):
            y = top + 0.5 * row
            for column, count in enumerate(counts):
                spot = (LEFT + cell * column, y)
                _cell(axes, spot, cell, count, of=matrix.recorded[row], is_right=row == column)
            said = str(matrix.recorded[row])
            axes.text(end, y + 0.25, said, ha="right", va="center_baseline")
        foot = top + 0.5 * n + 0.16
        axes.text(0.04, foot, "all", va="center_baseline")
        for column, count in enumerate(matrix.predicted):
            x = LEFT + cell * (column + 0.5)
            axes.text(x, foot, str(count), ha="center", va="center_baseline", fontsize=9.5)
        if is_kept_back:
            axes.text(0.04, foot + 0.26, KEPT_BACK, va="center_baseline", fontsize=9.5)
    return figure


def _cell(
    axes: Axes, spot: tuple[float, float], width: float, count: Shown, *, of: Shown, is_right: bool
) -> None:
    """One cell: count and share of its row, hatched where the count is not told."""
    x, y = spot
    told = isinstance(count, int) and isinstance(of, int)
    part = int(str(count)) / int(str(of)) if told and of else 0.0
    box = Rectangle((x + 0.02, y + 0.02), width - 0.04, 0.46, facecolor=_shade(part))
    box.set(edgecolor="black" if is_right else GREY, linewidth=1.8 if is_right else 0.6)
    is_narrow = width < (WIDTH - LEFT - TOTAL) / MOST_NAMED - 0.01
    if not isinstance(count, int):
        box.set_hatch("////")
        if is_narrow and isinstance(count, Hidden):
            axes.add_patch(box)
            return
        back = Rectangle((x + 0.04, y + 0.13), width - 0.08, 0.24, facecolor="white", zorder=2)
        back.set_linewidth(0)
        axes.add_patch(back)
    axes.add_patch(box)
    ink = "white" if part > WHITE_FROM else "black"
    middle = x + width / 2
    percent = "" if is_narrow else share(count, of)
    for said, down, size in ((str(count), 0.16 if percent else 0.25, 9.5), (percent, 0.35, 9.5)):
        axes.text(
            middle,
            y + down,
            said,
            ha="center",
            va="center_baseline",
            color=ink,
            fontsize=size,
            zorder=3,
        )


def _shade(part: float) -> tuple[float, float, float]:
    """White to blue."""
    red, green, blue = (1 - part * (1 - c) for c in to_rgb(BLUE))
    return red, green, blue


def alt_text(matrix: Matrix) -> str:
    """How many of each recorded class were predicted as that class.

    Parameters
    ----------
    matrix
        As drawn.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> counts = ((8, 2), (1, 4))
    >>> alt_text(Matrix("published", ("yes", "no"), counts, (10, 5), (9, 6)))
    'Confusion matrix. Predicted as recorded: yes 8 (80%) of 10; no 4 (80%) of 5.'
    """
    mark = " of simulated data" if matrix.provenance == "simulated" else ""
    said = "; ".join(
        f"{name} {count_of(matrix.counts[i][i], matrix.recorded[i])} of {matrix.recorded[i]}"
        for i, name in enumerate(matrix.classes)
    )
    return f"Confusion matrix{mark}. Predicted as recorded: {said}."


def as_table(matrix: Matrix) -> Table:
    """Every cell with its share of the row.

    Parameters
    ----------
    matrix
        As drawn.

    Returns
    -------
    Table
        Columns: recorded class, one per predicted class, all.
    """
    rows = [
        (
            name,
            *(count_of(n, matrix.recorded[i]) for n in matrix.counts[i]),
            str(matrix.recorded[i]),
        )
        for i, name in enumerate(matrix.classes)
    ]
    predicted = (f"Predicted {name}" for name in matrix.classes)
    last = ("All", *(str(n) for n in matrix.predicted), "")
    return Table(("Recorded", *predicted, "All"), (*rows, last))
