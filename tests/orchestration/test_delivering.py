"""`imsct init` and `imsct deliver`: whole or not at all, and said in words."""

import hashlib
import json
from pathlib import Path

import pytest

from orchestration.home import make_ready
from tests.support.command import Ran, imsct
from tests.support.folders import announce, clean, fingerprint, set_cells
from warehouse.home import Home
from warehouse.landing import complete_deliveries, receive
from warehouse.ledger import Ledger

LABEL = ("--site", "SITE_A", "--delivery", "d1", "--id-scheme", "simulated")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    made = Home(tmp_path / "home")
    make_ready(made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a clean delivery, without a manifest."""
    made = tmp_path / "mine"
    made.mkdir()
    clean(made)
    return made


def deliver(home: Home, folder: Path, *options: str) -> Ran:
    """Run `imsct deliver`."""
    return imsct("deliver", folder, *options, "--home", home.path)


def landed(home: Home) -> list[str]:
    """Complete deliveries in the landing zone."""
    return [f"{path.parent.name}/{path.name}" for path in complete_deliveries(home.landing)]


def test_init_makes_a_home_once_and_says_what_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    first = imsct("init", "--home", home.path)
    assert (first.exit, first.err) == (0, "")
    assert "a new home" in first.out
    assert oct(home.path.stat().st_mode & 0o777) == "0o700"
    before = fingerprint(home.path)
    again = imsct("init", "--home", home.path)
    assert "is a home; kept as it is" in again.out
    assert fingerprint(home.path) == before


def test_settings_that_imsct_wrote_are_renewed_and_an_operators_are_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    settings = home.dagster / "dagster.yaml"
    now = settings.read_text()
    earlier = (
        "# Written by imsct. One DuckDB file takes one writer: the pool lets one step at a time "
        "write.\ntelemetry:\n  enabled: false\nconcurrency:\n  pools:\n    default_limit: 1\n"
        "    granularity: op\nrun_monitoring:\n  enabled: true\n"
    )
    settings.write_text(earlier)
    make_ready(home)
    assert settings.read_text() == now
    edited = earlier + "run_retries:\n  enabled: true\n"
    settings.write_text(edited)
    make_ready(home)
    assert settings.read_text() == edited


def test_a_bare_folder_goes_over_with_a_true_manifest_and_stays_as_it_is(
    home: Home, folder: Path
) -> None:
    before = fingerprint(folder)
    ran = deliver(home, folder, *LABEL)
    assert (ran.exit, ran.err) == (0, "")
    assert ran.out.startswith("SITE_A/d1: handed over, 8 files, 15 records, all simulated\n")
    assert fingerprint(folder) == before
    assert landed(home) == ["SITE_A/d1"]
    there = home.landing / "SITE_A" / "d1"
    manifest = json.loads((there / "manifest.json").read_text())
    for entry in manifest["files"]:
        data = (folder / entry["file"]).read_bytes()
        assert (there / entry["file"]).read_bytes() == data
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["rows"] == data.count(b"\n") - 1
    assert imsct("check", there).exit == 0
    assert receive(there, home, Ledger.open(home.ledger)).status == "received"


def test_bad_rows_go_over_and_are_counted(home: Home, folder: Path) -> None:
    set_cells(folder, "pathology", histology="spinal_ependymona")
    ran = deliver(home, folder, *LABEL)
    assert ran.exit == 0
    assert "14 accepted + 1 quarantined; 1 error, 0 warnings. To see them: imsct check" in ran.out
    assert landed(home) == ["SITE_A/d1"]


def test_the_same_bytes_again_are_no_new_delivery(home: Home, folder: Path) -> None:
    deliver(home, folder, *LABEL)
    again = deliver(home, folder, *LABEL)
    assert (again.exit, landed(home)) == (0, ["SITE_A/d1"])
    assert "lies in the landing zone already" in again.out
    ledger = Ledger.open(home.ledger)
    receive(home.landing / "SITE_A" / "d1", home, ledger)
    other = deliver(home, folder, *LABEL[:2], "--delivery", "d2", *LABEL[4:])
    assert (other.exit, landed(home)) == (0, ["SITE_A/d1"])
    assert "the same content was received as 'd1'" in other.out
    set_cells(folder, "cases", age_years="51")
    taken = deliver(home, folder, *LABEL)
    assert taken.exit == 2
    assert "received before with other content" in taken.err
    corrected = deliver(home, folder, *LABEL[:2], "--delivery", "d2", *LABEL[4:])
    assert (corrected.exit, landed(home)) == (0, ["SITE_A/d1", "SITE_A/d2"])
    receive(home.landing / "SITE_A" / "d2", home, ledger)
    set_cells(folder, "cases", age_years="47")
    back = deliver(home, folder, *LABEL[:2], "--delivery", "d3", *LABEL[4:])
    assert "'d2' took its place, and stays." in back.out


def test_a_file_that_cannot_be_loaded_stops_the_delivery(home: Home, folder: Path) -> None:
    (folder / "pathology.csv").write_text("pathology_id;case_id\n")
    ran = deliver(home, folder, *LABEL)
    assert ran.exit == 1
    assert "pathology.csv" in ran.out
    assert ran.out.endswith("Nothing was handed over.\n")
    assert landed(home) == []


def test_a_folder_with_a_manifest_goes_as_it_is(home: Home, folder: Path) -> None:
    announce(folder, delivery="prepared")
    ran = deliver(home, folder)
    assert ran.exit == 0, ran.err
    there = home.landing / "SITE_A" / "prepared"
    assert (there / "manifest.json").read_bytes() == (folder / "manifest.json").read_bytes()
    assert "already" in deliver(home, folder).out
    labelled = deliver(home, folder, "--site", "SITE_A")
    assert (labelled.exit, "Leave --site out" in labelled.err) == (2, True)


def test_bytes_that_differ_are_exit_4_and_stay_where_they_are(home: Home, folder: Path) -> None:
    announce(folder)
    set_cells(folder, "pathology", histology="subependymoma")
    ran = deliver(home, folder)
    assert ran.exit == 4
    assert "E_SIZE" in ran.out
    assert landed(home) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "name --site, --delivery, --id-scheme ("),
        (LABEL[:4], "name --id-scheme ("),
        (("--site", "site a", *LABEL[2:]), "--site: a text of 6 characters"),
        (("--site", "SITE_B", *LABEL[2:]), "cases.csv, line 2 names another site"),
        ((*LABEL[:2], "--delivery", "../d1", *LABEL[4:]), "--delivery: a text of 5 characters"),
        ((*LABEL, "--profile", "nowhere"), "There is no profile 'nowhere'"),
        ((*LABEL, "--profile", "she2019"), "holds no file of the profile"),
    ],
)
def test_wrong_usage_is_one_message_and_nothing_is_handed_over(
    home: Home, folder: Path, options: tuple[str, ...], said: str
) -> None:
    ran = deliver(home, folder, *options)
    assert (ran.exit, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert list(home.landing.iterdir()) == []


def test_no_home_is_made_by_delivering(tmp_path: Path, folder: Path) -> None:
    ran = imsct("deliver", folder, *LABEL, "--home", tmp_path / "nowhere")
    assert ran.exit == 2
    assert "'imsct init'" in ran.err
    assert not (tmp_path / "nowhere").exists()
