"""Workbooks for tests: sheets from rows, and one that expands without measure.

Belongs here: making the bytes.
Does not belong here: what a reader makes of them.
"""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of the given sheets; None is an empty cell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def replaced(data: bytes, part: str, content: bytes) -> bytes:
    """The same workbook with another content of one part."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


def bomb(mebibytes: int = 381) -> bytes:
    """A workbook whose sheet expands a thousandfold: blanks between two rows."""
    small = workbook(Sheet1=[["case_id"], ["C1"]])
    part = "xl/worksheets/sheet1.xml"
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            start, end, rest = old.read(name).partition(b"</sheetData>")
            with new.open(name, "w") as written:
                written.write(start)
                for _ in range(mebibytes if name == part else 0):
                    written.write(b" " * (1 << 20))
                written.write(end + rest)
    return out.getvalue()
