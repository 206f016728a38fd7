"""Drafting a site profile: what the headers and the coded values of a delimited file suggest.

Belongs here: the guesses, each marked as one, and the YAML in which they are proposed.
Does not belong here: what a profile may say (`schemas.profile`), finding identifiers
(`schemas.identifiers`).
No cell is printed but one that is a word of a vocabulary or a usual text for a missing value: any
other may identify a person. A draft is for its author to finish: `imsct profile check` says when.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from schemas.columns import Code, Column
from schemas.dates import read_date
from schemas.errors import UsageError
from schemas.identifiers.column_names import names_a_person
from schemas.identifiers.texts import identifying_kinds
from schemas.profile import Profile
from schemas.showing import counted
from schemas.table import Table, day_columns
from schemas.tables import BY_NAME, TABLES

_ROWS = 2000
_MISSING = {
    "NA": "not_recorded",
    "N/A": "not_recorded",
    "n/a": "not_recorded",
    "nan": "not_recorded",
    ".": "not_recorded",
    "-": "not_recorded",
    "-9": "not_recorded",
    "-99": "not_recorded",
    "-999": "not_recorded",
    "not done": "not_done",
}
_FORMATS = ("iso", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d")
#: Usual headers that resemble no name of the dictionary, or that of a wrong column.
_ALSO = {
    "diagnosis": ("pathology", "histology"),
    "diagnose": ("pathology", "histology"),
    "histologie": ("pathology", "histology"),
    "whograd": ("pathology", "who_grade"),
    "patientennummer": ("patients", "patient_id"),
    "patientennr": ("patients", "patient_id"),
    "fallnummer": ("cases", "case_id"),
    "fallnr": ("cases", "case_id"),
    "geschlecht": ("patients", "sex"),
    "alter": ("cases", "age_years"),
    "opdatum": ("surgeries", "surgery_day"),
    "operationsdatum": ("surgeries", "surgery_day"),
    "mrtdatum": ("imaging_studies", "study_day"),
    "untersuchungsdatum": ("imaging_studies", "study_day"),
    "resektionsausmass": ("surgeries", "extent_of_resection"),
    "blutverlust": ("surgeries", "blood_loss_ml"),
    "todesdatum": ("follow_up", "death_day"),
}
_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class _File:
    """A delimited file as far as a draft needs it."""

    encoding: str
    delimiter: str
    header: list[str]
    columns: dict[str, list[str]]

    @property
    def has_comma(self) -> bool:
        """Whether its numbers have a decimal comma."""
        cells = [cell for values in self.columns.values() for cell in values]
        return self.delimiter != "," and sum(bool(_COMMA.fullmatch(c)) for c in cells) > 0


def draft_profile(path: Path) -> str:
    """A profile for one file, as YAML; what is unsure is marked `# ?`.

    Raises
    ------
    UsageError
        If the file cannot be read as delimited text with a header.
    """
    file = _read(path)
    identifying = {name: _why_identifying(name, file) for name in file.header}
    targets = {
        name: found
        for name in file.header
        if identifying[name] is None and (found := _target(name)) is not None
    }
    lines = [
        "# A draft: every line with '# ?' is a guess. Finish it, then: imsct profile check FILE",
        "name: my_site",
        "title: Export of my site",
        "version: 1",
        "source: what it is exported from",
        "files:",
        f"  - file: {path.name if re.fullmatch('[A-Za-z0-9_.-]+', path.name) else 'export.csv'}",
        f"    delimiter: {_quoted(file.delimiter)}",
        f"    encoding: {file.encoding}" + ("" if file.encoding == "utf-8" else "  # ?"),
    ]
    if file.has_comma:
        lines.append('    decimal: ","  # ?')
    lines.append(f"    header: [{', '.join(_quoted(name) for name in file.header)}]")
    texts = sorted({c for cells in file.columns.values() for c in cells} & set(_MISSING))
    if texts:
        said = ", ".join(f"{_quoted(text)}: {_MISSING[text]}" for text in texts)
        lines.append(f"    missing: {{{said}}}  # ?")
    lines += _ignored(file, identifying, targets)
    lines += _rows(file, targets)
    return "\n".join(lines) + "\n"


def _read(path: Path) -> _File:
    """The file's dialect, header and first records."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder. Name one delimited text file of it.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read. Name a delimited text file.") from error
    try:
        text, encoding = data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = _not_utf_8(data)
    head = text.partition("\n")[0]
    delimiter = max(_SEPARATORS, key=head.count)
    if "\0" in text or delimiter not in head:
        raise UsageError(
            f"{path}: its first line is no header of delimited text. A workbook is exported as "
            "CSV first."
        )
    records = csv.reader(text.splitlines(), delimiter=delimiter)
    header, *rows = [record for _, record in zip(range(_ROWS), records, strict=False)]
    if any(_is_value(name) for name in header) or len(set(header)) < len(header):
        raise UsageError(
            f"{path}: the first line is no header; it looks like a record, or names a column "
            "twice. Export with a header line."
        )
    whole = [row for row in rows if len(row) == len(header)]
    columns = {name: [row[place] for row in whole] for place, name in enumerate(header)}
    return _File(encoding, delimiter, header, columns)


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


