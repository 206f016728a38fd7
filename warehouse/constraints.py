"""Constraints: what a declaration promises of a table's rows, as DuckDB keeps it.

Belongs here: checks and foreign keys of a published table, made from `schemas`.
Does not belong here: keys of `core`, judging rows (`warehouse.validation`), writing (`snapshots`).
They are the second net: no row that the rules let through should ever meet one. Foreign keys stand
in snapshots only: DuckDB takes one to a parent with one row per key, and `core` will keep history.
`sites` has none pointing to it, because its key holds the version of its definitions too.
"""

from collections.abc import Iterator

from schemas.columns import Code, Column, Identifier, Integer, Number, TextCode
from schemas.table import Table
from schemas.tables import BY_NAME
from warehouse.sql import literal, literals, name


def constraints_of(table: Table) -> tuple[str, ...]:
    """Table constraints beyond the primary key, for `create table`.

    Examples
    --------
    >>> [text for text in constraints_of(BY_NAME["cases"]) if text.startswith("foreign")]
    ['foreign key ("patient_id") references "core"."patients" ("patient_id")']
    """
    return (*_checks(table), *_foreign_keys(table))


def _checks(table: Table) -> Iterator[str]:
    """Every column by itself, and a number against the reason for its absence."""
    for column in table.kept_columns:
        if column.required and not column.may_be_explained and column.name not in table.key:
            yield f"check ({name(column.name)} is not null)"
        allowed = _allowed(column)
        if allowed:
            yield f"check ({allowed})"
        if column.may_be_explained:
            number, reason = name(column.name), name(column.reason_name)
            yield f"check ({number} is null or {reason} is null)"
            if column.required:
                yield f"check ({number} is not null or {reason} is not null)"


def _allowed(column: Column) -> str:
    """What a value may be: null passes."""
    quoted = name(column.name)
    match column.type:
        case Code(vocabulary):
            return f"{quoted} in ({literals(vocabulary.codes)})"
        case Integer(low, high) | Number(low, high):
            return f"{quoted} between {low!r} and {high!r}" if high < 1e300 else ""
        case Identifier(pattern) | TextCode(pattern):
            return f"regexp_full_match({quoted}, {literal(pattern)})"


def _foreign_keys(table: Table) -> Iterator[str]:
    """Columns that repeat the key of a parent with one row per key."""
    for column, parent in table.parents.items():
        if BY_NAME[parent].key == (column,):
            yield (
                f"foreign key ({name(column)}) references {name('core')}.{name(parent)} "
                f"({name(column)})"
            )
