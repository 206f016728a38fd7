"""The doctor's look at a home.

Belongs here: findings about permissions, settings, store, ledger, snapshot, runs, what was left.
Does not belong here: machine and program (`orchestration.doctor`), every hash (`imsct snapshot
verify`).
"""

import os
import stat
import time
from collections.abc import Callable, Iterator

import dagster as dg

from assets.redaction import without_text
from orchestration.dead_runs import dead_runs
from orchestration.findings import Finding, from_error
from orchestration.one_writer import dagster_settings, remedy, who_else_may_write
from schemas.errors import ImsctError
from schemas.showing import counted
from warehouse.anchors import open_to_write
from warehouse.connecting import StoreInUseError, extension
from warehouse.encryption import key_of
from warehouse.files import TEMPORARY
from warehouse.handing_over import INCOMING
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publications import newest_events
from warehouse.snapshots import check_file, current
from warehouse.store import check_database
from warehouse.verification import manifest_fault
from warehouse.writing import owner_in_words, writer_of

#: Seconds without a heartbeat after which a daemon counts as gone; it beats every 30 s.
_HEARTBEAT = 120
_POOL = "duckdb_writer"


def examine_home(home: Home) -> Iterator[Finding]:
    """Everything about a home; what cannot be looked at is a finding, and the rest goes on."""
    looks: dict[str, Callable[[Home], Finding | Iterator[Finding]]] = {
        "home": _permissions,
        "settings": _settings,
        "encryption": _encryption,
        "database": _store,
        "ledger": _ledger,
        "snapshot": _snapshot,
        "runs": _runs,
        "leftovers": _left_behind,
    }
    for about, look in looks.items():
        try:
            found = look(home)
            yield from [found] if isinstance(found, Finding) else found
        except ImsctError as error:
            yield from_error(about, error)
        # Whatever a library raises, on a full disk say.
        except Exception as error:  # noqa: BLE001 - see above
            yield from_error(about, without_text(error))


def _permissions(home: Home) -> Finding:
    """Only its owner may look into a home."""
    mode = stat.S_IMODE(home.path.stat().st_mode)
    if not os.access(home.path, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            about="home",
            status="problem",
            found=f"{home.path} cannot be written by this user",
            remedy="run as its owner",
            exit_code=3,
        )
    if mode & 0o077:
        return Finding(
            about="home",
            status="warning",
            found=f"{home.path} is open to others (mode {mode:04o})",
            remedy=f"unless you meant it: chmod 700 {home.path}",
        )
    return Finding(about="home", status="ok", found=f"{home.path}, its owner only")


def _settings(home: Home) -> Iterator[Finding]:
    """Dagster's settings: one writer, one run, no telemetry."""
    settings = dagster_settings(home)
    others = who_else_may_write(settings)
    if others is None:
        found = "one run at a time, one step that writes"
        yield Finding(about="settings", status="ok", found=found)
    else:
        yield Finding(
            about="settings", status="problem", found=others, remedy=remedy(home), exit_code=3
        )
    telemetry = settings.get("telemetry")
    if isinstance(telemetry, dict) and telemetry.get("enabled") is False:
        yield Finding(about="telemetry", status="ok", found="off")
    else:
        yield Finding(
            about="telemetry",
            status="problem",
            found="Dagster may report usage to its makers",
            remedy=remedy(home),
            exit_code=3,
        )


def _encryption(home: Home) -> Finding:
    """Whether the database is encrypted, and what is not."""
    if key_of(home) is None:
        found = "off; the disk's own is the operator's affair (docs/encryption.md)"
        return Finding(about="encryption", status="note", found=found)
    extension()
    found = "warehouse.duckdb; everything else of the home is not (docs/encryption.md)"
    return Finding(about="encryption", status="ok", found=found)


def _store(home: Home) -> Finding:
    """Whether the store can be opened, or who has it."""
    if not home.database.exists():
        found = "none yet; 'imsct materialize' builds it"
        return Finding(about="database", status="note", found=found)
    if writer_of(home.database) is not None:
        found = f"being written by {owner_in_words(home.database)}; readable again after it"
        return Finding(about="database", status="ok", found=found)
    try:
        check_database(home.database, key_of(home))
    except StoreInUseError as error:
        return Finding(about="database", status="ok", found=str(error))
    return Finding(about="database", status="ok", found="readable, nobody writes it")


def _ledger(home: Home) -> Finding:
    """Whether the chain of events is whole and none of its last lines was cut off."""
    home.demand_ledger()
    ledger = open_to_write(home)
    if ledger.torn is not None:
        return Finding(about="ledger", status="warning", found=ledger.torn.message)
    found = f"{counted(len(ledger.events()), 'event')}, the chain is whole"
    return Finding(about="ledger", status="ok", found=found)


def _snapshot(home: Home) -> Finding:
    """Whether the current snapshot is, byte for byte, what the ledger says was published."""
    snapshot = current(home)
    if snapshot is None:
        return Finding(about="snapshot", status="note", found="nothing is published yet")
    event = newest_events(Ledger.open(home.ledger)).get(snapshot.id)
    if event is not None and (fault := manifest_fault(snapshot, event)):
        raise fault
    check_file(snapshot)
    found = f"{snapshot.id}, as published"
    return Finding(about="snapshot", status="ok", found=found)


def _runs(home: Home) -> Iterator[Finding]:
    """Runs that were killed, limits set by hand, and whether a daemon is at work."""
    if not (home.dagster / "history").is_dir():  # opening the storage would make it
        yield Finding(about="runs", status="note", found="none yet")
        return
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        limits = {limit.name: limit.limit for limit in instance.event_log_storage.get_pool_limits()}
        dead = dead_runs(instance, home)
        beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
    if limits.get(_POOL, 1) != 1:
        yield Finding(
            about="pool",
            status="problem",
            found=f"{_POOL} was set to {limits[_POOL]} by hand; the database takes one writer",
            remedy=f"dagster instance concurrency set {_POOL} 1",
            exit_code=3,
        )
    else:
        yield Finding(about="pool", status="ok", found=f"{_POOL}: 1 step at a time")
    if dead:
        yield Finding(
            about="runs",
            status="warning",
            found=f"{counted(len(dead), 'run')} killed and not ended: {dead[0].run_id[:8]}",
            remedy="the next run, or the daemon, clears up",
        )
    else:
        yield Finding(about="runs", status="ok", found="none was left unended")
    ago = time.time() - max(beats, default=0.0)
    if ago < _HEARTBEAT:
        found = f"seen {ago:.0f} s ago; it takes in what lands, and refreshes every night"
        yield Finding(about="daemon", status="ok", found=found)
    else:
        found = "not running: nothing is taken in by itself"
        yield Finding(about="daemon", status="note", found=found, remedy="make daemon")


def _left_behind(home: Home) -> Finding:
    """What killed processes left in the home."""
    left = [
        *home.landing.glob(f"*/{INCOMING}*"),
        *home.received.glob(f"{TEMPORARY}*"),
        *home.published.glob(f"{TEMPORARY}*"),
        *home.path.glob("*.aside"),
    ]
    if not left:
        return Finding(about="leftovers", status="ok", found="none")
    shown = ", ".join(str(path.relative_to(home.path)) for path in sorted(left)[:3])
    return Finding(
        about="leftovers",
        status="note",
        found=f"{len(left)} half written: {shown}",
        remedy="being written now, or swept by a later run",
    )
