"""Staging: rows of deliveries as text, written to `staged` typed, the delivered text beside every value.

Belongs here: the typing of text, one declared type per column, whole cells only.
Does not belong here: reading files and profiles (`assets`), judging the values (`warehouse.validation`).
A text that does not fit its type gives a missing value and keeps its text: a check reports it, so it is
a problem and never a silent null.
"""

import polars as pl

from schemas.columns import Code, Column
from schemas.table import Table
from schemas.tables import TABLES
from warehouse.sql import TEXT_SUFFIX, literal, literals, name
from warehouse.store import Store

PLACE_COLUMNS = ("_delivery", "_row", "_file", "_record", "_line")


def clear_staged(store: Store) -> None:
    """Empty every staged table: it holds the deliveries of one run."""
    for table in TABLES:
        store.con.execute(f"delete from staged.{name(table.name)}")
    store.con.execute("delete from staged.records")


def stage(store: Store, table: Table, rows: pl.DataFrame) -> None:
    """Add text rows to a staged table.

    `rows` has the columns of `PLACE_COLUMNS` and every delivered column of the table as text; an empty
    text is a missing value.
    """
    if rows.is_empty():
        return
    store.con.register("incoming_rows", rows.to_arrow())
    place = ", ".join(PLACE_COLUMNS)
    typed = ", ".join(f"{_typed(column)} as {name(column.name)}" for column in table.columns)
    texts = ", ".join(f"nullif({name(c)}, '') as {name(c + TEXT_SUFFIX)}" for c in table.names)
    store.con.execute(
        f"insert into staged.{name(table.name)} by name"
        f" select {place}, {typed}, {texts} from incoming_rows"
    )
    store.con.unregister("incoming_rows")


def _typed(column: Column) -> str:
    """SQL of the typed value: missing where the text does not fit."""
    text = f"nullif({name(column.name)}, '')"
    if isinstance(column.type, Code):
        return f"case when {text} in ({literals(column.type.vocabulary.codes)}) then {text} end"
    if column.is_numeric:
        kind = "bigint" if column.type.dtype == pl.Int64 else "double"
        pattern = literal(column.type.pattern)
        return f"case when regexp_full_match({text}, {pattern}) then cast({text} as {kind}) end"
    return text
