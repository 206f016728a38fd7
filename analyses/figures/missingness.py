"""Missingness: what is written down for each predictor, and in which way it is missing.

Belongs here: stacked bars of the states of each sign; for other columns the share recorded.
Does not belong here: counting (`analyses.protocol`), filling gaps (`analyses.pipeline`).
Rows keep the order they come in (the order of the tables), never the order of their values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analyses.disclosure import Shown
from analyses.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    WIDTH,
    Table,
    blank,
    house_style,
    wrap,
)
from analyses.numbers import NONE, share

ROW = 0.44  # inches: a line of text with its bar below
BAR = 0.16
#: state -> (label, face, hatch); the order of the bar from left to right
STATES = {
    "present": ("present or yes", BLUE, ""),
    "absent": ("absent or no", GREEN, ""),
    "recorded": ("recorded", GREY, ""),
    "indeterminate": ("indeterminate", PURPLE, ""),
    "not_assessable": ("not assessable", "white", "//////"),
    "missing": ("not reported or unknown", "white", ""),
}


@dataclass(frozen=True)
class Entry:
    """One predictor: its rows, and how many of them are in each state of `STATES`."""

    label: str
    n: Shown
    recorded: Shown
    states: tuple[tuple[str, Shown], ...]

    @property
    def drawable(self) -> bool:
        """Whether every number of the bar may be shown."""
        return (
            isinstance(self.n, int)
            and self.n > 0
            and all(isinstance(n, int) for _, n in (*self.states, ("recorded", self.recorded)))
        )


def draw(entries: Sequence[Entry]) -> Figure:
    """One bar per predictor, full width = all cases, with the share recorded at its right end.

    Parameters
    ----------
    entries
        In the order of the tables, at least one.

    Returns
    -------
    Figure
        4.2 inches wide, 0.44 inches per predictor.
    """
    used = [state for state in STATES if any(state in dict(e.states) for e in entries)]
    with house_style():
        rows = _key_rows(used)
        head = 0.1 + 0.24 * len(rows) + 0.12
        figure, axes = blank(head + ROW * len(entries) + 0.05)
        _key(axes, rows)
        for place, entry in enumerate(entries):
            _bar(axes, entry, top=head + ROW * place)
    return figure


def _key_rows(used: Sequence[str]) -> list[list[str]]:
    """The states of the key, broken into rows that fit the width."""
    rows: list[list[str]] = [[]]
    room = WIDTH
    for state in used:
        need = _key_width(state)
        if need > room and rows[-1]:
            rows.append([])
            room = WIDTH
        rows[-1].append(state)
        room -= need
    return rows


def _key_width(state: str) -> float:
    """Inches that a state takes in the key; 0.093 inches per character are ample at 10 points."""
    return 0.42 + 0.093 * len(STATES[state][0])


def _key(axes: Axes, rows: Sequence[Sequence[str]]) -> None:
    """Small boxes with the name of each state."""
    for line, states in enumerate(rows):
        left, top = 0.04, 0.08 + 0.24 * line
        for state in states:
            label, face, hatch = STATES[state]
            axes.add_patch(_segment((left, top), 0.2, 0.15, face=face, hatch=hatch))
            axes.text(left + 0.27, top + 0.075, label, va="center_baseline")
            left += _key_width(state)


def _segment(
    corner: tuple[float, float], width: float, height: float, *, face: str, hatch: str
) -> Rectangle:
    """A piece of a bar; pale pieces are told apart by their edge."""
    return Rectangle(
        corner, width, height, facecolor=face, hatch=hatch, edgecolor=GREY, linewidth=0.7
    )


def _bar(axes: Axes, entry: Entry, *, top: float) -> None:
    """Label, share recorded, and the bar below them."""
    axes.text(0.04, top + 0.14, wrap(entry.label, 30, lines=1), va="baseline", color=INK)
    if not entry.drawable:
        axes.text(WIDTH - 0.04, top + 0.14, "too few to show", ha="right", va="baseline")
        return
    n = int(str(entry.n))
    said = f"{share(entry.recorded, entry.n)} recorded"
    axes.text(WIDTH - 0.04, top + 0.14, said, ha="right", va="baseline", color=INK)
    counts = dict(entry.states)
    left, full = 0.04, WIDTH - 0.08
    for state, (_, face, hatch) in STATES.items():
        width = full * int(str(counts.get(state, 0))) / n
        if width:
            axes.add_patch(_segment((left, top + 0.2), width, BAR, face=face, hatch=hatch))
        left += width


def alt_text(entries: Sequence[Entry]) -> str:
    """Which predictors are recorded least and most often.

    Parameters
    ----------
    entries
        In the order of the tables, at least one.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> alt_text([Entry("Syrinx", 10, 4, (("present", 4), ("missing", 6)))])
    'What is recorded of 1 predictor. Least: Syrinx (40%); most: Syrinx (40%).'
    """
    shares = [
        (int(str(e.recorded)) / int(str(e.n)), place)
        for place, e in enumerate(entries)
        if e.drawable
    ]
    noun = "predictor" if len(entries) == 1 else "predictors"
    start = f"What is recorded of {len(entries)} {noun}."
    if not shares:
        return f"{start} The numbers are too small to be shown."
    least, most = entries[min(shares)[1]], entries[max(shares)[1]]
    return (
        f"{start} Least: {least.label} ({share(least.recorded, least.n)}); "
        f"most: {most.label} ({share(most.recorded, most.n)})."
    )


def as_table(entries: Sequence[Entry]) -> Table:
    """Counts of each state of each predictor, as shown.

    Parameters
    ----------
    entries
        In the order of the tables, at least one.

    Returns
    -------
    Table
        Columns: predictor, cases, one per state that occurs.
    """
    used = [state for state in STATES if any(state in dict(e.states) for e in entries)]
    header = ("Predictor", "Cases", *(STATES[state][0].capitalize() for state in used))
    rows = tuple(
        (e.label, str(e.n), *(str(dict(e.states).get(state, NONE)) for state in used))
        for e in entries
    )
    return Table(header, rows)
