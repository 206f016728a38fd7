"""Reading for a draft: a file of which only the name is known, as header and cells.

Belongs here: dialect, encoding and header line of a text, the sheet of a workbook, and what of
their cells may be said: the usual texts for a missing value, the format of dates.
Does not belong here: what columns may mean (`assets.drafting`), reading a delivery
(`assets.readers`).
No message holds a cell: a first line that is no header may be a patient.
"""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from assets.readers.kinds import kind_of
from assets.readers.sandbox import Job, read_files
from schemas.dates import read_date
from schemas.errors import UsageError
from schemas.identifiers.texts import identifying_kinds
from schemas.profile import FileProfile

_ROWS = 2000
_SEPARATORS = (",", ";", "\t", "|")
_FORMATS = ("iso", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d")
#: From this share of dates on a column is one of dates.
_MOSTLY = 0.8
_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
#: Usual texts for a missing value, without case and blanks; German ones after the English.
_NOT_RECORDED = """
    na n/a n.a. nan null none . - -- ? ?? -9 -99 -999 #n/a unknown unk missing notrecorded
    k.a. k.a ka keineangabe keineangaben o.a. unbekannt unbek. n.b. nichtbekannt #nv #n/v
"""
_NOT_DONE = "nd n.d. notdone nichtdurchgeführt nichterhoben"
_MISSING = {
    **dict.fromkeys(_NOT_RECORDED.split(), "not_recorded"),
    **dict.fromkeys(_NOT_DONE.split(), "not_done"),
}


@dataclass(frozen=True)
class Drafted:
    """A file as far as a draft needs it.

    `lines` are the lines of the draft that say how the file is read.
    """

    lines: tuple[str, ...]
    header: list[str]
    columns: dict[str, list[str]]
    has_comma: bool = False


def missing_reason(text: str) -> str | None:
    """Why a value is missing, where a cell is a usual text that says so.

    Examples
    --------
    >>> [missing_reason(text) for text in ("k. A.", "ND", "-", "Meyer", "")]
    ['not_recorded', 'not_done', 'not_recorded', None, None]
    """
    return _MISSING.get(re.sub(r"\s", "", text).lower())


def date_formats(cells: list[str]) -> list[str] | None:
    """The date formats that most filled cells have; None where they are no dates.

    One slip such as 31.02.2018 makes a column of dates no other column.
    """
    filled = [cell for cell in cells if cell and missing_reason(cell) is None]
    fits = {form: sum(read_date(cell, form) is not None for cell in filled) for form in _FORMATS}
    best = max(fits.values())
    found = [form for form, n in fits.items() if n == best]
    return found if filled and best >= _MOSTLY * len(filled) else None


def read_for_draft(path: Path, *, sheet: str | None = None) -> Drafted:
    """The file's dialect or sheet, header and first records.

    Raises
    ------
    UsageError
        If it is neither delimited text nor a workbook with a header, or has no such sheet.
    """
    if path.is_dir():
        raise UsageError(f"{path}: is a folder. Name one delimited text file or workbook of it.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read. Name a text file or a workbook.") from error
    if path.suffix.lower() in (".xlsx", ".xlsm") or data.startswith(b"PK\x03\x04"):
        return _workbook(path, sheet)
    if sheet is not None:
        raise UsageError(f"--sheet: {path} is no workbook. Leave the option out.")
    return _delimited(path, data)


def _delimited(path: Path, data: bytes) -> Drafted:
    """A text with a separator."""
    try:
        text, encoding = data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = _not_utf_8(data)
    head = text.partition("\n")[0]
    delimiter = max(_SEPARATORS, key=head.count)
    if kind_of(data) or "\0" in text or delimiter not in head:
        raise UsageError(
            f"{path}: its first line is no header of delimited text. Export it as CSV or as a "
            "workbook (.xlsx)."
        )
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [record for _, record in zip(range(_ROWS), records, strict=False)]
    header, columns = _table(path, "first line", rows)
    cells = (cell for values in columns.values() for cell in values)
    has_comma = delimiter != "," and any(_COMMA.fullmatch(cell) for cell in cells)
    lines = [
        f"delimiter: {quoted(delimiter)}",
        f"encoding: {encoding}" + ("" if encoding == "utf-8" else "  # ?"),
    ]
    lines += ['decimal: ","  # ?'] if has_comma else []
    return Drafted(tuple(lines), header, columns, has_comma)


def _workbook(path: Path, wanted: str | None) -> Drafted:
    """A sheet of a workbook: the one that is asked for, else the first with records."""
    part = FileProfile(
        file="x", format="excel", sheet="x", header=("x",), ignored={"x": ""}, rows=()
    )
    (read,) = read_files([Job(path.name, path, part, None, first_look=True)])
    if read.is_refused:
        problem = read.problems[0]
        raise UsageError(f"{path}: {problem.message} {problem.suggestion}")
    sheets: dict[str, list[list[str]]] = {}
    for name, cells in read.frame.iter_rows():
        sheets.setdefault(name, []).append(cells)
    with_records = [name for name, rows in sheets.items() if len(rows) > 1]
    sheet = wanted if wanted is not None else next(iter(with_records), None)
    if sheet not in sheets:
        raise UsageError(
            f"{path}: has no sheet "
            + (f"'{wanted}' with a filled cell" if wanted else "with a header and a record")
            + ". Name one of its sheets with --sheet."
        )
    rows = sheets[sheet]
    width = max(place for row in rows for place, cell in enumerate(row, start=1) if cell)
    header, columns = _table(path, "first row of the sheet", [row[:width] for row in rows])
    more = len(with_records) - (sheet in with_records)
    others = f"  # ? one of {more + 1} sheets; --sheet NAME drafts another" if more else ""
    return Drafted(("format: excel", f"sheet: {quoted(sheet)}{others}"), header, columns)


def _table(path: Path, where: str, rows: list[list[str]]) -> tuple[list[str], dict[str, list[str]]]:
    """Header, and the cells of each column, of the records that have as many as it."""
    header, *records = rows
    if any(_is_value(name) for name in header) or len(set(header)) < len(header):
        raise UsageError(
            f"{path}: the {where} is no header; it looks like a record, leaves a column without a "
            "name, or names one twice. Export with a header line."
        )
    whole = [row for row in records if len(row) == len(header)]
    return header, {name: [row[place] for row in whole] for place, name in enumerate(header)}


def _not_utf_8(data: bytes) -> tuple[str, str]:
    """The text of other bytes: Windows writes its own form of Latin-1, with letters more."""
    try:
        return data.decode("windows-1252"), "windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _is_value(name: str) -> bool:
    """Whether a cell of the first line is a value: then nothing of the line may be shown."""
    is_word = re.search("[A-Za-z]", name) is not None
    return not is_word or bool(identifying_kinds(name))


#: Words that YAML does not read as text.
_YAML_WORDS = frozenset({"yes", "no", "y", "n", "on", "off", "true", "false", "null"})


def quoted(text: str) -> str:
    """A text as YAML reads it back as the same text."""
    if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", text) and text.lower() not in _YAML_WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
