"""Receiving: every complete delivery in the landing zone, once.

Belongs here: the order landing, ledger, store.
Does not belong here: the protocol of each (`warehouse.landing`, `warehouse.received`).
"""

from collections import Counter

from assets.context import Line
from warehouse.arrivals import sweep_incoming
from warehouse.landing import complete_deliveries, receive
from warehouse.received import enter_deliveries


def receive_landed(line: Line) -> dict[str, int]:
    """Receive what landed, and enter what the ledger knows into the store.

    Returns
    -------
    dict[str, int]
        Deliveries received, duplicate, refused in this run, and entered into the store.
    """
    for left in sweep_incoming(line.home.landing):
        line.say(f"landing/{left}: removed; it was left half written more than a day ago")
    outcomes: Counter[str] = Counter(received=0, duplicate=0, refused=0)
    for folder in complete_deliveries(line.home.landing):
        receipt = receive(folder, line.home, line.ledger)
        outcomes[receipt.status] += 1
        if receipt.status != "duplicate":
            line.say(receipt.message)
    return {**outcomes, "entered": enter_deliveries(line.store, line.ledger)}
