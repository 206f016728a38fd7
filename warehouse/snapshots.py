"""Snapshots: immutable files named by their content, their manifests, and `CURRENT`.

Belongs here: building, naming, listing and reading published snapshots.
Does not belong here: what goes in (the caller's frames), verifying a home
(`warehouse.verification`), questions to a snapshot (`warehouse.published`).
The order of `publish` is the safety: a crash at any point leaves `CURRENT` naming a whole snapshot.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

from schemas.errors import IntegrityError, StorageError, UsageError
from schemas.tables import SCHEMA_VERSION
from warehouse.content import ID_DIGITS as _ID_DIGITS
from warehouse.content import TableName, content_sha256, in_order, plain
from warehouse.content import content_id as content_id  # the id before anything is published
from warehouse.files import (
    locked,
    put_in_place,
    read_small,
    size_and_sha256,
    sweep,
    temporary_beside,
    write_atomically,
)
from warehouse.home import Home
from warehouse.ledger import Event, Ledger
from warehouse.package import write_package
from warehouse.publications import PUBLISHED, RETIRED, newest_events
from warehouse.snapshot_file import build_file, read_content

FORMAT = "imsct.snapshot/1"
#: Retired on purpose, or lost.
Gone = Literal["retired", "missing"]
WRITE_POINTER = "Run 'imsct materialize'; it writes CURRENT anew."
_LIMIT = 16 << 20


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A published snapshot: what its manifest says of it.

    `rows` per `schema.table`; `ledger_seq` and `ledger_hash` are the ledger's newest event when it
    was built, which anchors the ledger's end; `extra` is what the publisher added.
    """

    id: str
    content: str
    sha256: str
    size: int
    created: str
    schema_version: str
    rows: Mapping[str, int]
    ledger_seq: int
    ledger_hash: str
    extra: Mapping[str, object]
    path: Path
    is_new: bool = False

    @property
    def total_rows(self) -> int:
        """Rows of all tables together."""
        return sum(self.rows.values())

    @property
    def manifest_path(self) -> Path:
        """Where the manifest lies."""
        return manifest_path(self.path)

    def fields(self) -> dict[str, object]:
        """What the manifest says."""
        return {k: v for k, v in asdict(self).items() if k not in ("path", "is_new")}

    def to_json(self) -> bytes:
        """The bytes of the manifest."""
        content = {"format": FORMAT, **self.fields()}
        return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def publish(
    frames: Mapping[TableName, pl.DataFrame],
    *,
    home: Home,
    ledger: Ledger,
    keys: Mapping[TableName, Sequence[str]] | None = None,
    constraints: Mapping[TableName, Sequence[str]] | None = None,
    schema_version: str = SCHEMA_VERSION,
    extra_manifest: Mapping[str, object] | None = None,
    step: Callable[[str], None] | None = None,
) -> Snapshot:
    """Publish tables as the current snapshot; content that is current already changes nothing.

    Tables are made in the order given, so that a parent stands before the children whose
    `constraints` name it. `step` hears the name of every step that is done: `built`, `verified`,
    `named`, `manifest`, `package`, `ledger`, `current`.

    Raises
    ------
    IntegrityError
        If the snapshot of this id has changed since it was published, or a key is not unique.
    StorageError
        If the disk is full, or another process is publishing.
    """
    done = step or (lambda _: None)
    tables = {table: in_order(plain(frame, table)) for table, frame in sorted(frames.items())}
    content = content_sha256(tables)
    with locked(home.published, doing="publishing"):
        sweep(home.published)
        path = snapshot_path(home, content[:_ID_DIGITS])
        snapshot = _existing(path, content)
        is_new = snapshot is None
        if snapshot is None:
            draft = Snapshot(
                id=path.stem,
                content=content,
                sha256="",
                size=0,
                created=ledger.now(),
                schema_version=schema_version,
                rows={".".join(table): frame.height for table, frame in tables.items()},
                ledger_seq=ledger.head[0],
                ledger_hash=ledger.head[1],
                extra=dict(extra_manifest or {}),
                path=path,
            )
            ordered = {table: tables[table] for table in frames}
            snapshot = _write(draft, ordered, keys or {}, constraints or {}, done=done)
        is_packed = package_path(path).is_dir()
        package = _package(snapshot, tables, keys or {})
        if not is_packed:
            done("package")
        if _announce(snapshot, package, home=home, ledger=ledger, done=done):
            is_new = True
    return replace(snapshot, is_new=is_new)


