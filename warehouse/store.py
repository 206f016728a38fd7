"""The store: one DuckDB file with a schema per layer, from `received` to `analysis`.

Belongs here: opening the file, its layout, reading and replacing whole tables, transactions.
Does not belong here: validation (`warehouse.validation`), merging (`warehouse.merge`), snapshots.
One process writes; readers open what `published/CURRENT` names.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType

import duckdb
import polars as pl

from schemas.columns import Column
from schemas.errors import IntegrityError
from schemas.table import Table
from schemas.tables import SCHEMA_VERSION, TABLES
from warehouse.connecting import connect, cursor, why_not_opened
from warehouse.sql import TEXT_SUFFIX, literal, name
from warehouse.writing import forget_writer, note_writer

_SQL_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "varchar",
    pl.Int64: "bigint",
    pl.Float64: "double",
}
#: Where a staged row comes from: ledger number of the delivery, row within table and delivery,
#: file,
#: record and line of the file.
PLACE = "_delivery bigint, _row bigint, _file varchar, _record bigint, _line bigint"
_FIXED_TABLES = """
create table received.deliveries (
    delivery bigint primary key, site varchar, name varchar, content_id varchar, profile varchar,
    provenance varchar, mode varchar, schema_version varchar, status varchar,
    received bigint, accepted bigint, quarantined bigint, supersedes varchar, key_id varchar
);
create table received.files (
    delivery bigint, file varchar, sha256 varchar, bytes bigint, declared bigint, found bigint,
    accepted bigint, quarantined bigint, primary key (delivery, file)
);
create table received.approvals (
    event bigint, delivery bigint, site varchar, rule varchar, measure varchar
);
create table staged.withdrawals (
    _delivery bigint, _row bigint, _file varchar, _record bigint, _line bigint,
    "table" varchar, key varchar[]
);
create table staged.records (
    _delivery bigint, _file varchar, declared bigint, found bigint, is_refused boolean,
    tables varchar[],
    primary key (_delivery, _file)
);
create table staged.left_aside (_delivery bigint, _file varchar, _record bigint);
create table quarantine.problems (
    delivery bigint, site varchar, name varchar, file varchar, record bigint, line bigint,
    "table" varchar, "row" bigint, key varchar, "column" varchar, rule varchar, severity varchar,
    message varchar, suggestion varchar
);
create table quarantine.refused (
    delivery bigint, file varchar, record bigint, line bigint, "table" varchar, "row" bigint,
    content varchar
);
create table quarantine.official_counts (
    "set" bigint, deliveries bigint[], "table" varchar, rows bigint, rule varchar, "column" varchar,
    sentence varchar, severity varchar, sql_pass bigint, great_expectations bigint
);
create table history.tombstones (
    delivery bigint, site varchar, "table" varchar, key varchar[]
);
create table history.restated (
    delivery bigint, site varchar, "table" varchar, key varchar
);
create table received.layout (layout varchar, schema_version varchar);
create table received.accounted (seq bigint, hash varchar, is_open boolean, entered bigint);
insert into received.accounted values (null, null, true, 0);
"""


_LAYERS = ("received", "staged", "history", "core", "quarantine", "reference", "analysis")
#: When a version was true (`valid_*`) and when it was believed (`recorded_*`), in ledger numbers of
#: deliveries. A version that a later state ended has `valid_to`; one that a correction replaced has
#: `recorded_to`, for it was never true; `ended_by` says which it was.
VERSION = (
    "valid_from bigint, valid_to bigint, recorded_at bigint, recorded_to bigint, ended_by varchar"
)

#: How the engine says that a block is spoilt, plain or encrypted.
_DAMAGE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.SerializationException,
    duckdb.InvalidInputException,
)


class Store:
    """The writer's connection to a store; closes with its `with` block.

    Keeps true: one schema per layer, `staged` and `core` tables as declared in `schemas.tables`.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path | None) -> None:
        self.con = con
        self.path = path
        #: Whether there was no file at all before.
        self.is_new = False

    @classmethod
    def open(cls, path: Path | None, *, key: str | None = None, run: str = "") -> "Store":
        """Open or make the store at `path`; without a path, one that lives in memory.

        With a `key` the file is encrypted. `run` is the run that writes: who comes second is told.

        Raises
        ------
        StorageError
            If another process writes the file, or it cannot be opened.
        IntegrityError
            If the file is damaged, or was made by another version of the program, or only its log
            is there.
        """
        is_new = path is not None and not path.exists()
        if path is not None and is_new and path.with_name(f"{path.name}.wal").exists():
            raise IntegrityError(
                f"{path.name} (E_LEDGER): the file is missing, its write-ahead log is there.",
                "Run 'imsct materialize --rebuild': it builds it again from received/ and the "
                "ledger.",
            )
        store = cls(connect(path, key), path)
        store.is_new = is_new
        try:
            if path is not None:
                note_writer(path, run)
            store.con.execute("set enable_progress_bar = false")
            store.con.execute("set threads = 2")
            store._make_layout()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """End the connection; another process may write then."""
        if self.path is not None:
            forget_writer(self.path)
        self.con.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A second connection to the same database, of the same process."""
        return cursor(self.con)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what happens inside is committed at the end or not at all."""
        self.con.execute("begin")
        try:
            with self._damage_told():
                yield
        except BaseException:
            with suppress(duckdb.Error):  # a full disk may have ended it already
                self.con.execute("rollback")
            raise
        self.con.execute("commit")

    @contextmanager
    def limited(self, memory: str) -> Iterator[None]:
        """At most so much memory for what runs inside; the rest goes to a folder beside the store.

        A store in memory has nowhere to put it, and no limit.
        """
        if self.path is None:
            yield
            return
        self.con.execute(f"set memory_limit = {literal(memory)}")
        try:
            yield
        finally:
            self.con.execute("reset memory_limit")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query; every value is bound."""
        with self._damage_told():
            return self.con.execute(query, list(values)).fetchall()

    def frame(self, query: str, values: Sequence[object] = ()) -> pl.DataFrame:
        """The result of a query as a frame; every value is bound."""
        with self._damage_told():
            return pl.DataFrame(self.con.execute(query, list(values)).to_arrow_table())

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        """A block of the file that is spoilt shows when it is first read, which may be late."""
        try:
            yield
        except _DAMAGE as error:
            is_told = re.search("orrupt|AES tag", str(error))
            if is_told or isinstance(error, duckdb.SerializationException):
                raise why_not_opened(self.path, error) from error
            raise

    def read(self, layer: str, table: str) -> pl.DataFrame:
        """A whole table, rows in no particular order."""
        return self.frame(f"select * from {name(layer)}.{name(table)}")

    def count(self, layer: str, table: str) -> int:
        """Number of rows of a table."""
        found = self.rows(f"select count(*) from {name(layer)}.{name(table)}")
        return int(str(found[0][0]))

    def replace(self, layer: str, table: str, frame: pl.DataFrame) -> None:
        """Put the frame in place of a table, by column name."""
        self.con.register("incoming_frame", frame.to_arrow())
        target = f"{name(layer)}.{name(table)}"
        self.con.execute(f"create or replace table {target} as select * from incoming_frame")
        self.con.unregister("incoming_frame")

    def append(self, layer: str, table: str, frame: pl.DataFrame) -> None:
        """Add the frame's rows to an existing table, by column name."""
        if frame.is_empty():
            return
        self.con.register("incoming_frame", frame.to_arrow())
        target = f"{name(layer)}.{name(table)}"
        self.con.execute(f"insert into {target} by name select * from incoming_frame")
        self.con.unregister("incoming_frame")

    def has_layout(self) -> bool:
        """Whether the layers are there; a file of another layout is refused."""
        exists = self.rows(
            "select 1 from information_schema.tables"
            " where table_schema = 'received' and table_name = 'layout'"
        )
        if not exists:
            return False
        found = self.rows("from received.layout")
        if found != [(layout(), SCHEMA_VERSION)]:
            raise _of_another_version(self.path, found)
        return True

    def _make_layout(self) -> None:
        """Create the layers of an empty file."""
        if self.has_layout():
            return
        with self.transaction():
            for layer in _LAYERS:
                self.con.execute(f"create schema {layer}")
            for statement in _statements():
                self.con.execute(statement)
            made = [layout(), SCHEMA_VERSION]
            self.con.execute("insert into received.layout values (?, ?)", made)


