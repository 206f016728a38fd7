"""Records: what holds for every table, whatever the format it came in.

Belongs here: comparing a header, ragged records, forbidden characters, the announced count.
Does not belong here: bytes to cells (the readers beside this module), meaning of the columns
(`mapping`).
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

import polars as pl

from assets.readers.read_file import ReadFile, ReadProblem, refused
from schemas.problems import UNREADABLE
from schemas.profile import FileProfile
from schemas.showing import counted, text_class

#: Formats whose records are rows as they stand: where a cell cannot be read the others still can.
WITH_ROWS = frozenset({"delimited", "excel", "parquet"})
#: A record: the line on which it starts, then its cells.
Record = tuple[int, list[str]]


def as_read(
    header: list[str],
    rows: Iterable[Record],
    profile: FileProfile,
    declared: int | None,
    *,
    heading: Sequence[str] | None = None,
    problem: ReadProblem | None = None,
) -> ReadFile:
    """A file as read from its header and records; `declared` rows, where announced.

    Where the header has other words than the names of the columns, it is `heading`; with `problem`
    the file is refused already, and its records are only counted.
    """
    expected = list(profile.header if heading is None else heading)
    wrong = problem or wrong_header(header, expected)
    kept, found, blank = _Kept(profile), 0, 0
    for line, cells in rows:
        found += 1
        blank += not cells
        if wrong is None:
            kept.add(found, line, cells)
    if wrong is not None:
        return refused(profile, wrong, found=found + is_a_record(header, expected))
    if declared is not None and found != declared:
        return refused(profile, wrong_count(declared, found, blank), found=found)
    return ReadFile(profile.file, kept.frame(), found=found, problems=tuple(kept.problems))


def is_a_record(header: list[str], expected: list[str]) -> bool:
    """Whether a first line that is no header may be the first case: it is counted, not eaten."""
    names = {name.casefold() for name in expected}
    return len(header) > 1 and not names & {cell.strip().casefold() for cell in header}


#: Records become a frame in parts of so many: as lists of texts they take ten times the memory.
_PART = 4096


class _Kept:
    """The records that go on; ragged ones are set aside, a cell with a forbidden character too."""

    def __init__(self, profile: FileProfile) -> None:
        self.problems: list[ReadProblem] = []
        self._profile = profile
        self._width = len(profile.header)
        self._ignored = {n for n, name in enumerate(profile.header) if name in profile.ignored}
        self._places: list[tuple[int, int]] = []
        self._rows: list[list[str]] = []
        self._parts: list[pl.DataFrame] = []

    def add(self, record: int, line: int, cells: list[str]) -> None:
        """Take one record in, or say what is wrong with it."""
        # one look at the whole record: few are ragged or hold such a character
        if len(cells) != self._width or not "".join(cells).isprintable():
            found = _ragged(record, line, cells, self._profile) or bad_characters(
                record, line, cells, profile=self._profile, ignored=self._ignored
            )
            self.problems += found
            if found and (len(cells) != self._width or self._profile.format not in WITH_ROWS):
                return
            spoilt = {problem.column for problem in found}
            names = self._profile.header
            cells = [UNREADABLE if n in spoilt else c for n, c in zip(names, cells, strict=True)]
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
        # columns that the reader gives beside the header come later
        names = dict.fromkeys(self._profile.header, pl.String)
        schema = {"_record": pl.Int64, "_line": pl.Int64, **names}
        columns = [*zip(*self._places, strict=True), *zip(*self._rows, strict=True)]
        cells = dict(zip(schema, columns or [()] * len(schema), strict=True))
        self._parts.append(pl.DataFrame(cells, schema=schema))
        self._places, self._rows = [], []


def wrong_header(header: list[str], expected: list[str]) -> ReadProblem | None:
    """Compare the header byte for byte."""
    if header == expected:
        return None
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
        ("The first line names no column; is the header missing? " * is_a_record(header, expected))
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


def wrong_count(declared: int, found: int, blank: int = 0) -> ReadProblem:
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
            f"The record has {counted(len(cells), 'field')}, the header {len(profile.header)}.",
            "Quote cells that hold the separator; leave no line empty.",
            line=line,
            record=record,
            content=as_line(cells, profile.delimiter),
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
            content=as_line(cells, profile.delimiter),
        )
        for place, cell in enumerate(cells)
        if place not in ignored and not cell.isprintable()
    ]


def _named(character: str) -> str:
    """A character that cannot be printed, by code point and name (control characters have none)."""
    name = unicodedata.name(character, "a control character").lower()
    return f"the character U+{ord(character):04X} ({name})"


def as_line(cells: list[str], delimiter: str) -> str:
    """The record written again, to be kept in quarantine: it reads as one record again."""
    out = io.StringIO()
    # with this end a cell with a line feed or a carriage return is quoted
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return out.getvalue().removesuffix("\r\n")
