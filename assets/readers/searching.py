"""Searching a refused file: its text by lines, whatever kind of file it is in truth.

Belongs here: what of a file can be read to be searched, told by its content; what cannot be.
Does not belong here: what identifies (`schemas.identifiers`), which cells are looked at
(`assets.readers.identifiers`).
A file that is refused would be kept as it came, so it is searched whole: every sheet of a workbook,
every column of a Parquet file. What cannot be searched is not kept: an archive or a picture may
hold any name, a DICOM file nearly always does, and nothing of a refused file is needed again.
"""

import csv
import io
from collections.abc import Iterator
from itertools import chain

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from assets.readers.excel import cell_text, not_opened
from assets.readers.kinds import kind_of
from assets.readers.records import Record

#: Of a file that cannot be split, so much of a line is looked at.
_LONGEST = 1 << 20
_TEXTS = (None, "a web page or XML")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def searchable(data: bytes, delimiter: str) -> list[Iterator[Record]] | None:
    """The lines of each table that a file holds, from its header on; None where nobody can tell."""
    kind = kind_of(data)
    if kind == "a zip archive or workbook" and not_opened(data) is None:
        try:
            return _sheets(data)
        except CalamineError:
            return None
    if kind == "a Parquet file":
        return _columns(data)
    if kind not in _TEXTS:
        return None
    text = _decoded(data)
    return None if text is None else [_lines(text, delimiter)]


def _sheets(data: bytes) -> list[Iterator[Record]]:
    """The rows of every sheet, hidden ones too; its name is a text like any other.

    All are read before any is searched: a sheet that is damaged makes the workbook unreadable.
    """
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))

    found = [
        workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    ]
    rows = [
        ((line, [cell_text(cell) for cell in cells]) for line, cells in enumerate(sheet, start=1))
        for sheet in found
    ]
    return [iter([(1, [name]) for name in workbook.sheet_names]), *rows]


def _columns(data: bytes) -> list[Iterator[Record]] | None:
    """The records of a Parquet file; None where it is damaged."""
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError):
        return None
    records = enumerate(frame.iter_rows(), start=2)
    cells = ((line, ["" if v is None else str(v) for v in row]) for line, row in records)
    return [chain([(1, frame.columns)], cells)]


def _decoded(data: bytes) -> str | None:
    """The text of a file; None where it is none."""
    if data.startswith(_UTF_16):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _lines(text: str, delimiter: str) -> Iterator[Record]:
    """The lines of a text, cells as well as they can be told apart."""
    head = text[:_LONGEST].partition("\n")[0]
    found = max((delimiter, ",", ";", "\t", "|"), key=head.count)
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield number, next(csv.reader([line[:_LONGEST]], delimiter=found), [])
        except csv.Error:  # a cell above the limit of the module
            yield number, line[:_LONGEST].split(found)
