"""Delimited text: bytes to a frame of text, every record with its line.

Belongs here: encoding, dialect, header, ragged rows, forbidden characters; all problems in one
pass.
Does not belong here: meaning of the columns (`mapping`), typing (`warehouse.staging`).
Nothing is sniffed, trimmed or typed: sniffing readers lose rows without a word.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

from assets.readers.kinds import kind_of
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import Record, as_read
from schemas.profile import FileProfile

_BOM = "\ufeff"
#: The encoding is judged in pieces of so many bytes.
_PIECE = 1 << 20
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
        is_counted = refusal.rule == "E_ENCODING"
        return refused(profile, refusal, found=_counted(data, profile) if is_counted else 0)
    records = _records(data, profile)
    expected = profile.header if heading is None else tuple(heading)
    try:
        _, header = next(records)
        wrong = _wrong_dialect(header, expected, profile.delimiter)
        return as_read(header, records, profile, declared, heading=expected, problem=wrong)
    except _BadCsvError as error:
        return refused(profile, error.problem, found=error.found)


def _counted(data: bytes, profile: FileProfile) -> int:
    """Records of a file in another encoding: what its letters are is open, its lines are not."""
    encoding = "utf-16" if data.startswith(_UTF_16) else "latin-1"
    odd = len(data) % 2 if encoding == "utf-16" else 0
    text = data[: len(data) - odd].decode(encoding, errors="replace").encode()
    try:
        return max(sum(1 for _ in _records(text, profile.model_copy(update=_AS_UTF_8))) - 1, 0)
    except _BadCsvError as error:
        return error.found


_AS_UTF_8 = {"encoding": "utf-8"}


class _BadCsvError(Exception):
    """A record that cannot be told from the next; carries what was found before."""

    def __init__(self, problem: ReadProblem, found: int) -> None:
        self.problem = problem
        self.found = found


def _records(data: bytes, profile: FileProfile) -> Iterator[Record]:
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
    kind = kind_of(data)
    if kind is not None:
        return ReadProblem(
            "E_MAGIC",
            f"The file is {kind}, not delimited text. Nothing of it was loaded.",
            "Export it as CSV.",
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


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def _wrong_dialect(
    header: list[str], expected: Sequence[str], delimiter: str
) -> ReadProblem | None:
    """A first line that is one field where several were expected."""
    if len(header) != 1 or len(expected) < 2:
        return None
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
