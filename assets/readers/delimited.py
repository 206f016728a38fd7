"""Delimited text: bytes to a frame of text, every record with its line.

Belongs here: encoding, dialect, header, ragged rows, forbidden characters; all problems in one
pass.
Does not belong here: meaning of the columns (`mapping`), typing (`warehouse.staging`).
Nothing is sniffed, trimmed or typed: sniffing readers lose rows without a word.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence

import polars as pl

from assets.readers.read_file import ReadFile, ReadProblem, frame_schema, refused
from schemas.profile import FileProfile
from schemas.showing import counted, text_class

_MAGIC = {
    b"PK\x03\x04": "a zip archive or workbook",
    b"PK\x05\x06": "a zip archive or workbook",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"SQLite format 3": "a database",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"{\\rtf": "a word processor's file",
    b"<!": "a web page or XML",
    b"<?": "a web page or XML",
    b"<h": "a web page or XML",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: Longest line that is read; the widest table needs a few thousand characters. A file of one long
#: line would take twenty times its size in memory.
_LONGEST_LINE = 1 << 20


def read_delimited(
    data: bytes,
    profile: FileProfile,
    declared: int | None,
    *,
    heading: Sequence[str] | None = None,
) -> ReadFile:
    """Read one file under its declared dialect and header; `declared` rows, where announced.

    Where the first line has other words than the names of the columns, it is `heading`.
    """
    refusal = _not_text(data, profile)
    if refusal is not None:
        return refused(profile, refusal, found=0)
    text = data.decode(profile.encoding).removeprefix("\ufeff")
    if not text.strip():
        return refused(profile, _EMPTY, found=0)
    try:
        records = list(_records(text, profile.delimiter))
    except _BadCsvError as error:
        return refused(profile, error.problem, found=error.found)
    (_, header), *rows = records
    expected = list(profile.header if heading is None else heading)
    refusal = _wrong_header(header, expected, delimiter=profile.delimiter)
    if refusal is not None:
        return refused(profile, refusal, found=len(rows) + _is_a_record(header, expected))
    if declared is not None and len(rows) != declared:
        return refused(profile, _wrong_count(declared, rows), found=len(rows))
    return _split(rows, profile)


def _is_a_record(header: list[str], expected: list[str]) -> bool:
    """Whether a first line that is no header may be the first case: it is counted, not eaten."""
    names = {name.casefold() for name in expected}
    return len(header) > 1 and not names & {cell.strip().casefold() for cell in header}


def _split(rows: list[tuple[int, list[str]]], profile: FileProfile) -> ReadFile:
    """Set ragged records and records with forbidden characters aside, keep the others."""
    problems: list[ReadProblem] = []
    good: list[tuple[int, int, list[str]]] = []
    ignored = {place for place, name in enumerate(profile.header) if name in profile.ignored}
    for record, (line, cells) in enumerate(rows, start=1):
        found = _ragged(record, line, cells, profile) or bad_characters(
            record, line, cells, profile=profile, ignored=ignored
        )
        problems += found
        if not found:
            good.append((record, line, cells))
    columns: dict[str, list[str]] = {
        name: [cells[place] for _, _, cells in good] for place, name in enumerate(profile.header)
    }
    frame = pl.DataFrame(
        {"_record": [r for r, _, _ in good], "_line": [n for _, n, _ in good], **columns},
        schema=frame_schema(profile),
    )
    return ReadFile(profile.file, frame, found=len(rows), problems=tuple(problems))


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class _BadCsvError(Exception):
    """A record that cannot be told from the next; carries what was found before."""

    def __init__(self, problem: ReadProblem, found: int) -> None:
        self.problem = problem
        self.found = found


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the physical line on which each starts."""
    lines = _LineByLine(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line, found = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            is_too_long = lines.is_cut or (
                len(lines.last) > csv.field_size_limit() and reader.line_num <= line
            )
            problem = _too_long(line) if is_too_long else _unclosed(line)
            raise _BadCsvError(problem, max(found - 1, 0)) from error
        found += 1
        yield line, cells
        line = reader.line_num + 1


class _LineByLine:
    """The physical lines of a text, ended by LF, CRLF or CR; ends at one above the limit."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.last = ""
        self.is_cut = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        # readline takes characters: of a line of 50 MB no more than the limit is copied
        self.last = self._lines.readline(_LONGEST_LINE + 1)
        if not self.last:
            raise StopIteration
        if len(self.last) > _LONGEST_LINE:
            self.is_cut = True
            raise csv.Error
        return self.last


def _too_long(line: int) -> ReadProblem:
    """Refuse what no table of ours can hold, before it fills the memory."""
    return ReadProblem(
        "E_LIMIT",
        f"The line, or a cell of it, is too long: a line has at most {_LONGEST_LINE} characters, a "
        f"cell {csv.field_size_limit()}.",
        "Export one record per line. Nothing of this file was loaded.",
        line=line,
    )


def _unclosed(line: int) -> ReadProblem:
    """Quotes that do not pair: where one record ends and the next begins would be a guess."""
    return ReadProblem(
        "E_CSV",
        "A quote that opens in the record starting here is not closed, or text follows its end.",
        "Close it, or double a quote inside a quoted cell. Nothing of this file was loaded.",
        line=line,
    )


_EMPTY = ReadProblem(
    "E_EMPTY", "The file is empty.", "Export it again; a table without rows is left out."
)


def _not_text(data: bytes, profile: FileProfile) -> ReadProblem | None:
    """Refuse what is no text of the declared encoding."""
    if not data.strip():
        return _EMPTY
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return ReadProblem(
                "E_MAGIC", f"The file is {kind}, not delimited text.", "Export it as CSV."
            )
    wrong = None
    if data.startswith(_UTF_16):
        wrong = f"The file is UTF-16, not {profile.encoding.upper()}"
    try:
        data.decode(profile.encoding)
    except UnicodeDecodeError as error:
        wrong = wrong or f"The byte at offset {error.start} is not {profile.encoding.upper()}"
    if wrong is None:
        return None
    return ReadProblem(
        "E_ENCODING",
        f"{wrong}. Nothing of this file was loaded.",
        "Export as UTF-8, or declare the encoding in the site's profile.",
    )


def _wrong_header(header: list[str], expected: list[str], *, delimiter: str) -> ReadProblem | None:
    """Compare the header byte for byte."""
    if header == expected:
        return None
    if len(header) == 1 and len(expected) > 1:
        likely = next((c for c in ";\t|," if header[0].count(c) == len(expected) - 1), None)
        return ReadProblem(
            "E_DIALECT",
            f"The first line has one field; {len(expected)} fields separated by "
            f"{_SEPARATORS[delimiter]} were expected"
            + (f", and it would have as many separated by {_SEPARATORS[likely]}" if likely else "")
            + ". Nothing of this file was loaded.",
            "Export with that separator, or declare yours in the site's profile.",
            line=1,
        )
    gone = [name for name in expected if name not in header]
    if header and gone and [name for name in expected if name in header] == header:
        return ReadProblem(
            "E_SCHEMA",
            f"The file lacks {counted(len(gone), 'column')}: {', '.join(gone)}. Nothing of it was "
            "loaded.",
            "Export every column of the dictionary; empty cells are allowed where it says so.",
            line=1,
            column=gone[0],
        )
    known = set(expected)
    differing = [
        f"column {place}: expected '{want}', found {_name_shown(got, known)}"
        for place, (want, got) in enumerate(zip(expected, header, strict=False), start=1)
        if want != got
    ]
    if len(header) != len(expected):
        differing.insert(0, f"{counted(len(expected), 'column')} expected, {len(header)} found")
    more = f"; and {len(differing) - 4} more" if len(differing) > 4 else ""
    return ReadProblem(
        "E_HEADER",
        ("The first line names no column; is the header missing? " * _is_a_record(header, expected))
        + "Another header than expected: "
        + "; ".join(differing[:4])
        + more
        + ". Nothing of this file was loaded.",
        "Export in the order of the dictionary, or declare yours in the site's profile.",
        line=1,
    )


def _name_shown(found: str, known: set[str]) -> str:
    """A found column name; of an unknown one only its length, it may be a value."""
    is_known = found.isprintable() and found.strip().casefold() in known
    return f"'{found}'" if is_known else text_class(found)


def _wrong_count(declared: int, rows: list[tuple[int, list[str]]]) -> ReadProblem:
    """Refuse a file whose rows are not those announced."""
    blank = sum(not cells for _, cells in rows)
    return ReadProblem(
        "E_COUNT",
        f"The manifest announces {counted(declared, 'row')}, the file has {len(rows)}"
        + (f", {blank} of them blank" if blank else "")
        + ". Nothing of this file was loaded.",
        "Export again and make the manifest from the exported file.",
    )


def _ragged(record: int, line: int, cells: list[str], profile: FileProfile) -> list[ReadProblem]:
    """A record with another number of fields than the header."""
    if len(cells) == len(profile.header):
        return []
    return [
        ReadProblem(
            "E_RAGGED",
            f"{counted(len(profile.header), 'field')} expected, {len(cells)} found.",
            "Quote cells that hold the separator; leave no line empty.",
            line=line,
            record=record,
            content=_as_line(cells, profile.delimiter),
        )
    ]


def bad_characters(
    record: int, line: int, cells: list[str], *, profile: FileProfile, ignored: set[int]
) -> list[ReadProblem]:
    """Every cell that is read and holds a control, direction, zero-width or odd blank character."""
    return [
        ReadProblem(
            "E_CHAR",
            f"The cell holds {_named(next(c for c in cell if not c.isprintable()))}.",
            "Remove it at the site; it is not stripped here.",
            line=line,
            record=record,
            column=profile.header[place],
            content=_as_line(cells, profile.delimiter),
        )
        for place, cell in enumerate(cells)
        if place not in ignored and not cell.isprintable()
    ]


def _named(character: str) -> str:
    """A character that cannot be printed, by code point and name (control characters have none)."""
    name = unicodedata.name(character, "a control character").lower()
    return f"the character U+{ord(character):04X} ({name})"


def _as_line(cells: list[str], delimiter: str) -> str:
    """The record written again, to be kept in quarantine."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()
