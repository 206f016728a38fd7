"""Retiring: old snapshots removed by the home's policy, none of them lost.

Belongs here: which may go, the `retired` event, removing the files.
Does not belong here: bringing one back (`warehouse.restoring`).
The event comes first: a crash leaves files that the next run removes.
"""

import shutil
from collections.abc import Sequence

from warehouse.files import locked
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publications import RETIRED, kept_events, newest_events
from warehouse.snapshots import current_id, manifest_path, package_path, snapshot_path


def retire(home: Home, ledger: Ledger, *, keep: int) -> list[str]:
    """Remove all but the newest `keep` snapshots, the current one and those that a report names.

    Newest is what was published or brought back last.

    Returns
    -------
    list[str]
        The ids of the retired ones.
    """
    with locked(home.published, doing="publishing"):
        kept = kept_events(ledger)
        old = [s for s in _beyond(home, ledger, keep) if not _named_by(home, s)]
        for snapshot in old:
            ledger.append(RETIRED, **kept[snapshot].payload, keep_snapshots=keep)
        for snapshot, event in newest_events(ledger).items():
            if event.kind == RETIRED:
                _remove(home, snapshot)
    return old


def retire_these(home: Home, ledger: Ledger, snapshots: Sequence[str], **why: object) -> None:
    """Remove some snapshots whatever rests on them; again is no new event."""
    with locked(home.published, doing="publishing"):
        kept = kept_events(ledger)
        for snapshot in snapshots:
            if snapshot in kept:
                ledger.append(RETIRED, **kept[snapshot].payload, **why)
            _remove(home, snapshot)


def held_by_reports(home: Home, ledger: Ledger, *, keep: int) -> dict[str, list[str]]:
    """Snapshots older than the newest `keep` that stay, each with the folders that rest on it."""
    found = {snapshot: _named_by(home, snapshot) for snapshot in _beyond(home, ledger, keep)}
    return {snapshot: folders for snapshot, folders in found.items() if folders}


def _beyond(home: Home, ledger: Ledger, keep: int) -> list[str]:
    """Snapshots that are there and neither current nor among the newest."""
    return [s for s in list(kept_events(ledger))[:-keep] if s != current_id(home)]


def _named_by(home: Home, snapshot: str) -> list[str]:
    """Results and reports that rest on a snapshot."""
    places = (home.results, home.reports)
    found = [path for place in places for path in place.glob(f"*-{snapshot}")]
    return sorted(path.relative_to(home.path).as_posix() for path in found)


def _remove(home: Home, snapshot: str) -> None:
    """Remove the files of a snapshot; the manifest last, for it names what is left."""
    path = snapshot_path(home, snapshot)
    shutil.rmtree(package_path(path), ignore_errors=True)
    path.unlink(missing_ok=True)
    manifest_path(path).unlink(missing_ok=True)
