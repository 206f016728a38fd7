"""The front door: `imsct check` and the help, exit codes, and no traceback whatever is put in."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.context import Line
from assets.intake import stage_pending, take_in
from assets.readers.sandbox import Limits
from assets.receiving import receive_landed
from orchestration import delivering
from tests.support.command import imsct
from tests.support.folders import add, announce, clean, read_rows, set_cells
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a clean delivery, without a manifest."""
    made = tmp_path / "delivery"
    made.mkdir()
    clean(made)
    return made


@pytest.mark.parametrize(
    "command",
    ["", "check", "demo", "materialize", "quarantine", "snapshot list", "delivery approve"],
)
def test_every_command_explains_itself(command: str) -> None:
    ran = imsct(*command.split(), "--help")
    assert ran.exit == 0
    assert "Usage: imsct" in ran.out
    assert imsct(*command.split(), "-h").out == ran.out


def test_an_unknown_command_or_option_is_wrong_usage() -> None:
    for arguments in (["chekc"], ["check"], ["check", "--jsno", "."]):
        ran = imsct(*arguments)
        assert ran.exit == 2
        assert "Usage: imsct" in ran.err
        assert ran.out == ""


def test_a_clean_delivery_is_exit_0_and_says_what_it_counted(folder: Path) -> None:
    announce(folder)
    ran = imsct("check", folder)
    assert ran.exit == 0
    assert ran.out == ("15 records received = 15 accepted + 0 quarantined; 0 errors, 0 warnings\n")


def test_a_broken_row_is_exit_1_with_place_value_and_remedy(folder: Path) -> None:
    set_cells(folder, "pathology", histology="spinal_ependymona")
    announce(folder)
    ran = imsct("check", folder)
    assert ran.exit == 1
    assert ran.out.splitlines() == [
        "pathology.csv, line 2, column 'histology' (R005): 'spinal_ependymona' is not in the "
        "vocabulary; nearest is 'spinal_ependymoma'.",
        "    'spinal_ependymoma'? Correct it at the site and deliver again. Nothing is mapped by "
        "likeness.",
        "15 records received = 14 accepted + 1 quarantined; 1 error, 0 warnings",
    ]


def test_the_cause_comes_before_what_hangs_on_it(folder: Path) -> None:
    set_cells(folder, "patients", row=1, sex="femal")
    set_cells(folder, "patients", row=2, sex="mal")
    announce(folder)
    lines = imsct("check", folder).out.splitlines()
    assert lines[0].startswith("patients.csv, line 2, column 'sex' (R005)")
    held_back = [line for line in lines if "E_PARENT" in line]
    assert held_back[0].startswith("cases.csv, line 2, column 'patient_id' (E_PARENT, 2 rows")
    assert len(held_back) < 10


def test_changed_bytes_are_exit_4_and_the_json_is_printed_all_the_same(folder: Path) -> None:
    announce(folder)
    set_cells(folder, "pathology", histology="subependymoma")
    ran = imsct("check", folder, "--json")
    assert ran.exit == 4
    found = json.loads(ran.out)
    assert [p["rule"] for p in found["problems"]] == ["E_SIZE"]
    assert found["quarantined"] == found["received"] == 15


def test_warnings_alone_are_exit_0(folder: Path) -> None:
    set_cells(folder, "cases", is_incidental="yes", symptom_pain="yes")
    announce(folder)
    ran = imsct("check", folder)
    assert ran.exit == 0
    assert "(R013, warning)" in ran.out
    assert ran.out.endswith("15 accepted + 0 quarantined; 0 errors, 1 warning\n")


