"""The landing zone: receiving a delivery byte for byte.

Belongs here: verifying a delivery against its manifest, the bytes kept, the ledger's event.
Does not belong here: handing over (`warehouse.handing_over`), what the files say
(`assets.readers`, `warehouse.staging`), merging.
A folder whose name starts with a dot is being written and does not exist for anybody.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, cast

from schemas.errors import StorageError
from schemas.manifest import (
    MANIFEST_NAME,
    IdScheme,
    Manifest,
    Mode,
    Provenance,
    content_id,
    provenance_of,
)
from schemas.problems import Problem
from warehouse.delivery_check import Examined, examine
from warehouse.files import (
    keep,
    keep_bytes,
    locked,
    sweep,
)
from warehouse.home import Home
from warehouse.ledger import Event, Ledger

Status = Literal["received", "duplicate", "refused"]


@dataclass(frozen=True)
class ReceivedFile:
    """A file whose bytes are kept as `received/<sha256>`."""

    file: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class ReceivedDelivery:
    """A received delivery as the ledger knows it: enough to load it again without the landing."""

    seq: int
    site: str
    delivery: str
    content_id: str
    manifest_sha256: str
    created: str
    profile: str
    schema_version: str
    mode: Mode
    supersedes: str | None
    id_scheme: IdScheme
    key_id: str | None
    files: tuple[ReceivedFile, ...]
    #: Files whose bytes were not kept, because they identify a person: places and rules only.
    withheld: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    #: The profile as it was, where it is one of the home: it may be changed there since.
    profile_sha256: str | None = None

    @property
    def rows(self) -> int:
        """Data records announced."""
        return sum(entry.rows for entry in self.files)

    @property
    def provenance(self) -> Provenance:
        """Provenance of every row."""
        return provenance_of(self.id_scheme)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a delivery folder.

    `seq` is the ledger's event for the folder; `received` the delivery its content was received as
    (None when refused); `rows` what the manifest announced, all quarantined when refused.
    """

    status: Status
    site: str
    folder: str
    rows: int
    seq: int
    received: ReceivedDelivery | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def quarantined(self) -> int:
        """Records refused with the delivery, before any was read."""
        return self.rows if self.status == "refused" else 0

    @property
    def message(self) -> str:
        """One line for the user."""
        shown = f"{self.site}/{self.folder}"
        if self.status == "refused":
            return f"{shown}: refused, {self.rows} rows set aside; problems: {len(self.problems)}"
        name = self.received.delivery if self.received else ""
        if self.status == "duplicate":
            return f"{shown}: already received as {name} (ledger seq {self.seq})"
        return f"{shown}: received, {self.rows} rows (ledger seq {self.seq})"


def complete_deliveries(landing: Path) -> list[Path]:
    """Delivery folders that are complete, by site, then delivery name.

    A linked folder is among them, so that `receive` refuses it aloud.
    """
    found = [
        folder
        for site in _visible(landing)
        for folder in _visible(site)
        if folder.is_symlink() or os.path.lexists(folder / MANIFEST_NAME)
    ]
    return sorted(found, key=lambda folder: (folder.parent.name, folder.name))


#: What identifies a person in a delivery, by file; a file that is named is not kept, and nothing of
#: a delivery whose manifest is.
Scanner = Callable[[Path, Manifest], Mapping[str, Sequence[Problem]]]


def receive(
    folder: Path,
    home: Home,
    ledger: Ledger,
    *,
    scan: Scanner | None = None,
    profile_of: Callable[[Manifest], bytes | None] | None = None,
) -> Receipt:
    """Verify a complete delivery and keep its bytes; the ledger has it before this returns.

    Receiving the same content again changes nothing: a folder that was received gives `duplicate`
    with its own event, another folder with the same content one event `duplicate`. A file in which
    `scan` finds something is not copied; the ledger has the places instead. A profile that
    `profile_of` gives is kept with the files.

    Raises
    ------
    IntegrityError
        If the files change meanwhile, or a kept file has lost its hash.
    StorageError
        If the disk is full, or another process is receiving.
    """
    examined = examine(folder, site=folder.parent.name)
    manifest = examined.manifest
    with locked(home.received, doing="receiving deliveries"):
        if manifest is None or examined.problems:
            return _refuse(folder, examined, ledger)
        identity = content_id(manifest)
        received = received_deliveries(ledger)
        earlier = next((d for d in received if d.content_id == identity), None)
        if earlier is not None:
            return _duplicate(folder, earlier, ledger)
        if problem := _name_in_use(manifest, received) or _unknown_superseded(manifest, received):
            return _refuse(folder, Examined(manifest, examined.manifest_bytes, (problem,)), ledger)
        sweep(home.received)
        withheld = scan(folder, manifest) if scan else {}
        if MANIFEST_NAME in withheld:
            found = tuple(withheld[MANIFEST_NAME])
            return _refuse(folder, replace(examined, problems=found), ledger)
        for entry in (entry for entry in manifest.files if entry.file not in withheld):
            keep(folder / entry.file, home.received, expected=entry.sha256)
        kept = keep_bytes(examined.manifest_bytes, home.received)
        payload = _payload(manifest, identity, kept, folder=folder.name)
        if profile_of is not None and (text := profile_of(manifest)) is not None:
            payload["profile_sha256"] = keep_bytes(text, home.received)
        places = {file: [asdict(p) for p in problems] for file, problems in withheld.items()}
        event = ledger.append("received", **payload, **({"withheld": places} if places else {}))
    delivery = _from_event(event)
    return Receipt(
        status="received",
        site=manifest.site,
        folder=folder.name,
        rows=manifest.rows,
        seq=event.seq,
        received=delivery,
    )


