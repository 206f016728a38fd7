"""Verification: every hash of a home against what the ledger and the manifests say.

Belongs here: finding what changed since it was received or published; all of it in one pass.
Does not belong here: mending it (the messages say how), the checks made on every opening.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from schemas.errors import ImsctError, IntegrityError, StorageError, UsageError
from schemas.problems import Problem
from warehouse.connecting import StoreInUseError
from warehouse.content import content_sha256
from warehouse.features import FEATURES, REMEDY, check_feature_file, feature_path
from warehouse.files import NotRegularError, sha256_of
from warehouse.home import Home
from warehouse.landing import received_deliveries
from warehouse.ledger import Event, Ledger
from warehouse.package import package_fault
from warehouse.publications import kept_events
from warehouse.reconciling import demand_contents, is_missing, open_reconciled
from warehouse.snapshot_file import read_content
from warehouse.snapshots import (
    Snapshot,
    check_file,
    current_id,
    manifest_path,
    package_path,
    read_manifest,
    snapshot_files,
    snapshot_path,
)

_BACKUP = "Restore the file from a backup."
_WRITE_POINTER = "Run 'imsct materialize'; it writes CURRENT anew."


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
    if snapshot_id is None:
        problems += [*_current(home, published), *_received(home, ledger)]
        problems += [*_features(home, ledger), *_database(home)]
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
    if event is None:
        yield Problem(
            file=f"published/{path.name}",
            rule="E_LEDGER",
            severity="warning",
            message=f"The ledger does not know snapshot {path.stem}: its publication was cut off.",
            suggestion="Run 'imsct materialize'; it goes on where it was interrupted.",
        )
        return
    try:
        snapshot = read_manifest(path)
        if sha256_of(manifest_path(path)) != event.payload["manifest_sha256"]:
            yield _broken(
                manifest_path(path),
                "E_MANIFEST",
                f"published/{path.stem}.json (E_MANIFEST): it is not the manifest that the ledger "
                f"recorded under seq {event.seq}; it was edited after publication.",
            )
        check_file(snapshot)
        yield from _content(snapshot)
        yield from _package(snapshot, str(event.payload.get("package_sha256")))
    except IntegrityError as error:
        yield _broken(path, _rule_in(str(error)), str(error))
        return
    yield from _anchor(snapshot, ledger)


def _content(snapshot: Snapshot) -> Iterator[Problem]:
    """Row counts and content, read again from the file."""
    try:
        frames = read_content(snapshot.path)
    except duckdb.Error as error:
        yield _broken(
            snapshot.path,
            "E_SHA256",
            f"published/{snapshot.path.name}: the engine cannot read it ({type(error).__name__}).",
        )
        return
    rows = {".".join(table): frame.height for table, frame in frames.items()}
    differing = sorted(
        table for table in {*rows, *snapshot.rows} if rows.get(table) != snapshot.rows.get(table)
    )
    if differing:
        yield _broken(
            snapshot.path,
            "E_COUNT",
            f"published/{snapshot.path.name} (E_COUNT): {', '.join(differing)} holds another "
            "number of rows than the manifest says.",
        )
    elif content_sha256(frames) != snapshot.content:
        yield _broken(
            snapshot.path,
            "E_CONTENT",
            f"published/{snapshot.path.name} (E_CONTENT): its rows are not those that gave it its "
            "name.",
        )


def _package(snapshot: Snapshot, recorded: str) -> Iterator[Problem]:
    """The package beside a snapshot: its descriptor as recorded, its files as described."""
    folder = package_path(snapshot.path)
    if said := package_fault(folder, recorded):
        yield _broken(
            folder,
            "E_SHA256",
            f"published/{folder.name}/ (E_SHA256): {said}. The snapshot itself is whole.",
        )


def _anchor(snapshot: Snapshot, ledger: Ledger) -> Iterator[Problem]:
    """The ledger still holds the event that was its newest when the snapshot was built."""
    seq = snapshot.ledger_seq
    events = ledger.events()
    if seq and (seq > len(events) or events[seq - 1].hash != snapshot.ledger_hash):
        yield Problem(
            file=f"ledger/{ledger.path.name}",
            line=seq,
            rule="E_LEDGER",
            message=f"ledger/{ledger.path.name} (E_LEDGER): snapshot {snapshot.id} was built after "
            f"event seq {seq}, which the ledger does not hold as it was: its end was cut off or "
            "written anew.",
            suggestion=_BACKUP,
        )


def _current(home: Home, published: dict[str, Event]) -> Iterator[Problem]:
    """`CURRENT` names a snapshot that was published."""
    pointer = home.published / "CURRENT"
    try:
        named = current_id(home)
    except ImsctError as error:
        yield _broken(pointer, "E_CURRENT", str(error), remedy=_WRITE_POINTER)
        return
    if named is None and published:
        yield _broken(
            pointer,
            "E_CURRENT",
            "published/CURRENT (E_CURRENT): it is missing, though the ledger knows snapshots.",
            severity_is_warning=len(published) == 1,  # a crash just before the first CURRENT
            remedy=_WRITE_POINTER,
        )
    elif named is not None and (named not in published or not snapshot_path(home, named).exists()):
        yield _broken(
            pointer,
            "E_CURRENT",
            f"published/CURRENT (E_CURRENT): it names {named}, which is no published snapshot.",
            remedy=_WRITE_POINTER,
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
                message=f"received/{name[:16]}... (E_SHA256): its bytes do not have the hash of "
                "its name. The file changed after it was received.",
                suggestion=_BACKUP,
            )
    for delivery in received_deliveries(ledger):
        kept = (entry for entry in delivery.files if entry.file not in delivery.withheld)
        needed = {entry.sha256: entry.file for entry in kept}
        needed[delivery.manifest_sha256] = "manifest.json"
        if delivery.profile_sha256 is not None:
            needed[delivery.profile_sha256] = "the profile"
        for digest in sorted(set(needed) - names):
            yield Problem(
                file=f"received/{digest}",
                rule="E_SHA256",
                message=f"received/{digest[:16]}... (E_SHA256): it is missing; it is "
                f"{needed[digest]} of {delivery.site}/{delivery.delivery} (ledger seq "
                f"{delivery.seq}).",
                suggestion=_BACKUP,
            )


def _features(home: Home, ledger: Ledger) -> Iterator[Problem]:
    """Every feature set that was recorded is there, and every file has the hash of its name."""
    there = {path.stem: path for path in home.features.glob("*.parquet")}
    recorded = {str(event.payload["file_sha256"]) for event in ledger.events(FEATURES)}
    for digest in sorted({*there, *recorded}):
        try:
            check_feature_file(feature_path(home, digest))
        except IntegrityError as error:
            yield Problem(
                file=f"features/{digest}.parquet",
                rule="E_SHA256",
                message=str(error).removesuffix(REMEDY).rstrip(),
                suggestion=REMEDY,
            )


def _database(home: Home) -> Iterator[Problem]:
    """The database against the ledger, row by row; one that is missing is built again."""
    shown = home.database.name
    if is_missing(home):
        return
    try:
        with open_reconciled(home) as store:
            demand_contents(store, Ledger.open(home.ledger))
    except StoreInUseError as error:
        yield Problem(
            file=shown,
            rule="E_LEDGER",
            severity="warning",
            message=f"It was not compared with the ledger: {error}",
            suggestion="Repeat when nobody writes it.",
        )
    except IntegrityError as error:
        yield Problem(
            file=shown,
            rule="E_LEDGER",
            message=str(error),
            suggestion="Run 'imsct materialize --rebuild'.",
        )
    except (StorageError, UsageError) as error:  # a key, or a full disk: the rest is judged
        yield Problem(
            file=shown,
            rule="E_LEDGER",
            severity="warning",
            message=f"It was not compared with the ledger: {error}",
            suggestion="Mend that, then verify again.",
        )


def _broken(
    path: Path,
    rule: str,
    message: str,
    *,
    severity_is_warning: bool = False,
    remedy: str = "Run 'imsct snapshot restore' with the id of the snapshot.",
) -> Problem:
    """A problem of a file in `published/`."""
    return Problem(
        file=f"published/{path.name}",
        rule=rule,
        severity="warning" if severity_is_warning else "error",
        message=message,
        suggestion=remedy,
    )


def _rule_in(message: str) -> str:
    """The rule id that a message of `warehouse.snapshots` names in brackets."""
    return message.partition("(")[2].partition(")")[0]
