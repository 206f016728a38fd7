"""Failures: runs that did not come to their end, as the ledger keeps them.

Belongs here: the `run_failed` event.
Does not belong here: how a failure is noticed (`orchestration`), its message: only its kind is
kept, for a text may hold what it is about.
"""

from collections.abc import Sequence

from warehouse.decisions import withdrawn
from warehouse.landing import received_deliveries
from warehouse.ledger import Event, Ledger
from warehouse.reconciling import accounted

RUN_FAILED = "run_failed"


def record_failure(ledger: Ledger, *, run: str, steps: Sequence[str], error: str) -> Event | None:
    """Record a run that failed, once, with the records announced of deliveries that wait for one.

    `error` is the name of a class, "interrupted" (Ctrl-C, SIGTERM) or "killed".
    """
    if any(event.payload["run"] == run for event in ledger.events(RUN_FAILED)):
        return None
    closed = {*accounted(ledger), *map(str, withdrawn(ledger))}
    waiting = {str(d.seq): d.rows for d in received_deliveries(ledger) if str(d.seq) not in closed}
    return ledger.append(RUN_FAILED, run=run, steps=sorted(steps), error=error, waiting=waiting)
