"""Verification: every hash of a home against what the ledger and the manifests say.

Belongs here: finding what changed since it was landed, received or published; all in one pass, one
remedy for each.
Does not belong here: mending it (the remedies say how), the checks made on every opening.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import duckdb

from schemas.checks import Severity
from schemas.errors import ImsctError, IntegrityError, StorageError, UsageError
from schemas.manifest import MANIFEST_NAME, content_id
from schemas.problems import INTEGRITY_RULES, Problem
from warehouse.anchors import anchor_remedy, cut_in_words, is_anchored
from warehouse.content import content_sha256
from warehouse.decisions import erased
from warehouse.delivery_check import examine
from warehouse.features import FEATURES, check_feature_file, feature_path
from warehouse.files import NotRegularError, sha256_of
from warehouse.home import Home
from warehouse.landing import complete_deliveries, received_deliveries
from warehouse.ledger import Event, Ledger
from warehouse.package import package_fault
from warehouse.publications import PUBLISHED, kept_events
from warehouse.reconciling import demand_contents, is_missing, open_reconciled
from warehouse.snapshot_file import read_content
from warehouse.snapshots import (
    WRITE_POINTER,
    Snapshot,
    check_file,
    current_id,
    manifest_path,
    package_path,
    read_manifest,
    remedy,
    snapshot_files,
    snapshot_path,
)

_BACKUP = "Restore the file from a backup."
_REBUILD = "Run 'imsct materialize --rebuild'."
#: How a message of an error begins that names its place and its rule.
_PLACED = re.compile(r"\S+ \((E_[A-Z0-9_]+)\): ")


def verify(home: Home, ledger: Ledger, snapshot_id: str | None = None) -> list[Problem]:
    """Everything of a home that is not as it was written; an empty list is a clean bill.

    With `snapshot_id` only that snapshot and the ledger are looked at. Any problem of severity
    error means exit code 4; a warning is an unfinished step that the next run completes.

    Raises
    ------
    IntegrityError
        If the ledger itself is broken (E_LEDGER): nothing can be judged by it.
    StorageError
        If the folder is no home.
    """
    if not (home.received.is_dir() and home.published.is_dir()):
        raise StorageError(f"{home.path} is no home. Name one with --home or IMSCT_HOME.")
    home.demand_ledger()
    ledger = Ledger.open(ledger.path.parent, clock=ledger.clock)  # as it is on the disk now
    problems = [*_torn(ledger)]
    published = kept_events(ledger)
    ids = {*published, *(path.stem for path in snapshot_files(home))}
    for found in sorted(ids if snapshot_id is None else {snapshot_id}):
        problems += _snapshot(snapshot_path(home, found), published.get(found), ledger)
    if snapshot_id is not None:
        return problems
    is_cut = any(problem.rule == "E_LEDGER" and problem.severity == "error" for problem in problems)
    problems += [*_landed(home, ledger), *_received(home, ledger), *_features(home, ledger)]
    if not is_cut:  # neither can be judged by a ledger whose end is missing
        problems += [*_current(home, ledger), *_database(home)]
    return problems


def _torn(ledger: Ledger) -> Iterator[Problem]:
    """A torn last line is a crash, no loss."""
    if ledger.torn is not None:
        yield Problem(
            file=f"ledger/{ledger.path.name}",
            line=ledger.torn.seq,
            rule="E_LEDGER",
            severity="warning",
            message=ledger.torn.message,
            suggestion="Repeat the command that was interrupted.",
        )


def _snapshot(path: Path, event: Event | None, ledger: Ledger) -> Iterator[Problem]:
    """One snapshot: manifest, bytes, content, and its place in the ledger."""
    file = f"published/{path.name}"
    try:
        snapshot = read_manifest(path)
        if event is None:
            yield _anchor(snapshot, ledger) or _unknown(path)
            return
        if fault := manifest_fault(snapshot, event):
            yield _told(f"published/{path.stem}.json", fault)
        check_file(snapshot)
        yield from _content(snapshot)
        yield from _package(snapshot, str(event.payload.get("package_sha256")))
    except IntegrityError as error:
        yield _unknown(path) if event is None else _told(file, error)
        return
    if (cut := _anchor(snapshot, ledger)) is not None:
        yield cut


def manifest_fault(snapshot: Snapshot, event: Event) -> IntegrityError | None:
    """A manifest that is not the one of the snapshot's event in the ledger."""
    beside = manifest_path(snapshot.path)
    if sha256_of(beside) == event.payload["manifest_sha256"]:
        return None
    return IntegrityError(
        f"published/{beside.name} (E_MANIFEST): it is not the manifest that the ledger recorded "
        f"under seq {event.seq}; it was edited after publication.",
        remedy(snapshot.id),
    )


