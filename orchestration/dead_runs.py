"""Runs whose process is gone: telling them from living ones, and clearing up after them.

Belongs here: a run's sign of life, and what a killed run leaves in Dagster's storage.
Does not belong here: what it leaves in the home (swept by `warehouse`, each folder its own).
A killed run stays 'started' for ever and keeps its slot of the pool: nothing would run after it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from warehouse.failures import record_failure
from warehouse.files import held, is_held
from warehouse.home import Home
from warehouse.ledger import Ledger

#: Statuses of a run that has begun: its process shows a sign of life, or it is dead.
_BEGUN = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
#: Statuses of a run that is to begin: its launcher looks after it (`run_monitoring`).
_TO_BEGIN = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING]
#: Seconds between 'started' and the first sign of life that are granted to a run.
_GRACE = 60.0


@contextmanager
def sign_of_life(home: Home, run_id: str) -> Iterator[None]:
    """Hold the file that shows this run to be alive; a kill lets go of it."""
    path = _sign(home, run_id)
    path.parent.mkdir(exist_ok=True)
    with held(path):
        yield


def unfinished_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Runs that have begun or are to begin, oldest first."""
    found = instance.get_runs(filters=dg.RunsFilter(statuses=[*_TO_BEGIN, *_BEGUN]))
    return list(reversed(found))


def dead_runs(instance: dg.DagsterInstance, home: Home) -> list[dg.DagsterRun]:
    """Runs that have begun and whose process is gone."""
    records = instance.get_run_records(dg.RunsFilter(statuses=_BEGUN))
    return [r.dagster_run for r in records if _is_dead(home, r)]


def clear_up(instance: dg.DagsterInstance, home: Home, *, writer: str | None = None) -> None:
    """Call dead runs failed, and free the pool of every run that is over.

    `writer` is the run that has the store open, where there is one: then no other run can be at a
    step that writes, whatever its status says. One that ended on a full disk could not record it.
    """
    for run in dead_runs(instance, home):
        instance.report_run_failed(run, "The process ended without an end of the run.")
        record_failure(Ledger.open(home.ledger), run=run.run_id, steps=(), error="killed")
        _sign(home, run.run_id).unlink(missing_ok=True)
    storage = instance.event_log_storage
    holders = set(storage.get_concurrency_run_ids())
    for key in storage.get_concurrency_keys():
        holders |= storage.get_concurrency_info(key).active_run_ids
    alive = {writer} if writer else {run.run_id for run in unfinished_runs(instance)}
    for over in sorted(holders - alive):
        storage.free_concurrency_slots_for_run(over)


def _is_dead(home: Home, record: dg.RunRecord) -> bool:
    """Whether a run that has begun has no process any more."""
    sign = _sign(home, record.dagster_run.run_id)
    if sign.exists():
        return not is_held(sign)
    return time.time() - (record.start_time or 0) > _GRACE


def _sign(home: Home, run_id: str) -> Path:
    """Where a run shows that it is alive."""
    return home.dagster / "alive" / run_id
