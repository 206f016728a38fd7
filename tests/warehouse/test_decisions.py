"""Decisions on deliveries: the reason stays in the ledger for ever, so it names nobody."""

import pytest

from schemas.errors import UsageError
from tests.support.deliveries import a_delivery
from warehouse.decisions import approve, named_delivery, withdraw
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Frau Lindqvist rang", "name"),
        ("ask a.lindqvist@clinic.example", "e-mail address"),
        ("operated on 2021-04-03", "calendar date"),
        ("the wrong patient: 943 476 5919", "NHS number"),
    ],
)
def test_a_reason_that_may_identify_a_person_is_refused_and_not_repeated(
    home: Home, ledger: Ledger, reason: str, kind: str
) -> None:
    receive(a_delivery(home.landing), home, ledger)
    delivery, before = named_delivery(ledger, "NORTH/d1"), ledger.events()
    for decide in (
        lambda: withdraw(ledger, delivery, reason=reason),
        lambda: approve(ledger, delivery, findings=[("E_SHRINK", "")], reason=reason),
    ):
        with pytest.raises(UsageError) as refused:
            decide()
        assert f"--reason: a part of it may identify a person ({kind})" in str(refused.value)
        assert reason.split()[-1] not in str(refused.value)
    assert ledger.events() == before


@pytest.mark.parametrize(
    "reason", ["The site moved to WHO 2021", "T2* was missing at C5-C7; asked"]
)
def test_a_plain_reason_is_kept_as_it_is(home: Home, ledger: Ledger, reason: str) -> None:
    receive(a_delivery(home.landing), home, ledger)
    event = withdraw(ledger, named_delivery(ledger, "NORTH/d1"), reason=reason)
    assert event.payload["reason"] == reason