def snapshot_path(home: Home, snapshot_id: str) -> Path:
    """Where the file of a snapshot lies."""
    return home.published / f"{snapshot_id}.duckdb"


def manifest_path(path: Path) -> Path:
    """The manifest beside a snapshot file."""
    return path.with_suffix(".json")


def package_path(path: Path) -> Path:
    """The package beside a snapshot file."""
    return path.with_suffix("")


def current_id(home: Home) -> str | None:
    """What `CURRENT` names; None before the first publication.

    Raises
    ------
    IntegrityError
        If `CURRENT` holds something that is no snapshot id.
    """
    path = home.published / "CURRENT"
    if not path.exists():
        return None
    text = (read_small(path, limit=100) or b"").decode("ascii", "replace").removesuffix("\n")
    if not _is_id(text):
        raise IntegrityError(
            "published/CURRENT (E_CURRENT): it does not hold a snapshot id. It was changed from "
            "outside.",
            WRITE_POINTER,
        )
    return text


def current(home: Home) -> Snapshot | None:
    """The current snapshot; None before the first publication."""
    named = current_id(home)
    return None if named is None else read_manifest(snapshot_path(home, named))


def show(home: Home, snapshot_id: str) -> Snapshot:
    """What the manifest of a snapshot says.

    Raises
    ------
    UsageError
        If no snapshot has this id.
    IntegrityError
        If the manifest is missing or is none.
    """
    path = snapshot_path(home, snapshot_id)
    if not _is_id(snapshot_id) or not (path.exists() or manifest_path(path).exists()):
        raise UsageError(
            f"No snapshot has the id given (text of {len(snapshot_id)} characters). "
            "'imsct snapshot list' lists them."
        )
    return read_manifest(path)


def list_snapshots(home: Home) -> list[Snapshot]:
    """Every snapshot with a manifest, oldest first (by ledger, not by clock)."""
    found = [read_manifest(path) for path in snapshot_files(home) if manifest_path(path).exists()]
    return sorted(found, key=lambda snapshot: (snapshot.ledger_seq, snapshot.id))


def not_there(home: Home, ledger: Ledger) -> dict[str, tuple[Gone, Event]]:
    """Snapshots of the ledger that do not lie in `published/` with their manifest, and why not."""
    there = {path.stem for path in snapshot_files(home) if manifest_path(path).exists()}
    return {
        snapshot: ("retired" if event.kind == RETIRED else "missing", event)
        for snapshot, event in newest_events(ledger).items()
        if snapshot not in there
    }


def snapshot_files(home: Home) -> list[Path]:
    """Snapshot files under their final names."""
    return sorted(path for path in home.published.glob("*.duckdb") if _is_id(path.stem))


def read_manifest(path: Path) -> Snapshot:
    """The snapshot as its manifest describes it; the file itself is not read.

    Raises
    ------
    IntegrityError
        If the manifest is missing, is no manifest, or describes another snapshot.
    """
    beside = manifest_path(path)
    try:
        data = read_small(beside, limit=_LIMIT)
        fields = json.loads(data or b"")
        if fields.pop("format") != FORMAT:
            raise ValueError("format")
        snapshot = Snapshot(path=path, **fields)
        is_whole = snapshot.to_json() == data and snapshot.content[:_ID_DIGITS] == path.stem
    except (ValueError, TypeError, KeyError, AttributeError, StorageError) as error:
        raise _spoilt(beside, "it is missing or no manifest") from error
    if not is_whole or snapshot.id != path.stem:
        raise _spoilt(beside, "it does not describe this snapshot")
    return snapshot


def check_file(snapshot: Snapshot) -> None:
    """Compare a snapshot file with its manifest, before anybody reads it.

    Raises
    ------
    IntegrityError
        If it is missing or its bytes differ.
    """
    shown = f"published/{snapshot.path.name}"
    if not snapshot.path.exists():
        raise IntegrityError(f"{shown} (E_SHA256): the file is missing.", remedy(snapshot.id))
    size, digest = size_and_sha256(snapshot.path)
    if (size, digest) != (snapshot.size, snapshot.sha256):
        raise IntegrityError(
            f"{shown} (E_SHA256): its sha256 begins {digest[:6]}, its manifest says "
            f"{snapshot.sha256[:6]}. The file changed after publication and was not read.",
            remedy(snapshot.id),
        )