def test_a_folder_without_manifest_is_checked_under_a_profile(folder: Path) -> None:
    (folder / "pathologies.csv").write_text("x")
    ran = imsct("check", folder, "--profile", "imsct", "--json")
    assert ran.exit == 0
    found = json.loads(ran.out)
    assert (found["accepted"], found["received"]) == (15, 15)
    ((problem),) = found["problems"]
    assert (problem["file"], problem["rule"], problem["severity"]) == (
        "pathologies.csv",
        "E_SCHEMA",
        "warning",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["check", "{folder}/nowhere"], 2, "there is no such folder"),
        (["check", "{folder}/cases.csv"], 2, "is a file. Name the folder of a delivery."),
        (["check", "{folder}", "--profile", "nowhere"], 2, "There is no profile 'nowhere'. Known:"),
        (["check", "{folder}", "--profile", "she2019"], 2, "(she2019_cases.csv)"),
        (["quarantine", "--home", "{folder}"], 2, "is no home"),
        (["snapshot", "verify", "--home", "{folder}"], 2, "is no home"),
        (["snapshot", "show", "x", "--home", "{folder}"], 2, "is no home"),
        (["snapshot", "list", "--home", "{folder}"], 2, "is no home"),
    ],
)
def test_wrong_usage_is_one_clear_message(
    arguments: list[str], code: int, said: str, folder: Path
) -> None:
    ran = imsct(*(word.format(folder=folder) for word in arguments))
    assert ran.exit == code
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("imsct: ")
    assert ran.out == ""


def test_no_manifest_is_a_problem_of_the_delivery_that_names_the_way_out(folder: Path) -> None:
    ran = imsct("check", folder)
    assert ran.exit == 1
    assert "manifest.json (E_MANIFEST): There is no manifest" in ran.out
    assert "--profile imsct" in ran.out


def test_a_profile_beside_a_manifest_would_skip_the_hashes_and_is_refused(folder: Path) -> None:
    announce(folder)
    ran = imsct("check", folder, "--profile", "imsct")
    assert ran.exit == 2
    assert "Leave --profile, --site" in ran.err


