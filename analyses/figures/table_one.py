"""Table 1 as a figure: how far the groups lie apart in each variable, and how much is missing.

Belongs here: a dot per variable, its number, the cases recorded and missing beside it.
Does not belong here: standardised differences (`analyses.describe`), the table itself
(`analyses.report.sections`). There is no p-value and no threshold of significance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analyses.disclosure import Shown
from analyses.figures.style import (
    BLUE,
    GREY,
    RULE,
    WIDTH,
    Table,
    blank,
    house_style,
    wrap,
)
from analyses.numbers import NONE, number, share

LINE = 0.175  # inches of a line of text
LEFT, SIDE = 1.6, 0.98  # where the dots begin, and their room
FIRST, SECOND, THIRD = 2.97, 3.52, 4.16  # right edges of the columns of numbers
HEAD = 0.44


@dataclass(frozen=True)
class Row:
    """One variable; `smd` is None where it cannot be computed or may not be shown."""

    label: str
    smd: float | None
    n: Shown
    missing: Shown


def draw(rows: Sequence[Row]) -> Figure:
    """A dot per variable on a scale from 0, with its numbers.

    Parameters
    ----------
    rows
        In the order of the table, at least one.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    labels = [wrap(row.label, 21, lines=2) for row in rows]
    tall = [0.1 + LINE * (1 + label.count("\n")) for label in labels]
    most = max([abs(row.smd) for row in rows if row.smd is not None], default=0.0)
    end = next((top for top in (0.5, 1.0, 2.0, 3.0, 5.0, 10.0) if most <= top), most)
    with house_style():
        figure, axes = blank(HEAD + sum(tall) + 0.34)
        _head(axes)
        foot = HEAD + sum(tall)
        _scale(axes, end, foot=foot)
        top = HEAD
        for row, label, height in zip(rows, labels, tall, strict=True):
            _row(axes, row, label, y=top + height / 2, end=end)
            top += height
            axes.plot([0.04, WIDTH - 0.04], [top, top], color=RULE, lw=0.5, zorder=0)
    return figure


def _head(axes: Axes) -> None:
    """What the columns are."""
    middle = LEFT + SIDE / 2
    columns = ((FIRST, "SMD"), (SECOND, "n"), (THIRD, "missing"))
    for x, said in ((middle, "how far apart"), *columns):
        side = "center" if x == middle else "right"
        axes.text(x, HEAD - 0.1, said, ha=side, va="baseline", fontsize=9.5, color=GREY)
    axes.plot([0.04, WIDTH - 0.04], [HEAD, HEAD], color=GREY, lw=0.8)


def _scale(axes: Axes, end: float, *, foot: float) -> None:
    """Faint lines at none, half and the end of the scale, and their values below."""
    for value in (0.0, end / 2, end):
        x = LEFT + SIDE * value / end
        axes.plot([x, x], [HEAD, foot], color=RULE, lw=0.6, zorder=0)
        axes.text(x, foot + 0.15, f"{value:.2g}", ha="center", va="center_baseline", fontsize=9.5)


def _row(axes: Axes, row: Row, label: str, *, y: float, end: float) -> None:
    """One variable."""
    axes.text(0.04, y, label, va="center", fontsize=9.5, linespacing=1.1)
    if row.smd is not None:
        x = LEFT + SIDE * abs(row.smd) / end
        axes.plot([LEFT, x], [y, y], color=BLUE, lw=1.2)
        axes.plot([x], [y], color=BLUE, marker="o", ms=5, ls="")
    total = row.n + row.missing if isinstance(row.n, int) and isinstance(row.missing, int) else None
    for x, said in (
        (FIRST, NONE if row.smd is None else number(abs(row.smd))),
        (SECOND, str(row.n)),
        (THIRD, share(row.missing, total) or str(row.missing)),
    ):
        axes.text(x, y, said, ha="right", va="center_baseline", fontsize=9.5)


def alt_text(rows: Sequence[Row]) -> str:
    """The variables in which the groups lie furthest apart.

    Parameters
    ----------
    rows
        As drawn.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> alt_text([Row("Age", -0.42, 50, 1), Row("Sex", 0.1, 51, 0)])
    'Standardised differences of 2 variables. Furthest apart: Age 0.42, Sex 0.10.'
    """
    noun = "variable" if len(rows) == 1 else "variables"
    start = f"Standardised differences of {len(rows)} {noun}."
    told = [(-abs(row.smd), place) for place, row in enumerate(rows) if row.smd is not None]
    if not told:
        return f"{start} None can be computed or shown."
    said = ", ".join(f"{rows[place].label} {number(-value)}" for value, place in sorted(told)[:3])
    return f"{start} Furthest apart: {said}."


def as_table(rows: Sequence[Row]) -> Table:
    """Every variable with its numbers.

    Parameters
    ----------
    rows
        As drawn.

    Returns
    -------
    Table
        Columns: variable, standardised difference with its sign, recorded, missing.
    """
    return Table(
        ("Variable", "Standardised difference", "Recorded", "Missing"),
        tuple((row.label, number(row.smd), str(row.n), str(row.missing)) for row in rows),
    )
