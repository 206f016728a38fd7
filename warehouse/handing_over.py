"""Handing a delivery over to a landing zone, whole or not at all.

Belongs here: writing the files, the manifest, and the final name last.
Does not belong here: receiving what lies there (`warehouse.landing`).
A folder whose name starts with a dot is being written and does not exist for anybody.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.manifest import MANIFEST_NAME, DeliveredFile, IdScheme, Manifest, Mode, content_id
from warehouse.delivery_check import examine
from warehouse.files import as_storage_error, keep, size_and_sha256, sync_folder, write_atomically

#: Start of the name of a delivery that is being written.
INCOMING = ".incoming-"


@dataclass(frozen=True)
class Outgoing:
    """A file to deliver: its bytes or where they lie, and its data records (header not counted)."""

    content: bytes | Path
    rows: int


def deliver(
    files: Mapping[str, Outgoing],
    landing: Path,
    *,
    site: str,
    delivery: str,
    created: str,
    profile: str,
    schema_version: str,
    id_scheme: IdScheme,
    key_id: str | None = None,
    mode: Mode = "full",
    supersedes: str | None = None,
) -> Path:
    """Hand files over to a landing zone, with a manifest made from them; gives the folder.

    Handing over the same content under the same name again is a retry and changes nothing.

    Raises
    ------
    UsageError
        If the folder exists with other content.
    StorageError
        If a source cannot be read, or the landing zone cannot be written.
    pydantic.ValidationError
        If a field of the manifest is not as `schemas.manifest` says.
    """
    manifest = Manifest(
        delivery=delivery,
        site=site,
        created=created,
        profile=profile,
        schema_version=schema_version,
        mode=mode,
        supersedes=supersedes,
        id_scheme=id_scheme,
        key_id=key_id,
        files=[_announced(name, entry) for name, entry in sorted(files.items())],
    )
    contents = {name: entry.content for name, entry in files.items()}
    return _hand_over(contents, landing, manifest=manifest, manifest_bytes=manifest.to_json())


def hand_over(folder: Path, landing: Path) -> Path:
    """Hand a prepared delivery (a folder with its manifest) over to a landing zone, unchanged.

    Raises
    ------
    UsageError
        If the folder is no delivery, or another one lies under its name.
    """
    examined = examine(folder)
    if examined.manifest is None or examined.problems:
        listed = "; ".join(problem.message for problem in examined.problems[:5])
        raise UsageError(
            f"{folder}: {len(examined.problems)} problems, nothing was handed over: {listed} "
            f"'imsct check {folder}' lists them all."
        )
    contents = {entry.file: folder / entry.file for entry in examined.manifest.files}
    return _hand_over(
        contents, landing, manifest=examined.manifest, manifest_bytes=examined.manifest_bytes
    )


def _announced(name: str, outgoing: Outgoing) -> DeliveredFile:
    """The manifest's entry for a file."""
    content = outgoing.content
    if isinstance(content, bytes):
        size, digest = len(content), hashlib.sha256(content).hexdigest()
    else:
        size, digest = size_and_sha256(content)
    return DeliveredFile(file=name, sha256=digest, bytes=size, rows=outgoing.rows)


def _hand_over(
    contents: Mapping[str, bytes | Path],
    landing: Path,
    *,
    manifest: Manifest,
    manifest_bytes: bytes,
) -> Path:
    """Write into a hidden folder, the manifest after the files; its name comes last."""
    site = landing / manifest.site
    final = site / manifest.delivery
    if os.path.lexists(final):
        return _retried(final, manifest)
    incoming = site / f"{INCOMING}{secrets.token_hex(8)}"
    try:
        incoming.mkdir(parents=True)
        for entry in manifest.files:
            content = contents[entry.file]
            if isinstance(content, bytes):
                write_atomically(incoming / entry.file, content)
            else:
                keep(content, incoming, expected=entry.sha256).rename(incoming / entry.file)
        write_atomically(incoming / MANIFEST_NAME, manifest_bytes)
        sync_folder(incoming)
        incoming.rename(final)
        sync_folder(site)
    except OSError as error:
        raise as_storage_error(error, f"{manifest.site}/{manifest.delivery}") from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)  # on a full disk it would be in the way
    return final


def _retried(final: Path, manifest: Manifest) -> Path:
    """A folder that already lies there: the same content is a retry, other content is refused."""
    there = examine(final).manifest
    if there is None or content_id(there) != content_id(manifest):
        raise UsageError(
            f"{manifest.site}/{manifest.delivery} lies in the landing zone with other content. "
            "Nothing was handed over. Give the new delivery a name of its own."
        )
    return final
