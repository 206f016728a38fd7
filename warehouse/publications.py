"""Publications: what the ledger knows of every snapshot, whatever lies in `published/`.

Belongs here: the newest event of a snapshot, whether it was retired.
Does not belong here: the files (`warehouse.snapshots`), bringing them back or removing them.
"""

from collections.abc import Mapping
from typing import cast

from schemas.errors import UsageError
from warehouse.ledger import Event, Ledger
from warehouse.reconciling import entered_before

PUBLISHED, RESTORED, RETIRED = "published", "restored", "retired"


def newest_events(ledger: Ledger) -> dict[str, Event]:
    """The newest event of every snapshot there ever was; the snapshot touched last comes last."""
    found: dict[str, Event] = {}
    for event in ledger.events():
        if event.kind in (PUBLISHED, RESTORED, RETIRED):
            snapshot = str(event.payload["snapshot"])
            found.pop(snapshot, None)
            found[snapshot] = event
    return found


def kept_events(ledger: Ledger) -> dict[str, Event]:
    """The same of every snapshot that should lie in `published/`."""
    return {k: event for k, event in newest_events(ledger).items() if event.kind != RETIRED}


def known_at(ledger: Ledger, event: Event) -> int:
    """The newest event of the ledger that the store of a publication knew."""
    said = cast("Mapping[str, object]", event.payload.get("manifest", {}))
    return entered_before(ledger, int(str(said.get("ledger_seq", event.seq))))


def event_of(ledger: Ledger, snapshot_id: str) -> Event:
    """The newest event of one snapshot.

    Raises
    ------
    UsageError
        If the ledger knows none of this id.
    """
    event = newest_events(ledger).get(snapshot_id)
    if event is None:
        raise UsageError(
            f"The ledger knows no snapshot of the id given (text of {len(snapshot_id)} "
            "characters). 'imsct snapshot list' lists them."
        )
    return event
