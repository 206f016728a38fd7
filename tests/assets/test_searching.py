"""Refused files are searched as they came; what cannot be searched is not kept."""

import gzip
import io
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from assets.checking import check_folder
from assets.context import Line
from assets.opening import identifying
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from assets.readers.sandbox import Limits
from assets.receiving import scan_delivery
from schemas.formats import Format
from schemas.profile import FileProfile
from schemas.tables import SCHEMA_VERSION
from tests.support.dicom import image
from tests.support.folders import announce, clean
from tests.support.workbooks import bomb, workbook
from warehouse.delivery_check import examine
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger
from warehouse.staging import StagedDelivery, StagedFile
from warehouse.store import Store

CLEAN = [["study", "area"], ["S1", "70.1"]]


def part(form: Format = "delimited", file: str = "table.csv") -> FileProfile:
    """A part that ignores what it reads."""
    sheet = "Data" if form == "excel" else None
    ignored = dict.fromkeys(CLEAN[0], "not read")
    header = tuple(CLEAN[0])
    return FileProfile(file=file, format=form, sheet=sheet, header=header, ignored=ignored, rows=())


def searched(data: bytes, profile: FileProfile) -> ReadFile:
    """A file as read and searched."""
    return read(data, profile, file=profile.file, declared=None, scan="simulated")


def parquet(**columns: list[object]) -> bytes:
    """A Parquet file."""
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "sheets",
    [
        {"Other": [["study", "seen by"], ["S1", "Dr. Lindqvist"]]},  # the sheet has another name
        {"Data": [["study"], ["S1"]], "Notes": [["ask"], ["LINDQVIST, Anna"]]},  # a column is gone
        {"Data": [["study", "area"], ["S1", "70.1"]], "LINDQVIST, Anna": [["x"]]},
    ],
)
def test_every_sheet_of_a_refused_workbook_is_searched(sheets: dict[str, list[list[str]]]) -> None:
    profile = part("excel", "table.xlsx")
    if "LINDQVIST, Anna" in sheets:
        profile = profile.model_copy(update={"sheet": "Gone"})
    found = searched(workbook(**sheets), profile)
    assert [p.rule for p in found.problems] == ["E_PHI"]
    assert "Lindqvist" not in str(found)
    assert "LINDQVIST" not in str(found)


def test_a_workbook_under_the_name_of_a_table_is_searched_too() -> None:
    found = searched(workbook(Any=[["x"], ["a.lindqvist@clinic.example"]]), part())
    assert [(p.rule, p.line) for p in found.problems] == [("E_PHI", 2)]
    assert [p.rule for p in searched(workbook(Any=CLEAN), part()).problems] == ["E_MAGIC"]


@pytest.mark.parametrize(
    "columns",
    [
        {"study": ["S1"], "patient_name": ["x"]},
        {"study": ["S1"], "area": ["70.1"], "who": ["Frau Lindqvist"]},
        {"study": ["S1"], "area": [["LINDQVIST, Anna"]]},  # a list, refused before it is read
    ],
)
def test_every_column_of_a_refused_parquet_file_is_searched(columns: dict[str, object]) -> None:
    found = searched(parquet(**columns), part("parquet", "table.parquet"))
    assert {p.rule for p in found.problems} <= {"E_PHI", "E_PHI_COLUMN"}
    assert found.problems
    assert "indqvist" not in str(found).lower()


def test_a_clean_refused_file_is_kept() -> None:
    for data, profile in (
        (workbook(Other=CLEAN), part("excel", "table.xlsx")),
        (parquet(study=["S1"]), part("parquet", "table.parquet")),
        (b"study;area\nS1;70.1\n", part()),
        (b"", part()),
    ):
        found = searched(data, profile)
        assert found.is_refused
        assert not found.is_unsearched
        assert not {p.rule for p in found.problems} & {"E_PHI", "E_PHI_COLUMN"}


def test_a_table_in_utf_16_is_searched() -> None:
    found = searched("study,area\nS1,Frau Lindqvist\n".encode("utf-16"), part())
    assert [p.rule for p in found.problems] == ["E_PHI"]


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("patients.csv", gzip.compress(b"study,area\nS1,SMITH\n", mtime=0)),
        ("patients.csv", bomb(200)),
        ("patients.csv", b"PAR1 SMITH, John PAR1"),
        ("patients.csv", b"\x00\x01\x02SMITH"),
        ("C1.S1.dcm", image(BurnedInAnnotation="YES")),
        ("notes.pdf", b"%PDF-1.7 SMITH, John"),
    ],
)
def test_what_cannot_be_searched_is_not_kept_and_says_why(
    file: str, data: bytes, tmp_path: Path
) -> None:
    """At the door: the ledger gets the place and the rule, `received/` nothing."""
    (tmp_path / file).write_bytes(data)
    profile = "dicom_header" if file.endswith(".dcm") else "imsct"
    announce(tmp_path, profile=profile, rows={file: 1})
    manifest = examine(tmp_path).manifest
    assert manifest is not None
    files = tuple(StagedFile(f.file, f.sha256, f.rows) for f in manifest.files)
    delivery = StagedDelivery(1, "SITE_A", "d1", profile, SCHEMA_VERSION, files, "full")
    withheld = identifying(
        delivery, lambda file: tmp_path / file.file, "simulated", limits=Limits()
    )
    assert list(withheld) == [file]
    assert "so the file itself is not kept" in withheld[file][0].message


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("Frau_Lindqvist.csv", "imsct"),
        ("S1_2021-04-03.csv", "imsct"),
        ("LINDQVIST_T2w_PAM50.csv", "sct_process"),
    ],
)
def test_a_name_that_may_be_a_persons_is_said_nowhere_and_the_delivery_refused(
    name: str, profile: str, tmp_path: Path
) -> None:
    """Name and ledger go together for ever, so a delivery is refused for the name of a file."""
    home = Home(tmp_path / "home")
    home.create()
    ledger = Ledger.open(home.ledger)
    folder = home.landing / "SITE_A" / "d1"
    folder.mkdir(parents=True)
    (folder / name).write_text("a,b\n1,2\n")
    announce(folder, profile=profile, id_scheme="hmac-sha256/1", key_id="aaaaaaaa")
    checked = check_folder(folder, profile=None)
    with Store.open(None) as store:
        line = Line(home, ledger, store, lambda text: None, "", "")
        receipt = receive(folder, home, ledger, scan=partial(scan_delivery, line))
    assert receipt.status == "refused"
    for problems in (checked.problems, receipt.problems):
        assert [(p.file, p.rule) for p in problems] == [("manifest.json", "E_PHI")]
        assert "files[0].file" in problems[0].message
        assert name[:6] not in str(problems)
    said = (home.ledger / "ledger.jsonl").read_text(encoding="utf-8")
    assert name[:6] not in said
    assert [path for path in home.received.iterdir() if path.name != ".lock"] == []


@pytest.mark.parametrize("name", ["Frau_Lindqvist.csv", "a\x1b[31mb.csv", "1964-05-12.csv"])
def test_a_file_beside_the_others_is_named_by_its_place(name: str, tmp_path: Path) -> None:
    clean(tmp_path)
    (tmp_path / name).write_text("")
    (problem,) = [p for p in check_folder(tmp_path, profile="imsct").problems if p.line is None]
    assert problem.rule == "E_SCHEMA"
    assert problem.file is not None
    assert problem.file.startswith("file ")
    assert problem.file.endswith(f"of 9 (a name of {len(name)} characters)")