def entry_of(snapshot: Snapshot, package: str) -> dict[str, object]:
    """What the ledger keeps of a published snapshot: enough to know it and to bring it back."""
    return {
        "snapshot": snapshot.id,
        "sha256": snapshot.sha256,
        "manifest_sha256": hashlib.sha256(snapshot.to_json()).hexdigest(),
        "package_sha256": package,
        "rows": snapshot.total_rows,
        "manifest": json.loads(json.dumps(snapshot.fields())),  # as reading the ledger gives it
    }


def _is_id(text: str) -> bool:
    """Whether a text has the form of a snapshot id."""
    return len(text) == _ID_DIGITS and set(text) <= set("0123456789abcdef")


def remedy(snapshot_id: str) -> str:
    """How to come by a spoilt snapshot again."""
    return f"Run 'imsct snapshot restore {snapshot_id}': it brings it back."


def _spoilt(beside: Path, what: str) -> IntegrityError:
    """A manifest that is not as published."""
    return IntegrityError(f"published/{beside.name} (E_MANIFEST): {what}.", remedy(beside.stem))


def _existing(path: Path, content: str) -> Snapshot | None:
    """The published snapshot of this content; None where a crash left one without the other."""
    if not path.exists() or not manifest_path(path).exists():
        return None
    snapshot = read_manifest(path)
    if snapshot.content != content:
        raise _spoilt(manifest_path(path), "another content has the same id")
    check_file(snapshot)
    return snapshot


def _write(
    draft: Snapshot,
    tables: Mapping[TableName, pl.DataFrame],
    keys: Mapping[TableName, Sequence[str]],
    constraints: Mapping[TableName, Sequence[str]],
    *,
    done: Callable[[str], None],
) -> Snapshot:
    """Build the file, read it back, give it its name, then its manifest."""
    temporary = temporary_beside(draft.path)
    try:
        build_file(temporary, tables, keys, constraints)
        done("built")
        if content_sha256(read_content(temporary)) != draft.content:
            raise IntegrityError(
                f"{draft.path.name}: what was written reads back as another content. Nothing was "
                "published. Check the disk, then repeat."
            )
        done("verified")
        size, digest = size_and_sha256(temporary)
        snapshot = replace(draft, sha256=digest, size=size)
        put_in_place(temporary, draft.path, mode=0o444)
        done("named")
    finally:
        for left in (temporary, temporary.with_name(f"{temporary.name}.wal")):
            left.unlink(missing_ok=True)
    write_atomically(snapshot.manifest_path, snapshot.to_json(), mode=0o444)
    done("manifest")
    return snapshot


def _package(
    snapshot: Snapshot,
    tables: Mapping[TableName, pl.DataFrame],
    keys: Mapping[TableName, Sequence[str]],
) -> str:
    """Write the package beside a snapshot, unless it is there; the hash of its descriptor."""
    return write_package(
        package_path(snapshot.path),
        tables,
        keys=keys,
        snapshot=snapshot.id,
        created=snapshot.created,
        schema_version=snapshot.schema_version,
        about=snapshot.extra,
    )


def _announce(
    snapshot: Snapshot,
    package: str,
    *,
    home: Home,
    ledger: Ledger,
    done: Callable[[str], None],
) -> bool:
    """Record the publication and point `CURRENT` to it; False where both were so already."""
    entry = entry_of(snapshot, package)
    events = ledger.events(PUBLISHED)
    is_recorded = (
        bool(events)
        and events[-1].payload["snapshot"] == snapshot.id
        and newest_events(ledger)[snapshot.id].payload == entry
    )
    if not is_recorded:
        ledger.append(PUBLISHED, **entry)
        done("ledger")
    pointer = home.published / "CURRENT"
    text = f"{snapshot.id}\n".encode()
    is_current = pointer.exists() and read_small(pointer, limit=100) == text
    if not is_current:
        write_atomically(pointer, text)
        done("current")
    return not (is_recorded and is_current)
