"""Decisions: what a person decided on a received delivery, as the ledger knows it.

Belongs here: approving a delivery that waits, withdrawing one, both with a reason.
Does not belong here: why one waits (`warehouse.holding`), what follows (`warehouse.received`).
"""

from collections.abc import Sequence

from schemas.errors import UsageError
from schemas.identifiers.texts import identifying_kinds
from warehouse.landing import ReceivedDelivery, received_deliveries
from warehouse.ledger import Event, Ledger

APPROVED, WITHDRAWN, ERASED = "approved", "withdrawn", "erased"
_REASON_LIMIT = 300


def named_delivery(ledger: Ledger, name: str) -> ReceivedDelivery:
    """The received delivery that SITE/DELIVERY names.

    Raises
    ------
    UsageError
        If nothing so named was received.
    """
    site, _, delivery = name.partition("/")
    received = received_deliveries(ledger)
    for found in received:
        if (found.site, found.delivery) == (site, delivery):
            return found
    of_site = [f"{d.site}/{d.delivery}" for d in received if d.site == site]
    known = ", ".join(of_site[-5:]) or ", ".join(sorted({d.site for d in received})) or "none"
    raise UsageError(
        f"{name}: nothing so named was received. Name it as SITE/DELIVERY. Known: {known}. "
        "'imsct delivery list' shows all."
    )


def approve(
    ledger: Ledger, delivery: ReceivedDelivery, *, findings: Sequence[tuple[str, str]], reason: str
) -> Event:
    """Record that a person approves a delivery in spite of findings: (rule, measure or "") each."""
    return ledger.append(
        APPROVED,
        site=delivery.site,
        delivery=delivery.delivery,
        number=delivery.seq,
        content_id=delivery.content_id,
        rows=delivery.rows,
        findings=[list(finding) for finding in findings],
        reason=checked_reason(reason),
    )


def withdraw(ledger: Ledger, delivery: ReceivedDelivery, *, reason: str) -> Event:
    """Record that a delivery no longer counts."""
    if delivery.seq in withdrawn(ledger):
        raise UsageError(f"{delivery.site}/{delivery.delivery} is withdrawn already.")
    return ledger.append(
        WITHDRAWN,
        site=delivery.site,
        delivery=delivery.delivery,
        number=delivery.seq,
        content_id=delivery.content_id,
        rows=delivery.rows,
        reason=checked_reason(reason),
    )


def withdrawn(ledger: Ledger) -> dict[int, Event]:
    """The event of every withdrawn delivery by the delivery's number."""
    return {int(str(e.payload["number"])): e for e in ledger.events(WITHDRAWN)}


def erased(ledger: Ledger) -> dict[int, Event]:
    """The event of every delivery whose bytes are gone for good, by the delivery's number."""
    return {int(str(e.payload["number"])): e for e in ledger.events(ERASED)}


def checked_reason(reason: str) -> str:
    """A reason that will be read in years: one line, not empty."""
    text = " ".join(reason.split())
    if not text or len(text) > _REASON_LIMIT or not text.isprintable():
        raise UsageError(
            f"--reason: say why in one line of at most {_REASON_LIMIT} characters. It stays in the "
            "ledger; name no patient in it."
        )
    if kinds := identifying_kinds(text):
        raise UsageError(
            f"--reason: a part of it may identify a person ({', '.join(kinds)}). It would stay in "
            "the ledger for ever, so nothing was decided. Say why without names, dates and numbers "
            "of persons; the ledger knows the day by itself."
        )
    return text