def check_database(path: Path, key: str | None = None) -> None:
    """Open the file for reading only, look which program made it, and close it again.

    Raises
    ------
    StoreInUseError
        If another process writes it.
    StorageError
        If the key is not the file's, or it cannot be opened.
    IntegrityError
        If it is damaged, or was made by another version of the program.
    """
    with closing(connect(path, key, is_read_only=True)) as con:
        Store(con, path).has_layout()


def _of_another_version(path: Path | None, made: Sequence[tuple[object, ...]]) -> IntegrityError:
    """A file of another layout, by what it says of who made it."""
    named = [str(row[1]) for row in made if len(row) > 1]
    newer = max((int(version) for version in named if version.isdigit()), default=0)
    if newer > int(SCHEMA_VERSION):
        return IntegrityError(
            f"{path} was made by a newer program: version {newer} of the dictionary, this one "
            f"knows {SCHEMA_VERSION}. Nothing was changed.",
            "Update the program.",
        )
    return IntegrityError(
        f"{path} was made by another version of the program. Nothing was changed.",
        "'imsct materialize --rebuild' builds it again from received/ and the ledger, and keeps it "
        "until that has worked; or use the program that made it.",
    )


@cache
def layout() -> str:
    """Name of the tables that this program makes: it changes by itself when a declaration does."""
    return hashlib.sha256("\n".join(_statements()).encode()).hexdigest()[:16]


def _statements() -> tuple[str, ...]:
    """Every statement that makes a table of an empty store."""
    made = (ddl(table) for table in TABLES for ddl in (_staged_ddl, _history_ddl, _core_ddl))
    return (_FIXED_TABLES, *made)


def _sql_type(column: Column) -> str:
    """DuckDB type of a column."""
    return _SQL_TYPES[column.type.dtype]


def _staged_ddl(table: Table) -> str:
    """Staged table: place, every column typed, and beside it the text as delivered."""
    columns = [f"{name(c.name)} {_sql_type(c)}" for c in table.columns]
    texts = [f"{name(c.name + TEXT_SUFFIX)} varchar" for c in table.columns]
    return f"create table staged.{name(table.name)} ({PLACE}, {', '.join(columns + texts)})"


def _history_ddl(table: Table) -> str:
    """Every version of every row: place, when true and when known, kept columns.

    No index: what is unique is one current version per key, which `warehouse.merge` asserts.
    """
    columns = ", ".join(f"{name(c.name)} {_sql_type(c)}" for c in table.kept_columns)
    return f"create table history.{name(table.name)} ({PLACE}, {VERSION}, {columns})"


def _core_ddl(table: Table) -> str:
    """The current version of every row: what is true and believed now."""
    return (
        f"create view core.{name(table.name)} as select * exclude (valid_to, recorded_to, ended_by)"
        f" from history.{name(table.name)} where valid_to is null and recorded_to is null"
    )
