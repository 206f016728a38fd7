"""Restoring: the rows of an older snapshot, built again from `received/` and the ledger.

Belongs here: the line up to a snapshot's rows, on the ledger as it was and a store in memory.
Does not belong here: the files of the snapshot (`warehouse.restoring`).
"""

from collections.abc import Callable

import polars as pl

from assets.analysis import analysis_cases, analysis_columns
from assets.context import Line
from assets.intake import stage_pending, take_in
from assets.reference import cord_norms, published_counts
from assets.snapshot import CONSTRAINTS, KEYS, snapshot_frames
from warehouse.content import TableName
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.received import enter_deliveries
from warehouse.reconciling import entered_before
from warehouse.restoring import restore
from warehouse.snapshots import Snapshot
from warehouse.store import Store


def restore_snapshot(
    home: Home, ledger: Ledger, snapshot_id: str, *, say: Callable[[str], None]
) -> tuple[Snapshot, tuple[str, ...]]:
    """Bring a snapshot back, from what is whole of it or from the deliveries of its time."""

    def rebuild(was: Snapshot) -> dict[TableName, pl.DataFrame]:
        say(f"{was.id}: built again from received/ and the ledger up to seq {was.ledger_seq}")
        return rebuilt_frames(home, ledger, was.ledger_seq, say=say)

    return restore(home, ledger, snapshot_id, keys=KEYS, constraints=CONSTRAINTS, rebuild=rebuild)


def rebuilt_frames(
    home: Home, ledger: Ledger, seq: int, *, say: Callable[[str], None]
) -> dict[TableName, pl.DataFrame]:
    """The rows that were published when `seq` was the ledger's newest event."""
    then = ledger.until(entered_before(ledger, seq))
    with Store.open(None) as store:
        line = Line(home, then, store, say, "", "")
        enter_deliveries(store, then)
        stage_pending(line)
        take_in(store, official=None)
        for asset in (published_counts, cord_norms, analysis_cases, analysis_columns):
            asset(line=line)
        return snapshot_frames(line)
