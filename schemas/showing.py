"""Showing values: how much of a delivered value a message may print.

Belongs here: the one place that decides between a value and its class, and the nearest allowed
code.
Does not belong here: the messages (`warehouse.validation.messages`).
The rule: a number of at most five digits, a code-like text within two edits of an allowed code; of
anything
else only its class, because a surname in a coded column is short text too.
"""

import re
from collections.abc import Sequence

from schemas.columns import Code, Column

_SHORT_NUMBER = re.compile(r"-?(?=(?:[.,]?[0-9]){1,5}(?:[^0-9]|\Z))[0-9]*[.,]?[0-9]+")


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
    """
    if text is None:
        return "empty"
    if column.is_numeric and _SHORT_NUMBER.fullmatch(text):
        return f"'{text}'"
    if isinstance(column.type, Code):
        codes = column.type.vocabulary.codes
        if text in codes or nearest(text, codes) is not None:
            return f"'{text}'"
    return f"text of {len(text)} characters"


def nearest(text: str, codes: Sequence[str], *, within: int = 2) -> str | None:
    """The allowed code closest to a text, if it is within that many edits and text is no mere stub.

    Examples
    --------
    >>> nearest("spinal_ependymona", ["spinal_ependymoma", "lipoma"])
    'spinal_ependymoma'
    >>> nearest("x", ["C1", "T2"]) is None
    True
    """
    scored = sorted((_edits(text, code), code) for code in codes)
    best = next(((edits, code) for edits, code in scored if edits <= within), None)
    # Two edits turn any text of three letters into any other: that would be no likeness.
    if best is None or best[0] * 2 > len(best[1]) or not text.isprintable():
        return None
    return best[1]


def _edits(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
