"""The landing: whole deliveries only, byte for byte as announced, each received once."""

import json
import os
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.errors import IntegrityError, StorageError, UsageError
from schemas.manifest import Manifest, content_id, provenance_of
from schemas.problems import exit_code_of
from tests.support.deliveries import CASES, PATIENTS, a_delivery, edit_manifest, entry
from warehouse.files import keep, locked
from warehouse.handing_over import hand_over
from warehouse.home import Home
from warehouse.landing import complete_deliveries, receive, received_deliveries
from warehouse.ledger import Ledger


def refused(folder: Path, home: Home, ledger: Ledger) -> list[tuple[str | None, str]]:
    """File and rule of every problem of a delivery that must be refused, with nothing kept."""
    receipt = receive(folder, home, ledger)
    assert receipt.status == "refused"
    assert receipt.received is None
    assert receipt.quarantined == receipt.rows
    assert not [path for path in home.received.iterdir() if path.name != ".lock"]
    assert not ledger.events("received")
    assert len(ledger.events("refused")) == 1
    assert receive(folder, home, ledger).seq == receipt.seq, "the same refusal is recorded once"
    assert len(ledger.events()) == 1
    return [(problem.file, problem.rule) for problem in receipt.problems]


def test_a_delivery_is_received_with_every_byte(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    assert complete_deliveries(home.landing) == [folder]
    receipt = receive(folder, home, ledger)
    assert (receipt.status, receipt.rows, receipt.quarantined) == ("received", 4, 0)
    [delivery] = received_deliveries(Ledger.open(home.ledger))
    assert delivery == receipt.received
    assert (delivery.seq, delivery.site, delivery.provenance) == (1, "NORTH", "simulated")
    kept = {file.file: home.received_bytes(file.sha256) for file in delivery.files}
    assert kept == {"cases.csv": CASES, "patients.csv": PATIENTS}
    manifest = Manifest.model_validate_json(home.received_bytes(delivery.manifest_sha256))
    assert content_id(manifest) == delivery.content_id
    assert sorted(path.name for path in folder.iterdir()) == [
        "cases.csv",
        "manifest.json",
        "patients.csv",
    ]


def test_the_same_folder_again_changes_nothing(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    first = receive(folder, home, ledger)
    again = receive(folder, home, ledger)
    assert (again.status, again.seq) == ("duplicate", first.seq)
    assert again.received == first.received
    assert "already received as d1 (ledger seq 1)" in again.message
    assert len(ledger.events()) == 1


def test_the_same_bytes_under_a_new_name_are_one_ledger_entry(home: Home, ledger: Ledger) -> None:
    receive(a_delivery(home.landing), home, ledger)
    again = a_delivery(home.landing, delivery="d2", created="2026-02-02T00:00:00Z")
    receipt = receive(again, home, ledger)
    assert (receipt.status, receipt.seq) == ("duplicate", 2)
    assert receipt.received is not None
    assert receipt.received.delivery == "d1"
    receive(again, home, ledger)
    assert [event.kind for event in ledger.events()] == ["received", "duplicate"]


def test_a_crash_between_copy_and_ledger_is_made_good(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    for data in (CASES, PATIENTS):
        (home.received / entry("x", data)["sha256"]).write_bytes(data)  # type: ignore[operator]
    (home.received / ".tmp-0-half").write_bytes(b"half")
    assert receive(folder, home, ledger).status == "received"
    assert not list(home.received.glob(".tmp-*"))


def test_half_written_deliveries_are_ignored(home: Home) -> None:
    site = home.landing / "NORTH"
    (site / ".incoming-1").mkdir(parents=True)
    (site / ".incoming-1" / "manifest.json").write_text("{}")
    (site / "no-manifest").mkdir()
    (site / "no-manifest" / "cases.csv").write_bytes(CASES)
    (home.landing / "stray.txt").write_text("x")
    assert complete_deliveries(home.landing) == []
    assert complete_deliveries(home.path / "nowhere") == []


def test_deliveries_come_by_site_then_name(home: Home) -> None:
    for site, name in (("SOUTH", "a"), ("NORTH", "b"), ("NORTH", "a")):
        a_delivery(home.landing, site=site, delivery=name)
    found = [f"{f.parent.name}/{f.name}" for f in complete_deliveries(home.landing)]
    assert found == ["NORTH/a", "NORTH/b", "SOUTH/a"]


def test_delivering_again_is_a_retry_or_refused(home: Home) -> None:
    folder = a_delivery(home.landing)
    assert a_delivery(home.landing) == folder
    with pytest.raises(UsageError, match="with other content"):
        a_delivery(home.landing, files={"cases.csv": CASES})
    assert [p.name for p in (home.landing / "NORTH").iterdir()] == ["d1"]


def test_a_prepared_folder_is_handed_over_unchanged(home: Home, tmp_path: Path) -> None:
    prepared = a_delivery(tmp_path / "out")
    folder = hand_over(prepared, home.landing)
    for path in prepared.iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()
    (prepared / "cases.csv").write_bytes(CASES + b"c3,p3\n")
    with pytest.raises(UsageError, match="1 problems, nothing was handed over"):
        hand_over(prepared, home.landing)


def test_swapped_bytes_are_found(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    data = bytearray(CASES)
    data[20] ^= 1
    (folder / "cases.csv").write_bytes(data)
    assert refused(folder, home, ledger) == [("cases.csv", "E_SHA256")]
    assert exit_code_of(receive(folder, home, ledger).problems) == 4


def test_another_size_is_found(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    (folder / "cases.csv").write_bytes(CASES[:-1])
    assert refused(folder, home, ledger) == [("cases.csv", "E_SIZE")]


def test_missing_and_unlisted_files_are_both_found(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    (folder / "cases.csv").rename(folder / "surprise.csv")
    (folder / "o'brien, j.csv").write_text("x")
    assert refused(folder, home, ledger) == [
        ("cases.csv", "E_MANIFEST"),
        ("file 2 of 4 (a name of 14 characters)", "E_MANIFEST"),  # it is not plain
        ("surprise.csv", "E_MANIFEST"),
    ]
    assert "brien" not in home.ledger.joinpath("ledger.jsonl").read_text()


@pytest.mark.parametrize(
    "name",
    ["../../etc/x.csv", "/etc/passwd", "%2e%2e/x", "a/b.csv", "..", ".hidden", "a..b", "a\\b", ""],
)
def test_a_path_that_leaves_the_folder_is_never_opened(
    home: Home, ledger: Ledger, name: str
) -> None:
    folder = a_delivery(home.landing)
    edit_manifest(folder, files=[entry(name, CASES)])
    opened: list[str] = []
    watching = True

    def watch(event: str, values: tuple[object, ...]) -> None:
        if watching and event == "open":
            opened.append(os.fspath(values[0]) if isinstance(values[0], str | Path) else "")

    sys.addaudithook(watch)
    try:
        assert refused(folder, home, ledger) == [("manifest.json", "E_PATH")]
    finally:
        watching = False
    assert opened
    assert [path for path in opened if path and not path.startswith(str(home.path))] == []
    assert name == "" or name not in json.dumps(ledger.events("refused")[0].payload["problems"])


def test_links_and_devices_are_not_followed(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    folder = a_delivery(home.landing)
    (tmp_path / "secret").write_bytes(CASES)
    (folder / "cases.csv").unlink()
    (folder / "cases.csv").symlink_to(tmp_path / "secret")
    (folder / "patients.csv").unlink()
    os.mkfifo(folder / "patients.csv")
    assert refused(folder, home, ledger) == [("cases.csv", "E_PATH"), ("patients.csv", "E_PATH")]


def test_a_linked_folder_or_manifest_is_refused(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    elsewhere = a_delivery(tmp_path / "elsewhere")
    (home.landing / "NORTH").mkdir()
    (home.landing / "NORTH" / "d1").symlink_to(elsewhere)
    [folder] = complete_deliveries(home.landing)
    assert refused(folder, home, ledger) == [(None, "E_PATH")]
    other = a_delivery(home.landing, delivery="d2")
    (other / "manifest.json").rename(tmp_path / "manifest.json")
    (other / "manifest.json").symlink_to(tmp_path / "manifest.json")
    assert [p.rule for p in receive(other, home, ledger).problems] == ["E_PATH"]


def test_another_sites_folder_is_refused(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    edit_manifest(folder, site="SOUTH")
    assert refused(folder, home, ledger) == [("manifest.json", "E_SITE")]
    assert ledger.events("refused")[0].payload["quarantined"] == 4


def test_a_correction_of_what_the_site_never_delivered_is_refused(
    home: Home, ledger: Ledger
) -> None:
    receive(a_delivery(home.landing), home, ledger)
    folder = a_delivery(home.landing, delivery="d2", mode="correction", supersedes="d0")
    [problem] = receive(folder, home, ledger).problems
    assert (problem.file, problem.rule) == ("manifest.json", "E_MANIFEST")
    assert problem.message == "It supersedes 'd0'; the site has delivered nothing so named."
    assert problem.suggestion == "Name one of: d1."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"site": "north"}, "'site' does not have the form"),
        ({"delivery": "d1\n"}, "'delivery' does not have the form"),
        ({"mode": "Full"}, "'mode': input should be 'full'"),
        ({"extra": 1}, "a key that the form does not know"),
        ({"format": "imsct.delivery/2"}, "'format': input should be 'imsct.delivery/1'"),
        ({"created": "2026-01-01T00:00:00+02:00"}, "'created': is not a time in UTC"),
        ({"created": "yesterday"}, "'created': is not a time in UTC"),
        ({"id_scheme": "hmac-sha256/1"}, "key_id: needed under id_scheme"),
        ({"key_id": "0" * 8}, "key_id: needed under id_scheme"),
        ({"mode": "correction"}, "a correction names a delivery"),
        ({"files": []}, "'files'"),
        ({"files": [entry("a.csv", CASES), entry("A.csv", CASES)]}, "a file is listed twice"),
        ({"files": [{**entry("a.csv", CASES), "rows": True}]}, "'files[0].rows'"),
        ({"files": [{**entry("a.csv", CASES), "rows": "2"}]}, "'files[0].rows'"),
        ({"files": [{**entry("a.csv", CASES), "bytes": -1}]}, "'files[0].bytes'"),
        ({"files": [{**entry("a.csv", CASES), "sha256": "A" * 64}]}, "'files[0].sha256'"),
    ],
)
def test_a_wrong_manifest_says_what_is_wrong(
    home: Home, ledger: Ledger, changed: dict[str, object], said: str
) -> None:
    folder = a_delivery(home.landing)
    edit_manifest(folder, **changed)
    assert refused(folder, home, ledger) == [("manifest.json", "E_MANIFEST")]
    [problem] = receive(folder, home, ledger).problems
    assert said in problem.message
    assert exit_code_of([problem]) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{\n,}",
        b"\xff",
        b'{"site": "A", "site": "B"}',
        b"[" * 100_000,
        b"9" * 5000,
        b"x" * 1_100_000,
    ],
)
def test_what_is_no_manifest_is_said_to_be_none(home: Home, ledger: Ledger, data: bytes) -> None:
    folder = a_delivery(home.landing)
    (folder / "manifest.json").write_bytes(data)
    assert refused(folder, home, ledger) == [("manifest.json", "E_MANIFEST")]


def test_every_problem_is_found_in_one_pass(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    edit_manifest(folder, site="SOUTH")
    (folder / "cases.csv").unlink()
    (folder / "patients.csv").write_bytes(b"")
    assert refused(folder, home, ledger) == [
        ("manifest.json", "E_SITE"),
        ("cases.csv", "E_MANIFEST"),
        ("patients.csv", "E_SIZE"),
    ]


def test_a_name_stands_for_one_content(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    receive(folder, home, ledger)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    other = a_delivery(home.landing, files={"cases.csv": CASES})
    receipt = receive(other, home, ledger)
    assert (receipt.status, receipt.quarantined) == ("refused", 2)
    assert "received before with other content" in receipt.problems[0].message


def test_a_spoilt_kept_file_is_found_when_it_is_needed(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    receipt = receive(folder, home, ledger)
    assert receipt.received is not None
    kept = home.received / receipt.received.files[0].sha256
    kept.chmod(0o644)
    kept.write_bytes(b"other")
    with pytest.raises(IntegrityError, match="E_SHA256"):
        home.received_bytes(kept.name)
    more = a_delivery(
        home.landing, delivery="d2", files={"cases.csv": CASES, "sites.csv": b"site_id\n"}
    )
    with pytest.raises(IntegrityError, match="E_SHA256"):
        receive(more, home, ledger)
    assert len(ledger.events("received")) == 1


def test_a_file_that_changes_while_it_is_copied_is_not_kept(home: Home, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_bytes(CASES)
    with pytest.raises(IntegrityError, match="changed while it was being received"):
        keep(tmp_path / "cases.csv", home.received, expected="0" * 64)
    assert list(home.received.iterdir()) == []


def test_two_receivers_do_not_meet(home: Home, ledger: Ledger) -> None:
    folder = a_delivery(home.landing)
    with (
        locked(home.received, doing="receiving"),
        pytest.raises(StorageError, match="Wait for it to end"),
    ):
        receive(folder, home, ledger)


def test_identity_is_content_and_site_only() -> None:
    fields = {
        "delivery": "d1",
        "site": "NORTH",
        "created": "2026-01-01T00:00:00Z",
        "profile": "imsct",
        "schema_version": "1",
        "mode": "full",
        "supersedes": None,
        "id_scheme": "published",
        "key_id": None,
        "files": [entry("a.csv", CASES), entry("b.csv", PATIENTS)],
    }
    same = content_id(Manifest.model_validate(fields))
    reordered = [entry("b.csv", PATIENTS), entry("a.csv", CASES)]
    for change in ({"delivery": "d2"}, {"created": "2027-01-01T00:00:00Z"}, {"files": reordered}):
        assert content_id(Manifest.model_validate({**fields, **change})) == same
    for change in ({"site": "SOUTH"}, {"schema_version": "2"}, {"files": [entry("a.csv", CASES)]}):
        assert content_id(Manifest.model_validate({**fields, **change})) != same
    assert provenance_of("published") == "published"
    with pytest.raises(ValidationError):
        Manifest.model_validate({**fields, "supersedes": "../d0"})


def test_a_home_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    home = Home(tmp_path / "home")
    home.create()
    assert home.path.stat().st_mode & 0o777 == 0o700
    home.path.chmod(0o750)
    home.create()
    assert home.path.stat().st_mode & 0o777 == 0o750, "the operator's choice stays"
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="--home or IMSCT_HOME"):
        Home(tmp_path / "file").create()
