"""The store against its ledger: one that lost something is never opened in silence.

The deliveries go the real way; "a copy" is what a backup, or a deleted write-ahead log, leaves.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import IntegrityError
from tests.support.folders import set_cells
from tests.support.registry import Registry
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.reconciling import (
    MERGED,
    announce_rebuild,
    contents,
    demand_contents,
    open_reconciled,
    reconcile,
    record_merge,
)
from warehouse.store import Store


def aged(age: str) -> Callable[[Path], None]:
    return lambda folder: set_cells(folder, "cases", age_years=age)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two deliveries taken in, and beside it the database as it was after the first."""
    path = tmp_path_factory.mktemp("merged")
    with Store.open(path / "warehouse.duckdb") as store:
        registry = Registry(path, store)
        registry.deliver("d1", aged("40"))
        assert record_merge(store, registry.ledger) is not None
        store.con.execute("checkpoint")
        shutil.copy(path / "warehouse.duckdb", path / "after-d1.duckdb")
        registry.deliver("d2", aged("41"))
        # the log holds what came since: a copy without it is a database whose log was deleted
        shutil.copy(path / "warehouse.duckdb", path / "without-log.duckdb")
        assert record_merge(store, registry.ledger) is not None
    shutil.move(path / "warehouse.duckdb", path / "home" / "warehouse.duckdb")
    return path


@pytest.fixture
def home(merged: Path, tmp_path: Path) -> Home:
    """A copy of that home."""
    shutil.copytree(merged / "home", tmp_path / "home")
    return Home(tmp_path / "home")


def opened(home: Home) -> None:
    with open_reconciled(home) as store:
        demand_contents(store, Ledger.open(home.ledger))


def edited(home: Home, *statements: str) -> None:
    with Store.open(home.database) as store:
        for statement in statements:
            store.con.execute(statement)


def test_a_store_that_agrees_is_opened_and_nothing_is_recorded_twice(home: Home) -> None:
    before = home.ledger.joinpath("ledger.jsonl").read_bytes()
    with open_reconciled(home) as store:
        assert record_merge(store, Ledger.open(home.ledger)) is None
    opened(home)
    assert home.ledger.joinpath("ledger.jsonl").read_bytes() == before


def test_the_event_holds_accounts_and_contents_and_no_cell(home: Home) -> None:
    first, second = Ledger.open(home.ledger).events(MERGED)
    assert first.payload["deliveries"] == {"1": ["received", 15, 15, 0]}
    assert list(second.payload["deliveries"]) == ["3"]  # the merge of the first is seq 2
    said = second.payload["tables"]
    assert said["history.cases"]["rows"] == 3
    assert said["history.cases"] != first.payload["tables"]["history.cases"]
    assert said["history.patients"] == first.payload["tables"]["history.patients"]
    assert len(second.line()) < 4000


@pytest.mark.parametrize("copy", ["after-d1", "without-log"])
def test_an_older_database_is_refused(home: Home, merged: Path, copy: str) -> None:
    shutil.copy(merged / f"{copy}.duckdb", home.database)
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*older.*materialize --rebuild"):
        opened(home)


def test_an_empty_database_in_its_place_is_refused(home: Home) -> None:
    home.database.unlink()
    Store.open(home.database).con.close()
    with pytest.raises(IntegrityError, match="E_LEDGER"):
        opened(home)


def test_a_log_without_its_database_is_refused(home: Home) -> None:
    home.database.rename(home.database.with_name("warehouse.duckdb.wal"))
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*materialize --rebuild"):
        opened(home)


def test_a_database_of_another_home_is_refused(home: Home, tmp_path: Path) -> None:
    with Store.open(tmp_path / "other.duckdb") as store:
        other = Registry(tmp_path / "other", store)
        other.deliver("d1", aged("77"))
        other.deliver("d2", aged("78"))
        record_merge(store, other.ledger)
    shutil.copy(tmp_path / "other.duckdb", home.database)
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*another home"):
        opened(home)


