"""Receiving: every complete delivery in the landing zone, once.

Belongs here: the order landing, ledger, store.
Does not belong here: the protocol of each (`warehouse.landing`, `warehouse.received`), what
identifies a person (`assets.readers.identifiers`).
"""

from collections import Counter
from functools import partial
from pathlib import Path

from assets.context import Line
from assets.opening import identifying
from assets.profiles import own_profile, parse_own_profile
from assets.readers.identifiers import IDENTIFIER_RULES
from assets.redaction import redacted
from schemas.errors import UsageError
from schemas.manifest import Manifest
from schemas.problems import Problem
from warehouse.arrivals import sweep_incoming
from warehouse.landing import complete_deliveries, receive
from warehouse.received import enter_deliveries
from warehouse.staging import StagedDelivery, StagedFile

_UNSEARCHED = "was refused and cannot be searched for what identifies a person"


@redacted
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
        newest, _ = line.ledger.head
        receipt = receive(
            folder,
            line.home,
            line.ledger,
            scan=partial(scan_delivery, line),
            profile_of=partial(_own_profile, line),
        )
        outcomes[receipt.status] += 1
        # a folder that brings nothing new lies there at every run, and is named once
        if receipt.status != "duplicate" or receipt.seq > newest:
            line.say(receipt.message)
        withheld = receipt.received.withheld if receipt.received else {}
        for file, problems in withheld.items():
            is_found = any(problem.rule in IDENTIFIER_RULES for problem in problems)
            why = "holds what may identify a person (E_PHI)" if is_found else _UNSEARCHED
            line.say(
                f"landing/{receipt.site}/{receipt.folder}/{file}: not kept, it {why}. Delete it "
                "there, and tell the site."
            )
    return {**outcomes, "entered": enter_deliveries(line.store, line.ledger)}


def scan_delivery(line: Line, folder: Path, manifest: Manifest) -> dict[str, tuple[Problem, ...]]:
    """The files of a delivery that identify a person, each with the places."""
    files = tuple(StagedFile(f.file, f.sha256, f.rows) for f in manifest.files)
    delivery = StagedDelivery(
        0, manifest.site, manifest.delivery, manifest.profile, manifest.schema_version, files
    )
    text = _own_profile(line, manifest)
    return identifying(
        delivery,
        lambda file: folder / file.file,
        manifest.id_scheme,
        limits=line.limits,
        profile=None if text is None else parse_own_profile(text, name=manifest.profile),
    )


def _own_profile(line: Line, manifest: Manifest) -> bytes | None:
    """The profile of the home that a manifest names, if it is a whole one: said where it is not."""
    try:
        text = own_profile(manifest.profile, line.home.profiles)
        if text is not None and manifest.mode != "withdrawal":
            parse_own_profile(text, name=manifest.profile)
            return text
    except UsageError as error:
        line.say(str(error))
    return None
