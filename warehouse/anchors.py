"""Anchors: every published snapshot names the ledger's newest event of its time, with its hash.

Belongs here: whether a ledger still holds those events; refusing to write behind one that does not.
Does not belong here: the ledger's own chain (`warehouse.ledger`), the database's note of an event
(`warehouse.reconciling`).
A chain whose last lines were taken off is whole in itself. Written on, it would lose for good the
deliveries that those lines named; the database, which would tell, may be missing or just as old.
"""

from schemas.errors import IntegrityError
from warehouse.home import Home
from warehouse.ledger import FILE_NAME, Ledger
from warehouse.snapshots import Snapshot, read_manifest, snapshot_files


def open_to_write(home: Home) -> Ledger:
    """The ledger of a home, of which no snapshot says that lines are missing.

    Raises
    ------
    IntegrityError
        If its end was cut off or written anew, or its chain is broken (E_LEDGER).
    """
    ledger = Ledger.open(home.ledger)
    for path in snapshot_files(home):
        try:
            snapshot = read_manifest(path)
        except IntegrityError:  # 'snapshot verify' tells of it; it says nothing of the ledger
            continue
        if not is_anchored(snapshot, ledger):
            raise IntegrityError(
                f"ledger/{FILE_NAME} (E_LEDGER): {cut_in_words(snapshot)} Nothing was written.",
                anchor_remedy(snapshot),
            )
    return ledger


def is_anchored(snapshot: Snapshot, ledger: Ledger) -> bool:
    """Whether the ledger holds the event that was its newest when the snapshot was built."""
    seq = snapshot.ledger_seq
    events = ledger.events()
    return not seq or (seq <= len(events) and events[seq - 1].hash == snapshot.ledger_hash)


def cut_in_words(snapshot: Snapshot) -> str:
    """What is wrong with a ledger that does not hold the event of a snapshot."""
    return (
        f"Snapshot {snapshot.id} was built after event seq {snapshot.ledger_seq}, which the ledger "
        "does not hold as it was: its end was cut off or written anew."
    )


def anchor_remedy(snapshot: Snapshot) -> str:
    """What to do, also where no backup is as new as the snapshot."""
    return (
        f"Restore ledger/{FILE_NAME} from a backup that has it. Where there is none, move "
        f"{snapshot.id}.duckdb, {snapshot.id}.json and the folder {snapshot.id} out of published/, "
        "run 'imsct materialize', and have the sites deliver again what came since."
    )
