"""Files beside a report: what the page says, in other forms; marked, whole, the same twice."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from analyses.numbers import MINUS
from analyses.protocol import AnalysisRun
from analyses.report import report_files
from analyses.report.files import PAGE, SUMS, with_sums
from analyses.report.taken_out import drawings, tables
from assets.analysing import write_files, write_run
from schemas.errors import StorageError
from tests.analyses.beside import check_files, rows_of
from tests.analyses.report_fixture import hostile, results

KINDS = ("simulated", "published", "registry", "describe_only", "hostile")
ABOUT = {"title": "A registry", "contributors": ['Site "A": north', "Site B"]}


def _results(case):
    return hostile() if case == "hostile" else results(case)


@pytest.fixture(scope="module")
def made():
    """The files of every case."""
    return {case: report_files(_results(case)) for case in KINDS}


@pytest.mark.parametrize("case", KINDS)
def test_every_figure_and_table_is_a_file_that_says_whose_cases_these_are(made, case):
    check_files(made[case], _results(case)["cohort"]["provenance"])


def test_a_table_is_read_back_as_the_page_shows_it():
    page = (
        '<table id="t"><caption><span>C</span></caption><thead><tr><th rowspan="2">Who</th>'
        '<th colspan="2">Ridge</th></tr><tr><th>Un\u00adseen</th><th>Unseen</th></tr></thead>'
        '<tbody><tr><th scope="rowgroup">Sex</th><td></td><td></td></tr>'
        '<tr><th class="level">female<sup>a</sup></th><td>0.71<br><span class="interval">'
        f"0.6 to 0.8</span></td><td>{MINUS}1.50</td></tr>"
        '<tr><th>Age</th><td>1.6 <span class="interval">(1 to 2)</span></td><td>2</td></tr>'
        "<tr><th>=1+1</th><td>@x</td><td>-3 mm</td></tr></tbody></table>"
        "<table><tr><td>no id</td></tr></table>"
        '<table id="pairs"><tbody><tr><th>Cases</th><td>&lt;5</td></tr></tbody></table>'
    )
    found = tables(page, provenance="simulated", snapshot="1f")
    assert found["t"].decode().split("\r\n") == [
        '"provenance","snapshot","Who","Ridge: Unseen","Ridge: Unseen (2)"',
        '"simulated","1f","Sex","",""',
        '"simulated","1f","Sex: female","0.71 (0.6 to 0.8)",-1.50',
        '"simulated","1f","Age","1.6 (1 to 2)",2',
        '"simulated","1f","\'=1+1","\'@x","\'-3 mm"',
        "",
    ]
    assert rows_of(found["pairs"]) == [
        ["provenance", "snapshot", "item", "value"],
        ["simulated", "1f", "Cases", "<5"],
    ]
    assert list(found) == ["t", "pairs"]


def test_hidden_counts_are_in_no_file(made):
    """What the page hides, no table, figure or text beside it tells: all are read from the page."""
    page = made["registry"][PAGE].decode()
    beside = tables(page, provenance="registry", snapshot="")
    cells = {cell for file in beside.values() for row in rows_of(file) for cell in row}
    assert "<5" in cells
    for name, file in drawings(page).items():
        assert made["registry"][f"figures/{name}.svg"] == file


def test_a_report_is_cited_by_its_snapshot_and_by_who_is_named():
    found = results("simulated")
    cited = yaml.safe_load(report_files(found, about=ABOUT)["CITATION.cff"])
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert cited["version"] == found["provenance"]["snapshot"]
    assert [author["name"] for author in cited["authors"]] == ABOUT["contributors"]
    assert "Simulated data" in cited["abstract"]
    assert "date-released" not in cited
    found["provenance"]["snapshot"] = None
    nameless = yaml.safe_load(report_files(found)["CITATION.cff"])
    assert nameless["version"] == found["data"]["sha256"][:16]
    assert nameless["authors"] == [{"name": "Contributors of the registry"}]


def test_written_files_have_their_hash_and_what_an_earlier_report_left_goes(made, tmp_path: Path):
    files = made["simulated"]
    write_files({**files, "tables/gone.csv": b"old", "figures/gone.svg": b"old"}, tmp_path)
    (tmp_path / "tables" / "mine.csv").write_text("not of a report")
    assert (tmp_path / "tables" / "gone.csv").exists()
    write_files(files, tmp_path)
    there = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert there == {*files, SUMS, "tables/mine.csv"}
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", SUMS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_sums_of_somebody_else_take_nothing_away(made, tmp_path: Path):
    own = tmp_path / "figures" / "own.svg"
    own.parent.mkdir()
    own.write_text("mine")
    (tmp_path / SUMS).write_bytes(b"\xff" + f"\n{'0' * 64}  figures/own.svg\n".encode())
    write_files(made["simulated"], tmp_path)
    assert own.read_text() == "mine"


def test_a_file_in_place_of_a_folder_is_told_with_what_to_do(made, tmp_path: Path):
    (tmp_path / "figures").write_text("mine")
    with pytest.raises(StorageError, match=r"folder figures cannot be made .*: move it away"):
        write_files(made["simulated"], tmp_path)


def test_a_run_that_ends_within_its_report_leaves_no_results_that_say_it_is_whole(tmp_path: Path):
    """Else the page of earlier code would stay beside new results for ever."""
    run, folder = AnalysisRun(results("describe_only"), None), tmp_path / "results"
    (tmp_path / "report" / "report.pdf" / "in the way").mkdir(parents=True)
    with pytest.raises(StorageError):
        write_run(run, results=folder, report=tmp_path / "report", about={})
    assert not (folder / "results.json").exists()
    shutil.rmtree(tmp_path / "report")
    for name in ("results.json", "model.skops", "model.json"):  # of a run that had a model
        (folder / name).write_text("{}")
    write_run(run, results=folder, report=tmp_path / "report", about={})
    assert [path.name for path in folder.iterdir()] == ["results.json"]


def test_another_process_writes_the_same_bytes(made):
    code = (
        "import sys; from analyses.report import report_files; "
        "from analyses.report.files import SUMS, with_sums; "
        "from tests.analyses.report_fixture import results; "
        "sys.stdout.buffer.write(with_sums(report_files(results('published')))[SUMS])"
    )
    sums = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "11", "TZ": "Asia/Tokyo"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    ).stdout
    assert (
        hashlib.sha256(sums).hexdigest()
        == hashlib.sha256(with_sums(made["published"])[SUMS]).hexdigest()
    )


def test_a_class_whose_name_is_markup_or_a_path_is_a_plain_id_and_the_page_still_prints():
    """The name of a class stood in the ids of its drawing as it was: markup, and no PDF."""
    given = results("simulated")
    given["title"] = "Turned \u202egnp.exe"
    curve = given["models"][1]["curves"]["calibration"]
    names = ["<svg onload=alert(1)>", "../../x", "x", "=1\x01+1"]
    by_class = [{"class": name, "calibration": curve, "roc": []} for name in names]
    primary = {**given["models"][1]["curves"], "calibration": None, "by_class": by_class}
    given["models"][1]["curves"] = primary
    files = report_files(given)
    assert b"<svg onload" not in files[PAGE]
    assert not [name for name in files if "\u202e".encode() in files[name]]
    drawn = [name for name in files if name.startswith("figures/calibration-")]
    assert len(drawn) == len(names)
    assert all(re.fullmatch(r"figures/[a-z0-9-]+\.svg", name) for name in drawn)
    assert files["report.pdf"].startswith(b"%PDF")
