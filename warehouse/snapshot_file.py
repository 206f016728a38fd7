"""The file of a snapshot: tables written into a fresh DuckDB file, and read back.

Belongs here: the statements, and what a table that breaks its promises is told as.
Does not belong here: names, manifests and `CURRENT` (`warehouse.snapshots`), questions to a
snapshot (`warehouse.published`).
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl

from schemas.errors import IntegrityError, StorageError
from warehouse.content import TableName, sql_type
from warehouse.files import full_disk
from warehouse.published import open_published, tables_of
from warehouse.sql import name as quoted_name


def build_file(
    path: Path,
    tables: Mapping[TableName, pl.DataFrame],
    keys: Mapping[TableName, Sequence[str]],
    constraints: Mapping[TableName, Sequence[str]],
) -> None:
    """Write the tables into a fresh DuckDB file."""
    try:
        with closing(duckdb.connect(str(path), config={"threads": 2})) as con:
            for layer in sorted({layer for layer, _ in tables}):
                con.execute(f"create schema if not exists {quoted_name(layer)}")
            for table, frame in tables.items():
                con.execute(_ddl(table, frame, keys.get(table, ()), constraints.get(table, ())))
                con.register("incoming", frame.to_arrow())
                con.execute(f"insert into {_quoted(table)} select * from incoming")
                con.unregister("incoming")
            con.execute("checkpoint")
    except duckdb.ConstraintException as error:
        shown = ".".join(table)
        raise IntegrityError(
            f"{shown}: {_promise_broken(error, keys.get(table, ()))}. Nothing was published. This "
            "is a fault of the program: report it with this line."
        ) from error
    except (duckdb.OperationalError, duckdb.FatalException) as error:  # full disk, in both shapes
        raise full_disk(str(error)) or StorageError(
            f"The snapshot cannot be written ({type(error).__name__}). Check space and permissions "
            "of published/, then repeat; CURRENT is as it was."
        ) from error


def read_content(path: Path) -> dict[TableName, pl.DataFrame]:
    """Every table of a snapshot file."""
    with closing(open_published(path)) as con:
        return {
            table: pl.DataFrame(con.execute(f"from {_quoted(table)}").to_arrow_table())
            for table in tables_of(con)
        }


def _promise_broken(error: duckdb.ConstraintException, key: Sequence[str]) -> str:
    """Which kind of promise a row breaks; never DuckDB's own words, which show values."""
    text = str(error)
    if "CHECK" in text:
        return "some row holds a value that its declaration does not allow"
    if "foreign key" in text:
        return "some row names a parent that is not there"
    return f"its key ({', '.join(key)}) is missing or repeated in some row"


def _ddl(
    table: TableName, frame: pl.DataFrame, key: Sequence[str], constraints: Sequence[str]
) -> str:
    """Statement that makes a table."""
    columns = [f"{quoted_name(name)} {sql_type(kind)}" for name, kind in frame.schema.items()]
    if key:
        columns.append(f"primary key ({', '.join(quoted_name(name) for name in key)})")
    columns += constraints
    return f"create table {_quoted(table)} ({', '.join(columns)})"


def _quoted(table: TableName) -> str:
    """Quoted name of a table."""
    return f"{quoted_name(table[0])}.{quoted_name(table[1])}"
