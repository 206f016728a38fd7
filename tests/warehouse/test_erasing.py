"""A delivery erased: its bytes and the snapshots that rest on it are gone, and stay gone (D10)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.restoring import restore_snapshot
from assets.snapshot import publish_snapshot
from schemas.errors import UsageError
from tests.support.folders import set_cells
from tests.support.registry import Registry
from tests.warehouse.test_as_of import fill_layers
from warehouse.erasing import Erased, erase
from warehouse.exporting import export
from warehouse.features import sets_with
from warehouse.files import keep_bytes
from warehouse.publications import kept_events
from warehouse.reconciling import record_merge
from warehouse.store import Store
from warehouse.trace import trace_case
from warehouse.verification import verify

#: An age that one delivery alone says.
MARK = "61.2479"


def marked(folder: Path) -> None:
    """The case that is to be erased."""
    set_cells(folder, "cases", age_years=MARK)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A delivery with the mark is published and exported, the next one is in full without it."""
    (tmp_path / "home").mkdir()
    with Store.open(tmp_path / "home" / "warehouse.duckdb") as store:
        made = Registry(tmp_path, store)
        fill_layers(store)
        made.deliver("d1", marked)
        published(made)
        snapshot = next(iter(kept_events(made.ledger)))
        export(made.home, made.ledger, snapshot, tmp_path / "out", by="a guest")
        made.deliver("d2", lambda _: None)
        yield made


def published(registry: Registry) -> str:
    """Publish what the store holds."""
    record_merge(registry.store, registry.ledger)
    return publish_snapshot(registry.line).id


def with_mark(registry: Registry) -> list[str]:
    """Files of the home that hold the mark as delivered; the database is looked into by itself."""
    home = registry.home
    files = [
        p for p in home.path.rglob("*") if p.is_file() and not p.name.startswith(home.database.name)
    ]
    return [str(p.relative_to(home.path)) for p in files if MARK.encode() in p.read_bytes()]


def test_an_erased_delivery_is_gone_and_stays_gone(registry: Registry, tmp_path: Path) -> None:
    home, ledger = registry.home, registry.ledger

    def erased() -> Erased:
        return erase(home, ledger, "SITE_A/d1", reason="the patient asks")

    with pytest.raises(UsageError, match="imsct delivery withdraw SITE_A/d1"):
        erased()
    registry.withdraw("SITE_A/d1")
    with pytest.raises(UsageError, match="Run 'imsct materialize' first"):
        erased()
    landed, received = sorted(with_mark(registry))  # nothing went as yet
    data = (home.path / received).read_bytes()

    old = set(kept_events(ledger)) - {published(registry)}
    first = erased()
    assert with_mark(registry) == []
    assert set(first.snapshots) == old
    assert {path.name.partition(".")[0] for path in home.published.iterdir()} & old == set()
    assert "by a guest" in first.message
    assert verify(home, ledger) == []
    assert sets_with(home, ledger, ["S1"], site="SITE_A") == []

    keep_bytes(data, home.received)  # as if it had been cut off
    events = len(ledger.events())
    again = erased()
    assert (again.files, again.seq, again.snapshots) == (1, first.seq, first.snapshots)
    assert len(ledger.events()) == events

    for snapshot in old:
        with pytest.raises(UsageError, match=r"held SITE_A/d1, which was erased"):
            restore_snapshot(home, ledger, snapshot, say=lambda _: None)
    (home.path / landed).parent.mkdir()  # sent once more
    for path in (tmp_path / "SITE_A-d1").iterdir():
        shutil.copy(path, (home.path / landed).parent)
    registry.run()
    assert [name for name in with_mark(registry) if name.startswith("received")] == []
    assert registry.store.rows(
        "select count(*) from history.cases where age_years > 61 union all"
        " select count(*) from quarantine.refused where content like '%61.2%'"
    ) == [(0,), (0,)]
    assert {**registry.kept(), "": []} == {**registry.rebuilt(), "": []}


def test_trace_calls_a_snapshot_that_held_an_erased_delivery_gone_for_good(
    registry: Registry,
) -> None:
    home, ledger = registry.home, registry.ledger
    held = published(registry)  # d2, and d1 counted too
    registry.withdraw("SITE_A/d1")
    published(registry)
    erase(home, ledger, "SITE_A/d1", reason="the patient asks")
    ((case,), *_) = registry.store.rows("select case_id from core.cases order by case_id")
    found = trace_case(registry.store, home, ledger, str(case)).snapshots
    assert (held, "erased") in {(s.id, s.gone) for s in found}
