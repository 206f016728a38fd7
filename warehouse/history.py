"""History: versions of rows over time, undone back to a delivery, or read as they were.

Belongs here: undoing what deliveries from a number on wrote, the state at a number.
Does not belong here: writing versions (`warehouse.merge`).
Deliveries are taken in by their number. Whatever changes which of them count - an approval, a
withdrawal, a run that was killed - undoes back to the first one concerned and goes on from there:
so the database is always what one built from `received/` and the ledger would be.
"""

import polars as pl

from schemas.table import Table
from schemas.tables import TABLES
from warehouse.official_counts import forget_counts
from warehouse.sql import name
from warehouse.store import Store


def undo_from(store: Store, delivery: int) -> None:
    """Undo what this delivery and all after it wrote, and open their accounts again.

    Deliveries refused at the door keep their account: nothing of them was ever taken in.
    """
    for table in TABLES:
        history = f"history.{name(table.name)}"
        store.con.execute(f"delete from {history} where recorded_at >= ?", [delivery])
        store.con.execute(
            f"update {history} set valid_to = null, recorded_to = null, ended_by = null"
            " where coalesce(valid_to, recorded_to) >= ?",
            [delivery],
        )
    for kept in ("tombstones", "restated"):
        store.con.execute(f"delete from history.{kept} where delivery >= ?", [delivery])
    forget_counts(store, delivery)
    store.con.execute(
        "update received.deliveries set accepted = null, quarantined = null, received = null,"
        " status = 'received' where delivery >= ? and status in ('received', 'held')",
        [delivery],
    )
    for layer in ("problems", "refused"):
        store.con.execute(
            f"delete from quarantine.{layer} where delivery >= ? and delivery in (select d.delivery"
            " from received.deliveries d where d.status in ('received', 'withdrawn'))",
            [delivery],
        )


def read_as_of(store: Store, table: Table, delivery: int) -> pl.DataFrame:
    """The rows of a table as they were known when a delivery had been taken in.

    `delivery` is a number of the ledger; any event's will do.
    """
    columns = ", ".join(name(c.name) for c in table.kept_columns)
    return store.frame(
        f"select {columns}, valid_from, recorded_at from history.{name(table.name)}"
        " where recorded_at <= ? and coalesce(valid_to, recorded_to, 9223372036854775807) > ?",
        [delivery, delivery],
    )