def _unknown(path: Path) -> Problem:
    """A snapshot that the ledger has no event of."""
    return Problem(
        file=f"published/{path.name}",
        rule="E_LEDGER",
        severity="warning",
        message="The ledger does not know this snapshot: its publication was cut off.",
        suggestion="Run 'imsct materialize'; it goes on where it was interrupted.",
    )


def _content(snapshot: Snapshot) -> Iterator[Problem]:
    """Row counts and content, read again from the file."""
    file, mend = f"published/{snapshot.path.name}", remedy(snapshot.id)
    try:
        frames = read_content(snapshot.path)
    except duckdb.Error as error:
        yield Problem(
            file=file,
            rule="E_SHA256",
            message=f"The engine cannot read it ({type(error).__name__}).",
            suggestion=mend,
        )
        return
    rows = {".".join(table): frame.height for table, frame in frames.items()}
    differing = sorted(
        table for table in {*rows, *snapshot.rows} if rows.get(table) != snapshot.rows.get(table)
    )
    if differing:
        yield Problem(
            file=file,
            rule="E_COUNT",
            message=f"{', '.join(differing)}: another number of rows than the manifest says.",
            suggestion=mend,
        )
    elif content_sha256(frames) != snapshot.content:
        yield Problem(
            file=file,
            rule="E_CONTENT",
            message="Its rows are not those that gave it its name.",
            suggestion=mend,
        )


def _package(snapshot: Snapshot, recorded: str) -> Iterator[Problem]:
    """The package beside a snapshot: its descriptor as recorded, its files as described."""
    folder = package_path(snapshot.path)
    if said := package_fault(folder, recorded):
        yield Problem(
            file=f"published/{folder.name}/",
            rule="E_SHA256",
            message=f"The package is not as published: {said}.",
            suggestion=remedy(snapshot.id),
        )


def _anchor(snapshot: Snapshot, ledger: Ledger) -> Problem | None:
    """The ledger must still hold the event that was its newest when the snapshot was built."""
    if is_anchored(snapshot, ledger):
        return None
    return Problem(
        file=f"ledger/{ledger.path.name}",
        line=snapshot.ledger_seq,
        rule="E_LEDGER",
        message=cut_in_words(snapshot),
        suggestion=anchor_remedy(snapshot),
    )


def _current(home: Home, ledger: Ledger) -> Iterator[Problem]:
    """`CURRENT` names what was published last; whether its file is whole is said of that.

    A crash just before it was written leaves the one before, or none: the next run completes that.
    """
    file = "published/CURRENT"
    try:
        named = current_id(home)
    except ImsctError as error:
        yield _told(file, error)
        return
    published = [str(event.payload["snapshot"]) for event in ledger.events(PUBLISHED)]
    if named == (published[-1] if published else None):
        return
    severity: Severity = "error"
    if named is None:
        severity = "warning" if len(published) == 1 else "error"
        said = "It is missing, though the ledger knows snapshots."
    elif named not in published:
        said = f"It names {named}, which is no published snapshot."
    else:
        severity = "warning"
        said = f"It names {named}, and published last was {published[-1]}: readers see the older."
    yield Problem(
        file=file, rule="E_CURRENT", severity=severity, message=said, suggestion=WRITE_POINTER
    )


def _landed(home: Home, ledger: Ledger) -> Iterator[Problem]:
    """Every delivery that lies in the landing zone still has the bytes that were handed over.

    One that waits is compared with its manifest, one that was received also with the ledger; one
    that was refused is the site's to mend, and the ledger has its problems.
    """
    kept = {(e.payload["site"], e.payload["folder"]): e for e in ledger.events("received")}
    refused = {e.payload["manifest_sha256"] for e in ledger.events("refused")}
    for folder in complete_deliveries(home.landing):
        place = (folder.parent.name, folder.name)
        found, event = examine(folder, site=folder.parent.name), kept.get(place)
        digest = hashlib.sha256(found.manifest_bytes).hexdigest()
        if event is None and digest in refused:
            continue
        withheld = {} if event is None else event.payload.get("withheld", {})
        told_to_delete = cast("dict[str, object]", withheld)
        problems = [p for p in found.problems if p.file not in told_to_delete]
        if event is None:  # other problems than of bytes may be a folder that is still copied
            problems = [
                p if p.rule in INTEGRITY_RULES else replace(p, severity="warning") for p in problems
            ]
        elif found.manifest and not problems and digest != event.payload["manifest_sha256"]:
            is_same = content_id(found.manifest) == event.payload["content_id"]
            problems = [_other_manifest(event, is_same)]
        for problem in problems:
            at = f"landing/{'/'.join(place)}/{problem.file or ''}"
            mend = problem.suggestion if event is None else _kept_since(event)
            yield replace(problem, file=at, suggestion=mend)


