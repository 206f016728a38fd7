"""Refused files are searched as they came; what cannot be searched is not kept."""

import gzip
import io
from pathlib import Path

import polars as pl
import pytest

from assets.opening import identifying
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from assets.readers.sandbox import Limits
from schemas.formats import Format
from schemas.profile import FileProfile
from tests.support.dicom import NEEDLES, image
from tests.support.folders import announce
from tests.support.workbooks import bomb, workbook
from warehouse.delivery_check import examine
from warehouse.staging import StagedDelivery, StagedFile

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
    ("data", "form"),
    [
        (gzip.compress(b"study,area\nS1,SMITH\n"), "delimited"),
        (bomb(200), "excel"),
        (b"PAR1 SMITH, John PAR1", "parquet"),
        (image(BurnedInAnnotation="YES", **NEEDLES), "dicom_header"),
        (image(**NEEDLES)[:-40], "dicom_header"),
        (b"\x00\x01\x02SMITH", "delimited"),
    ],
)
def test_what_cannot_be_searched_is_not_kept_and_says_why(
    data: bytes, form: Format, tmp_path: Path
) -> None:
    """At the door: the ledger gets the place and the rule, `received/` nothing."""
    profile = part(form, "table.bin") if form != "dicom_header" else None
    if profile is not None:
        found = searched(data, profile)
        assert found.is_unsearched
        assert "so the file itself is not kept" in found.problems[0].message
    name = "C1.S1.dcm" if profile is None else "patients.csv"
    (tmp_path / name).write_bytes(data)
    announce(tmp_path, profile="dicom_header" if profile is None else "imsct", rows={name: 1})
    manifest = examine(tmp_path).manifest
    assert manifest is not None
    files = tuple(StagedFile(f.file, f.sha256, f.rows) for f in manifest.files)
    delivery = StagedDelivery(
        1, "SITE_A", "d1", manifest.profile, manifest.schema_version, files, "full"
    )
    withheld = identifying(
        delivery, lambda file: tmp_path / file.file, "simulated", limits=Limits()
    )
    assert list(withheld) == [name]
    assert "so the file itself is not kept" in withheld[name][0].message
