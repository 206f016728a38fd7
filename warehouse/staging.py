"""Staging: rows of deliveries as text, written typed with the text beside every value.

Belongs here: the typing of text, one declared type per column, whole cells only.
Does not belong here: reading files and profiles (`assets`), judging the values
(`warehouse.validation`).
A text that does not fit its type gives a missing value and keeps its text: a check reports it, so
it is
a problem and never a silent null.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from schemas.columns import Code, Column
from schemas.manifest import Mode, Provenance
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
    "severity": pl.String,
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
    mode: Mode = "full"
    provenance: Provenance = "registry"


def pending_deliveries(store: Store) -> list[StagedDelivery]:
    """Received deliveries whose account is not closed, in the order of the ledger."""
    found = store.rows(
        "select delivery, site, name, profile, schema_version, mode, provenance"
        " from received.deliveries"
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
            cast("Mode", mode),
            cast("Provenance", provenance),
        )
        for number, site, delivery, profile, version, mode, provenance in found
    ]


def _files(store: Store, delivery: int) -> tuple[StagedFile, ...]:
    """Files of a delivery, by name."""
    found = store.rows(
        "select file, sha256, declared from received.files where delivery = ? order by 1",
        [delivery],
    )
    return tuple(StagedFile(str(f), str(sha), int(str(rows))) for f, sha, rows in found)


def note_file(
    store: Store,
    delivery: StagedDelivery,
    *,
    file: str,
    declared: int | None,
    found: int,
    is_refused: bool,
    tables: Collection[str] | None,
    problems: pl.DataFrame,
    left_aside: Sequence[int] = (),
) -> None:
    """Enter a file that was read, the tables it feeds (None: unknown), and what was refused.

    A record is left aside where the profile makes no row of it, and says so: it is accepted.
    """
    count = found if declared is None else declared
    fed = None if tables is None else sorted(tables)
    store.con.execute(
        "insert into staged.records values (?, ?, ?, ?, ?, ?)",
        [delivery.number, file, count, found, is_refused, fed],
    )
    if left_aside:
        records = pl.DataFrame({"record": left_aside}, schema={"record": pl.Int64})
        store.con.register("records_aside", records.to_arrow())
        store.con.execute(
            "insert into staged.left_aside select ?, ?, record from records_aside",
            [delivery.number, file],
        )
        store.con.unregister("records_aside")
    note_problems(store, delivery, file=file, problems=problems)


def note_problems(
    store: Store, delivery: StagedDelivery, *, file: str, problems: pl.DataFrame
) -> None:
    """Enter what is wrong with a file and its records; an error of a record refuses it."""
    if problems.is_empty():
        return
    place = [delivery.number, delivery.site, delivery.name, file]
    store.con.register("read_problems", problems.to_arrow())
    store.con.execute(
        'insert into quarantine.problems select ?, ?, ?, ?, record, line, "table", null, null,'
        ' "column", rule, severity, message, suggestion from read_problems',
        place,
    )
    store.con.execute(
        'insert into quarantine.refused select distinct ?, ?, record, line, "table", null, content'
        " from read_problems where record is not null and severity = 'error'",
        [delivery.number, file],
    )
    store.con.unregister("read_problems")


def clear_staged(store: Store) -> None:
    """Empty every staged table: it holds the deliveries of one run."""
    for table in TABLES:
        store.con.execute(f"delete from staged.{name(table.name)}")
    store.con.execute("delete from staged.withdrawals")
    store.con.execute("delete from staged.records")
    store.con.execute("delete from staged.left_aside")


def stage_context(store: Store, delivery: StagedDelivery) -> None:
    """Put the site's rows that a partial delivery does not name beside it, below row 0.

    So the rules read the state that the delivery leads to, not the delivery alone.
    """
    for table in TABLES:
        staged = f"staged.{name(table.name)}"
        same = " and ".join(f"s.{name(k)} = c.{name(k)}" for k in table.key)
        typed = ", ".join(f"c.{name(n)}" for n in table.names)
        texts = ", ".join(
            f"cast(c.{name(n)} as varchar) as {name(n + TEXT_SUFFIX)}" for n in table.names
        )
        store.con.execute(
            f"insert into {staged} by name select ? as _delivery,"
            f" -row_number() over (order by c._delivery, c._row) as _row, {typed}, {texts}"
            f" from core.{name(table.name)} c"
            " join received.deliveries d on d.delivery = c._delivery"
            f" where d.site = ? and not exists (select 1 from {staged} s where s._delivery = ?"
            f" and {same})",
            [delivery.number, delivery.site, delivery.number],
        )


def known_studies(store: Store, site: str | None) -> set[str]:
    """Imaging studies of a site that are kept."""
    found = store.rows(
        "select c.study_id from core.imaging_studies c"
        " join received.deliveries d on d.delivery = c._delivery where d.site = ?",
        [site],
    )
    return {str(study) for (study,) in found}


def stage_withdrawals(store: Store, table: Table, rows: pl.DataFrame) -> None:
    """Add the keys of a table that a site withdraws; `rows` has places and the key as text."""
    key = pl.concat_list(table.key)
    staged = rows.select(*PLACE_COLUMNS, pl.lit(table.name).alias("table"), key.alias("key"))
    store.con.register("withdrawn_keys", staged.to_arrow())
    store.con.execute("insert into staged.withdrawals by name select * from withdrawn_keys")
    store.con.unregister("withdrawn_keys")


def count_staged(store: Store, table: Table) -> int:
    """Rows of a table that are part of a staged delivery."""
    ((n,),) = store.rows(f"select count(*) from staged.{name(table.name)} where _row >= 0")
    return int(str(n))


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
