"""The whole line, as a user runs it; what is read is the store."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from analyses.simulation import plant_faults, simulate_registry
from schemas.tables import BY_NAME
from warehouse.ledger import Ledger

pytestmark = pytest.mark.xdist_group("line")
CASES, SITES, SEED = 90, 4, 3


def imsct(
    *arguments: str, seed: str = "0", timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "GX_ANALYTICS_ENABLED": "false"}
    command = [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=timeout
    )


def run_demo(home: Path, *, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """The demo, small."""
    sizes = ("--cases", str(CASES), "--sites", str(SITES), "--seed", str(SEED))
    return imsct("demo", "--home", str(home), *sizes, seed=seed)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A home made by the demo, and what the demo said."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = run_demo(home)
    assert done.returncode == 0, done.stderr
    return home, done


@pytest.fixture
def home(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """The demo's home; tests leave it as they found it."""
    return demo[0]


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    """A copy of the home, to be spoilt."""
    return Path(shutil.copytree(home, tmp_path / "home"))


def contents(home: Path) -> dict[str, str]:
    """Hash of every file of a home but the database, Dagster's own and locks."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
        and path.name != ".lock"
        and path.parts[len(home.parts)] not in ("dagster", "warehouse.duckdb")
    }


def told_since(home: Path, before: dict[str, str], events: int) -> list[str]:
    """Kinds of the ledger's events after so many; everything else must be as it was."""
    ledger = "ledger/ledger.jsonl"
    assert {**contents(home), ledger: ""} == {**before, ledger: ""}
    return kinds(home)[events:]


def kinds(home: Path) -> list[str]:
    """Kinds of the ledger's events; the ledger verifies its own chain."""
    return [event.kind for event in Ledger.open(home / "ledger").events()]


def current(home: Path) -> str:
    """Id of the published snapshot."""
    return (home / "published" / "CURRENT").read_text().strip()


