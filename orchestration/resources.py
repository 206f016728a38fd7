"""Resources: what assets get from outside, opened for a run and closed after it.

Belongs here: the resource `line`, progress on stderr, and clearing up after runs that were killed.
Does not belong here: what the line holds (`assets.context`), Dagster's settings
(`orchestration.home`).
"""

import sys
from collections.abc import Iterator

import dagster as dg

from assets.context import Line
from orchestration.provenance import code_hash, lock_hash
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.store import Store

_ALIVE = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def say(text: str) -> None:
    """Show progress on stderr; stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def line_resource(home: Home) -> dg.ResourceDefinition:
    """Build the resource that opens the home's ledger and store for one run."""

    def open_line(context: dg.InitResourceContext) -> Iterator[Line]:
        home.create()
        ledger = Ledger.open(home.ledger)
        with Store.open(home.database) as store:
            if context.instance is not None and context.run_id is not None:
                clear_up_after_dead_runs(context.instance, run_id=context.run_id)
            yield Line(home, ledger, store, say, code_hash(), lock_hash())

    return dg.ResourceDefinition(resource_fn=open_line)


def clear_up_after_dead_runs(instance: dg.DagsterInstance, *, run_id: str) -> None:
    """Free the pool of runs that were killed, and call them failed.

    A killed run keeps its slot of the pool `duckdb_writer`, and the next run would wait for it for
    ever. Whoever has the store open may clear up: no other run can be alive on this home.
    """
    storage = instance.event_log_storage
    holders = set(storage.get_concurrency_run_ids())
    for key in storage.get_concurrency_keys():
        holders |= storage.get_concurrency_info(key).active_run_ids
    for dead in sorted(holders - {run_id}):
        storage.free_concurrency_slots_for_run(dead)
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=_ALIVE)):
        if run.run_id != run_id:
            instance.report_run_failed(run, "The process ended without an end of the run.")
