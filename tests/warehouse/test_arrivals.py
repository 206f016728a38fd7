"""What calls for a run: the landing zone and the ledger against the last publication."""

from pathlib import Path

from tests.support.deliveries import CASES, a_delivery, edit_manifest
from warehouse.arrivals import arrivals, sweep_incoming
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger


def test_an_empty_landing_zone_calls_for_nothing(home: Home, ledger: Ledger) -> None:
    found = arrivals(home, ledger)
    assert (found.names, found.unsound) == ([], ())


def test_a_delivery_calls_for_a_run_until_it_is_published(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    landed = arrivals(home, ledger)
    assert landed.names == ["NORTH/d1"]
    receive(folder, home, ledger)
    received = arrivals(home, ledger)
    assert received.waiting == ()
    assert received.digest == landed.digest, "a run that fails after it is the same call"
    ledger.append("published", snapshot="0" * 16)
    assert arrivals(home, ledger).names == []


def test_a_refused_delivery_calls_once(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing, mode="correction", supersedes="d0")
    receive(folder, home, ledger)
    assert arrivals(home, ledger).names == ["NORTH/d1"], "its refusal is to be published"
    ledger.append("published", snapshot="0" * 16)
    assert arrivals(home, ledger).names == []


def test_the_same_content_again_calls_until_the_ledger_knows_it(home: Home, ledger: Ledger) -> None:
    receive(a_delivery(home.landing), home, ledger)
    ledger.append("published", snapshot="0" * 16)
    again = a_delivery(home.landing, delivery="d2", created="2026-02-02T00:00:00Z")
    assert arrivals(home, ledger).names == ["NORTH/d2"]
    receive(again, home, ledger)
    assert arrivals(home, ledger).names == []
    edit_manifest(again, created="2026-03-03T00:00:00Z")
    assert arrivals(home, ledger).names == [], "another manifest of the same content is no news"


def test_other_deliveries_are_another_call(home: Home, ledger: Ledger) -> None:
    a_delivery(home.landing)
    first = arrivals(home, ledger).digest
    a_delivery(home.landing, delivery="d2", files={"cases.csv": CASES})
    assert arrivals(home, ledger).digest != first


def test_what_is_half_written_or_spoilt_calls_for_nothing(
    home: Home, ledger: Ledger, tmp_path: Path
) -> None:
    folder = a_delivery(home.landing)
    whole = (folder / "cases.csv").read_bytes()
    (folder / "cases.csv").write_bytes(whole[:-1])
    (home.landing / "NORTH" / ".incoming-1").mkdir()
    (home.landing / "NORTH" / ".incoming-1" / "manifest.json").write_text("{}")
    (home.landing / "NORTH" / "bare").mkdir()
    (home.landing / "NORTH" / "linked").symlink_to(a_delivery(tmp_path / "elsewhere"))
    found = arrivals(home, ledger)
    assert found.names == []
    assert [(name, problem.rule) for name, problem in found.unsound] == [
        ("NORTH/d1", "E_SIZE"),
        ("NORTH/linked", "E_PATH"),
    ]
    (folder / "cases.csv").write_bytes(whole)
    assert arrivals(home, ledger).names == ["NORTH/d1"], "copying by hand has come to its end"


def test_only_what_nobody_touched_for_a_day_is_swept(home: Home, tmp_path: Path) -> None:
    old = home.landing / "NORTH" / ".incoming-1"
    old.mkdir(parents=True)
    (old / "cases.csv").write_bytes(CASES)
    folder = a_delivery(home.landing)
    (home.landing / "NORTH" / ".incoming-2").symlink_to(a_delivery(tmp_path / "elsewhere"))
    touched = (old / "cases.csv").stat().st_mtime
    assert sweep_incoming(home.landing, now=touched + 86_000) == []
    assert sweep_incoming(home.landing, now=touched + 86_500) == ["NORTH/.incoming-1"]
    assert not old.exists()
    assert folder.is_dir()
    assert (tmp_path / "elsewhere" / "NORTH" / "d1" / "manifest.json").is_file()