def _why_identifying(name: str, file: _File) -> str | None:
    """Why a column is left out; dates are none, since `imsct prepare` makes days of them."""
    if names_a_person(name):
        return "its name says that it identifies a person"
    if _format(file.columns[name]) is not None or _is_id(name):
        return None
    kinds = Counter(kind for cell in file.columns[name] for kind in identifying_kinds(cell))
    found = next(iter(kinds.most_common(1)), None)
    return f"{counted(found[1], 'cell')} may identify a person: {found[0]}" if found else None


def _is_id(name: str) -> bool:
    """Whether a column is named like one of local ids, which become pseudonyms."""
    return _plain(name).endswith("id")


def _target(name: str) -> tuple[Table, Column, bool] | None:
    """The column of the dictionary that a name stands for, and whether that is sure."""
    known = {
        _plain(said): (table, column)
        for table in reversed(TABLES)
        for column in reversed(table.columns)
        for said in (column.title, column.name, f"{column.name.removesuffix('_day')}_date")
        if said == column.title or said == column.name or column.name in day_columns(table)
    }
    plain = _plain(name)
    if plain in _ALSO:
        table, column = BY_NAME[_ALSO[plain][0]], _ALSO[plain][1]
        return table, table[column], False
    if plain in known:
        return *known[plain], True
    # a name of three letters is one slip away from many others
    values = [said for said, (table, column) in known.items() if column.name not in table.key]
    names = list(known) if _is_id(name) else values
    near = get_close_matches(plain, names, n=1, cutoff=0.8) if len(plain) > 3 else []
    return (*known[near[0]], False) if near else None


def _plain(name: str) -> str:
    """A name without case and separators; an umlaut as two letters."""
    return re.sub("[^a-z0-9]", "", name.lower().translate(_UMLAUTS))


def _format(cells: list[str]) -> list[str] | None:
    """The date formats that every filled cell has; None where they are no dates."""
    filled = [cell for cell in cells if cell and cell not in _MISSING]
    found = [form for form in _FORMATS if all(read_date(cell, form) for cell in filled)]
    return found if filled and found else None


def _ignored(
    file: _File,
    identifying: dict[str, str | None],
    targets: dict[str, tuple[Table, Column, bool]],
) -> list[str]:
    """Columns that are left out, each with the reason."""
    lines = []
    for name in file.header:
        why = identifying[name]
        if why is not None:
            lines.append(f"      {_quoted(name)}: {_quoted(why)}")
        elif name not in targets:
            lines.append(f"      {_quoted(name)}: nothing in the dictionary is named like it  # ?")
            if formats := _format(file.columns[name]):
                said = f"{{column: {_quoted(name)}, date: {_quoted(formats[0])}}}"
                lines.append(f"      # dates; to read them: <name>_day: {said}")
    return ["    ignored:", *lines] if lines else []


