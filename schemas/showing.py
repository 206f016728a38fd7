"""Showing values: how much of a delivered value a message may print.

Belongs here: the one place that decides between a value and its class, and the nearest code.
Does not belong here: the messages (`warehouse.validation.messages`).
The rule: a number of at most five digits, a text that is a code but for a slip of the pen; of
anything else only its class, because a surname in a coded column is short text too (Jones is two
letters from none).
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import polars as pl

from schemas.catalogue import LOOKS_IDENTIFYING
from schemas.columns import Code, Column
from schemas.table import Table

# No digits after the fifth, wherever the decimal sign stands: 030.1234567 is a telephone number.
_SHORT_NUMBER = re.compile(r"-?(?=(?:[.,]?[0-9]){1,5}\Z)[0-9]*[.,]?[0-9]+")


def shown(column: Column, text: str | None) -> str:
    """A delivered value as a message may print it.

    Examples
    --------
    >>> from schemas.tables import BY_NAME
    >>> shown(BY_NAME["cases"]["age_years"], "470")
    "'470'"
    >>> shown(BY_NAME["cases"]["age_years"], "20831177")
    'text of 8 characters'
    >>> shown(BY_NAME["patients"]["sex"], "Smith")
    'text of 5 characters'
    >>> shown(BY_NAME["imaging_reads"]["enhancement_degree"], "Jones")
    'text of 5 characters'
    """
    if text is None:
        return "empty"
    if column.is_numeric and _SHORT_NUMBER.fullmatch(text):
        return f"'{text}'"
    if isinstance(column.type, Code):
        codes = column.type.vocabulary.codes
        if text in codes or nearest(text, codes) is not None:
            return f"'{text}'"
    return text_class(text)


def text_class(text: str) -> str:
    """What may always be said of a text."""
    return f"text of {counted(len(text), 'character')}"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(0, "row")
    ('1 row', '0 rows')
    """
    return f"{number} {noun}" + "s" * (number != 1)


def on_lines(lines: Sequence[int]) -> str:
    """The lines on which something stands, the first few of many.

    Examples
    --------
    >>> on_lines([2, 3, 7, 9])
    ' (lines 2, 3, 7 and 1 more)'
    """
    shown_lines = ", ".join(str(line) for line in lines[:3])
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return f" (line{'s' * (len(lines) > 1)} {shown_lines}{more})" if lines else ""


def shown_key(table: Table, row: Mapping[str, str | None]) -> str | None:
    """The key of a row, its parts joined by a bar; None where a part is at fault: it may be a name.

    Examples
    --------
    >>> from schemas.tables import BY_NAME
    >>> shown_key(BY_NAME["cases"], {"case_id": "C1"})
    'C1'
    >>> shown_key(BY_NAME["cases"], {"case_id": "20831177"}) is None
    True
    """
    cells = {name: [row[name]] for name in table.key}
    found = pl.DataFrame(cells, schema=dict.fromkeys(table.key, pl.String)).select(
        shown_keys(table)
    )
    return None if found.item() is None else str(found.item())


def shown_keys(table: Table) -> pl.Expr:
    """The same for every row of a frame that has the parts of the key as delivered."""
    sound = [_is_sound(table[name]) for name in table.key]
    return pl.when(pl.all_horizontal(sound)).then(pl.concat_str(table.key, separator="|"))


def _is_sound(column: Column) -> pl.Expr:
    """Whether a part of a key is there, of its form, and unlike a date or hospital number."""
    text, pattern = pl.col(column.name), getattr(column.type, "pattern", "")
    return text.str.contains(rf"\A(?:{pattern})\z") & ~text.str.contains(
        rf"\A(?:{LOOKS_IDENTIFYING})\z"
    )


def nearest(text: str, codes: Sequence[str]) -> str | None:
    """The code that a text is but for a slip: case, or one edit in four letters, at most two.

    A slip leaves the first letter as it is; a surname seldom has it.

    Examples
    --------
    >>> nearest("spinal_ependymona", ["spinal_ependymoma", "lipoma"])
    'spinal_ependymoma'
    >>> nearest("MALE", ["female", "male"])
    'male'
    >>> nearest("Hale", ["female", "male"]) is None
    True
    """
    # ASCII only: a Cyrillic letter in a code looks right in a message and explains nothing.
    if not text.isascii() or not text.isprintable():
        return None
    scored = sorted((_edits(text, code), code) for code in codes if _may_be(text, code))
    return next((code for edits, code in scored if _is_slip(text, code, edits)), None)


def nearest_name(text: str, names: Sequence[str]) -> str | None:
    """The name a user may have meant by a key, a column or a command: none of these is a patient's.

    Examples
    --------
    >>> nearest_name("titel", ["title", "data"])
    'title'
    """
    return next(iter(get_close_matches(text, names, n=1, cutoff=0.6)), None)


def _may_be(text: str, code: str) -> bool:
    """Whether it is worth counting edits: a cell may have 100,000 letters."""
    return text[:1].casefold() == code[:1].casefold() and abs(len(text) - len(code)) <= 2


def _is_slip(text: str, code: str, edits: int) -> bool:
    """Whether so few edits are a slip of the pen for a code of that length."""
    return text.casefold() == code.casefold() or edits <= min(2, len(code) // 4)


def _edits(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
