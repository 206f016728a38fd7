"""Workbooks: cells as text without loss, and files that are not opened."""

import io
import time
import zipfile
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest

from assets.readers.excel import read_excel
from assets.readers.mapping import map_records
from assets.readers.read_file import ReadFile
from assets.readers.sandbox import Job, read_files
from schemas.problems import UNREADABLE
from schemas.profile import FileProfile, Rows, Source
from tests.support.workbooks import bomb, replaced, workbook

HEADER = ("case_id", "value", "day")
PART = FileProfile(
    file="table.xlsx",
    format="excel",
    sheet="data",
    header=HEADER,
    ignored={"day": "read by no row of this test", "case_id": "as day", "value": "as day"},
    rows=(),
)
READ = PART.model_copy(update={"ignored": {}})


def read(*rows: list[Any], declared: int | None = None) -> ReadFile:
    return read_excel(workbook(data=[HEADER, *rows], other=[["x"]]), READ, declared)


def rules(found: ReadFile) -> list[tuple[str, int | None]]:
    return [(problem.rule, problem.line) for problem in found.problems]


def test_cells_are_text_that_says_exactly_their_value() -> None:
    found = read(
        ["00123", 7.1, date(2020, 1, 2)],
        ["C2", 5.0, datetime(2020, 1, 2, 3, 4, 5)],  # noqa: DTZ001 - a cell has no zone
        ["C3", True, clock(3, 4)],
        ["7.10", 0.1, None],
        [12345678, -1.5e-7, "2020-01-02"],
    )
    assert found.problems == ()
    assert found.frame.select(HEADER).rows() == [
        ("00123", "7.1", "2020-01-02"),
        ("C2", "5", "2020-01-02T03:04:05"),
        ("C3", "TRUE", "03:04:00"),
        ("7.10", "0.1", ""),
        ("12345678", "-1.5e-07", "2020-01-02"),
    ]


def test_lines_are_the_rows_of_the_sheet_and_empty_rows_are_no_records() -> None:
    found = read(["C1", 1, "a"], [None, None, None], ["C3", 3, "c"], [None], declared=2)
    assert found.problems == ()
    assert found.frame["_line"].to_list() == [2, 4]
    assert found.found == 2


def test_a_formula_without_a_stored_result_is_no_empty_cell() -> None:
    # openpyxl stores no result, as a program that never calculated the sheet
    data = workbook(data=[HEADER, ["C1", 1, "a"], ["C2", '=WEBSERVICE("http://x.invalid")', "a"]])
    found = read_excel(data, READ, None)
    assert (rules(found), found.found) == ([("E_CELL", 3)], 2)
    assert "Cell B3 holds a formula without a stored value" in found.problems[0].message
    assert "Open and save the workbook" in found.problems[0].suggestion
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read(part)
    empty = sheet.replace(b"<v />", b"<v/>").replace(b"<v></v>", b"<v/>")
    assert b"<v/>" in empty
    calculated = replaced(data, part, empty.replace(b"<v/>", b"<v>7.5</v>"))
    assert read_excel(calculated, READ, None).frame["value"].to_list() == ["1", "7.5"]


def test_a_true_date_or_number_needs_no_declared_format() -> None:
    """A typed cell says its value whatever text format the column is declared to have."""
    source = {
        "treatment_id": Source(column="case_id"),
        "rt_dose_gy": Source(column="value"),
        "start_day": Source(column="day", date="%d.%m.%Y"),
    }
    rows = Rows(table="treatments", unlisted="not_recorded", columns=source)
    part = READ.model_copy(update={"decimal": ",", "rows": (rows,)})
    cells: list[list[Any]] = [
        ["7.1", 7.1, date(2021, 4, 3)],
        ["C2", 5, datetime(2021, 4, 13)],  # noqa: DTZ001 - a cell has no zone
        ["C3", "7,1", "3.4.2021"],
        [4.5, 1.5e-7, None],
        ["C5", "7.1", datetime(2021, 4, 3, 12)],  # noqa: DTZ001 - as above
    ]
    found = read_excel(workbook(data=[HEADER, *cells]), part, None)
    assert found.frame.select(HEADER).rows()[:4] == [
        ("7.1", "7,1", "03.04.2021"),
        ("C2", "5", "13.04.2021"),
        ("C3", "7,1", "3.4.2021"),
        ("4.5", "0,00000015", ""),
    ]
    mapped = map_records(found.frame, part)
    assert [(p.rule, p.line) for p in mapped.problems] == [("E_DATE_FORMAT", 6), ("R007", 6)]
    assert mapped.tables["treatments"]["rt_dose_gy"].to_list() == ["7.1", "5", "7.1", "0.00000015"]


