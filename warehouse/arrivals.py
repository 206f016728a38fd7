"""Arrivals: deliveries that the home holds and its last publication does not.

Belongs here: finding them from the landing zone and the ledger alone, cheaply and often; sweeping
what a delivery that was killed left there.
Does not belong here: receiving (`warehouse.landing`), what is done about them (`orchestration`).
The store is not opened: one process may, and it may be another one.
"""

import hashlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from schemas.manifest import content_id
from schemas.problems import Problem
from warehouse.decisions import APPROVED, WITHDRAWN
from warehouse.delivery_check import announced, examine
from warehouse.handing_over import INCOMING
from warehouse.home import Home
from warehouse.landing import complete_deliveries
from warehouse.ledger import Event, Ledger

_DAY = 86_400.0


@dataclass(frozen=True, order=True)
class Arrival:
    """A delivery by its place in the landing zone and the hash of its manifest."""

    site: str
    folder: str
    manifest_sha256: str

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"{self.site}/{self.folder}"


@dataclass(frozen=True)
class Arrivals:
    """What a run would take in (`waiting`), or has taken in and not published (`unpublished`).

    `unsound` lie in the landing zone, but not as their manifest says: still being copied by hand,
    or spoilt. Each has the first of its problems.
    """

    waiting: tuple[Arrival, ...]
    unpublished: tuple[Arrival, ...]
    unsound: tuple[tuple[str, Problem], ...]

    @property
    def names(self) -> list[str]:
        """Deliveries that call for a run, each once."""
        return sorted({arrival.name for arrival in (*self.waiting, *self.unpublished)})

    @property
    def digest(self) -> str:
        """Identity of the set that calls for a run: the same before and after it is received."""
        called = sorted({*self.waiting, *self.unpublished})
        text = "".join(f"{a.site}/{a.folder} {a.manifest_sha256}\n" for a in called)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def arrivals(home: Home, ledger: Ledger) -> Arrivals:
    """Compare the landing zone with the ledger, and the ledger with its last publication.

    Raises
    ------
    StorageError
        If a folder or a file of the landing zone may not be read.
    """
    known = {_arrival(e) for kind in ("received", "refused") for e in ledger.events(kind)}
    contents = {
        (e.payload["site"], e.payload["folder"], e.payload["content_id"])
        for kind in ("received", "duplicate")
        for e in ledger.events(kind)
    }
    waiting, unsound = [], []
    for folder in complete_deliveries(home.landing):
        found = announced(folder)
        site, digest = folder.parent.name, hashlib.sha256(found.manifest_bytes).hexdigest()
        arrival = Arrival(site, folder.name, digest)
        content = content_id(found.manifest) if found.manifest else None
        if arrival in known or (site, folder.name, content) in contents:
            continue
        problem = _first_problem(folder)
        if problem is None:
            waiting.append(arrival)
        else:
            unsound.append((arrival.name, problem))
    return Arrivals(tuple(waiting), _unpublished(ledger), tuple(unsound))


def sweep_incoming(landing: Path, *, now: float | None = None) -> list[str]:
    """Remove folders that a killed `deliver` left; one touched within a day may be in the making.

    Returns
    -------
    list[str]
        What was removed, as `<site>/<folder>`.
    """
    before = (time.time() if now is None else now) - _DAY
    left = [
        folder
        for folder in sorted(landing.glob(f"*/{INCOMING}*"))
        if folder.is_dir() and not folder.is_symlink() and _last_touched(folder) < before
    ]
    for folder in left:
        shutil.rmtree(folder)
    return [f"{folder.parent.name}/{folder.name}" for folder in left]


def _last_touched(folder: Path) -> float:
    """When something was last written into a folder."""
    return max(path.lstat().st_mtime for path in (folder, *folder.iterdir()))


def _first_problem(folder: Path) -> Problem | None:
    """The first reason why a delivery is not as announced."""
    return next(iter(examine(folder, site=folder.parent.name).problems), None)


def _unpublished(ledger: Ledger) -> tuple[Arrival, ...]:
    """What was received, refused or decided since the last publication."""
    last = max((event.seq for event in ledger.events("published")), default=0)
    came = (e for kind in ("received", "refused") for e in ledger.events(kind))
    decided = (e for kind in (APPROVED, WITHDRAWN) for e in ledger.events(kind))
    return (
        *(_arrival(event) for event in came if event.seq > last),
        *(_decision(event) for event in decided if event.seq > last),
    )


def _decision(event: Event) -> Arrival:
    """A decision calls for a run of its own, so it goes by its own hash."""
    payload = event.payload
    return Arrival(str(payload["site"]), str(payload["delivery"]), event.hash)


def _arrival(event: Event) -> Arrival:
    """The delivery of an event."""
    payload = event.payload
    return Arrival(str(payload["site"]), str(payload["folder"]), str(payload["manifest_sha256"]))
