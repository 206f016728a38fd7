"""The identifier scan: what in a delivered file points at a person.

Belongs here: which cells of a file are looked at, and how; one finding per column and kind.
Does not belong here: what identifies (`schemas.identifiers`), what becomes of the file
(`warehouse.landing`).
It runs where the file is parsed. A finding says place and kind, never the cell. Numbers in measured
columns are covered by their range and not looked at; codes of the dictionary neither. What a
profile ignores is kept with the file, so it is scanned too, but for dates and digits: a time of
analysis is one. Of published evidence only what is read is scanned: titles and web addresses are
public.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from assets.readers.read_file import ReadFile, ReadProblem
from assets.readers.searching import searchable
from schemas.catalogue import LOOKS_IDENTIFYING
from schemas.columns import Code, Column, Identifier, TextCode
from schemas.identifiers.column_names import may_be_shown, names_a_person
from schemas.identifiers.pseudonyms import PSEUDONYM, SITE_COLUMN
from schemas.identifiers.texts import (
    DATE,
    NUMBER,
    PHONE,
    POSTCODE,
    WORTH_A_LOOK,
    identifying_kinds,
)
from schemas.manifest import IdScheme
from schemas.problems import UNREADABLE
from schemas.profile import FileProfile
from schemas.showing import counted
from schemas.tables import BY_NAME

#: The id scheme of the delivery; "unannounced" for a folder without a manifest.
Scan = IdScheme | Literal["unannounced"]

PHI, PHI_COLUMN = "E_PHI", "E_PHI_COLUMN"
#: Rules under which a file's bytes are not kept.
IDENTIFIER_RULES = frozenset({PHI, PHI_COLUMN})

_NUMERIC = r"^-?[0-9]*[.,]?[0-9]+([eE][+-]?[0-9]{1,3})?$"
_LOOKS_IDENTIFYING = re.compile(LOOKS_IDENTIFYING)
#: What every id has that could be a number of a person or a date: its form, or a run of digits that
#: nothing but separators and the letters of two countries interrupt.
_ID_WORTH_A_LOOK = (
    rf"^({LOOKS_IDENTIFYING})$|@|[0-9](?:[^0-9A-Za-z_]{{0,2}}[0-9]){{7}}"
    "|[0-9]{6}[A-FU-Y][0-9]{3}|[0-9][AB] ?[0-9]{3} ?[0-9]{3}|[A-Z]{6}[0-9L-V]{2}"
)
#: What a paper's reference, digits and hyphens, is easily taken for.
_LIKE_A_REFERENCE = (NUMBER, PHONE, POSTCODE)


_Role = Literal["id", "site", "text", "version", "measured", "ignored", "skipped"]
#: A column that feeds several others is looked at in the strictest way.
_STRICTEST: tuple[_Role, ...] = ("id", "site", "text", "version", "measured")


@dataclass(frozen=True)
class _Cells:
    """How the cells of one delivered column are looked at."""

    role: _Role
    known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Finding:
    """A kind of identifier in a cell; `place` is its column where that has no name to be told."""

    column: str | None
    kind: str
    line: int
    place: int | None = None


def without_identifiers(found: ReadFile, data: bytes, part: FileProfile, scan: Scan) -> ReadFile:
    """The file as read; refused whole, without any content, where something identifies a person.

    One that is refused already is searched as it came; where that cannot be done, it says so.
    """
    columns = _columns(part, scan)
    of_header = list(part.header)
    named = [
        (of_header.index(name) + 1 if name in of_header else None, name)
        for name, cells in columns.items()
        if cells.role != "skipped"
    ]
    if found.is_refused:
        tables = searchable(data, part.delimiter)
        if tables is None:
            return unsearched(found)
        lines = [list(table) for table in tables]
        named = [place for table in lines for _, cells in table[:1] for place in _places(cells)]
        findings = [f for table in lines for f in _in_lines(table, columns, part, scan)]
        in_name = (part.match(found.file) or {}).items()
        findings += [
            _Finding(name, kind, 1)
            for name, text in in_name
            for kind in _kinds(text, columns[name], scan)
        ]
    else:
        findings = list(_in_frame(found.frame, columns, scan))
        findings += _in_header(data, part, scan)
        for problem in found.problems:
            content = io.StringIO(problem.content or "", newline="")
            cells = next(csv.reader(content, delimiter=part.delimiter), [])
            placed = [(problem.line or 0, cells)]
            findings += _in_lines([(1, list(part.header)), *placed], columns, part, scan)
    problems = [*_column_problems(named), *_cell_problems(findings)]
    if not problems:
        return found
    frame = found.frame.clear()
    return replace(found, frame=frame, problems=tuple(problems), is_refused=True, features=None)


def unsearched(found: ReadFile) -> ReadFile:
    """A refused file that cannot be searched: it is not kept, and its problem says so."""
    first, *others = found.problems
    said = "It cannot be searched for what identifies a person, so the file itself is not kept."
    first = replace(first, message=f"{first.message} {said}")
    return replace(found, problems=(first, *others), is_unsearched=True)


def is_withheld(read: ReadFile) -> bool:
    """Whether the bytes of a file must not be kept."""
    return read.is_unsearched or any(p.rule in IDENTIFIER_RULES for p in read.problems)


def _in_header(data: bytes, part: FileProfile, scan: Scan) -> Iterator[_Finding]:
    """What in a DICOM header names a patient: the file is kept with it; invented ones may."""
    if part.format not in ("dicom_sr", "dicom_header") or scan in ("published", "simulated"):
        return
    # imported here: pydicom takes as long as everything else together
    from assets.readers.dicom_patient import naming_attributes

    for keyword in naming_attributes(data):
        yield _Finding(keyword, "an attribute of the header that names a patient", 1)


def _columns(part: FileProfile, scan: Scan) -> dict[str, _Cells]:
    """How each delivered column is looked at."""
    found: dict[str, _Cells] = {}
    unread: _Role = "skipped" if scan == "published" else "ignored"
    for name in (*part.named_in_file, *part.header):
        targets = [
            (BY_NAME[rows.table][target], source)
            for rows in part.rows
            for target, source in rows.columns.items()
            if name in (source.column, *(source.id or ()))
        ]
        if name in part.ignored:
            found[name] = _Cells(unread)
            continue
        known = {*part.missing, *(text for _, source in targets for text in source.codes)}
        roles = {_role(column) for column, _ in targets}
        for column, _ in targets:
            if isinstance(column.type, Code):
                known |= set(column.type.vocabulary.codes)
        role: _Role = next((each for each in _STRICTEST if each in roles), "text")
        found[name] = _Cells(role, frozenset(known))
    return found


def _role(column: Column) -> _Role:
    """What a target column makes of the delivered one."""
    if column.name == SITE_COLUMN:
        return "site"
    if isinstance(column.type, Identifier):
        return "id"
    if isinstance(column.type, TextCode):
        return "version"
    return "measured" if column.is_numeric else "text"


def _in_frame(frame: pl.DataFrame, columns: dict[str, _Cells], scan: Scan) -> Iterator[_Finding]:
    """Findings in the records of a file, whole columns at a time."""
    for name, cells in columns.items():
        if cells.role == "skipped" or name not in frame.columns:
            continue
        text = pl.col(name)
        suspect = text.is_in(["", UNREADABLE, *sorted(cells.known)]).not_()
        if cells.role == "id" and scan == "hmac-sha256/1":
            suspect &= text.str.contains(f"^{PSEUDONYM}$").not_()
        elif cells.role == "id":
            suspect &= text.str.contains(_ID_WORTH_A_LOOK)
        else:
            suspect &= text.str.contains(WORTH_A_LOOK)
        if cells.role == "measured":
            suspect &= text.str.contains(_NUMERIC).not_()
        rows = frame.filter(suspect).select("_line", name)
        kinds = {value: _kinds(value, cells, scan) for value in rows[name].unique().to_list()}
        for line, value in rows.iter_rows():
            for kind in kinds[value]:
                yield _Finding(name, kind, line)


def _kinds(text: str, cells: _Cells, scan: Scan) -> tuple[str, ...]:
    """What identifies in one cell, as its column is looked at."""
    if not text or text in cells.known or cells.role == "skipped":
        return ()
    if cells.role == "measured" and re.match(_NUMERIC, text):
        return ()
    if cells.role == "id":
        return _kinds_of_id(text, scan)
    found = identifying_kinds(text, may_be_version=cells.role == "version")
    if cells.role == "ignored":
        return tuple(kind for kind in found if kind not in (DATE, NUMBER))
    return found


def _kinds_of_id(text: str, scan: Scan) -> tuple[str, ...]:
    """What identifies in an id: digits or a date, or under pseudonyms anything that is none."""
    if scan == "hmac-sha256/1":
        return () if re.fullmatch(PSEUDONYM, text) else ("id that is no pseudonym",)
    if _LOOKS_IDENTIFYING.fullmatch(text):
        return ("hospital number or date as id",)
    return tuple(kind for kind in identifying_kinds(text) if kind not in _LIKE_A_REFERENCE)


def _in_lines(
    lines: Iterable[tuple[int, list[str]]],
    columns: dict[str, _Cells],
    part: FileProfile,
    scan: Scan,
) -> Iterator[_Finding]:
    """Findings in lines of which the first may be a header; a cell beyond it is a text."""
    header: list[str] | None = None
    for number, cells in lines:
        if header is None:
            header = cells if set(cells) & set(part.header) else []
            if header:
                continue
        for place, cell in enumerate(cells):
            name = header[place] if place < len(header) else None
            how = columns.get(name or "", _Cells("text"))
            known = name if name in part.header else None
            unnamed = None if known else place + 1
            for kind in _kinds(cell, how, scan):
                yield _Finding(known, kind, number, unnamed)


def _places(cells: Iterable[str]) -> Iterator[tuple[int | None, str]]:
    """Names of columns, each with its number in the file."""
    yield from enumerate(cells, start=1)


def _column_problems(names: Iterable[tuple[int | None, str]]) -> Iterator[ReadProblem]:
    """E_PHI_COLUMN: a column whose name says that it identifies a person."""
    for place, name in names:
        if names_a_person(name):
            is_shown = may_be_shown(name)
            where = "" if is_shown or place is None else f"Column {place}: a"
            yield ReadProblem(
                PHI_COLUMN,
                f"{where or 'A'} column of this name holds what identifies a person, or free text. "
                "Nothing of this file is kept.",
                "Export without it, or let 'imsct prepare' leave it out at the site.",
                line=1,
                column=name if is_shown else None,
            )


def _cell_problems(findings: Iterable[_Finding]) -> Iterator[ReadProblem]:
    """E_PHI: one for every column and kind, at its first line."""
    lines: dict[tuple[str | None, int | None, str], set[int]] = {}
    for finding in findings:
        where = (finding.column, finding.place, finding.kind)
        lines.setdefault(where, set()).add(finding.line)
    for (column, place, kind), found in lines.items():
        others = len(found) - 1
        also = f", and in {counted(others, 'other line')} of this column" if others else ""
        yield ReadProblem(
            PHI,
            f"{'This' if place is None else f'Column {place}: this'} may identify a person: "
            f"{kind}{also}. Nothing of this file is kept.",
            "Remove it at the site; 'imsct prepare' makes pseudonyms of ids and days of dates.",
            line=min(found),
            column=column,
        )
