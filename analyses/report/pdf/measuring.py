"""How wide text is on paper, and how wide the columns of a table become.

Belongs here: the widths of words and columns, so that no table is cut at the edge of the paper.
Does not belong here: what stands in a table (`arranging`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from PIL import ImageFont

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
#: Points of A4 between margins, upright and on its side; the margins stand in `page.typ`.
UPRIGHT, SIDEWAYS = 493.0, 740.0
#: Left and right of a cell together, as in `page.typ`.
PADDING = 7.0
SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
#: Where Typst may break a line: at blanks and soft hyphens, after a slash or a hyphen of a word.
_BREAK = re.compile(r"[ \u00ad]|(?<=[a-z0-9][/-])(?=[A-Za-z])")
_KEPT_TOGETHER = 24  # characters: an estimate with its interval is not broken


@dataclass(frozen=True)
class Text:
    """Text of a cell in one column; lines are those the page breaks itself."""

    column: int
    lines: tuple[str, ...]
    is_bold: bool
    is_kept: bool


@dataclass(frozen=True)
class Fit:
    """Size of the type and width of every column, in points."""

    size: float
    widths: tuple[float, ...]
    is_sideways: bool


@cache
def _font(is_bold: bool) -> ImageFont.FreeTypeFont:
    """DejaVu Sans as matplotlib carries it."""
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(FONTS / name, 100, layout_engine=ImageFont.Layout.BASIC)


@cache
def width(text: str, is_bold: bool) -> float:
    """Width of text as a multiple of the size of the type."""
    return _font(is_bold).getlength(text) / 100


def fit(texts: Sequence[Text], columns: int, *, may_turn: bool = True) -> Fit:
    """Largest type at which every word of a table has room, and the columns for it.

    Parameters
    ----------
    texts
        Of every cell that stands in one column.
    columns
        How many there are.
    may_turn
        Whether the paper can be turned.

    Returns
    -------
    Fit
        On paper turned sideways only where the smallest type is too large for upright paper.

    Examples
    --------
    >>> found = fit([Text(0, ("Age",), False, True), Text(1, ("42",), False, True)], 2)
    >>> found.size, found.is_sideways, len(found.widths)
    (8.0, False, 2)
    """
    whole = _widest(texts, columns, in_words=False)
    kept = _widest(texts, columns, in_words=True)
    words = _widest([Text(t.column, t.lines, t.is_bold, False) for t in texts], columns, True)
    tries = [(UPRIGHT, kept, SIZES[:3]), (UPRIGHT, words, SIZES), (SIDEWAYS, words, SIZES)]
    for room, least, sizes in tries if may_turn else tries[:2]:
        for size in sizes:
            if _total(least, size) <= room:
                return Fit(size, _shared(least, whole, size, room), room == SIDEWAYS)
    room = SIDEWAYS if may_turn else UPRIGHT
    size = (room - PADDING * columns) / sum(words)
    return Fit(size, _shared(words, whole, size, room), may_turn)


def _widest(texts: Sequence[Text], columns: int, in_words: bool) -> list[float]:
    """Width that each column needs, for its longest line or for its longest word."""
    found = [1.0] * columns
    for text in texts:
        for line in text.lines:
            is_whole = not in_words or (text.is_kept and len(line) <= _KEPT_TOGETHER)
            parts = [line] if is_whole else _BREAK.split(line)
            # a hyphen goes with what stands before it, and stands where a soft one breaks a word
            longest = max((width(part, text.is_bold) for part in parts), default=0.0) + 0.5
            found[text.column] = max(found[text.column], longest)
    return found


def _total(widths: Sequence[float], size: float) -> float:
    """Points that columns take with their padding."""
    return sum(widths) * size + PADDING * len(widths)


def _shared(
    least: Sequence[float], whole: Sequence[float], size: float, room: float
) -> tuple[float, ...]:
    """What is left after the least: as much to each column, but to none more than it lacks."""
    lacking = [max(w - n, 0.0) for w, n in zip(whole, least, strict=True)]
    left, widths = max(room - _total(least, size), 0.0) / size, list(least)
    for place, column in enumerate(sorted(range(len(widths)), key=lambda each: lacking[each])):
        given = min(lacking[column], left / (len(widths) - place))
        widths[column] += given
        left -= given
    return tuple(round(each * size + PADDING, 2) for each in widths)
