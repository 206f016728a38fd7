"""Versions of the dictionary: what a table looked like under an earlier one.

Belongs here: which versions exist, their columns, what could be left empty then.
Does not belong here: the columns (`schemas.tables`; each says `since` when it is there), reading
an old delivery (`schemas.profile`). No database is brought forward: one of another layout is
refused untouched and built again from `received/` (`imsct materialize --rebuild`), which is the
migration.

A version only adds: a column or value that is new says so with `since`, one that became required
with `optional_before`. Nothing is renamed or taken away, because a delivery of twenty years ago
must be readable for ever; what is given up is declared optional and stays.
"""

from schemas.columns import Column
from schemas.table import Table
from schemas.tables import SCHEMA_VERSION

#: Every version that a delivery may be made under, oldest first.
VERSIONS: tuple[str, ...] = tuple(str(number) for number in range(1, int(SCHEMA_VERSION) + 1))


def columns_at(table: Table, version: str) -> tuple[Column, ...]:
    """Columns that a delivery of that version has, in the order of its header.

    Examples
    --------
    >>> from schemas.tables import BY_NAME
    >>> [column.name for column in columns_at(BY_NAME["patients"], "1")]
    ['patient_id', 'site_id', 'sex', 'syndrome']
    """
    return tuple(column for column in table.columns if int(column.since) <= int(version))


def is_optional_at(column: Column, version: str) -> bool:
    """Whether a column, or the reason beside it, could be left empty then and cannot be now."""
    return bool(column.optional_before) and int(version) < int(column.optional_before)
