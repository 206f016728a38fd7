"""A home in which deliveries are made one after the other, and built again to be compared.

Belongs here: handing over, taking in, reading back; the real steps without Great Expectations.
Does not belong here: what the deliveries hold (`tests/support/folders.py`), tests.
"""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from assets.context import Line
from assets.intake import stage_pending, take_in
from assets.receiving import receive_landed
from assets.snapshot import candidate_id
from schemas.tables import TABLES
from tests.support.folders import announce, clean
from warehouse.decisions import approve, named_delivery, withdraw
from warehouse.handing_over import hand_over
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.quarantine import current_problems, delivery_counts, findings_to_approve
from warehouse.store import Store


class Registry:
    """A home in which deliveries are made one after the other."""

    def __init__(self, path: Path, store: Store) -> None:
        self.path = path
        self.home = Home(path / "home")
        self.home.create()
        self.ledger = Ledger.open(self.home.ledger)
        self.store = store

    @property
    def line(self) -> Line:
        """What an asset works with."""
        return Line(self.home, self.ledger, self.store, lambda text: None, "code", "lock")

    def deliver(
        self, name: str, change: Callable[[Path], None], *, site: str = "SITE_A", **fields: object
    ) -> None:
        """Make a delivery of the clean files, changed, and take it in."""
        folder = self.path / f"{site}-{name}"
        folder.mkdir()
        clean(folder)
        change(folder)
        announce(folder, delivery=name, site=site, **fields)
        hand_over(folder, self.home.landing)
        self.run()

    def run(self) -> None:
        """Receive and take in what is new."""
        receive_landed(self.line)
        stage_pending(self.line)
        take_in(self.store, official=None)

    def approve(self, name: str) -> None:
        """Approve whatever of a delivery waits, and run."""
        delivery = named_delivery(self.ledger, name)
        findings = findings_to_approve(self.store, delivery.seq)
        approve(self.ledger, delivery, findings=findings, reason="asked the site")
        self.run()

    def withdraw(self, name: str) -> None:
        """Withdraw a delivery, and run."""
        withdraw(self.ledger, named_delivery(self.ledger, name), reason="sent by mistake")
        self.run()

    def account(self) -> list[tuple[str, str, int, int, int]]:
        """Name, status, received, accepted, quarantined of every delivery."""
        columns = ("delivery", "status", "received", "accepted", "quarantined")
        return [tuple(row[c] for c in columns) for row in delivery_counts(self.store).to_dicts()]

    def open_rules(self) -> list[tuple[str, str]]:
        """Delivery and rule of every problem that is open, warnings of a missing study left out."""
        listed = current_problems(self.store).to_dicts()
        return sorted((p["delivery"], p["rule"]) for p in listed if p["rule"] != "R019")

    def versions(self, table: str) -> int:
        """Versions of rows that a table has had."""
        return self.store.count("history", table)

    def endings(self, table: str) -> dict[object, object]:
        """How many versions of a table ended, by why."""
        rows = self.store.rows(
            f"select ended_by, count(*) from history.{table} where ended_by is not null group by 1"
        )
        return {why: n for why, n in rows}

    def number(self, name: str) -> int:
        """The ledger's number of a delivery of site A."""
        return named_delivery(self.ledger, f"SITE_A/{name}").seq

    def ages(self) -> list[tuple[object, ...]]:
        """The cases that are current."""
        return self.store.rows("select case_id, age_years from core.cases order by 1")

    def rebuilt(self) -> dict[str, list[tuple[object, ...]]]:
        """Every version of every row of a store that is built again from received/ and ledger."""
        with Store.open(None) as store:
            fill(store)
            line = Line(self.home, self.ledger, store, lambda text: None, "code", "lock")
            receive_landed(line)
            stage_pending(line)
            take_in(store, official=None)
            return all_versions(store) | {"": [(candidate_id(line),)]}

    def kept(self) -> dict[str, list[tuple[object, ...]]]:
        """The same of the store at hand."""
        return all_versions(self.store) | {"": [(candidate_id(self.line),)]}


def fill(store: Store) -> None:
    """Make the layers of a snapshot that do not matter here."""
    empty = pl.DataFrame({"row_id": ["1"]})
    for layer, table in (
        ("reference", "published_counts"),
        ("reference", "cord_norms"),
        ("analysis", "cases"),
        ("analysis", "columns"),
    ):
        store.replace(layer, table, empty)


def all_versions(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every version of every row, and the account of every delivery."""
    found = {t.name: store.rows(f"from history.{t.name} order by all") for t in TABLES}
    return found | {"account": delivery_counts(store).rows()}
