"""Restoring: a spoilt, missing or retired snapshot brought back with the identical content.

Belongs here: which of its parts are whole, which bytes serve, the `restored` event.
Does not belong here: building its rows again from `received/` (the caller's `rebuild`).
Whatever the rows come from, they must have the content hash that gave the snapshot its name. The
engine does not write the same bytes twice: a new file has a new sha256, and the ledger says so.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import polars as pl

from schemas.errors import IntegrityError, UsageError
from schemas.tables import SCHEMA_VERSION
from warehouse.content import TableName, content_sha256, in_order
from warehouse.decisions import erased
from warehouse.erasing import held_then
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
from warehouse.package import package_fault, read_package, write_package
from warehouse.publications import RESTORED, RETIRED, event_of
from warehouse.snapshot_file import build_file, read_content
from warehouse.snapshots import (
    Snapshot,
    entry_of,
    manifest_path,
    package_path,
    read_manifest,
    snapshot_path,
)

Frames = Mapping[TableName, pl.DataFrame]
_LIMIT = 16 << 20


def restore(
    home: Home,
    ledger: Ledger,
    snapshot_id: str,
    *,
    keys: Mapping[TableName, Sequence[str]],
    constraints: Mapping[TableName, Sequence[str]],
    rebuild: Callable[[Snapshot], Frames],
) -> tuple[Snapshot, tuple[str, ...]]:
    """Bring a snapshot back; one that is whole is left as it is.

    The rows come from the snapshot file, else from the package, whichever is whole, else from
    `rebuild`, which builds them from `received/` and the ledger.

    Returns
    -------
    tuple[Snapshot, tuple[str, ...]]
        The snapshot, and what was brought back: "file", "manifest", "package".

    Raises
    ------
    UsageError
        If the ledger knows no such snapshot, or a delivery in it was erased since.
    IntegrityError
        If what is left gives other rows than were published: nothing was changed.
    """
    event = event_of(ledger, snapshot_id)
    for erasure in erased(ledger).values():
        if snapshot_id in held_then(ledger, erasure):
            said = erasure.payload
            raise UsageError(
                f"Snapshot {snapshot_id} cannot be brought back: it held {said['site']}/"
                f"{said['delivery']}, which was erased (ledger seq {erasure.seq})."
            )
    was = _recorded(home, event)
    package = str(event.payload["package_sha256"])
    spoilt = _spoilt_parts(was, package)
    if not spoilt and event.kind != RETIRED:
        return was, ()
    frames = _frames(was, spoilt, rebuild)
    is_ours = was.schema_version == SCHEMA_VERSION  # what an older version promised is not known
    with locked(home.published, doing="publishing"):
        sweep(home.published)
        now = was
        if "file" in spoilt:
            promised = (keys, constraints) if is_ours else ({}, {})
            now = _write_file(was, frames, *promised)
        write_atomically(now.manifest_path, now.to_json(), mode=0o444)
        if "package" in spoilt:
            package = _write_package(now, frames, keys if is_ours else {})
        entry = entry_of(now, package)
        if event.kind == RETIRED or event.payload != entry:
            ledger.append(RESTORED, **entry)
    return now, spoilt


def _recorded(home: Home, event: Event) -> Snapshot:
    """The snapshot as the ledger has it; where an old event does not, as its manifest has it."""
    path = snapshot_path(home, str(event.payload["snapshot"]))
    said = cast("Mapping[str, object] | None", event.payload.get("manifest"))
    if said is not None:
        return Snapshot(path=path, **said)  # type: ignore[arg-type]
    snapshot = read_manifest(path)
    if hashlib.sha256(snapshot.to_json()).hexdigest() != event.payload["manifest_sha256"]:
        raise IntegrityError(
            f"published/{path.stem}.json (E_MANIFEST): it is not the manifest that the ledger "
            f"recorded under seq {event.seq}, an event too old to hold it. Restore this file from "
            "a backup, then repeat."
        )
    return snapshot


def _spoilt_parts(was: Snapshot, package: str) -> tuple[str, ...]:
    """The parts that are missing or changed."""
    spoilt = []
    if not was.path.is_file() or size_and_sha256(was.path) != (was.size, was.sha256):
        spoilt.append("file")
    beside = manifest_path(was.path)
    if not beside.is_file() or read_small(beside, limit=_LIMIT) != was.to_json():
        spoilt.append("manifest")
    if package_fault(package_path(was.path), package):
        spoilt.append("package")
    return tuple(spoilt)


def _frames(
    was: Snapshot, spoilt: Sequence[str], rebuild: Callable[[Snapshot], Frames]
) -> dict[TableName, pl.DataFrame]:
    """The rows of the snapshot, in the order in which they are written."""
    if "file" not in spoilt:
        found: Frames = read_content(was.path)
    elif "package" not in spoilt:
        found = read_package(package_path(was.path))
    else:
        found = rebuild(was)
    if content_sha256(found) != was.content:
        raise IntegrityError(
            f"Snapshot {was.id} (E_CONTENT): what is left of it, or what received/ and the ledger "
            f"up to seq {was.ledger_seq} give today, has another content. A newer program may "
            f"compute other columns. Restore it with the version that published it (dictionary "
            f"version {was.schema_version}, {was.created[:10]}), or from a backup. Nothing was "
            "changed."
        )
    return {table: in_order(frame) for table, frame in found.items()}


def _write_file(
    was: Snapshot,
    frames: Frames,
    keys: Mapping[TableName, Sequence[str]],
    constraints: Mapping[TableName, Sequence[str]],
) -> Snapshot:
    """Build the file, read it back, put it in the place of the spoilt one."""
    parents_first = [*(t for t in keys if t in frames), *(t for t in frames if t not in keys)]
    temporary = temporary_beside(was.path)
    try:
        build_file(temporary, {t: frames[t] for t in parents_first}, keys, constraints)
        if content_sha256(read_content(temporary)) != was.content:
            raise IntegrityError(
                f"{was.path.name}: what was written reads back as another content. Check the disk, "
                "then repeat."
            )
        size, digest = size_and_sha256(temporary)
        put_in_place(temporary, was.path, mode=0o444)
    finally:
        for left in (temporary, temporary.with_name(f"{temporary.name}.wal")):
            left.unlink(missing_ok=True)
    return replace(was, size=size, sha256=digest)


def _write_package(now: Snapshot, frames: Frames, keys: Mapping[TableName, Sequence[str]]) -> str:
    """Write the package anew; the hash of its descriptor."""
    folder: Path = package_path(now.path)
    if folder.exists():
        aside = temporary_beside(folder)
        folder.rename(aside)
        shutil.rmtree(aside)
    return write_package(
        folder,
        dict(sorted(frames.items())),
        keys=keys,
        snapshot=now.id,
        created=now.created,
        schema_version=now.schema_version,
        about=now.extra,
    )
