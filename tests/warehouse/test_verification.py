"""Verification: everything that changed since it was received or published is found and named."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.listing import problem_lines
from schemas.errors import IntegrityError, StorageError
from tests.support.deliveries import a_delivery
from warehouse.files import sha256_of, size_and_sha256
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger
from warehouse.reconciling import record_merge
from warehouse.snapshots import Snapshot, check_file, current, publish, read_manifest
from warehouse.store import Store
from warehouse.verification import verify

CASES = {("core", "cases"): pl.DataFrame({"case_id": ["c1", "c2"], "age_years": [4.5, None]})}


@pytest.fixture
def snapshot(home: Home, ledger: Ledger) -> Snapshot:
    """A home with one received delivery and one published snapshot."""
    receive(a_delivery(home.landing), home, ledger)
    return publish(CASES, keys={("core", "cases"): ("case_id",)}, home=home, ledger=ledger)


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.chmod(0o644)
    path.write_bytes(change(path.read_bytes()))


def found(home: Home, ledger: Ledger) -> list[tuple[str | None, str]]:
    problems = verify(home, ledger)
    assert all(p.severity == "error" and p.suggestion for p in problems)
    return [(problem.file, problem.rule) for problem in problems]


def test_a_clean_home_has_no_problem(home: Home, ledger: Ledger, snapshot: Snapshot) -> None:
    assert verify(home, ledger) == []
    assert verify(home, ledger, snapshot.id) == []


def test_every_bit_flip_in_a_snapshot_is_found(home: Home, snapshot: Snapshot) -> None:
    whole = snapshot.path.read_bytes()
    snapshot.path.chmod(0o644)
    draw = random.Random(1)
    for place in draw.sample(range(len(whole)), 50):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << draw.randrange(8)
        snapshot.path.write_bytes(spoilt)
        with pytest.raises(IntegrityError, match=r"E_SHA256.*sha256 begins .{6}, its manifest"):
            check_file(snapshot)


def test_a_bit_flip_in_a_snapshot_is_named(home: Home, ledger: Ledger, snapshot: Snapshot) -> None:
    rewritten(snapshot.path, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    assert found(home, ledger) == [(f"published/{snapshot.path.name}", "E_SHA256")]
    [problem] = verify(home, ledger)
    assert "changed after publication and was not read" in problem.message


def test_a_deleted_snapshot_is_named(home: Home, ledger: Ledger, snapshot: Snapshot) -> None:
    snapshot.path.unlink()
    assert found(home, ledger) == [(f"published/{snapshot.path.name}", "E_SHA256")]


def test_a_deleted_manifest_is_named(home: Home, ledger: Ledger, snapshot: Snapshot) -> None:
    snapshot.manifest_path.unlink()
    assert found(home, ledger) == [(f"published/{snapshot.path.name}", "E_MANIFEST")]
    with pytest.raises(IntegrityError, match="it is missing or no manifest"):
        current(home)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.replace(b'"core.cases": 2', b'"core.cases": 3'), id="rows"),
        pytest.param(lambda data: data.replace(b"2026-03-01", b"2025-03-01"), id="created"),
        pytest.param(lambda data: data + b" ", id="blank"),
        pytest.param(lambda data: data[:-9], id="cut"),
        pytest.param(lambda data: b"[]", id="other"),
    ],
)
def test_an_edited_manifest_is_named(
    home: Home, ledger: Ledger, snapshot: Snapshot, change: Callable[[bytes], bytes]
) -> None:
    rewritten(snapshot.manifest_path, change)
    assert "E_MANIFEST" in {rule for _, rule in found(home, ledger)}


def test_a_forged_snapshot_with_a_fitting_manifest_is_found(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    snapshot.path.chmod(0o644)
    with duckdb.connect(str(snapshot.path)) as con:
        con.execute("update core.cases set age_years = 9 where case_id = 'c1'")
    size, digest = size_and_sha256(snapshot.path)
    fields = {**json.loads(snapshot.to_json()), "size": size, "sha256": digest}
    forged = (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode()
    rewritten(snapshot.manifest_path, lambda _: forged)
    check_file(read_manifest(snapshot.path))  # file and manifest agree with each other
    rules = [rule for _, rule in found(home, ledger)]
    assert rules == ["E_MANIFEST", "E_CONTENT"]


@pytest.mark.parametrize("text", [b"", b"0123456789abcdef\n", b"../../etc\n", b"\xff"])
def test_current_names_a_published_snapshot(
    home: Home, ledger: Ledger, snapshot: Snapshot, text: bytes
) -> None:
    (home.published / "CURRENT").write_bytes(text)
    assert found(home, ledger) == [("published/CURRENT", "E_CURRENT")]


def test_current_that_names_an_older_snapshot_is_named(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    pointer = home.published / "CURRENT"
    older = pointer.read_bytes()
    newer = publish({("core", "cases"): CASES["core", "cases"][:1]}, home=home, ledger=ledger)
    pointer.write_bytes(older)
    [problem] = verify(home, ledger)
    assert (problem.rule, problem.severity) == ("E_CURRENT", "warning")  # a crash does that too
    assert problem.message.startswith(f"It names {snapshot.id}, and published last was {newer.id}")
    pointer.write_bytes(f"{newer.id}\n".encode())
    assert verify(home, ledger) == []


def test_materialising_again_brings_a_deleted_snapshot_back(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    snapshot.path.unlink()
    snapshot.manifest_path.unlink()
    again = publish(CASES, home=home, ledger=ledger)
    assert again.id == snapshot.id
    assert again.is_new
    assert verify(home, ledger) == []


def test_a_changed_received_file_is_named(home: Home, ledger: Ledger, snapshot: Snapshot) -> None:
    for path in sorted(home.received.glob("[0-9a-f]*")):
        whole = path.read_bytes()
        rewritten(path, lambda data: bytes([data[0] ^ 4]) + data[1:])
        assert found(home, ledger) == [(f"received/{path.name}", "E_SHA256")]
        path.write_bytes(whole)
    assert verify(home, ledger) == []


def test_a_landed_copy_that_changed_after_it_was_received_is_named(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    for path in sorted((home.landing / "NORTH" / "d1").iterdir()):
        whole = path.read_bytes()
        rewritten(path, lambda data: data[:-3] + bytes([data[-3] ^ 4]) + data[-2:])
        [problem] = verify(home, ledger)
        assert problem.file == f"landing/NORTH/d1/{path.name}"
        assert problem.severity == "error"
        assert "its copy in received/ (ledger seq 1)" in problem.suggestion
        path.write_bytes(whole)
    assert verify(home, ledger) == []


def test_a_landed_delivery_that_waits_is_compared_and_a_refused_one_is_not_told_again(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    folder = a_delivery(home.landing, delivery="d2", site="SOUTH")
    rewritten(folder / "cases.csv", lambda data: data.replace(b"c1", b"c9"))
    [problem] = verify(home, ledger)
    assert (problem.file, problem.rule) == ("landing/SOUTH/d2/cases.csv", "E_SHA256")
    (folder / "cases.csv").unlink()  # as if it were still being copied
    assert [p.severity for p in verify(home, ledger)] == ["warning"]
    receive(folder, home, ledger)
    assert verify(home, ledger) == []


def test_the_same_files_handed_over_again_are_no_fault(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    manifest = home.landing / "NORTH" / "d1" / "manifest.json"
    rewritten(manifest, lambda data: data.replace(b"2026-01-01", b"2026-02-02"))
    assert [(p.rule, p.severity) for p in verify(home, ledger)] == [("E_MANIFEST", "warning")]


def test_many_faults_at_once_have_one_remedy_each_and_say_nothing_twice(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    with Store.open(home.database) as store:
        record_merge(store, ledger)
        store.con.execute("insert into history.tombstones values (1, 'NORTH', 'cases', ['c1'])")
    rewritten(snapshot.path, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    (home.published / "CURRENT").write_bytes(b"x")
    rewritten(next(home.received.glob("[0-9a-f]*")), lambda data: data + b"x")
    problems = verify(home, ledger)
    assert [p.rule for p in problems] == ["E_SHA256", "E_SHA256", "E_CURRENT", "E_LEDGER"]
    said = problem_lines(problems)
    for line in said[::2]:
        assert line.count("(E_") == 1, line
        assert "Run '" not in line, line
        assert "Restore" not in line, line
    assert [line.count("Run '") + line.count("Restore") for line in said[1::2]] == [1] * 4


def test_a_missing_received_file_is_named_with_its_delivery(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    for path in sorted(home.received.glob("[0-9a-f]*")):
        path.rename(home.path / "aside")
        [problem] = verify(home, ledger)
        assert "of NORTH/d1 (ledger seq 1)" in problem.message
        (home.path / "aside").rename(path)


def test_a_link_among_the_received_files_is_named(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    path = next(home.received.glob("[0-9a-f]*"))
    digest = sha256_of(path)
    path.rename(home.path / "aside")
    path.symlink_to(home.path / "aside")
    assert found(home, ledger) == [(f"received/{digest}", "E_SHA256")]


def test_a_ledger_with_its_end_cut_off_is_found_by_the_snapshot(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    receive(a_delivery(home.landing, delivery="d2", site="SOUTH"), home, ledger)
    changed = {("core", "cases"): CASES["core", "cases"].with_columns(age_years=pl.lit(1.0))}
    newer = publish(changed, home=home, ledger=ledger)
    whole = ledger.path.read_bytes().splitlines(keepends=True)
    assert len(whole) == 4
    ledger.path.write_bytes(b"".join(whole[:2]))
    for problems in (verify(home, ledger, newer.id), verify(home, ledger)):
        [cut] = [p for p in problems if p.severity == "error"]
        assert (cut.file, cut.line, cut.rule) == ("ledger/ledger.jsonl", 3, "E_LEDGER")
    ledger.path.write_bytes(b"")
    with pytest.raises(IntegrityError, match="the file is empty"):
        verify(home, ledger)


def test_a_ledger_written_anew_is_found_by_the_snapshot(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    payload = dict(ledger.events("published")[0].payload)
    ledger.path.unlink()
    forged = Ledger.open(home.ledger, clock=ledger.clock)
    forged.append("approved", site="NORTH")
    forged.append("published", **payload)
    [problem] = verify(home, forged)
    assert problem.rule == "E_LEDGER"
    assert "its end was cut off or written anew" in problem.message


def test_a_broken_ledger_ends_the_verification(
    home: Home, ledger: Ledger, snapshot: Snapshot
) -> None:
    rewritten(ledger.path, lambda data: data.replace(b"NORTH", b"SOUTH"))
    with pytest.raises(IntegrityError, match="E_LEDGER"):
        verify(home, ledger)


def test_a_torn_ledger_line_is_a_warning(home: Home, ledger: Ledger, snapshot: Snapshot) -> None:
    rewritten(ledger.path, lambda data: data + b'{"seq":3,"ti')
    [problem] = verify(home, ledger)
    assert (problem.rule, problem.severity, problem.line) == ("E_LEDGER", "warning", 3)


def test_a_folder_that_is_no_home_is_said_to_be_none(tmp_path: Path, ledger: Ledger) -> None:
    with pytest.raises(StorageError, match="is no home"):
        verify(Home(tmp_path), ledger)
