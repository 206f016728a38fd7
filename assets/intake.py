"""Intake: pending deliveries taken in the order in which they came.

Belongs here: which deliveries are staged together, which are taken in before the others.
Does not belong here: reading one (`assets.staging`), judging and merging (`warehouse`).
Deliveries of different sites and one provenance are staged together. Where a site has several
pending, a database that is built again say, those that others build upon are taken in first, each
with all its steps.
"""

from collections.abc import Iterable
from pathlib import Path

from assets.context import Line
from assets.profiles import parse_own_profile
from assets.redaction import redacted
from assets.staging import kept_bytes, stage_delivery
from schemas.profile import Profile
from schemas.tables import TABLES
from warehouse.accounts import close_accounts
from warehouse.history import undo_from
from warehouse.holding import hold_back, reasons_to_hold
from warehouse.landing import ReceivedDelivery, received_deliveries
from warehouse.merge import merge
from warehouse.staging import (
    StagedDelivery,
    StagedFile,
    clear_staged,
    count_staged,
    pending_deliveries,
)
from warehouse.store import Store
from warehouse.validation.suite import OfficialCount
from warehouse.validation.verdict import validate


@redacted
def stage_pending(line: Line) -> dict[str, int]:
    """Stage the deliveries whose account is not closed; those before the last group are taken in.

    Returns
    -------
    dict[str, int]
        Rows staged by table name.
    """
    pending = pending_deliveries(line.store)
    if pending:
        with line.store.transaction():
            undo_from(line.store, pending[0].number)
        pending = pending_deliveries(line.store)
    *before, last = _groups(pending) or [[]]
    for group in before:
        _stage_group(line, group)
        take_in(line.store, official=line.official)
        line.say(f"taken in: {', '.join(f'{d.site}/{d.name}' for d in group)}")
    _stage_group(line, last)
    return {table.name: count_staged(line.store, table) for table in TABLES}


def take_in(store: Store, *, official: OfficialCount | None) -> None:
    """Judge and merge everything that is staged, and close its accounts."""
    for table in TABLES:
        merge(store, validate(store, table, official=official))
    close_accounts(store)


def _groups(pending: Iterable[StagedDelivery]) -> list[list[StagedDelivery]]:
    """The deliveries in their order, cut wherever a site comes again, or another provenance.

    What is judged together is counted together, and simulated rows are counted with no others.
    """
    groups: list[list[StagedDelivery]] = []
    for delivery in pending:
        if not groups or any(
            other.site == delivery.site or other.provenance != delivery.provenance
            for other in groups[-1]
        ):
            groups.append([])
        groups[-1].append(delivery)
    return groups


def _stage_group(line: Line, deliveries: Iterable[StagedDelivery]) -> None:
    """Stage deliveries of different sites, and set aside those that wait for a person."""

    def path_of(file: StagedFile) -> Path:
        return kept_bytes(line, file.sha256)

    received = {d.seq: d for d in received_deliveries(line.ledger)}
    with line.store.transaction():
        clear_staged(line.store)
        for delivery in deliveries:
            line.say(f"staged: {delivery.site}/{delivery.name}")
            stage_delivery(
                line.store,
                delivery,
                path_of,
                withheld=received[delivery.number].withheld if delivery.number in received else {},
                profile=_kept_profile(line, received.get(delivery.number)),
                limits=line.limits,
                line=line,
            )
            if reasons := reasons_to_hold(line.store, delivery):
                hold_back(line.store, delivery, reasons)
                line.say(f"held: {delivery.site}/{delivery.name}: {reasons[0].message}")


def _kept_profile(line: Line, delivery: ReceivedDelivery | None) -> Profile | None:
    """The profile that was kept with a delivery; None where it is one of the program."""
    if delivery is None or delivery.profile_sha256 is None:
        return None
    text = line.home.received_bytes(delivery.profile_sha256)
    return parse_own_profile(text, name=delivery.profile)
