"""A snapshot of which nothing is left, built again from the deliveries of its time."""

from pathlib import Path

import pytest

from assets.analysis import analysis_cases, analysis_columns
from assets.reference import cord_norms, published_counts
from assets.restoring import restore_snapshot
from assets.snapshot import publish_snapshot
from schemas.errors import IntegrityError
from tests.support.folders import set_cells
from tests.support.registry import Registry
from warehouse.landing import received_deliveries
from warehouse.reconciling import record_merge
from warehouse.snapshots import Snapshot, package_path
from warehouse.store import Store
from warehouse.verification import verify


def remove(snapshot: Snapshot) -> None:
    for path in package_path(snapshot.path).iterdir():
        path.unlink()
    package_path(snapshot.path).rmdir()
    snapshot.path.unlink()
    snapshot.manifest_path.unlink()


def publish(registry: Registry) -> Snapshot:
    record_merge(registry.store, registry.ledger)
    for asset in (published_counts, cord_norms, analysis_cases, analysis_columns):
        asset(line=registry.line)
    return publish_snapshot(registry.line)


def test_an_older_snapshot_is_built_again_from_received_and_ledger(tmp_path: Path) -> None:
    with Store.open(None) as store:
        registry = Registry(tmp_path, store)
        registry.deliver("d1", lambda folder: set_cells(folder, "cases", age_years="40"))
        first = publish(registry)
        registry.deliver("d2", lambda folder: set_cells(folder, "cases", age_years="41"))
        second = publish(registry)
        registry.withdraw("SITE_A/d1")
    home, ledger = registry.home, registry.ledger
    assert first.content != second.content
    said: list[str] = []
    for snapshot in (first, second):
        remove(snapshot)
        now, parts = restore_snapshot(home, ledger, snapshot.id, say=said.append)
        assert now.content == snapshot.content
        assert parts == ("file", "manifest", "package")
    assert verify(home, ledger) == []
    assert any("built again from received/ and the ledger" in text for text in said)
    remove(first)
    kept = home.received / received_deliveries(ledger)[0].files[0].sha256
    kept.chmod(0o644)
    kept.write_bytes(b"x" + kept.read_bytes()[1:])
    with pytest.raises(IntegrityError, match=r"received/.*E_SHA256"):
        restore_snapshot(home, ledger, first.id, say=said.append)