def received_deliveries(ledger: Ledger) -> list[ReceivedDelivery]:
    """Every received delivery, in the order of the ledger: what a rebuild loads."""
    return [_from_event(event) for event in ledger.events("received")]


@dataclass(frozen=True)
class Duplicate:
    """A folder whose content had been received before; `seq` is its own event."""

    seq: int
    site: str
    folder: str
    received_as: ReceivedDelivery


def duplicates(ledger: Ledger) -> list[Duplicate]:
    """Every folder that brought nothing new, in the order of the ledger."""
    received = {d.seq: d for d in received_deliveries(ledger)}
    return [
        Duplicate(e.seq, str(e.payload["site"]), str(e.payload["folder"]), received[number])
        for e in ledger.events("duplicate")
        if (number := int(str(e.payload["received_as"]))) in received
    ]


def _visible(folder: Path) -> Iterable[Path]:
    """Folders within a folder, but those whose name starts with a dot."""
    try:
        return [e for e in folder.iterdir() if not e.name.startswith(".") and e.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"{folder} cannot be read. Check the permissions.") from error


def _name_in_use(manifest: Manifest, received: Iterable[ReceivedDelivery]) -> Problem | None:
    """A name stands for one content: `supersedes` and `trace` go by it."""
    earlier = (d for d in received if (d.site, d.delivery) == (manifest.site, manifest.delivery))
    for delivery in earlier:
        return Problem(
            file=MANIFEST_NAME,
            rule="E_MANIFEST",
            message=f"The name '{manifest.delivery}' was received before with other content "
            f"(ledger seq {delivery.seq}).",
            suggestion="Give the new delivery a name of its own.",
        )
    return None


def _unknown_superseded(manifest: Manifest, received: Iterable[ReceivedDelivery]) -> Problem | None:
    """What a correction mends was received from the same site."""
    names = [d.delivery for d in received if d.site == manifest.site]
    if manifest.supersedes is None or manifest.supersedes in names:
        return None
    return Problem(
        file=MANIFEST_NAME,
        rule="E_MANIFEST",
        message=f"It supersedes '{manifest.supersedes}'; the site has delivered nothing so named.",
        suggestion=f"Name one of: {', '.join(names[-5:]) or 'none yet, deliver in full first'}.",
    )


def _refuse(folder: Path, examined: Examined, ledger: Ledger) -> Receipt:
    """Record a refusal; the same refusal of the same folder is recorded once."""
    site, rows = folder.parent.name, examined.manifest.rows if examined.manifest else 0
    payload: dict[str, object] = {
        "site": site,
        "folder": folder.name,
        "manifest_sha256": hashlib.sha256(examined.manifest_bytes).hexdigest(),
        "rows": rows,
        "quarantined": rows,
        "problems": [problem.to_json() for problem in examined.problems],
    }
    same = [e for e in ledger.events("refused") if e.payload == payload]
    event = same[-1] if same else ledger.append("refused", **payload)
    return Receipt(
        status="refused",
        site=site,
        folder=folder.name,
        rows=rows,
        seq=event.seq,
        problems=examined.problems,
    )


def _duplicate(folder: Path, earlier: ReceivedDelivery, ledger: Ledger) -> Receipt:
    """Record a duplicate once per folder; the folder that was received has its event already."""
    place = {"site": folder.parent.name, "folder": folder.name, "content_id": earlier.content_id}
    known = [
        e
        for e in (*ledger.events("received"), *ledger.events("duplicate"))
        if place.items() <= e.payload.items()
    ]
    event = (
        known[0]
        if known
        else ledger.append("duplicate", **place, received_as=earlier.seq, rows=earlier.rows)
    )
    return Receipt(
        status="duplicate",
        site=earlier.site,
        folder=folder.name,
        rows=earlier.rows,
        seq=event.seq,
        received=earlier,
    )


def _payload(manifest: Manifest, identity: str, kept: str, *, folder: str) -> dict[str, object]:
    """What the ledger keeps of a delivery."""
    announced = manifest.model_dump(exclude={"format"})
    return {**announced, "folder": folder, "content_id": identity, "manifest_sha256": kept}


def _from_event(event: Event) -> ReceivedDelivery:
    """The delivery of a `received` event."""
    own = ("folder", "files", "withheld")
    payload = {key: value for key, value in event.payload.items() if key not in own}
    listed = cast("list[dict[str, object]]", event.payload["files"])
    files = tuple(ReceivedFile(**entry) for entry in listed)  # type: ignore[arg-type]
    places = cast("dict[str, list[dict[str, object]]]", event.payload.get("withheld", {}))
    withheld = {
        file: tuple(Problem(**place) for place in found)  # type: ignore[arg-type]
        for file, found in places.items()
    }
    return ReceivedDelivery(seq=event.seq, files=files, withheld=withheld, **payload)  # type: ignore[arg-type]
