"""Erasing: what a withdrawn delivery brought, taken out of a home for good.

Belongs here: the `erased` event, removing received and landed bytes, feature sets, and the
snapshots that were published while the delivery counted.
Does not belong here: withdrawing it (`warehouse.decisions`), building the database again.
The event comes first, and all that goes follows from the ledger: an erasure that was cut off is
finished by repeating it. Manifests stay: they hold names, counts and hashes, no record.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.manifest import content_id
from schemas.showing import counted
from warehouse.decisions import ERASED, checked_reason, erased, named_delivery, withdrawn
from warehouse.delivery_check import announced
from warehouse.exporting import EXPORT
from warehouse.features import FEATURES, feature_path
from warehouse.files import locked
from warehouse.home import Home
from warehouse.landing import ReceivedDelivery, duplicates, received_deliveries
from warehouse.ledger import Event, Ledger
from warehouse.publications import known_at, newest_events
from warehouse.published import PublishedReader
from warehouse.retiring import retire_these
from warehouse.snapshots import current, current_id


@dataclass(frozen=True)
class Erased:
    """What went, and what is out of reach: exports, each with who took it."""

    name: str
    seq: int
    files: int
    still_needed: int
    snapshots: tuple[str, ...]
    exports: tuple[str, ...]

    @property
    def message(self) -> str:
        """For the user."""
        lines = [
            f"{self.name}: erased (ledger seq {self.seq}): {counted(self.files, 'file')}, "
            f"{counted(len(self.snapshots), 'snapshot')}.",
            "Now run 'imsct materialize --rebuild': only a database built anew has no trace of it.",
        ]
        if self.still_needed:
            lines.append(
                f"{counted(self.still_needed, 'file')} stayed: another delivery holds the same "
                "bytes. If they name the case, withdraw and erase that one too."
            )
        if self.exports:
            lines += ["Out of reach, ask who took them:", *(f"  {e}" for e in self.exports)]
        return "\n".join(lines)


def erase(home: Home, ledger: Ledger, name: str, *, reason: str) -> Erased:
    """Erase a delivery that is withdrawn and no longer part of what is published.

    Raises
    ------
    UsageError
        If it is not withdrawn, or no run has published without it yet.
    """
    delivery = named_delivery(ledger, name)
    event = erased(ledger).get(delivery.seq)
    if event is None:
        event = _record(home, ledger, delivery, reason)
    with locked(home.received, doing="erasing a delivery"):
        others = [d for d in received_deliveries(ledger) if d.seq not in erased(ledger)]
        needed = {file.sha256 for other in others for file in other.files}
        files = {file.sha256 for file in delivery.files}
        gone = [home.received / sha for sha in sorted(files - needed)]
        gone += [feature_path(home, sha) for sha in _features(home, ledger, delivery)]
        there = [path for path in gone if path.exists()]
        for path in there:
            path.unlink()
        for folder in _landed(home, ledger, delivery):
            shutil.rmtree(folder)
    snapshots = tuple(held_then(ledger, event))
    retire_these(home, ledger, snapshots, erased=event.seq)
    exports = tuple(_exports(ledger, event, snapshots))
    return Erased(name, event.seq, len(there), len(files & needed), snapshots, exports)


def held_then(ledger: Ledger, event: Event) -> Iterator[str]:
    """Snapshots that were published while an erased delivery counted, also those retired since."""
    first, last = int(str(event.payload["number"])), int(str(event.payload["withdrawn"]))
    for snapshot, published in newest_events(ledger).items():
        if first <= known_at(ledger, published) < last:
            yield snapshot


def _record(home: Home, ledger: Ledger, delivery: ReceivedDelivery, reason: str) -> Event:
    """The event, where what is published has no part of the delivery any more."""
    name = f"{delivery.site}/{delivery.delivery}"
    decision = withdrawn(ledger).get(delivery.seq)
    if decision is None:
        raise UsageError(
            f"{name} counts. First have the site deliver in full without the case, then 'imsct "
            f"delivery withdraw {name}', then 'imsct materialize'. What only this delivery holds "
            "is lost with it."
        )
    current = newest_events(ledger).get(current_id(home) or "")
    if current is None or known_at(ledger, current) < decision.seq:
        raise UsageError(
            f"{name}: what is published still rests on it. Run 'imsct materialize' first, then "
            "repeat."
        )
    return ledger.append(
        ERASED,
        site=delivery.site,
        delivery=delivery.delivery,
        number=delivery.seq,
        withdrawn=decision.seq,
        rows=delivery.rows,
        reason=checked_reason(reason),
    )


def _features(home: Home, ledger: Ledger, delivery: ReceivedDelivery) -> list[str]:
    """Feature sets that this delivery brought and what is published now does not name."""
    now = current(home)
    if now is None:
        return []
    with PublishedReader(now.path) as reader:
        named = set(reader.answer("select file_sha256 from core.feature_sets")["file_sha256"])
    own = {
        str(event.payload["file_sha256"])
        for event in ledger.events(FEATURES)
        if (event.payload.get("site"), event.payload.get("delivery"))
        == (delivery.site, delivery.delivery)
    }
    return sorted(own - named)


def _landed(home: Home, ledger: Ledger, delivery: ReceivedDelivery) -> list[Path]:
    """Folders of the landing zone with the content of the delivery."""
    (event,) = (e for e in ledger.events("received") if e.seq == delivery.seq)
    names = {(delivery.site, str(event.payload["folder"]))}
    names |= {(d.site, d.folder) for d in duplicates(ledger) if d.received_as.seq == delivery.seq}
    found = []
    for site, folder in sorted(names):
        path = home.landing / site / folder
        manifest = announced(path).manifest if path.is_dir() else None
        if manifest is not None and content_id(manifest) == delivery.content_id:
            found.append(path)
    return found


def _exports(ledger: Ledger, event: Event, snapshots: tuple[str, ...]) -> Iterator[str]:
    """Exports that may hold the delivery's rows: when, by whom, of what."""
    for export in ledger.events(EXPORT):
        said = export.payload
        is_as_of = "as_of" in said and export.seq > int(str(event.payload["number"]))
        if is_as_of or said.get("snapshot") in snapshots:
            yield f"{export.time} by {said['by']}: {said.get('snapshot') or said['as_of']}"
