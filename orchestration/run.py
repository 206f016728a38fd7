"""Runs: the assets executed in this process, with progress on stderr.

Belongs here: running the line on a home and turning a failed step back into its error.
Does not belong here: the command line (`orchestration.cli`), definitions.
"""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path
from typing import Any, cast

import dagster as dg

from orchestration.definitions import build_definitions
from orchestration.event_log import dagster_instance
from orchestration.home import make_ready
from orchestration.resources import open_store, say
from schemas.errors import ImsctError, IntegrityError, StorageError, UsageError
from warehouse.anchors import open_to_write
from warehouse.connecting import StoreInUseError
from warehouse.failures import record_failure
from warehouse.files import full_disk
from warehouse.home import Home
from warehouse.snapshots import current_id

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def materialize(
    home: Home, *, select: str | None = None, wait: float = 0.0
) -> dg.ExecuteInProcessResult:
    """Run the assets of a home in this process, all of them or those selected.

    `wait` is how many seconds the run waits for another process to let go of the database.

    Raises
    ------
    ImsctError
        What a step raised, as it raised it.
    UsageError
        If the selection names no asset, or only some of those that one step makes.
    KeyboardInterrupt
        If Ctrl-C or SIGTERM stopped it; the ledger then says so.
    """
    make_ready(home)
    for library in ("dagster", "sqlalchemy.pool"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    definitions = build_definitions(home, patience=wait)
    job = definitions.resolve_implicit_global_asset_job_def()
    keys = _selected(definitions, select) if select else None
    with (
        dagster_instance(home) as instance,
        listening_for_signals() as arrived,
        redirect_stderr(cast("Any", _OwnWords())),
    ):
        result = job.execute_in_process(
            run_config=_QUIET, instance=instance, raise_on_error=False, asset_selection=keys
        )
    if not result.success:
        steps = [str(e.step_key) for e in result.all_events if e.is_step_failure]
        if arrived & {signal.SIGINT, signal.SIGTERM}:
            _record(home, run=result.run_id, steps=steps, error="interrupted")
            raise KeyboardInterrupt
        cause = _cause(result)
        _record(home, run=result.run_id, steps=steps, error=type(cause).__name__)
        raise cause
    # what a rebuild that was killed set aside: the database has agreed with the ledger since
    for left in _aside(home).values():
        left.unlink(missing_ok=True)
    return result


def _aside(home: Home) -> dict[Path, Path]:
    """The files of the database, and where each waits while it is built again."""
    files = (home.database, home.database.with_name(home.database.name + ".wal"))
    return {path: path.with_name(f"{path.name}.aside") for path in files}


@contextmanager
def listening_for_signals() -> Iterator[set[int]]:
    """Which signals arrived inside, filled in at its end.

    Within a step Dagster has handlers of its own, and the engine makes another error of what they
    raise: so the system itself is asked.
    """
    arrived: set[int] = set()
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield arrived
    finally:
        signal.set_wakeup_fd(before)
        with suppress(BlockingIOError):  # none arrived
            arrived.update(os.read(reading, 100))
        os.close(reading)
        os.close(writing)


class _OwnWords:
    """Stderr without what Dagster writes there of a full disk: it raises that too, told once."""

    def __init__(self) -> None:
        self._out = sys.stderr

    def write(self, text: str) -> int:
        """Pass on what is not Dagster's."""
        is_told = text.startswith("Exception while writing logger call to event log")
        return len(text) if is_told else self._out.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


def _record(home: Home, *, run: str, steps: list[str], error: str) -> None:
    """Tell the ledger of a failed run; a ledger that cannot be written must not hide its error."""
    with suppress(ImsctError):
        record_failure(open_to_write(home), run=run, steps=steps, error=error)


def published_before(home: Home) -> str | None:
    """What `CURRENT` names before a run; None where it names nothing that can be read.

    A run writes it anew, so a spoilt one must not stop the run.
    """
    try:
        return current_id(home)
    except IntegrityError as error:
        say(str(error))
        return None


@contextmanager
def database_set_aside(home: Home, *, wait: float = 0.0) -> Iterator[None]:
    """Build the database again from `received/` and the ledger; put the old one back if that fails.

    Raises
    ------
    StoreInUseError
        If another process writes it: the file would be taken from under its hands.
    """
    if home.database.exists():
        try:
            open_store(home, wait).close()
        except StoreInUseError:
            raise
        except ImsctError as error:
            say(f"{error} It is built again now.")
    files = _aside(home)
    aside = {path: place for path, place in files.items() if path.exists()}
    for path, place in aside.items():
        path.replace(place)
    try:
        yield
    except StoreInUseError:
        # Another process was quicker and builds it: the new file is its own, not ours to take away.
        say(f"What was there before lies as {home.database.name}.aside.")
        raise
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        for path, place in aside.items():
            place.replace(path)
        if aside:
            say("The database could not be built again; the one before is back in its place.")
        raise
    for place in aside.values():
        place.unlink(missing_ok=True)


def _selected(definitions: dg.Definitions, select: str) -> list[dg.AssetKey]:
    """Asset keys of a selection in Dagster's own syntax."""
    graph = definitions.resolve_asset_graph()
    try:
        selection = dg.AssetSelection.from_string(select)
        keys = sorted(selection.resolve(graph))
        made_together = selection.required_multi_asset_neighbors().resolve(graph)
    except Exception as error:
        # Dagster raises many kinds of error for a selection that it cannot read.
        raise UsageError(f"--select {select!r} cannot be read. Example: core/cases*") from error
    if not keys:
        raise UsageError(f"--select {select!r} names no asset. Example: core/cases*")
    if missing := sorted(key.to_user_string() for key in made_together - set(keys)):
        whole = selection | dg.AssetSelection.from_string('key:"staged/*"')
        # the largest number is how Dagster writes "all of them" where a person writes nothing
        advice = whole.to_selection_str().replace(str(sys.maxsize), "")
        raise UsageError(
            f"--select {select!r}: the tables of `staged` are made together, and it leaves out "
            f"{', '.join(missing)}. Name them all: --select '{advice}'"
        )
    return keys


def _kinds(base: type[ImsctError] = ImsctError) -> dict[str, type[ImsctError]]:
    """Every error for the user by its class name: all that Dagster keeps of a step's exception."""
    found = {base.__name__: base}
    for kind in base.__subclasses__():
        found |= _kinds(kind)
    return found


def _cause(result: dg.ExecuteInProcessResult) -> ImsctError:
    """The error a step raised for the user, or one that says which step broke."""
    for event in result.all_events:
        if not event.is_failure:
            continue
        data = event.event_specific_data
        error = getattr(data, "error", None)
        while error is not None:
            kind = _kinds().get(error.cls_name)
            if kind is not None:
                return kind(error.message.partition(": ")[2].strip())
            if full := full_disk(error.message):
                return full
            error = error.cause
    failed = [event.step_key for event in result.all_events if event.is_step_failure]
    return StorageError(
        f"The step {', '.join(map(str, failed)) or 'at the start'} failed. What was published "
        "before is untouched. 'dagster dev' on this home shows the error."
    )
