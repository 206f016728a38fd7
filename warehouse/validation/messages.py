"""Messages: what is wrong with a row, where, which value, and what to do.

Belongs here: the words of a problem, from its check and the delivered text.
Does not belong here: which value may be printed (`schemas.showing`), what is broken (`sqlpass`).
"""

from collections.abc import Mapping, Sequence

from schemas.checks import (
    AnyCheck,
    ConflictCheck,
    DuplicateCheck,
    PredicateCheck,
    RangeCheck,
    ReferenceCheck,
    RequiredCheck,
    TextCheck,
    VocabularyCheck,
)
from schemas.showing import nearest, on_lines, shown
from schemas.table import Table

#: Text of every delivered column of one row, by column name.
Row = Mapping[str, str | None]


def message_of(check: AnyCheck, table: Table, *, row: Row, lines: Sequence[int]) -> str:
    """Say what is wrong; `lines` are those on which the key of the row stands."""
    column = table[check.column]
    value = shown(column, row[check.column])
    match check:
        case TextCheck(forbidden=True):
            return "The value looks like a calendar date or a hospital number."
        case TextCheck():
            return f"{value} is not {column.type.phrase}."
        case VocabularyCheck(codes=codes):
            like = nearest(row[check.column] or "", codes)
            return f"{value} is not in the vocabulary" + (
                f"; nearest is '{like}'." if like else "."
            )
        case RangeCheck(low=low, high=high):
            unit = f" {column.unit}" if column.unit else ""
            return f"{value} is outside {low:g} to {high:g}{unit}."
        case RequiredCheck():
            return "The cell is empty and must be filled."
        case DuplicateCheck():
            return f"The key occurs again, with equal values{on_lines(lines)}."
        case ConflictCheck():
            return f"The key occurs more than once, with different values{on_lines(lines)}."
        case ReferenceCheck(parent=parent):
            return f"There is no row of {parent} with this {check.column} in the delivery."
        case PredicateCheck(sentence=sentence):
            here = ", ".join(
                f"{name} {shown(table[name], row[name])}"
                for name in check.columns
                if name not in table.key and table[name].parent is None and row[name] is not None
            )
            return f"Expected: {sentence}." + (f" Here: {here}." if here else "")


def columns_said(check: AnyCheck, table: Table) -> tuple[str, ...]:
    """Columns of which a message says the value; two rows alike in them have the same message."""
    if not isinstance(check, PredicateCheck):
        return (check.column,)
    said = [c for c in check.columns if c not in table.key and table[c].parent is None]
    return tuple(dict.fromkeys([check.column, *said]))


def suggestion_of(check: AnyCheck, row: Row) -> str:
    """Say what to do."""
    if isinstance(check, VocabularyCheck):
        like = nearest(row[check.column] or "", check.codes)
        if like is not None:
            return f"'{like}'? {check.remedy}"
    if isinstance(check, PredicateCheck):
        return dict(check.remedies).get(row[check.column] or "", check.remedy)
    return check.remedy