def test_every_problem_of_the_records_is_told_in_one_pass() -> None:
    found = read(["C\u200b1", 1, "a"], ["C2", 2, "b"], ["C3", "x\ny", "c"])
    assert rules(found) == [("E_CHAR", 2), ("E_CHAR", 4)]
    assert found.frame.select("case_id", "value").rows() == [
        (UNREADABLE, "1"),
        ("C2", "2"),
        ("C3", UNREADABLE),
    ]


def test_another_header_sheet_or_count_refuses_the_file() -> None:
    wide = read_excel(workbook(data=[["case_id", "value", "day", "more"]]), READ, None)
    assert rules(wide) == [("E_HEADER", 1)]
    assert rules(read_excel(workbook(sheet=[HEADER]), READ, None)) == [("E_SCHEMA", None)]
    assert rules(read(["C1", 1, "a"], declared=2)) == [("E_COUNT", None)]
    assert rules(read_excel(workbook(data=[]), READ, None)) == [("E_EMPTY", None)]


def test_a_cell_with_an_error_is_a_problem_and_no_empty_cell() -> None:
    data = workbook(data=[HEADER, ["C1", "#N/A", "a"]])
    found = read_excel(data, READ, None)
    assert rules(found) == [("E_CELL", 2)]
    assert "Cell B2" in found.problems[0].message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old Office file"),
        (b"case_id,value,day\n", "not of that kind"),
        (b"PAR1....PAR1", "a Parquet file"),
        (b"\x1f\x8b" + b"\0" * 60, "a gzip archive"),
    ],
)
def test_what_is_no_workbook_is_not_opened(data: bytes, kind: str) -> None:
    found = read_excel(data, READ, None)
    assert rules(found) == [("E_MAGIC", None)]
    assert kind in found.problems[0].message


def test_an_archive_that_is_no_workbook_and_an_encrypted_one_are_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../outside.csv", "x")
    assert rules(read_excel(packed.getvalue(), READ, None)) == [("E_MAGIC", None)]
    data = bytearray(workbook(data=[HEADER]))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    found = read_excel(bytes(data), READ, None)
    assert rules(found) == [("E_MAGIC", None)]
    assert "encrypted" in found.problems[0].message


def test_entities_of_a_hostile_sheet_open_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("needle")
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )
    data = replaced(workbook(data=[HEADER]), "xl/worksheets/sheet1.xml", sheet.encode())
    path = tmp_path / "table.xlsx"
    path.write_bytes(data)
    (found,) = read_files([Job(path.name, path, PART, None)])
    assert found.is_refused
    assert "needle" not in str(found)


def test_a_workbook_that_expands_without_measure_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(bomb(381))
    assert path.stat().st_size < 400_000
    start = time.monotonic()
    # the process would be ended at 512 MiB, with another rule
    (found,) = read_files([Job(path.name, path, PART, None)])
    assert rules(found) == [("E_RATIO", None)]
    assert "expands to 381 MiB" in found.problems[0].message
    assert time.monotonic() - start < 5


def test_a_cell_at_the_end_of_the_sheet_takes_only_its_file_with_it(tmp_path: Path) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    data = replaced(workbook(data=[HEADER]), "xl/worksheets/sheet1.xml", sheet.encode())
    jobs = []
    for name, content in (("a", data), ("b", workbook(data=[HEADER, ["C1", 1, "a"]]))):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(content)
        jobs.append(Job(path.name, path, PART, None))
    hostile, good = read_files(jobs)
    assert [problem.rule for problem in hostile.problems] in (["E_LIMIT"], ["E_FORMAT"])
    assert good.found == 1