def test_a_ledger_older_than_its_database_is_refused(home: Home) -> None:
    path = home.ledger / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*seq 4.*Restore ledger"):
        opened(home)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from history.cases where valid_to is null",
        "insert into quarantine.refused (delivery) values (3)",
        "delete from received.deliveries where delivery = 1",
    ],
)
def test_a_row_more_or_less_is_found_at_opening(home: Home, statement: str) -> None:
    edited(home, statement)
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*rows, not"):
        opened(home)


@pytest.mark.parametrize(
    "statement",
    [
        "update history.cases set age_years = 42 where valid_to is null",
        "update history.patients set sex = null where valid_to is null",
        "update received.deliveries set accepted = 14, quarantined = 1 where delivery = 1",
    ],
)
def test_another_value_is_found_by_the_full_comparison(home: Home, statement: str) -> None:
    edited(home, statement)
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*differ"):
        opened(home)


def test_a_crash_before_the_ledger_was_told_goes_on(home: Home) -> None:
    path = home.ledger / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    note = Ledger.open(home.ledger).events(MERGED)[0]
    edited(
        home,
        f"update received.accounted set seq = {note.seq}, hash = '{note.hash}', is_open = true",
    )
    with open_reconciled(home) as store:
        again = record_merge(store, Ledger.open(home.ledger))
    assert again is not None
    assert list(again.payload["deliveries"]) == ["3"]
    opened(home)


def test_a_crash_before_the_store_noted_it_goes_on(home: Home) -> None:
    edited(home, "update received.accounted set seq = 2, hash = null, is_open = true")
    first = Ledger.open(home.ledger).events(MERGED)[0]
    edited(home, f"update received.accounted set hash = '{first.hash}'")
    opened(home)
    with Store.open(home.database) as store:
        assert store.rows("select seq, is_open from received.accounted") == [(4, False)]


def test_a_missing_database_is_built_again_even_after_a_second_crash(
    home: Home, tmp_path: Path
) -> None:
    home.database.unlink()
    with Store.open(home.database) as store:
        assert reconcile(store, Ledger.open(home.ledger))
    shutil.rmtree(home.landing)
    with open_reconciled(home) as store:  # the first attempt was cut off
        registry = Registry(tmp_path, store)
        registry.run()
        event = record_merge(store, registry.ledger)
    assert event is not None
    assert event.payload["tables"] == registry.ledger.events(MERGED)[1].payload["tables"]
    assert event.payload["deliveries"] == {}
    opened(home)


def test_the_hash_does_not_depend_on_the_order_of_rows(home: Home) -> None:
    with Store.open(home.database) as store:
        before = contents(store)
        store.con.execute(
            "create temp table turned as from history.cases order by _row desc, recorded_at desc;"
            " delete from history.cases; insert into history.cases from turned"
        )
        assert contents(store) == before


def test_a_lost_ledger_is_no_new_home(tmp_path: Path) -> None:
    """Built again without it, a home would lose every delivery that no longer lies in landing/."""
    home = Home(tmp_path / "home")
    home.create()
    file = home.ledger / "ledger.jsonl"
    (home.received / ("a" * 64)).write_bytes(b"kept before its event: a first delivery was killed")
    home.create()
    file.unlink()
    with pytest.raises(IntegrityError, match=r"missing.*Restore ledger/ from a backup"):
        home.create()
    file.touch()
    (home.published / "CURRENT").write_text("0" * 16)
    with pytest.raises(IntegrityError, match="empty"):
        home.create()
    assert file.stat().st_size == 0, "nothing begins a new chain"


def test_a_run_killed_when_the_empty_file_was_made_is_gone_on_with(home: Home) -> None:
    ledger = Ledger.open(home.ledger)
    home.database.unlink()
    announce_rebuild(home, ledger)
    announce_rebuild(home, ledger)  # once is enough
    assert [event.kind for event in ledger.events()][-2:] == [MERGED, "rebuilding"]
    Store.open(home.database).close()  # killed here
    with Store.open(home.database) as store:
        assert not store.is_new
        reconcile(store, Ledger.open(home.ledger))  # and not: older than its ledger


def test_no_rebuild_is_announced_of_a_database_that_is_there(home: Home) -> None:
    ledger = Ledger.open(home.ledger)
    announce_rebuild(home, ledger)
    assert ledger.events("rebuilding") == ()
