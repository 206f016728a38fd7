"""The layer `received`: what the ledger says was delivered, entered into the store.

Belongs here: deliveries and files of the ledger as rows, those refused at the door included.
Does not belong here: the landing protocol (`warehouse.landing`), reading the files (`assets`).
The ledger leads: an empty store filled from it is the store again, which is how one is rebuilt.
"""

import sys
from collections.abc import Mapping
from typing import cast

import polars as pl

from warehouse.decisions import APPROVED, withdrawn
from warehouse.history import undo_from
from warehouse.landing import ReceivedDelivery, received_deliveries
from warehouse.ledger import Event, Ledger
from warehouse.reconciling import enter_books
from warehouse.staging import StagedDelivery
from warehouse.store import Store
from warehouse.validation.verdict import PROBLEM_SCHEMA


def enter_deliveries(store: Store, ledger: Ledger) -> int:
    """Enter what the ledger has and the store has not, in the order of the ledger.

    Returns
    -------
    int
        Deliveries entered.
    """
    known = {row[0] for row in store.rows("select delivery from received.deliveries")}
    received = [d for d in received_deliveries(ledger) if d.seq not in known]
    refused = [event for event in ledger.events("refused") if event.seq not in known]
    with store.transaction():
        for delivery in received:
            _enter(store, delivery)
        for event in refused:
            _enter_refused(store, event)
        if _enter_decisions(store, ledger) or received or refused:
            enter_books(store, ledger)
    return len(received) + len(refused)


def _enter_decisions(store: Store, ledger: Ledger) -> bool:
    """Enter approvals and withdrawals, and undo back to the first delivery that they concern.

    False where there are none that the store does not know.
    """
    known = {row[0] for row in store.rows("select distinct event from received.approvals")}
    concerned = []
    for event in ledger.events(APPROVED):
        if event.seq not in known:
            number = int(str(event.payload["number"]))
            for rule, measure in cast("list[list[str]]", event.payload["findings"]):
                store.con.execute(
                    "insert into received.approvals values (?, ?, ?, ?, ?)",
                    [event.seq, number, event.payload["site"], rule, measure],
                )
            concerned.append(number)
    ended = store.rows("select delivery from received.deliveries where status = 'withdrawn'")
    gone = [number for number in withdrawn(ledger) if (number,) not in ended]
    if concerned or gone:
        undo_from(store, min(*concerned, *gone, sys.maxsize))
    for number in gone:
        _close_withdrawn(store, number)
    return bool(concerned or gone)


def _close_withdrawn(store: Store, number: int) -> None:
    """A withdrawn delivery is staged no more; what it announced counts as quarantined."""
    store.con.execute(
        "update received.deliveries d set status = 'withdrawn', accepted = 0, received = f.rows,"
        " quarantined = f.rows from (select sum(declared) as rows from received.files"
        " where delivery = ?) f where d.delivery = ?",
        [number, number],
    )
    store.con.execute(
        "update received.files set accepted = 0, quarantined = declared where delivery = ?",
        [number],
    )


def enter_one(store: Store, delivery: StagedDelivery) -> None:
    """Enter a delivery that is only checked: into a store that lives no longer than the check."""
    store.con.execute(
        "insert into received.deliveries (delivery, site, name, provenance, mode, status)"
        " values (?, ?, ?, 'registry', ?, 'received')",
        [delivery.number, delivery.site, delivery.name, delivery.mode],
    )
    for file in delivery.files:
        store.con.execute(
            "insert into received.files (delivery, file) values (?, ?)",
            [delivery.number, file.file],
        )


def _enter(store: Store, delivery: ReceivedDelivery) -> None:
    """One received delivery; its account is open until it is merged."""
    store.con.execute(
        "insert into received.deliveries values"
        " (?, ?, ?, ?, ?, ?, ?, ?, 'received', null, null, null, ?, ?)",
        [
            delivery.seq,
            delivery.site,
            delivery.delivery,
            delivery.content_id,
            delivery.profile,
            delivery.provenance,
            delivery.mode,
            delivery.schema_version,
            delivery.supersedes,
            delivery.key_id,
        ],
    )
    for file in delivery.files:
        store.con.execute(
            "insert into received.files values (?, ?, ?, ?, ?, null, null, null)",
            [delivery.seq, file.file, file.sha256, file.bytes, file.rows],
        )


def _enter_refused(store: Store, event: Event) -> None:
    """One delivery refused at the door: its account is closed, every announced row quarantined."""
    site, name = str(event.payload["site"]), str(event.payload["folder"])
    rows = event.payload["rows"]
    store.con.execute(
        "insert into received.deliveries (delivery, site, name, status, received, accepted,"
        " quarantined) values (?, ?, ?, 'refused', ?, 0, ?)",
        [event.seq, site, name, rows, rows],
    )
    listed = cast("list[Mapping[str, object]]", event.payload["problems"])
    problems = [
        {"delivery": event.seq, "site": site, "name": name, **problem} for problem in listed
    ]
    store.append("quarantine", "problems", pl.DataFrame(problems, schema=PROBLEM_SCHEMA))
