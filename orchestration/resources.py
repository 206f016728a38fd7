"""Resources: what assets get from outside, opened for a run and closed after it.

Belongs here: the resource `line`, progress on stderr, waiting for the store.
Does not belong here: what the line holds (`assets.context`), Dagster's settings
(`orchestration.home`), clearing up after killed runs (`orchestration.dead_runs`).
"""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import dagster as dg

from assets.context import Line
from orchestration.dead_runs import clear_up, sign_of_life
from orchestration.one_writer import refuse_step_process
from orchestration.provenance import code_hash, lock_hash
from warehouse.anchors import open_to_write
from warehouse.connecting import StoreInUseError
from warehouse.encryption import key_of
from warehouse.home import Home
from warehouse.reconciling import announce_rebuild, reconcile
from warehouse.store import Store

#: Seconds a queued run waits for another process to let go of the store.
PATIENCE = 900.0


def say(text: str) -> None:
    """Show progress on stderr; stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def line_resource(home: Home, *, patience: float = 0.0) -> dg.ResourceDefinition:
    """Build the resource that opens the home's ledger and store for one run.

    `patience` is how many seconds a run waits for a store that another process writes.
    """

    def open_line(context: dg.InitResourceContext) -> Iterator[Line]:
        home.create()
        # a broken one ends the run before it waits or writes
        announce_rebuild(home, open_to_write(home))
        with ExitStack() as until_the_end:
            run = ""
            if context.run is not None:
                run = context.run.run_id
                if context.instance is not None:
                    refuse_step_process(context.instance, context.run)
                until_the_end.enter_context(sign_of_life(home, run))
            store = until_the_end.enter_context(open_store(home, patience, run=run))
            if context.instance is not None:
                clear_up(context.instance, home, writer=run or None)
            # Read after waiting: another process may have received deliveries meanwhile.
            ledger = open_to_write(home)
            if reconcile(store, ledger):
                say(f"{home.database.name} is missing: built again from received/ and the ledger")
            yield Line(home, ledger, store, say, code_hash(), lock_hash())

    return dg.ResourceDefinition(resource_fn=open_line)


def open_store(home: Home, patience: float, *, run: str = "") -> Store:
    """The store, as soon as no other process writes it.

    Raises
    ------
    StoreInUseError
        If that takes longer than `patience`.
    """
    key = key_of(home)
    until = time.monotonic() + patience
    is_said = False
    while True:
        try:
            return Store.open(home.database, key=key, run=run)
        except StoreInUseError:
            if time.monotonic() >= until:
                raise
        if not is_said:
            say(f"{home.database.name} is being written; waiting for at most {patience:.0f} s")
            is_said = True
        time.sleep(1)
