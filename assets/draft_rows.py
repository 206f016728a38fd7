"""Rows of a draft: for each table the sources of its columns, as YAML.

Belongs here: what is proposed for a column that was recognised, for keys, and for columns without
which every row would be refused.
Does not belong here: which column stands for what (`assets.draft_targets`), the parts of the file
(`assets.drafting`, `assets.draft_redcap`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assets.draft_reading import Drafted, date_formats, missing_reason, quoted
from assets.draft_targets import Target, code_of
from schemas.columns import Code, Column
from schemas.filling import not_recorded
from schemas.showing import counted
from schemas.table import Table, day_columns
from schemas.tables import BY_NAME

#: What a column without a source is likely to hold in an export of one row per patient.
_LIKELY = {
    "site_id": ("MY_SITE", "the site's name"),
    "definition_version": ("1", "count it up when a habit of the site changes"),
    "case_number": ("1", "one tumour per patient"),
    "index_event": ("surgery", "day 0 is the first surgery"),
    "surgery_number": ("1", "one surgery per case"),
}
#: Ids that every table below may repeat; the later one stands in for the earlier.
_PERSON_IDS = ("patient_id", "case_id")


@dataclass(frozen=True)
class Kind:
    """One kind of row: its table, the conditions of its records, and the recognised columns.

    `ids` are the delivered columns that together name one row, where none does so alone.
    """

    table: Table
    columns: Mapping[str, Target]
    when: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    #: By column, the labels of its codes, where a dictionary gives them.
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def required_sources(table: Table) -> tuple[str, ...]:
    """Columns that need a source: without one every row would be refused.

    Examples
    --------
    >>> required_sources(BY_NAME["surgeries"])
    ('surgery_id', 'case_id', 'surgery_day', 'surgery_number')
    """
    return tuple(
        column.name
        for column in table.columns
        if column.name in table.key
        or (column.required and not column.may_be_explained and not not_recorded(column))
    )


def rows_of(kinds: Sequence[Kind], file: Drafted, person: Mapping[str, str]) -> list[str]:
    """The rows as lines of a profile; `person` are the columns of the ids of patient and case."""
    if not kinds:
        return ["    rows: []  # ? no column was recognised"]
    surgery_days = {
        name
        for kind in kinds
        for name, (_, column, _) in kind.columns.items()
        if column.name == "surgery_day"
    }
    of_patients = next((kind.when for kind in kinds if kind.table.name == "patients"), {})
    site = Kind(BY_NAME["sites"], {}, of_patients)
    lines = ["    rows:", *_head(site), "        once: true", "        columns:"]
    lines += _needed(site, person, None, file)
    for kind in kinds:
        lines += [*_head(kind), "        columns:"]
        lines += _columns(kind, file)
        lines += _needed(kind, person, next(iter(sorted(surgery_days)), None), file)
    return lines


def _head(kind: Kind) -> list[str]:
    """Table and conditions of one kind."""
    lines = [f"      - table: {kind.table.name}", "        unlisted: not_recorded"]
    if kind.when:
        said = ", ".join(
            f"{name}: [{', '.join(map(quoted, values))}]" for name, values in kind.when.items()
        )
        lines.append(f"        when: {{{said}}}" + "  # ?" * (len(kind.when) > 1))
    return lines


def _columns(kind: Kind, file: Drafted) -> Iterator[str]:
    """The recognised columns of one kind."""
    taken: set[str] = set()
    for name, (_, column, is_sure) in kind.columns.items():
        cells = file.columns[name]
        source, is_open, without = _source(name, column, kind, cells)
        mark = "" if is_sure and not is_open else "  # ?"
        if without:
            mark = f"  # ? {counted(without, 'text')} without a code: name each in codes"
        twice = "# twice: " if column.name in taken else ""
        yield f"          {twice}{column.name}: {source}{mark}"
        taken.add(column.name)


def _needed(
    kind: Kind, person: Mapping[str, str], surgery_day: str | None, file: Drafted
) -> Iterator[str]:
    """Columns that need a source and have none yet, with a likely one where there is."""
    taken = {column.name for _, column, _ in kind.columns.values()}
    for name in required_sources(kind.table):
        if name in taken:
            continue
        ids = kind.ids or tuple(column for column in [person.get("case_id")] if column)
        if name in person:
            yield f"          {name}: {{column: {quoted(person[name])}}}  # ?"
        elif name in _LIKELY:
            value, why = _LIKELY[name]
            yield f"          {name}: {{constant: {quoted(value)}}}  # ? {why}"
        elif name in kind.table.key and name not in _PERSON_IDS and ids:
            said = ", ".join(map(quoted, ids))
            prefix = f"{kind.table.name[:2].upper()}-"
            yield f"          {name}: {{id: [{said}], prefix: {quoted(prefix)}}}  # ?"
        elif name == "specimen_day" and surgery_day is not None:
            source, _, _ = _source(surgery_day, kind.table[name], kind, file.columns[surgery_day])
            yield f"          {name}: {source}  # ? the day of the surgery"
        else:
            yield f"          # needed: {name}"


def _source(name: str, column: Column, kind: Kind, cells: list[str]) -> tuple[str, bool, int]:
    """Where a column comes from, whether something was guessed, and texts without a code."""
    parts, is_open, without = [f"column: {quoted(name)}"], False, 0
    formats = date_formats(cells) if column.name in day_columns(kind.table) else None
    if formats is not None:
        parts.append(f"date: {quoted(formats[0])}")
        is_open = len(formats) > 1  # 03/04/2021 fits two formats
    if isinstance(column.type, Code):
        labels = kind.labels.get(name, {})
        # of a project with a dictionary every choice, chosen or not
        texts = sorted({*cells, *labels} - {""})
        found = {text: code_of(labels.get(text, text), column) for text in texts}
        # a text that elsewhere means missing is said here to be a code
        codes = {t: c for t, c in found.items() if c and (t != c or missing_reason(t))}
        if codes:
            said = ", ".join(f"{quoted(text)}: {quoted(code)}" for text, code in codes.items())
            parts.append(f"codes: {{{said}}}")
        without = sum(code is None and missing_reason(text) is None for text, code in found.items())
    return f"{{{', '.join(parts)}}}", is_open, without
