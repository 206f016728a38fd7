"""Drafting a site profile: what the headers and the coded values of a file suggest.

Belongs here: the parts of a draft, each guess marked as one, and the YAML in which they stand.
Does not belong here: what a profile may say (`schemas.profile`), reading the file
(`assets.draft_reading`), its rows (`assets.draft_rows`), finding identifiers
(`schemas.identifiers`).
No cell is printed but one that is a word of a vocabulary, a usual text for a missing value, or the
name of a form or event: any other may identify a person. A draft is for its author to finish:
`imsct profile check` says when.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from assets.draft_reading import Drafted, date_formats, missing_reason, quoted, read_for_draft
from assets.draft_redcap import project_of, redcap_lines
from assets.draft_rows import Kind, rows_of
from assets.draft_targets import Target, code_of, is_id, target_of
from schemas.identifiers.column_names import names_a_person
from schemas.identifiers.texts import identifying_kinds
from schemas.redcap_export import SYSTEM_COLUMNS
from schemas.showing import counted
from schemas.tables import TABLES

#: A line of the header is no longer.
_WIDTH = 96


def draft_profile(path: Path, *, sheet: str | None = None, dictionary: Path | None = None) -> str:
    """A profile for one file, as YAML; what is unsure is marked `# ?`.

    Parameters
    ----------
    path
        Delimited text, a workbook, or a REDCap export of raw data.
    sheet
        Of a workbook, instead of the first that has records.
    dictionary
        Of a REDCap project, as REDCap writes it.

    Raises
    ------
    UsageError
        If the file cannot be read as a table with a header.
    """
    file = read_for_draft(path, sheet=sheet)
    project = project_of(path, file, dictionary)
    identifying = {name: _why_identifying(name, file) for name in file.header}
    if project is not None:
        identifying |= dict.fromkeys({*SYSTEM_COLUMNS, file.header[0]} & set(file.header))
        kinds, person = project.kinds(file, {n for n in file.header if identifying[n] is None})
    else:
        kinds, person = _flat(file, identifying)
    targets = {name: found for kind in kinds for name, found in kind.columns.items()}
    read = {*targets, *person.values(), *(n for k in kinds for n in (*k.when, *k.ids))}
    lines = [
        "# A draft: every line with '# ?' is a guess. Finish it, then: imsct profile check FILE",
        "name: my_site",
        "title: Export of my site",
        "version: 1",
        "source: what it is exported from",
        "files:",
        f"  - file: {path.name if re.fullmatch('[A-Za-z0-9_.-]+', path.name) else 'export.csv'}",
        *(f"    {line}" for line in (redcap_lines(project) if project else file.lines)),
        *_header(file.header),
        *_missing(file, targets),
        *_ignored(file, identifying, read),
        *(project.left_aside(kinds, file) if project else ()),
        *rows_of(kinds, file, person),
    ]
    return "\n".join(lines) + "\n"


def _header(names: Sequence[str]) -> list[str]:
    """The header over as many lines as it needs: an export may have hundreds of columns."""
    lines = ["    header: ["]
    for name in names:
        if len(lines[-1]) + len(quoted(name)) > _WIDTH:
            lines.append("      ")
        lines[-1] += f"{quoted(name)}, "
    lines[-1] = lines[-1].removesuffix(", ") + "]"
    return [line.rstrip() for line in lines]


def _flat(
    file: Drafted, identifying: Mapping[str, str | None]
) -> tuple[list[Kind], dict[str, str]]:
    """Rows of every table of which a column was recognised, and the ids of patient and case."""
    targets = {
        name: found
        for name in file.header
        if identifying[name] is None and (found := target_of(name)) is not None
    }
    kinds = [
        Kind(table, own)
        for table in TABLES
        if (own := {name: found for name, found in targets.items() if found[0] is table})
    ]
    person = {
        column.name: name
        for name, (_, column, _) in reversed(targets.items())
        if column.name in ("patient_id", "case_id")
    }
    # an export with one id has one row per patient, and so one case of each
    for known, other in (("patient_id", "case_id"), ("case_id", "patient_id")):
        if known in person:
            person.setdefault(other, person[known])
    return kinds, person


def _missing(file: Drafted, targets: Mapping[str, Target]) -> list[str]:
    """Usual texts for a missing value that occur, but as a code."""
    found = {
        cell
        for name, cells in file.columns.items()
        for cell in set(cells)
        if missing_reason(cell) and not (name in targets and code_of(cell, targets[name][1]))
    }
    if not found:
        return []
    said = ", ".join(f"{quoted(text)}: {missing_reason(text)}" for text in sorted(found))
    return [f"    missing: {{{said}}}  # ?"]


def _why_identifying(name: str, file: Drafted) -> str | None:
    """Why a column is left out; dates are none, since `imsct prepare` makes days of them."""
    if names_a_person(name):
        return "its name says that it identifies a person"
    if date_formats(file.columns[name]) is not None or is_id(name):
        return None
    kinds = Counter(kind for cell in file.columns[name] for kind in identifying_kinds(cell))
    found = next(iter(kinds.most_common(1)), None)
    return f"{counted(found[1], 'cell')} may identify a person: {found[0]}" if found else None


def _ignored(file: Drafted, identifying: Mapping[str, str | None], read: set[str]) -> list[str]:
    """Columns that are left out, each with the reason."""
    lines = []
    for name in file.header:
        why = identifying[name]
        if why is not None:
            lines.append(f"      {quoted(name)}: {quoted(why)}")
        elif name not in read:
            lines.append(f"      {quoted(name)}: nothing in the dictionary is named like it  # ?")
            if formats := date_formats(file.columns[name]):
                said = f"{{column: {quoted(name)}, date: {quoted(formats[0])}}}"
                lines.append(f"      # dates; to read them: <name>_day: {said}")
    return ["    ignored:", *lines] if lines else []
