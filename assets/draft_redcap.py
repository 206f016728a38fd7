"""Drafts of REDCap exports: one line is a record, an instance of a form, or an event.

Belongs here: telling such an export, which columns belong to which form, one table per form.
Does not belong here: any other file (`assets.drafting`), the project's own dictionary
(`schemas.redcap_layout`), reading an export (`assets.readers.redcap`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from assets.draft_reading import Drafted
from assets.draft_rows import Kind
from assets.draft_targets import Target, plain, target_of
from assets.readers.redcap_dictionary import export_columns, read_dictionary
from schemas.errors import UsageError
from schemas.redcap_export import EVENT, INSTANCE, INSTRUMENT, SYSTEM_COLUMNS
from schemas.redcap_layout import REDCAP_LAYOUTS, redcap_layout
from schemas.table import Table
from schemas.tables import BY_NAME

#: Words in the name of a form, beside the names of the tables.
_FORMS = {
    "mri": "imaging_studies",
    "mrt": "imaging_studies",
    "imaging": "imaging_studies",
    "operation": "surgeries",
    "op": "surgeries",
    "surgery": "surgeries",
    "histology": "pathology",
    "treatment": "treatments",
    "therapy": "treatments",
    "followup": "follow_up",
    "visit": "follow_up",
    "mccormick": "functional_status",
}
#: Of these a record holds one each; every other table is a form of its own.
_OF_THE_RECORD = ("patients", "cases")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COMPLETE = "_complete"


@dataclass(frozen=True)
class Project:
    """What is known of a project: its dictionary where it was given, forms and events seen."""

    dictionary: str
    forms: tuple[str, ...]
    form_of: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]

    def kinds(self, file: Drafted, usable: set[str]) -> tuple[list[Kind], dict[str, str]]:
        """One table per repeating form; of the record itself every table that is recognised."""
        record = file.header[0]
        found = []
        for form in self.forms:
            names = [n for n in file.header if self.form_of.get(n) == form and n in usable]
            for table, columns in _tables(form, names).items():
                found.append(self._kind(BY_NAME[table], columns, form, file))
        return found, dict.fromkeys(("patient_id", "case_id"), record)

    def _kind(self, table: Table, columns: Mapping[str, Target], form: str, file: Drafted) -> Kind:
        """Rows of one form."""
        when: dict[str, list[str]] = {INSTRUMENT: [form]} if INSTRUMENT in file.columns else {}
        ids = [file.header[0]]
        names = [name for name, of in self.form_of.items() if of == form and name in columns]
        events = _events(file, names or [file.header[0]], form)
        when |= {EVENT: events} if events else {}
        ids += [EVENT] if len(events) > 1 else []
        ids += [INSTANCE] if form and INSTANCE in file.columns else []
        return Kind(table, columns, when, tuple(ids), self.labels)

    def left_aside(self, kinds: Iterable[Kind], file: Drafted) -> list[str]:
        """Forms and events of which nothing was recognised: their records would be refused."""
        asked = {value for kind in kinds for values in kind.when.values() for value in values}
        seen = {INSTRUMENT: self.forms, EVENT: _events(file, [EVENT], "")}
        lines = []
        for column, values in seen.items():
            rest = [f"{v}: nothing was recognised" for v in values if v and v not in asked]
            lines += [f"      {column}: {{{', '.join(rest)}}}  # ?"] if rest else []
        return ["    ignored_records:", *lines] if lines else []


def project_of(path: Path, file: Drafted, dictionary: Path | None) -> Project | None:
    """The project of an export; None where the file is none.

    Raises
    ------
    UsageError
        If a profile for it is shipped, it was exported with labels, or the dictionary is none.
    """
    if {SYSTEM_COLUMNS[EVENT], SYSTEM_COLUMNS[INSTRUMENT]} & set(file.header):
        raise UsageError(
            f"{path}: is a REDCap export with labels. Export raw data; a draft is made of that."
        )
    for name in REDCAP_LAYOUTS:
        part = redcap_layout(name).file("data.csv")
        if part is not None and list(part.header) == file.header:
            raise UsageError(
                f"{path}: has the layout of the shipped profile '{name}', which reads it. No "
                f"profile of your own is needed: imsct check DIR --profile {name}"
            )
    if dictionary is None and not {EVENT, INSTRUMENT} & set(file.header):
        return None
    text = _text_of(dictionary) if dictionary is not None else ""
    seen = sorted({form for form in file.columns.get(INSTRUMENT, ()) if _NAME.fullmatch(form)})
    forms = ("", *seen)
    columns = export_columns(read_dictionary(text.encode())) if text else {}
    form_of = {
        name: columns[name].form or "" if name in columns else _form(name, file)
        for name in file.header[1:]
        if name not in SYSTEM_COLUMNS and not name.endswith(_COMPLETE)
    }
    return Project(
        dictionary=text,
        forms=forms,
        form_of={name: form if form in forms else "" for name, form in form_of.items()},
        labels={name: dict(column.choices) for name, column in columns.items()},
    )


def _text_of(dictionary: Path) -> str:
    """The dictionary as REDCap wrote it."""
    try:
        return dictionary.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--dictionary {dictionary}: cannot be read as UTF-8. Download it again: Project "
            "Setup, Data Dictionary."
        ) from error


def _form(name: str, file: Drafted) -> str:
    """The form of a column without a dictionary: where it is filled, else whose status follows."""
    if INSTRUMENT not in file.columns:
        return ""
    pairs = zip(file.columns[INSTRUMENT], file.columns[name], strict=True)
    filled = Counter(form for form, cell in pairs if cell)
    if filled:
        return filled.most_common(1)[0][0]
    after = file.header[file.header.index(name) :]
    return next((n.removesuffix(_COMPLETE) for n in after if n.endswith(_COMPLETE)), "")


def _events(file: Drafted, names: Iterable[str], form: str) -> list[str]:
    """Events in which one of the columns is filled on a line of the form."""
    if EVENT not in file.columns:
        return []
    of_line = file.columns.get(INSTRUMENT, [""] * len(file.columns[EVENT]))
    columns = [file.columns[name] for name in names]
    found = {
        event
        for n, (event, instrument) in enumerate(zip(file.columns[EVENT], of_line, strict=True))
        if instrument == form and _NAME.fullmatch(event) and any(c[n] for c in columns)
    }
    return sorted(found)


def _tables(form: str, names: list[str]) -> dict[str, dict[str, Target]]:
    """The tables of a form with their columns: one of a repeating form, any of the record."""
    if form:
        table = _table_named(form) or _table_of_most(names)
        if table is None:
            return {}
        return {table.name: {n: t for n in names if (t := target_of(n, (table,))) is not None}}
    found: dict[str, dict[str, Target]] = {name: {} for name in _OF_THE_RECORD}
    for name in names:
        target = target_of(name)
        if target is not None:
            found.setdefault(target[0].name, {})[name] = target
    return found


def _table_named(form: str) -> Table | None:
    """The table that the name of a form says."""
    words = {plain(name): name for name in BY_NAME} | _FORMS
    parts = [plain(form), *form.split("_")]
    near = next((w for p in parts for w in get_close_matches(p, words, n=1, cutoff=0.85)), None)
    return BY_NAME[words[near]] if near is not None else None


def _table_of_most(names: list[str]) -> Table | None:
    """The table in which most columns of a form are recognised."""
    tables = Counter(target[0].name for n in names if (target := target_of(n)) is not None)
    return BY_NAME[tables.most_common(1)[0][0]] if tables else None


def redcap_lines(project: Project) -> list[str]:
    """How the file is read: the format, and the dictionary of the project."""
    lines = ["format: redcap", "redcap:", "  export: raw"]
    if not project.dictionary:
        return [
            *lines,
            '  dictionary: ""  # needed: the data dictionary; --dictionary FILE puts it here',
        ]
    text = project.dictionary.rstrip("\n").split("\n")
    return [*lines, "  dictionary: |", *(f"    {line}" for line in text)]
