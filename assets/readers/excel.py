"""Workbooks: one sheet of an .xlsx file to a frame of text, every record with its row.

Belongs here: whether it is a workbook that may be opened, its cells as text without loss.
Does not belong here: meaning of the columns (`mapping`), header and ragged records (`records`).
Only what is stored is read: cached results of formulas, no macro, no link to anywhere.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineWorkbook

from assets.readers.kinds import not_this_kind
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import Record, as_read
from schemas.dates import ISO
from schemas.profile import FileProfile
from schemas.tables import BY_NAME

#: An honest sheet expands five to fifty times; the ratio is that of the reading's other limits.
_MOST_EXPANSION = 100
_REMEDY = "Save it as an Excel workbook (.xlsx) without a password."
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*>')
#: A formula, then no value or an empty one; a text as its result may be empty.
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL_NAME = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')

Cell = int | float | str | bool | time | date | datetime | timedelta


def read_excel(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read the profile's sheet: the first row is the header, every filled row a record."""
    found = sheet_of(data, profile)
    if isinstance(found, ReadFile):
        return found
    if not found:
        return refused(profile, _EMPTY)
    (_, header), *rows = found
    return as_read(header, rows, profile, declared)


_EMPTY = ReadProblem(
    "E_EMPTY", "The sheet is empty.", "Export it again; a table without rows is left out."
)


def sheet_of(data: bytes, profile: FileProfile) -> list[Record] | ReadFile:
    """The filled rows of the profile's sheet with their numbers; refused, where they cannot be had.

    A true date or number needs no format: it becomes the text that its column is declared to hold.
    """
    problem = not_opened(data)
    if problem is not None:
        return refused(profile, problem)
    assert profile.sheet is not None
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    if profile.sheet not in workbook.sheet_names:
        problem = ReadProblem(
            "E_SCHEMA",
            f"The workbook has no sheet '{profile.sheet}'. Nothing of it was loaded.",
            "Name the sheet as the profile says, or declare yours there.",
        )
        return refused(profile, problem)
    rows = workbook.get_sheet_by_name(profile.sheet).to_python(skip_empty_area=False)
    filled = [(line, cells) for line, cells in enumerate(rows, start=1) if _filled(cells)]
    problem = _no_value(data, profile.sheet)
    if problem is not None:
        return refused(profile, problem, found=max(len(filled) - 1, 0))
    # a row that only has a format is no record; cells to the right of every value are none
    width = max((_filled(cells) for _, cells in filled), default=0)
    header = [cell_text(cell) for _, cells in filled[:1] for cell in cells[:width]]
    texts = [_text_of(name, profile) for name in header]
    return [
        (line, [text(cell) for text, cell in zip(texts, cells[:width], strict=True)])
        for line, cells in filled
    ]


def _text_of(column: str, profile: FileProfile) -> Callable[[Cell], str]:
    """How the cells of a column become text."""
    read = [
        (source, BY_NAME[rows.table][name].is_numeric)
        for rows in profile.rows
        for name, source in rows.columns.items()
        if source.column == column
    ]
    form = next((source.date for source, _ in read if source.date not in (None, ISO)), None)
    has_comma = profile.decimal == "," and any(is_number for _, is_number in read)

    def text(cell: Cell) -> str:
        if form is not None and isinstance(cell, date) and "T" not in cell_text(cell):
            return cell.strftime(form)
        if has_comma and isinstance(cell, float):
            return f"{Decimal(cell_text(cell)):f}".replace(".", ",")
        return cell_text(cell)

    return text


def _filled(cells: Sequence[Cell]) -> int:
    """Cells of a row up to the last that holds something."""
    return max((place for place, cell in enumerate(cells, start=1) if cell != ""), default=0)


def not_opened(data: bytes) -> ReadProblem | None:
    """Why a file is not opened: another kind, a password, a bomb; told by its directory alone."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError):
        return not_this_kind(data, "an Excel workbook", _REMEDY)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        return not_this_kind(data, "an Excel workbook", _REMEDY)
    if any(part.flag_bits & 1 for part in parts):
        return ReadProblem("E_MAGIC", "The workbook is encrypted. It was not opened.", _REMEDY)
    expanded = sum(part.file_size for part in parts)
    if expanded > _MOST_EXPANSION * len(data):
        return ReadProblem(
            "E_RATIO",
            f"The workbook of {len(data) >> 10} KiB expands to {expanded >> 20} MiB, more than "
            f"{_MOST_EXPANSION} times its size. It was not opened.",
            "Delete rows and columns that only have a format, and save it again.",
        )
    return None


def _no_value(data: bytes, sheet: str) -> ReadProblem | None:
    """E_CELL: the first cell with an error such as #N/A, or a formula whose result is not stored.

    The library reads both as empty, and an empty cell may mean something.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(_part_of(archive, sheet))
    if (found := _ERROR_CELL.search(content)) is not None:
        what, remedy = "an error of a formula, no value", "Mend the formula, or put in the value."
    elif (found := _NO_RESULT.search(content)) is not None:
        what = "a formula without a stored value"
        remedy = "Open and save the workbook in Excel or LibreOffice, or put in the values."
    else:
        return None
    name = _CELL_NAME.search(found[0])
    where = f"Cell {name[1].decode()}{name[2].decode()}" if name else "A cell"
    return ReadProblem(
        "E_CELL",
        f"{where} holds {what}. Nothing of this file was loaded.",
        remedy,
        line=int(name[2]) if name else None,
    )


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The archive's part that holds a sheet, by way of its relation."""
    workbook = archive.read("xl/workbook.xml").decode("utf-8")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8")
    names = re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook)
    entry = next(text for text in names if _attribute(text, "name") == sheet)
    wanted = _attribute(entry, r"\w+:id")
    targets = re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations)
    target = next(_attribute(t, "Target") for t in targets if _attribute(t, "Id") == wanted)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _attribute(element: str, name: str) -> str:
    """An attribute of an element; sheet names of profiles need no unescaping."""
    found = re.search(rf'\s{name}="([^"]*)"', element)
    return found[1] if found else ""


def cell_text(cell: Cell) -> str:
    """A cell as text that says exactly its value: 5 for 5.0, ISO 8601 for a date.

    Examples
    --------
    >>> [cell_text(c) for c in ("007", 7.1, 5.0, True, date(2020, 1, 2))]
    ['007', '7.1', '5', 'TRUE', '2020-01-02']
    """
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return f"PT{cell.total_seconds():g}S"
    return str(cell)
