"""The doctor: one line each, an exit code that means something, and nothing made or changed."""

import json
import os
from pathlib import Path

import dagster as dg
import pytest

from orchestration import doctor
from orchestration.home import make_ready
from tests.support.command import imsct
from tests.support.deliveries import a_delivery
from tests.support.folders import fingerprint
from tests.warehouse.test_snapshots import published
from warehouse.failures import record_failure
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger
from warehouse.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home as `imsct init` makes it."""
    made = Home(tmp_path / "home")
    make_ready(made)
    return made


def statuses(home: Home) -> dict[str, tuple[str, str]]:
    """Status and text by what was looked at."""
    ran = imsct("doctor", "--home", home.path, "--json")
    assert ran.err == ""
    findings = json.loads(ran.out)["findings"]
    assert all(set(f) == {"about", "status", "found", "remedy"} for f in findings)
    return {f["about"]: (f["status"], f["found"]) for f in findings}


def test_a_fresh_home_is_well_and_stays_as_it_is(home: Home) -> None:
    before = fingerprint(home.path)
    ran = imsct("doctor", "--home", home.path)
    assert ran.exit == 0, ran.out
    assert ran.out.endswith("0 problems, 0 warnings\n")
    found = statuses(home)
    for about in ("home", "settings", "telemetry", "ledger", "python", "duckdb", "packages"):
        assert found[about][0] == "ok", found[about]
    assert found["database"][0] == found["snapshot"][0] == found["runs"][0] == "note"
    assert fingerprint(home.path) == before


def test_without_a_home_the_machine_is_looked_at_and_none_is_made(tmp_path: Path) -> None:
    nowhere = tmp_path / "deep" / "nowhere"
    ran = imsct("doctor", "--home", nowhere)
    assert ran.exit == 0
    assert "'imsct init' makes one" in ran.out
    assert not (tmp_path / "deep").exists()


def test_settings_that_let_two_write_are_a_problem(home: Home) -> None:
    settings = home.dagster / "dagster.yaml"
    text = settings.read_text()
    for changed in (
        text.replace("default_limit: 1", "default_limit: 2"),
        text.replace("max_concurrent_runs: 1", "max_concurrent_runs: 4"),
        "telemetry:\n  enabled: false\n",
        "[",
    ):
        settings.write_text(changed)
        assert imsct("doctor", "--home", home.path).exit == 3
        assert statuses(home)["settings"][0] == "problem", changed
    settings.write_text(text.replace("telemetry:\n  enabled: false", ""))
    assert statuses(home)["telemetry"][0] == "problem"


def test_a_limit_set_by_hand_is_seen(home: Home) -> None:
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        instance.event_log_storage.set_concurrency_slots("duckdb_writer", 3)
    assert statuses(home)["pool"] == (
        "problem",
        "duckdb_writer was set to 3 by hand; the database takes one writer",
    )


def test_a_database_of_another_program_is_told_with_what_to_do(home: Home) -> None:
    with Store.open(home.database) as store:
        store.con.execute("update received.layout set layout = 'x'")
    before = home.database.read_bytes()
    status, found = statuses(home)["database"]
    assert status == "problem"
    assert "'imsct materialize --rebuild' builds it again" in found
    assert home.database.read_bytes() == before


def test_damage_is_exit_4(home: Home) -> None:
    home.database.write_bytes(os.urandom(20_000))
    assert imsct("doctor", "--home", home.path).exit == 4
    assert statuses(home)["database"][0] == "problem"
    home.database.unlink()
    ledger = Ledger.open(home.ledger)
    receive(a_delivery(home.landing), home, ledger)
    ledger.path.write_text(ledger.path.read_text().replace("NORTH", "SOUTH"))
    assert imsct("doctor", "--home", home.path).exit == 4
    assert "E_LEDGER" in statuses(home)["ledger"][1]


def test_a_manifest_that_the_ledger_does_not_know_is_exit_4(home: Home) -> None:
    made = published(home, Ledger.open(home.ledger))
    assert statuses(home)["snapshot"] == ("ok", f"{made.id}, as published")
    made.manifest_path.chmod(0o644)
    other = made.to_json().replace(made.created.encode(), b"2020-01-01T00:00:00Z")
    made.manifest_path.write_bytes(other)
    assert imsct("doctor", "--home", home.path).exit == 4
    assert "edited after publication" in statuses(home)["snapshot"][1]


def test_a_ledger_whose_end_was_cut_and_a_lost_pointer_are_told(home: Home) -> None:
    ledger = Ledger.open(home.ledger)
    for run in ("one", "two"):
        record_failure(ledger, run=run, steps=(), error="killed")
    published(home, ledger)
    (home.published / "CURRENT").unlink()
    shown = imsct("snapshot", "show", "--home", home.path)
    assert shown.exit == 4
    assert "E_CURRENT" in shown.err
    ledger.path.write_bytes(ledger.path.read_bytes().splitlines(keepends=True)[0])
    assert imsct("doctor", "--home", home.path).exit == 4
    assert "its end was cut off" in statuses(home)["ledger"][1]


def test_an_open_home_and_leftovers_are_named(home: Home) -> None:
    home.path.chmod(0o755)
    (home.landing / "NORTH" / ".incoming-1").mkdir(parents=True)
    found = statuses(home)
    assert found["home"][0] == "warning"
    assert "landing/NORTH/.incoming-1" in found["leftovers"][1]


def test_a_full_disk_is_a_problem_and_a_small_one_a_warning() -> None:
    full = doctor._room(3 << 20)
    assert (full.status, full.exit_code) == ("problem", 3)
    assert full.found == "the disk is full: 3 MiB free"
    assert (doctor._room(1 << 30).status, doctor._room(1 << 40).status) == ("warning", "ok")


def test_what_cannot_be_looked_at_is_a_finding_and_the_rest_goes_on(home: Home) -> None:
    (home.dagster / "history").write_text("")
    (home.dagster / "history").rename(home.dagster / "x")
    (home.dagster / "history" / "runs.db").mkdir(parents=True)
    found = statuses(home)
    assert found["runs"][0] == "problem"
    assert found["leftovers"][0] == "ok"


def test_packages_are_compared_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    assert doctor._packages(lock).status == "note"
    lock.write_text(
        "Click==0.1 \\\n    --hash=sha256:0\npolars[pyarrow]==0.2 ; python_version > '3'\n"
    )
    finding = doctor._packages(lock)
    assert finding.status == "warning"
    assert "click" in finding.found
    assert "instead of 0.2" in finding.found