def _rows(file: _File, targets: dict[str, tuple[Table, Column, bool]]) -> list[str]:
    """The rows made of a record, table by table."""
    lines = ["    rows:"] if targets else ["    rows: []  # ? no column was recognised"]
    for table in TABLES:
        own = {name: found for name, found in targets.items() if found[0] is table}
        if not own:
            continue
        lines += [
            f"      - table: {table.name}",
            "        unlisted: not_recorded",
            "        columns:",
        ]
        taken: set[str] = set()
        for name, (_, column, is_sure) in own.items():
            source, is_open = _source(name, column, table, file.columns[name])
            mark = "" if is_sure and not is_open else "  # ?"
            twice = "# twice: " if column.name in taken else ""
            lines.append(f"          {twice}{column.name}: {source}{mark}")
            taken.add(column.name)
        lines += [f"          # needed: {key}" for key in table.key if key not in taken]
    return lines


def _source(name: str, column: Column, table: Table, cells: list[str]) -> tuple[str, bool]:
    """Where a column comes from, and whether something of it was guessed."""
    parts, is_open = [f"column: {_quoted(name)}"], False
    formats = _format(cells) if column.name in day_columns(table) else None
    if formats is not None:
        parts.append(f"date: {_quoted(formats[0])}")
        is_open = len(formats) > 1  # 03/04/2021 fits two formats
    if isinstance(column.type, Code):
        words = {_plain(v.label): v.code for v in column.type.vocabulary.values}
        words |= {_plain(code): code for code in column.type.vocabulary.codes}
        found = {cell: words[_plain(cell)] for cell in sorted(set(cells)) if _plain(cell) in words}
        codes = {cell: code for cell, code in found.items() if cell != code and _plain(cell)}
        if codes:
            said = ", ".join(f"{_quoted(cell)}: {_quoted(code)}" for cell, code in codes.items())
            parts.append(f"codes: {{{said}}}")
        is_open = is_open or any(c and c not in found and c not in _MISSING for c in cells)
    return f"{{{', '.join(parts)}}}", is_open


def _quoted(text: str) -> str:
    """A text as YAML reads it back as the same text."""
    if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", text) and text.lower() not in _YAML_WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'


#: Words that YAML does not read as text.
_YAML_WORDS = frozenset({"yes", "no", "y", "n", "on", "off", "true", "false", "null"})


def describe_profile(profile: Profile) -> str:
    """What a whole profile reads and makes, file by file.

    Raises
    ------
    UsageError
        If rows would come without their key, or without the row that they belong to.
    """
    gaps = list(_gaps(profile))
    if gaps:
        raise UsageError(f"profile '{profile.name}': {'; '.join(gaps)}. Say where each comes from.")
    lines = [f"{profile.name}: whole; it fits the dictionary."]
    for part in profile.files:
        tables = list(dict.fromkeys(rows.table for rows in part.rows))
        dates = {s.column for rows in part.rows for s in rows.columns.values() if s.date}
        said = f"  {part.file}: {counted(len(part.header), 'column')}, rows of {', '.join(tables)}"
        said += f"; {counted(len(dates), 'date')}" if dates else ""
        said += f"; ignored: {', '.join(part.ignored)}" if part.ignored else ""
        lines.append(said)
    return "\n".join([*lines, *(f"  assumed: {each}" for each in profile.assumptions)])


def _gaps(profile: Profile) -> Iterator[str]:
    """Keys and references that no source fills: every such row would be refused."""
    for part in profile.files:
        for rows in part.rows:
            table = BY_NAME[rows.table]
            needed = [*table.key, *(n for n in table.parents if table[n].required)]
            for name in dict.fromkeys(needed):
                if name not in rows.columns:
                    yield f"{part.file}: rows of {rows.table} have no source for {name}"
