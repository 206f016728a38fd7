"""Staging: rows of deliveries as text, written typed with the text beside every value.

Belongs here: the typing of text, one declared type per column, whole cells only.
Does not belong here: reading files and profiles (`assets`), judging the values
(`warehouse.validation`).
A text that does not fit its type gives a missing value and keeps its text: a check reports it, so
it is
a problem and never a silent null.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.columns import Code, Column
from schemas.table import Table
from schemas.tables import TABLES
from warehouse.sql import TEXT_SUFFIX, literal, literals, name
from warehouse.store import Store

PLACE_COLUMNS = ("_delivery", "_row", "_file", "_record", "_line")


#: Columns of a problem found at reading.
PROBLEM_COLUMNS: dict[str, type[pl.DataType]] = {
    "record": pl.Int64,
    "line": pl.Int64,
    "table": pl.String,
    "column": pl.String,
    "rule": pl.String,
    "message": pl.String,
    "suggestion": pl.String,
    "content": pl.String,
}


@dataclass(frozen=True)
class StagedFile:
    """A delivered file; `rows` as the manifest announced them, None where there is no manifest."""

    file: str
    sha256: str
    rows: int | None


@dataclass(frozen=True)
class StagedDelivery:
    """A delivery to be staged; `number` is its place in the ledger.

    `site` is None only for a folder without a manifest, whose rows say it themselves.
    """

    number: int
    site: str | None
    name: str
    profile: str
    schema_version: str
    files: tuple[StagedFile, ...]


def pending_deliveries(store: Store) -> list[StagedDelivery]:
    """Received deliveries whose account is not closed, in the order of the ledger."""
    found = store.rows(
        "select delivery, site, name, profile, schema_version from received.deliveries"
        " where accepted is null order by 1"
    )
    return [
        StagedDelivery(
            int(str(number)),
            str(site),
            str(delivery),
            str(profile),
            str(version),
            _files(store, int(str(number))),
        )
        for number, site, delivery, profile, version in found
    ]


def _files(store: Store, delivery: int) -> tuple[StagedFile, ...]:
    """Files of a delivery, by name."""
    found = store.rows(
        "select file, sha256, declared from received.files where delivery = ? order by 1",
        [delivery],
    )
    return tuple(StagedFile(str(f), str(sha), int(str(rows))) for f, sha, rows in found)


def forget(store: Store, delivery: int) -> None:
    """Remove what an interrupted run left of a delivery in the quarantine."""
    store.con.execute("delete from quarantine.problems where delivery = ?", [delivery])
    store.con.execute("delete from quarantine.refused where delivery = ?", [delivery])


def note_file(
    store: Store,
    delivery: StagedDelivery,
    *,
    file: str,
    declared: int | None,
    found: int,
    is_refused: bool,
    problems: pl.DataFrame,
) -> None:
    """Enter a file that was read, and what reading refused of it."""
    store.con.execute(
        "insert into staged.records values (?, ?, ?, ?, ?)",
        [delivery.number, file, found if declared is None else declared, found, is_refused],
    )
    if problems.is_empty():
        return
    place = [delivery.number, delivery.site, delivery.name, file]
    store.con.register("read_problems", problems.to_arrow())
    store.con.execute(
        'insert into quarantine.problems select ?, ?, ?, ?, record, line, "table", null, null,'
        " \"column\", rule, 'error', message, suggestion from read_problems",
        place,
    )
    store.con.execute(
        'insert into quarantine.refused select distinct ?, ?, record, line, "table", null, content'
        " from read_problems where record is not null",
        [delivery.number, file],
    )
    store.con.unregister("read_problems")


def note_without_rows(
    store: Store, delivery: StagedDelivery, file: str, records: Sequence[int]
) -> None:
    """Enter the records of a file that make no row: they are accepted, and stay in `received`."""
    if not records:
        return
    rows = pl.DataFrame({"record": records}, schema={"record": pl.Int64})
    store.con.register("records_without_rows", rows.to_arrow())
    store.con.execute(
        "insert into staged.without_rows select ?, ?, record from records_without_rows",
        [delivery.number, file],
    )
    store.con.unregister("records_without_rows")


def clear_staged(store: Store) -> None:
    """Empty every staged table: it holds the deliveries of one run."""
    for table in TABLES:
        store.con.execute(f"delete from staged.{name(table.name)}")
    store.con.execute("delete from staged.records")
    store.con.execute("delete from staged.without_rows")


def stage(store: Store, table: Table, rows: pl.DataFrame) -> None:
    """Add text rows to a staged table.

    `rows` has the columns of `PLACE_COLUMNS` and every delivered column of the table as text; an
    empty
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