def _other_manifest(event: Event, is_same: bool) -> Problem:
    """A landed manifest that is not the one received; the same files may be handed over again."""
    return Problem(
        file=MANIFEST_NAME,
        rule="E_MANIFEST",
        severity="warning" if is_same else "error",
        message=f"It is not the manifest that was received (ledger seq {event.seq}).",
        suggestion=_kept_since(event),
    )


def _kept_since(event: Event) -> str:
    """What to do about a landing copy that changed after it was received."""
    return (
        f"The home works with its copy in received/ (ledger seq {event.seq}), judged apart. Remove "
        "this folder from landing/, or the next run takes it for a new delivery and refuses it."
    )


def _received(home: Home, ledger: Ledger) -> Iterator[Problem]:
    """Every kept file has the hash of its name, and every received event has its files."""
    names = {path.name for path in home.received.iterdir() if not path.name.startswith(".")}
    for name in sorted(names):
        path = home.received / name
        try:
            is_whole = sha256_of(path) == name
        except NotRegularError:
            is_whole = False
        if not is_whole:
            yield Problem(
                file=f"received/{name}",
                rule="E_SHA256",
                message="Its bytes do not have the hash of its name: it changed after it was "
                "received.",
                suggestion=_BACKUP,
            )
    gone = erased(ledger)
    for delivery in (d for d in received_deliveries(ledger) if d.seq not in gone):
        kept = (entry for entry in delivery.files if entry.file not in delivery.withheld)
        needed = {entry.sha256: entry.file for entry in kept}
        needed[delivery.manifest_sha256] = "manifest.json"
        if delivery.profile_sha256 is not None:
            needed[delivery.profile_sha256] = "the profile"
        for digest in sorted(set(needed) - names):
            yield Problem(
                file=f"received/{digest}",
                rule="E_SHA256",
                message=f"It is missing; it is {needed[digest]} of {delivery.site}/"
                f"{delivery.delivery} (ledger seq {delivery.seq}).",
                suggestion=_BACKUP,
            )


def _features(home: Home, ledger: Ledger) -> Iterator[Problem]:
    """Every feature set that was recorded is there, and every file has the hash of its name."""
    there = {path.stem: path for path in home.features.glob("*.parquet")}
    gone = {(e.payload["site"], e.payload["delivery"]) for e in erased(ledger).values()}
    recorded = {
        str(event.payload["file_sha256"])
        for event in ledger.events(FEATURES)
        if (event.payload.get("site"), event.payload.get("delivery")) not in gone
    }
    for digest in sorted({*there, *recorded}):
        try:
            check_feature_file(feature_path(home, digest))
        except IntegrityError as error:
            yield _told(f"features/{digest}.parquet", error)


def _database(home: Home) -> Iterator[Problem]:
    """The database against the ledger, row by row; one that is missing is built again."""
    if is_missing(home):
        return
    try:
        with open_reconciled(home) as store:
            demand_contents(store, Ledger.open(home.ledger))
    except IntegrityError as error:
        yield _told(home.database.name, error, otherwise=_REBUILD)
    except (StorageError, UsageError) as error:  # in use, a key, a full disk: the rest is judged
        mend = "Mend that, then verify again."
        found = _told(home.database.name, error, otherwise=mend)
        said = f"It was not compared with the ledger: {found.message}"
        yield replace(found, severity="warning", message=said)


def _told(file: str, error: ImsctError, *, otherwise: str = _BACKUP) -> Problem:
    """An error as a problem: place and rule once, its own remedy or `otherwise`."""
    placed = _PLACED.match(error.finding)
    said = error.finding[placed.end() :] if placed else error.finding
    if "." not in said.partition(" ")[0]:  # the name of a table or a file stays as it is
        said = f"{said[:1].upper()}{said[1:]}"
    return Problem(
        file=file,
        rule=placed.group(1) if placed else "E_LEDGER",
        message=said,
        suggestion=error.remedy or otherwise,
    )