def test_the_demo_says_where_everything_is_and_that_no_record_was_lost(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    home, done = demo
    places = re.findall(r"^(?:reports?|snapshot|database)\s+(\S+)$", done.stdout, re.MULTILINE)
    assert len(places) == 9  # the index, six reports, snapshot, database
    assert all(Path(place).is_file() for place in places)
    both = re.findall(r"^(cohorts|claims)\s+(\S+){(\S+)}(\S+)$", done.stdout, re.MULTILINE)
    assert [(kind, named) for kind, _, named, _ in both] == [
        ("cohorts", "published,simulated"),
        ("claims", "published,simulated"),
    ]
    assert all(Path(a + n + b).is_file() for _, a, said, b in both for n in said.split(","))
    totals = re.search(r"^all\s+(\d+)\s+(\d+)\s+(\d+)$", done.stdout, re.MULTILINE)
    assert totals is not None
    received, accepted, quarantined = map(int, totals.groups())
    assert received == accepted + quarantined
    assert quarantined > 0
    assert "core/cases" in done.stderr
    assert "core/cases" not in done.stdout
    assert oct(home.stat().st_mode & 0o777) == "0o700"


def test_every_layer_holds_rows_and_every_account_is_closed(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        for table in BY_NAME:
            rows = con.execute(f'select count(*) from core."{table}"').fetchone()
            assert rows is not None
            assert rows[0] > 0 or table == "feature_sets", table
        for table in (
            "received.files",
            "quarantine.problems",
            "reference.cord_norms",
            "reference.published_counts",
            "analysis.cases",
            "analysis.columns",
        ):
            assert con.execute(f"select count(*) from {table}").fetchone() != (0,), table
        open_accounts = con.execute(
            "select count(*) from received.deliveries"
            " where accepted + quarantined is distinct from received"
        ).fetchone()
        assert open_accounts == (0,)
        published = con.execute(
            "select provenance, count(*) from core.cases group by 1 order by 1"
        ).fetchall()
    assert published[0] == ("published", 307)
    assert {row[0] for row in published} == {"published", "simulated"}


def test_each_cohort_has_a_report_of_its_own_that_counts_what_core_holds(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    home, done = demo
    snapshot = current(home)
    index = (home / "reports" / "index.html").read_text()
    told = re.findall(r"^(?:cohorts|claims) +(\S+)$", done.stdout, re.MULTILINE)
    assert 1 <= len(told) <= 2
    assert f"cohort-{{published,simulated}}-{snapshot}/report.html" in told[0]
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        counted = dict(
            con.execute(
                "select provenance, count(*) from core.cases"
                " where consent_scope = 'research_registry' group by 1"
            ).fetchall()
        )
        accounts = dict(
            con.execute(
                "select provenance, sum(quarantined)::bigint from received.deliveries group by 1"
            ).fetchall()
        )
    assert set(counted) == {"published", "simulated"}
    for provenance, n in counted.items():
        folder = f"cohort-{provenance}-{snapshot}"
        document = json.loads((home / "results" / folder / "cohort.json").read_bytes())
        assert document["schema"] == "imsct.cohort/1"
        assert document["cohort"]["provenance"] == provenance
        assert document["cohort"]["cases"] == n
        assert document["account"]["quarantined"] == accounts[provenance]
        assert f'href="{folder}/report.html"' in index
        page = (home / "reports" / folder / "report.html").read_text()
        assert f'<body class="{provenance}">' in page
    assert not list((home / "results").glob("cohort-registry-*"))


def test_no_layer_has_a_calendar_date(home: Path) -> None:
    files = [home / "warehouse.duckdb", home / "published" / f"{current(home)}.duckdb"]
    for path in files:
        with duckdb.connect(str(path), read_only=True) as con:
            dated = con.execute(
                "select table_schema, table_name, column_name from information_schema.columns"
                " where data_type like 'DATE%' or data_type like 'TIME%'"
            ).fetchall()
        assert dated == []


def test_every_planted_fault_is_in_quarantine_and_nothing_else_but_held_back_rows(
    home: Path,
) -> None:
    registry = simulate_registry(cases=CASES, sites=SITES, seed=SEED)
    _, planted = plant_faults(registry, seed=SEED)
    listed = imsct("quarantine", "--home", str(home), "--json")
    problems = json.loads(listed.stdout)["problems"]
    errors = [p for p in problems if p["severity"] == "error" and p["rule"] != "E_PARENT"]
    found = {(p["site"], p["table"], p["column"], p["rule"]) for p in errors}
    assert found == {(f.site, f.table, f.column, f.rule) for f in planted}
    assert sum(fault.rows for fault in planted) == len(errors)
    assert all(p["line"] >= 2 and p["file"] and p["suggestion"] for p in errors)


def test_a_second_demo_changes_nothing_and_says_so(copy: Path) -> None:
    before = contents(copy)
    done = run_demo(copy)
    assert done.returncode == 0, done.stderr
    assert "Nothing has changed" in done.stdout
    assert contents(copy) == before


def test_a_database_of_another_version_is_left_alone_and_built_again_on_demand(copy: Path) -> None:
    before, snapshot, database = contents(copy), current(copy), copy / "warehouse.duckdb"
    told = len(kinds(copy))
    with duckdb.connect(str(database)) as con:
        con.execute("update received.layout set schema_version = '1'")
    bytes_then = database.read_bytes()
    done = imsct("materialize", "--home", str(copy))
    assert done.returncode == 4
    assert "materialize --rebuild" in done.stderr
    assert database.read_bytes() == bytes_then
    done = imsct("materialize", "--rebuild", "--home", str(copy))
    assert done.returncode == 0, done.stderr
    assert current(copy) == snapshot
    assert told_since(copy, before, told) == ["run_failed", "rebuilding", "merged"]


def test_a_lost_database_is_built_again_with_the_same_snapshot(copy: Path) -> None:
    before, snapshot = contents(copy), current(copy)
    told = len(kinds(copy))
    (copy / "warehouse.duckdb").unlink()
    done = imsct("materialize", "--home", str(copy))
    assert done.returncode == 0, done.stderr
    assert current(copy) == snapshot
    assert told_since(copy, before, told) == ["rebuilding", "merged"]


def test_the_same_demo_elsewhere_gives_the_same_bytes(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    done = run_demo(other, seed="7")
    assert done.returncode == 0, done.stderr
    assert current(other) == current(home)
    for folder in ("results", "reports"):
        ours, theirs = (
            {p.relative_to(h): p.read_bytes() for p in (h / folder).rglob("*") if p.is_file()}
            for h in (home, other)
        )
        assert len(ours) >= 6
        assert [name for name in ours if ours[name] != theirs[name]] == []


def test_no_analysis_mixes_simulated_rows_with_real_ones(home: Path) -> None:
    results = sorted((home / "results").glob("*/results.json"))
    assert len(results) == 6
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        found = con.execute("select provenance, count(*) from core.cases group by 1").fetchall()
        counts = dict(found)
    for path in results:
        content = json.loads(path.read_text())
        cohort = content["cohort"]["provenance"]
        assert content["data"]["rows"] == counts[cohort]
        assert content["provenance"]["snapshot"] == current(home)
        assert content["plan"]["population"]["provenance"] == cohort
        page = (home / "reports" / path.parent.name / "report.html").read_text()
        assert ("Simulated data" in page) == (cohort == "simulated")
        ids = {"C-", "SIM_"}
        assert not any(re.search(rf"\b{mark}[A-Z0-9]{{2,}}-[CP]\d", page) for mark in ids)


def test_each_cohort_has_a_claim_ledger_that_says_no_more_than_it_may(home: Path) -> None:
    allowed = {
        "simulated": {"reproduced", "not_reproduced"},
        "published": {"inconclusive", "insufficient_data"},
    }
    for cohort, words in allowed.items():
        folder = f"claims-{cohort}-{current(home)}"
        made = json.loads((home / "results" / folder / "claims.json").read_text())
        assert {claim["verdict"] for claim in made["claims"]} <= words
        assert made["cohort"]["provenance"] == cohort
        assert made["provenance"]["snapshot"] == current(home)
        assert [claim["id"] for claim in made["claims"]] == [f"C{n:02}" for n in range(1, 25)]
        page = (home / "reports" / folder / "report.html").read_text()
        assert ("these patients do not exist" in page) == (cohort == "simulated")
        assert "first snapshot with a ledger" in page
    assert not list((home / "results").glob("claims-registry-*"))


def test_functional_decline_of_published_cases_is_only_described(home: Path) -> None:
    """Authors' words are no scale: nobody is eligible, everybody is counted with a reason."""
    path = next((home / "results").glob("functional_decline-published-*/results.json"))
    content = json.loads(path.read_text())
    assert content["verdict"]["level"] == "describe_only"
    assert content["models"] == []
    reasons = {row["reason"]: row["n"] for row in content["data"]["excluded"]}
    assert sum(reasons.values()) == content["data"]["rows"] == 307
    assert max(reasons, key=lambda reason: reasons[reason]).startswith("no McCormick grade")


def test_verify_passes_and_finds_a_flipped_bit(home: Path, copy: Path) -> None:
    clean = imsct("snapshot", "verify", "--home", str(home))
    assert clean.returncode == 0, clean.stdout + clean.stderr
    path = copy / "published" / f"{current(copy)}.duckdb"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    spoilt = imsct("snapshot", "verify", "--home", str(copy))
    assert spoilt.returncode == 4
    assert "sha256" in spoilt.stdout


def test_snapshots_are_listed_as_documented(home: Path) -> None:
    listed = json.loads(imsct("snapshot", "list", "--json", "--home", str(home)).stdout)
    (only,) = listed["snapshots"]
    assert set(only) == {"id", "sha256", "created", "rows", "current"}
    assert only["id"] == current(home)
    assert only["current"] is True
    shown = json.loads(imsct("snapshot", "show", "--json", "--home", str(home)).stdout)
    assert sum(shown["rows"].values()) == only["rows"]


def test_a_home_that_is_none_is_told_apart_from_an_error(tmp_path: Path) -> None:
    for command in (
        ("materialize",),
        ("quarantine",),
        ("snapshot", "show"),
        ("snapshot", "verify"),
    ):
        done = imsct(*command, "--home", str(tmp_path / "nowhere"))
        assert done.returncode == 2, (command, done.stderr)
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "nowhere").exists()


def test_a_run_that_was_killed_in_the_middle_does_not_stop_the_next_one(copy: Path) -> None:
    before, told = contents(copy), len(kinds(copy))
    (copy / "warehouse.duckdb").unlink()
    command = [sys.executable, "-c", "from orchestration.cli import main; main()"]
    with subprocess.Popen(
        [*command, "materialize", "--home", str(copy)], stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        for said in run.stderr:
            if said.startswith("core/patients"):
                break
        run.kill()
    again = imsct("materialize", "--home", str(copy), timeout=240)
    assert again.returncode == 0, again.stderr
    assert set(told_since(copy, before, told)) == {"rebuilding", "run_failed", "merged"}


def test_a_second_writer_is_told_who_has_the_store(copy: Path) -> None:
    with duckdb.connect(str(copy / "warehouse.duckdb")):
        for command in ("materialize", "quarantine"):
            done = imsct(command, "--home", str(copy))
            assert done.returncode == 3, done.stderr
            assert "written by another process" in done.stderr
        rebuilt = imsct("materialize", "--rebuild", "--home", str(copy))
        assert rebuilt.returncode == 3
    assert (copy / "warehouse.duckdb").exists()


def test_a_damaged_database_is_an_integrity_error_and_can_be_rebuilt(copy: Path) -> None:
    (copy / "warehouse.duckdb").write_bytes(os.urandom(20_000))
    done = imsct("materialize", "--home", str(copy))
    assert done.returncode == 4
    assert "--rebuild" in done.stderr


def test_an_unreadable_selection_is_a_usage_error(home: Path) -> None:
    done = imsct("materialize", "--home", str(home), "--select", "nothing/like/this")
    assert done.returncode == 2
    assert "--select" in done.stderr
