"""A ledger whose end was taken off is not written on: what it lost would be lost for good."""

import pytest

from schemas.errors import IntegrityError
from tests.support.deliveries import a_delivery
from tests.warehouse.test_verification import CASES
from warehouse.anchors import open_to_write
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger
from warehouse.snapshots import publish


def test_a_ledger_cut_behind_a_snapshot_takes_no_event(home: Home, ledger: Ledger) -> None:
    receive(a_delivery(home.landing), home, ledger)
    snapshot = publish(CASES, home=home, ledger=ledger)
    assert open_to_write(home).head == ledger.head
    ledger.path.write_bytes(b"")  # a chain of no line is whole in itself
    assert Ledger.open(home.ledger).events() == ()
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*end was cut off.*Nothing was written"):
        open_to_write(home)
    for path in home.published.glob(f"{snapshot.id}*"):  # the remedy, where there is no backup
        path.rename(home.path / path.name)
    assert open_to_write(home).head[0] == 0


def test_a_snapshot_without_manifest_says_nothing_of_the_ledger(home: Home, ledger: Ledger) -> None:
    publish(CASES, home=home, ledger=ledger).manifest_path.unlink()
    assert open_to_write(home).head == ledger.head
