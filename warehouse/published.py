"""Published snapshots, opened read-only and locked down, and the questions one may ask.

Belongs here: the connection every reader of a snapshot uses, the closed list of its queries.
Does not belong here: small-number rules (`analyses.disclosure`), building snapshots.
The engine still allows some statements after the lock-down, so no text from outside ever becomes
SQL: only the templates below run, every value bound.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType

import duckdb
import polars as pl

from schemas.errors import IntegrityError, StorageError

#: Seconds after which a query is interrupted.
TIME_LIMIT = 5.0

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "temp_directory": "",
    "max_temp_directory_size": "0KB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_TABLES = (
    "select schema_name, table_name from duckdb_tables()"
    " where not internal and not temporary order by schema_name, table_name"
)
_DELIVERIES = "from received.deliveries order by all"
_DELIVERIES_OF_SITE = "from received.deliveries where site = ? order by all"


class QueryTimeoutError(StorageError):
    """A query took longer than its limit and was interrupted; the next one will be answered."""


def open_published(
    path: Path, *, threads: int = 2, memory_limit: str = "512MB"
) -> duckdb.DuckDBPyConnection:
    """Open a snapshot read-only and locked down.

    Raises
    ------
    IntegrityError
        If the engine cannot read the file.
    StorageError
        If there is no such file.
    """
    if not path.is_file():
        raise StorageError(
            f"There is no snapshot {path.name}. 'imsct snapshot list' lists them; "
            "'imsct materialize' publishes one."
        )
    config = {**_CONFIG, "threads": threads, "memory_limit": memory_limit}
    try:
        con = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.ConnectionException as error:
        raise StorageError(
            f"{path.name} is open with other settings in this process. Close it there, then repeat."
        ) from error
    except duckdb.Error as error:
        raise IntegrityError(
            f"published/{path.name} (E_SHA256): the engine cannot read it ({type(error).__name__})."
            " Run 'imsct snapshot verify'."
        ) from error
    is_locked = con.execute("select current_setting('lock_configuration')").fetchone()
    if is_locked == (True,):  # another connection of this process to the same file did it already
        return con
    # Refused as an option of connect; the bar would print to stdout, even into a pipe.
    con.execute("set enable_progress_bar = false")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")  # last: nothing can be set afterwards
    return con


@contextmanager
def time_limit(con: duckdb.DuckDBPyConnection, seconds: float = TIME_LIMIT) -> Iterator[None]:
    """Interrupt whatever the connection runs when the time is up.

    Raises
    ------
    QueryTimeoutError
        If that happened.
    """
    guard, is_over = threading.Lock(), False

    def interrupt() -> None:
        with guard:  # a query that has just ended must not take the next one with it
            if not is_over:
                con.interrupt()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryTimeoutError(
            f"The query was stopped after {seconds:g} s. Narrow the selection, then repeat."
        ) from error
    finally:
        with guard:
            is_over = True
        timer.cancel()
        timer.join()


def tables_of(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Schema and name of every table of a snapshot."""
    return [(str(layer), str(name)) for layer, name in con.execute(_TABLES).fetchall()]


class PublishedReader:
    """Answers a closed set of questions about one snapshot; closes with its `with` block.

    Keeps true: no caller's text becomes SQL, and no question runs longer than its limit.
    """

    def __init__(self, path: Path, *, seconds: float = TIME_LIMIT) -> None:
        self.path = path
        self._seconds = seconds
        self._con = open_published(path)
        self._tables = tables_of(self._con)

    def __enter__(self) -> "PublishedReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._con.close()

    @property
    def tables(self) -> tuple[tuple[str, str], ...]:
        """Schema and name of every table."""
        return tuple(self._tables)

    def counts(self) -> dict[tuple[str, str], int]:
        """Rows of every table."""
        counted = {}
        for layer, name in self._tables:  # names come from the snapshot itself, never from a caller
            frame = self.answer(f'select count(*) as n from "{layer}"."{name}"')
            counted[layer, name] = int(frame["n"][0])
        return counted

    def deliveries(self, *, site: str | None = None) -> pl.DataFrame:
        """Counts of every delivery (the table `received.deliveries`), or those of one site."""
        if site is None:
            return self.answer(_DELIVERIES)
        return self.answer(_DELIVERIES_OF_SITE, (site,))

    def answer(self, template: str, values: Sequence[object] = ()) -> pl.DataFrame:
        """The result of a template of this package (`warehouse.queries`), within the time limit.

        Each call has a cursor of its own, so that several threads may ask at once.

        Raises
        ------
        QueryTimeoutError
            If it took too long.
        """
        with closing(self._con.cursor()) as cursor, time_limit(cursor, self._seconds):
            return pl.DataFrame(cursor.execute(template, list(values)).to_arrow_table())