@pytest.mark.parametrize("with_manifest", [True, False])
def test_a_file_that_may_not_be_read_is_exit_3(
    folder: Path, with_manifest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests may run as root, whom no mode stops: the system's refusal is made up."""
    if with_manifest:
        announce(folder)
    real = os.open

    def refusing(path: object, *arguments: int, **named: int) -> int:
        if str(path).endswith("cases.csv"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *arguments, **named)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(os, "open", refusing)
    ran = imsct("check", folder, *([] if with_manifest else ["--profile", "imsct"]))
    assert ran.exit == 3
    assert ran.err == (
        "imsct: cases.csv cannot be read (Permission denied). Check the permissions and the disk, "
        "then repeat.\n"
    )


def test_links_and_pipes_are_not_opened_and_the_other_files_go_on(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("pathology.csv", "imaging_measurements.csv"):
        (folder / name).rename(tmp_path / name)
    (folder / "pathology.csv").symlink_to(tmp_path / "pathology.csv")
    os.mkfifo(folder / "imaging_measurements.csv")
    (folder / "treatments.csv").mkdir()
    ran = imsct("check", folder, "--profile", "imsct", "--json")
    found = json.loads(ran.out)
    assert ran.exit == 1
    assert {(p["file"], p["rule"]) for p in found["problems"]} == {
        ("pathology.csv", "E_PATH"),
        ("imaging_measurements.csv", "E_PATH"),
        ("treatments.csv", "E_PATH"),
    }
    assert found["accepted"] == 11
    assert all("the account does not count them" in p["message"] for p in found["problems"])


def test_a_linked_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    announce(folder)
    (tmp_path / "link").symlink_to(folder)
    ran = imsct("check", tmp_path / "link")
    assert ran.exit == 1
    assert "(E_PATH)" in ran.out


def test_a_file_above_the_limit_is_refused_and_the_others_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "limits_of", lambda home: Limits(delivered=600))
    ran = imsct("check", folder, "--profile", "imsct", "--json")
    rules = {p["rule"] for p in json.loads(ran.out)["problems"]}
    assert ran.exit == 1
    assert "E_LIMIT" in rules
    assert rules <= {"E_LIMIT", "E_PARENT", "R014"}


MANIFESTS = {
    "empty": b"",
    "binary": bytes(range(256)),
    "deep": b"[" * 200_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "null": b"null",
    "list": b"[]",
    "number": b"1" * 5_000,
    "repeated key": b'{"site": "A", "site": "B"}',
    "not a number": b'{"files": NaN}',
    "huge": b" " * (1 << 21),
    "name": b'{"Smith, John 20831177": 1, "site": "Smith, John 20831177"}',
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS.keys())
def test_a_manifest_that_is_none_is_a_problem_and_repeated_nowhere(
    manifest: bytes, folder: Path
) -> None:
    (folder / "manifest.json").write_bytes(manifest)
    ran = imsct("check", folder, "--json")
    assert ran.exit == 1
    assert ran.err == ""
    problems = json.loads(ran.out)["problems"]
    assert {p["rule"] for p in problems} == {"E_MANIFEST"}
    assert "Smith" not in ran.out


def test_a_manifest_that_announces_beyond_measure_keeps_the_account(folder: Path) -> None:
    announce(folder, rows={"pathology.csv": 2**53, "surgeries.csv": 2**53})
    ran = imsct("check", folder, "--json")
    found = json.loads(ran.out)
    assert ran.exit == 1
    assert found["received"] == found["accepted"] + found["quarantined"] == 2**54 + 11


def test_a_hundred_broken_rows_are_all_listed(folder: Path) -> None:
    rows = len(read_rows(folder, "pathology"))
    for number in range(100):
        add(folder, "pathology", pathology_id=f"X{number}", histology="=1+1", who_grade="9")
    announce(folder)
    found = json.loads(imsct("check", folder, "--json").out)
    assert len(found["problems"]) == 200
    assert found["quarantined"] == 100
    assert found["accepted"] == 13 + rows


def test_decisions_on_deliveries_are_named_listed_and_kept_in_the_ledger(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    announce(folder)
    assert imsct("init", "--home", home).exit == 0
    assert imsct("deliver", folder, "--home", home).exit == 0
    receive_and_take_in(home)
    listed = json.loads(imsct("delivery", "list", "--json", "--home", home).out)["deliveries"]
    assert [(d["site"], d["delivery"], d["mode"], d["status"]) for d in listed] == [
        ("SITE_A", "d1", "full", "received")
    ]
    refused = imsct("delivery", "approve", "SITE_A/d1", "--reason", "asked", "--home", home)
    assert refused.exit == 2
    assert "nothing of it waits" in refused.err
    unknown = imsct("delivery", "show", "SITE_A/d9", "--home", home)
    assert unknown.exit == 2
    assert "Known: SITE_A/d1" in unknown.err
    done = imsct("delivery", "withdraw", "SITE_A/d1", "--reason", "a test export", "--home", home)
    assert done.exit == 0, done.err
    assert "materialize" in done.out
    shown = json.loads(imsct("delivery", "show", "SITE_A/d1", "--json", "--home", home).out)
    assert [d["reason"] for d in shown["decisions"]] == ["a test export"]
    again = imsct("delivery", "withdraw", "SITE_A/d1", "--reason", "twice", "--home", home)
    assert again.exit == 2
    listed = json.loads(imsct("delivery", "list", "--json", "--home", home).out)["deliveries"]
    assert [d["status"] for d in listed] == ["withdrawn"], "the next run is not waited for"
    receive_and_take_in(home)
    assert "withdrawn" in imsct("delivery", "list", "--home", home).out


def test_a_folder_that_brings_nothing_new_is_said_and_listed(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert imsct("init", "--home", home).exit == 0
    said: list[str] = []
    for name in ("d1", "again"):
        (folder / "manifest.json").unlink(missing_ok=True)
        announce(folder, delivery=name)
        shutil.copytree(folder, home / "landing" / "SITE_A" / name)
        receive_and_take_in(home, said.append)
    assert "SITE_A/again: already received as d1 (ledger seq 2)" in said
    receive_and_take_in(home, said.append)
    assert sum("already received" in line for line in said) == 1
    listed = json.loads(imsct("delivery", "list", "--json", "--home", home).out)["deliveries"]
    assert [(d["delivery"], d["status"], d["received"]) for d in listed] == [
        ("d1", "received", 15),
        ("again", "duplicate of d1", None),
    ]
    shown = imsct("delivery", "show", "SITE_A/again", "--home", home).out
    assert shown.startswith("SITE_A/again: already received as d1")
    assert "came again as   again" in imsct("delivery", "show", "SITE_A/d1", "--home", home).out


def receive_and_take_in(path: Path, say: Callable[[str], None] = bool) -> None:
    """What `imsct materialize` does with deliveries, without analysis and publication."""
    home = Home(path)
    with Store.open(home.database) as store:
        line = Line(home, Ledger.open(home.ledger), store, say, "code", "lock")
        receive_landed(line)
        stage_pending(line)
        take_in(store, official=None)
