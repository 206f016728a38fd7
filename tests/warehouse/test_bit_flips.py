"""200 single-bit flips, drawn at random over everything a home keeps: each one is found.

Of a landed manifest nobody has a hash before it is received: a flip there is found where it breaks
the form or contradicts the files; what it may change unseen is named below.
"""

import json
import random
from pathlib import Path

import pytest

from schemas.errors import ImsctError, IntegrityError
from schemas.manifest import MANIFEST_NAME
from tests.support.deliveries import a_delivery
from tests.warehouse.test_snapshots import flip, published
from warehouse import verification
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger
from warehouse.publications import kept_events
from warehouse.reconciling import open_reconciled, record_merge
from warehouse.snapshots import check_file, current, snapshot_path
from warehouse.store import Store
from warehouse.verification import verify

FLIPS = 200
#: Free texts of a manifest, and numbers that reading the file compares (E_COUNT, E_SCHEMA).
UNSEEN = {"created", "delivery", "profile", "schema_version", "files", "supersedes"}


@pytest.fixture
def full(home: Home, ledger: Ledger) -> Home:
    """A home with a landed and a received delivery, two snapshots and a database."""
    receive(a_delivery(home.landing), home, ledger)
    a_delivery(home.landing, delivery="d2", site="SOUTH")
    with Store.open(home.database) as store:
        record_merge(store, ledger)
    published(home, ledger)
    published(home, ledger, age=5.0)
    return home


def kept(home: Home) -> list[Path]:
    """Every file whose bytes mean something, but the database: see below."""
    folders = (home.landing, home.received, home.published, home.ledger)
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in files if path.name != ".lock"]


def is_found(home: Home, ledger: Ledger, path: Path) -> bool:
    """Whether the part of `verify` that looks at such a file finds it changed."""
    if path.is_relative_to(home.landing):
        return bool([*verification._landed(home, ledger)])
    if path.is_relative_to(home.ledger):
        with pytest.raises(IntegrityError, match="E_LEDGER"):
            Ledger.open(home.ledger)
        return True
    if path.is_relative_to(home.received):
        found = verification._received(home, ledger)
    elif path.name == "CURRENT":
        found = verification._current(home, ledger)
    else:
        snapshot = path.relative_to(home.published).parts[0].partition(".")[0]
        event = kept_events(ledger)[snapshot]
        found = verification._snapshot(snapshot_path(home, snapshot), event, ledger)
    return any(problem.severity == "error" for problem in found)


def is_harmless(before: bytes, spoilt: bytes) -> bool:
    """Whether two landed manifests differ only in what no hash protects before it is received."""
    one, other = json.loads(before), json.loads(spoilt)
    return {name for name in one if one[name] != other[name]} <= UNSEEN


def test_every_flip_is_found(full: Home, ledger: Ledger) -> None:
    assert verify(full, ledger) == []
    draw = random.Random(20260601)
    files = kept(full)
    assert len(files) > 20
    silent = []
    for number in range(FLIPS):
        path = files[number % len(files)]  # each in turn: small files are not to be passed over
        place = draw.randrange(path.stat().st_size * 8)
        before, mode = path.read_bytes(), path.stat().st_mode
        path.chmod(0o644)
        spoilt = bytearray(before)
        spoilt[place // 8] ^= 1 << place % 8
        path.write_bytes(spoilt)
        is_manifest = path == full.landing / "SOUTH" / "d2" / MANIFEST_NAME
        if not (is_found(full, ledger, path) or (is_manifest and is_harmless(before, spoilt))):
            silent.append((path, place))
        path.write_bytes(before)
        path.chmod(mode)
    assert silent == []
    assert verify(full, ledger) == []


def test_readers_refuse_a_flipped_current_and_file(full: Home, ledger: Ledger) -> None:
    now = current(full)
    assert now is not None
    draw = random.Random(2)
    for path in (full.published / "CURRENT", now.path):
        whole = path.read_bytes()
        for _ in range(10):
            flip(path, draw.randrange(len(whole)))
            with pytest.raises(ImsctError) as refused:
                check_file(current(full))  # type: ignore[arg-type]
            assert refused.value.exit_code == 4
            path.write_bytes(whole)


def test_a_flip_in_the_database_is_found_or_changes_nothing(full: Home, ledger: Ledger) -> None:
    # Free blocks of the file hold nothing: a flip there is no loss, and the engine passes it over.
    draw = random.Random(3)
    whole, codes = full.database.read_bytes(), set()
    for _ in range(20):
        full.database.write_bytes(whole)
        flip(full.database, draw.randrange(len(whole)))
        codes.add(exit_code(full))
    assert 4 in codes
    assert codes <= {0, 4}


def exit_code(home: Home) -> int:
    """How opening the database ends."""
    try:
        open_reconciled(home).con.close()
    except ImsctError as error:
        return error.exit_code
    return 0
