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
from collections.abc import Iterator

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
_BOM = "\ufeff"
#: The encoding is judged in pieces of so many bytes.
_PIECE = 1 << 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: Longest line that is read; the widest table needs a few thousand characters. A file of one long
#: line would take twenty times its size in memory.
_LONGEST_LINE = 1 << 20


def read_delimited(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read one file under its declared dialect and header; `declared` rows, where announced."""
    refusal = _not_text(data, profile)
    if refusal is not None:
        return refused(profile, refusal, found=0)
    records = _records(data, profile)
    kept, found, blank = _Kept(profile), 0, 0
    try:
        _, header = next(records)
        refusal = _wrong_header(header, profile)
        for line, cells in records:
            found += 1
            blank += not cells
            if refusal is None:
                kept.add(found, line, cells)
    except _BadCsvError as error:
        return refused(profile, error.problem, found=error.found)
    if refusal is not None:
        return refused(profile, refusal, found=found + _is_a_record(header, profile))
    if declared is not None and found != declared:
        return refused(profile, _wrong_count(declared, found, blank), found=found)
    return ReadFile(profile.file, kept.frame(), found=found, problems=tuple(kept.problems))


def _is_a_record(header: list[str], profile: FileProfile) -> bool:
    """Whether a first line that is no header may be the first case: it is counted, not eaten."""
    names = {name.casefold() for name in profile.header}
    return len(header) > 1 and not names & {cell.strip().casefold() for cell in header}


#: Records become a frame in parts of so many: as lists of texts they take ten times the memory.
_PART = 4096


class _Kept:
    """The records that go on; ragged ones and those with forbidden characters are set aside."""

    def __init__(self, profile: FileProfile) -> None:
        self.problems: list[ReadProblem] = []
        self._profile = profile
        self._ignored = {n for n, name in enumerate(profile.header) if name in profile.ignored}
        self._places: list[tuple[int, int]] = []
        self._rows: list[list[str]] = []
        self._parts: list[pl.DataFrame] = []

    def add(self, record: int, line: int, cells: list[str]) -> None:
        """Take one record in, or say what is wrong with it."""
        found = _ragged(record, line, cells, self._profile)
        # one look at the whole record: few hold such a character
        if not found and not "".join(cells).isprintable():
            found = _bad_characters(
                record, line, cells, profile=self._profile, ignored=self._ignored
            )
        self.problems += found
        if not found:
            self._places.append((record, line))
            self._rows.append(cells)
            if len(self._rows) == _PART:
                self._close_part()

    def frame(self) -> pl.DataFrame:
        """Everything that was taken in."""
        self._close_part()
        return pl.concat(self._parts)

    def _close_part(self) -> None:
        """Turn the records at hand into a part of the frame."""
        schema = frame_schema(self._profile)
        columns = [*zip(*self._places, strict=True), *zip(*self._rows, strict=True)]
        cells = dict(zip(schema, columns or [()] * len(schema), strict=True))
        self._parts.append(pl.DataFrame(cells, schema=schema))
        self._places, self._rows = [], []


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class _BadCsvError(Exception):
    """A record that cannot be told from the next; carries what was found before."""

    def __init__(self, problem: ReadProblem, found: int) -> None:
        self.problem = problem
        self.found = found


def _records(data: bytes, profile: FileProfile) -> Iterator[tuple[int, list[str]]]:
    """Records with the physical line on which each starts."""
    lines = _LineByLine(data, profile.encoding)
    reader = csv.reader(lines, delimiter=profile.delimiter, strict=True)
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

    def __init__(self, data: bytes, encoding: str) -> None:
        # decoded as it is read: the whole as text would take four bytes a character
        self._lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
        if self._lines.read(1) != _BOM:
            self._lines.seek(0)
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
    is_blank, offset = _decoded(data, profile.encoding)
    if data.startswith(_UTF_16):
        wrong = f"The file is UTF-16, not {profile.encoding.upper()}"
    elif offset is not None:
        wrong = f"The byte at offset {offset} is not {profile.encoding.upper()}"
    if wrong is None:
        return _EMPTY if is_blank else None
    return ReadProblem(
        "E_ENCODING",
        f"{wrong}. Nothing of this file was loaded.",
        "Export as UTF-8, or declare the encoding in the site's profile.",
    )


def _decoded(data: bytes, encoding: str) -> tuple[bool, int | None]:
    """Whether the text is blank, and the offset of the first byte that is not of the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    is_blank = True
    view = memoryview(data)
    for start in range(0, len(data), _PIECE):
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(view[start : start + _PIECE], start + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            return False, start - held + error.start
        if is_blank:
            text = text.removeprefix(_BOM) if start == 0 else text
            is_blank = not text.strip()
    return is_blank, None


def _wrong_header(header: list[str], profile: FileProfile) -> ReadProblem | None:
    """Compare the header byte for byte."""
    expected = list(profile.header)
    if header == expected:
        return None
    if len(header) == 1 and len(expected) > 1:
        likely = next((c for c in ";\t|," if header[0].count(c) == len(expected) - 1), None)
        return ReadProblem(
            "E_DIALECT",
            f"The first line has one field; {len(expected)} fields separated by "
            f"{_SEPARATORS[profile.delimiter]} were expected"
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
        ("The first line names no column; is the header missing? " * _is_a_record(header, profile))
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


def _wrong_count(declared: int, found: int, blank: int) -> ReadProblem:
    """Refuse a file whose rows are not those announced."""
    return ReadProblem(
        "E_COUNT",
        f"The manifest announces {counted(declared, 'row')}, the file has {found}"
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


def _bad_characters(
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
