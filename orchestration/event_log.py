"""Dagster's record of a run, with its SQLite files held open from the first event to the last.

Belongs here: the instance that a run in this process uses.
Does not belong here: our own ledger (`warehouse.ledger`), what is run (`orchestration.run`).
Why: Dagster opens, syncs and closes a file several times for each of the 650 events of a run; for a
small delivery that was nine tenths of the wait (docs/decisions/dagsters-event-log.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import dagster as dg
import sqlalchemy

# Dagster has no public name for a storage to derive from, nor for settings given at run time.
from dagster._core.instance.ref import InstanceRef  # noqa: TID251
from dagster._core.storage.event_log import SqliteEventLogStorage  # noqa: TID251

from orchestration.one_writer import dagster_settings
from warehouse.home import Home

_STORAGES = {"storage", "event_log_storage", "run_storage", "schedule_storage"}
#: Seconds to wait for another process that writes: Dagster's own.
_PATIENCE = 30


@contextmanager
def dagster_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of a home; its files are those that `dagster dev` reads.

    Where `dagster.yaml` names a storage, a server for instance, that one is used as it is.

    Raises
    ------
    StorageError
        If `dagster.yaml` cannot be read.
    """
    overrides: dict[str, Any] = {}
    if not _STORAGES & dagster_settings(home).keys():
        place = str(home.dagster / "history" / "runs")
        overrides["event_log_storage"] = {
            "module": __name__,
            "class": EventLog.__name__,
            "config": {"base_dir": place},
        }
    reference = InstanceRef.from_dir(str(home.dagster), overrides=overrides)
    with dg.DagsterInstance.from_ref(reference) as instance:
        yield instance


class EventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite, one open connection for each file instead of one per query."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Self:
        """One of this class: Dagster's method names its own."""
        return cls(config_value["base_dir"], inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = self._engine(shard)
            with self._engines[shard].begin() as connection:
                yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            connect_args={"timeout": _PATIENCE, "check_same_thread": False},
        )

        @sqlalchemy.event.listens_for(engine, "connect")
        def _sync_less(connection: Any, _: object) -> None:
            # Whole after a power cut, at most without the last events; our ledger syncs each line.
            connection.execute("PRAGMA synchronous=NORMAL")

        self._initdb(engine)
        return engine

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
