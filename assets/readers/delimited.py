"""Delimited text: bytes to a frame of text, every record with its line.

Belongs here: encoding, dialect, header, ragged rows, forbidden characters; all problems in one
pass.
Does not belong here: meaning of the columns (`mapping`), typing (`warehouse.staging`).
Nothing is sniffed, trimmed or typed: sniffing readers lose rows without a word.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.profile import FileProfile

_MAGIC = {
    b"PK\x03\x04": "a zip archive or workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}


@dataclass(frozen=True)
class ReadProblem:
    """What is wrong with a file (`line` None) or with one of its records."""

    rule: str
    message: str
    suggestion: str
    line: int | None = None
    record: int | None = None
    column: str | None = None
    content: str | None = None


@dataclass(frozen=True)
class ReadFile:
    """A file as read: `frame` has `_record`, `_line` and every header column as text.

    `found` counts data records, refused ones included. Where `is_refused`, nothing of the file goes
    on.
    """

    file: str
    frame: pl.DataFrame
    found: int
    problems: Sequence[ReadProblem] = field(default_factory=tuple)
    is_refused: bool = False


def read_delimited(data: bytes, profile: FileProfile, *, declared: int | None) -> ReadFile:
    """Read one file under its declared dialect and header; `declared` rows, where it was announced."""
    refusal = _not_text(data, profile)
    if refusal is not None:
        return _refused(profile, refusal, found=0)
    text = data.decode(profile.encoding).removeprefix("\ufeff")
    try:
        records = list(_records(text, profile.delimiter))
    except _BadCsvError as error:
        return _refused(profile, error.problem, found=error.found)
    if not records:
        return _refused(profile, _EMPTY, found=0)
    (_, header), *rows = records
    refusal = _wrong_header(header, profile)
    if refusal is not None:
        # a first line that is no header may be the first case: it is counted, not eaten
        lost = len(rows) + (refusal.rule == "E_HEADER" and not set(header) & set(profile.header))
        return _refused(profile, refusal, found=lost)
    if declared is not None and len(rows) != declared:
        return _refused(profile, _wrong_count(declared, len(rows)), found=len(rows))
    return _split(rows, profile)


def _split(rows: list[tuple[int, list[str]]], profile: FileProfile) -> ReadFile:
    """Set ragged records and records with forbidden characters aside, keep the others."""
    problems: list[ReadProblem] = []
    good: list[tuple[int, int, list[str]]] = []
    ignored = {place for place, name in enumerate(profile.header) if name in profile.ignored}
    for record, (line, cells) in enumerate(rows, start=1):
        problem = _ragged(record, line, cells, profile) or _bad_character(
            record, line, cells, profile, ignored
        )
        if problem is None:
            good.append((record, line, cells))
        else:
            problems.append(problem)
    columns: dict[str, list[str]] = {
        name: [cells[place] for _, _, cells in good] for place, name in enumerate(profile.header)
    }
    frame = pl.DataFrame(
        {"_record": [r for r, _, _ in good], "_line": [n for _, n, _ in good], **columns},
        schema={
            "_record": pl.Int64,
            "_line": pl.Int64,
            **dict.fromkeys(profile.header, pl.String),
        },
    )
    return ReadFile(profile.file, frame, found=len(rows), problems=tuple(problems))


class _BadCsvError(Exception):
    """Quoting that cannot be resolved; carries what was found before."""

    def __init__(self, problem: ReadProblem, found: int) -> None:
        self.problem = problem
        self.found = found


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the physical line on which each starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line, found = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = ReadProblem(
                "E_CSV",
                f"The quoting of the record that starts here cannot be resolved "
                f"({type(error).__name__}).",
                "Close the quote, or double a quote inside a quoted cell. Nothing was loaded.",
                line=line,
            )
            raise _BadCsvError(problem, max(found - 1, 0)) from error
        found += 1
        yield line, cells
        line = reader.line_num + 1


_EMPTY = ReadProblem(
    "E_EMPTY", "The file is empty.", "Export it again; a table without rows is left out."
)


def _not_text(data: bytes, profile: FileProfile) -> ReadProblem | None:
    """Refuse what is no text of the declared encoding."""
    if not data.strip():
        return _EMPTY
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return ReadProblem(
                "E_MAGIC", f"The file is {kind}, not delimited text.", "Export it as CSV."
            )
    try:
        data.decode(profile.encoding)
    except UnicodeDecodeError as error:
        return ReadProblem(
            "E_ENCODING",
            f"The byte at offset {error.start} is not {profile.encoding}.",
            "Export as UTF-8, or declare the encoding in the site's profile.",
        )
    return None


def _wrong_header(header: list[str], profile: FileProfile) -> ReadProblem | None:
    """Compare the header byte for byte."""
    expected = list(profile.header)
    if header == expected:
        return None
    if len(header) == 1 and len(expected) > 1:
        return ReadProblem(
            "E_DIALECT",
            f"The first line has one field; {len(expected)} fields separated by "
            f"'{profile.delimiter}' were expected.",
            "Export with that separator, or declare yours in the site's profile.",
            line=1,
        )
    gone = [name for name in expected if name not in header]
    if gone and [name for name in expected if name in header] == header:
        return ReadProblem(
            "E_SCHEMA",
            f"The file lacks the column{'s' * (len(gone) > 1)} {', '.join(gone)}.",
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
        differing.append(f"{len(expected)} columns expected, {len(header)} found")
    more = f"; and {len(differing) - 4} more" if len(differing) > 4 else ""
    return ReadProblem(
        "E_HEADER",
        "; ".join(differing[:4]) + more + ". Nothing of this file was loaded.",
        "Export in the order of the dictionary, or declare yours in the site's profile.",
        line=1,
    )


def _name_shown(found: str, known: set[str]) -> str:
    """A found column name; of one that is not in the dictionary only its length, it may be a value."""
    return f"'{found}'" if found in known else f"text of {len(found)} characters"


def _wrong_count(declared: int, found: int) -> ReadProblem:
    """Refuse a file whose rows are not those announced."""
    return ReadProblem(
        "E_COUNT",
        f"The manifest announces {declared} rows, the file has {found}.",
        "Export again and make the manifest from the exported file. Nothing was loaded.",
    )


def _ragged(record: int, line: int, cells: list[str], profile: FileProfile) -> ReadProblem | None:
    """A record with another number of fields than the header."""
    if len(cells) == len(profile.header):
        return None
    return ReadProblem(
        "E_RAGGED",
        f"{len(profile.header)} fields expected, {len(cells)} found.",
        "Quote cells that hold the separator; leave no line empty.",
        line=line,
        record=record,
        content=_as_line(cells, profile.delimiter),
    )


def _bad_character(
    record: int, line: int, cells: list[str], profile: FileProfile, ignored: set[int]
) -> ReadProblem | None:
    """A control, direction or zero-width character in a cell that is read."""
    for place, cell in enumerate(cells):
        if place in ignored or cell.isprintable():
            continue
        # letters and signs outside the printable set: Cc, Cf, Cs, Co, Zl, Zp
        bad = next(c for c in cell if not c.isprintable())
        return ReadProblem(
            "E_CHAR",
            f"The cell holds the character U+{ord(bad):04X} ({unicodedata.category(bad)}).",
            "Remove it at the site; it is not stripped here.",
            line=line,
            record=record,
            column=profile.header[place],
            content=_as_line(cells, profile.delimiter),
        )
    return None


def _as_line(cells: list[str], delimiter: str) -> str:
    """The record written again, to be kept in quarantine."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()


def _refused(profile: FileProfile, problem: ReadProblem, *, found: int) -> ReadFile:
    """A file of which nothing goes on."""
    schema = {"_record": pl.Int64, "_line": pl.Int64, **dict.fromkeys(profile.header, pl.String)}
    return ReadFile(
        profile.file, pl.DataFrame(schema=schema), found, problems=(problem,), is_refused=True
    )
