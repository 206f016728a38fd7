"""REDCap exports: raw or label CSV to the same frame of names and codes.

Belongs here: labels back to names and codes, what holds for the records of every REDCap format.
Does not belong here: the dictionary (`redcap_dictionary`), the XML (`redcap_odm`), the dialect of
the file (`delimited`), which rows a record makes (the profile, `mapping`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from assets.readers.delimited import read_delimited
from assets.readers.mapping import content_of
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.redcap_dictionary import (
    COMPLETE,
    ExportColumn,
    Field,
    export_columns,
    instrument_label,
    read_dictionary,
)
from schemas.errors import UsageError
from schemas.profile import FileProfile
from schemas.redcap_export import EVENT, GROUP, INSTRUMENT, RedcapExport
from schemas.showing import counted, text_class

_NOT_TICKED = "0"


@dataclass(frozen=True)
class Project:
    """What the profile says of the project, with its dictionary read."""

    export: RedcapExport
    fields: tuple[Field, ...]
    columns: Mapping[str, ExportColumn]


def project_of(profile: FileProfile) -> Project | ReadProblem:
    """The project of a file, or why the profile's dictionary cannot be it."""
    assert profile.redcap is not None
    try:
        fields = read_dictionary(profile.redcap.dictionary.encode())
    except UsageError as error:
        return ReadProblem("E_SCHEMA", f"In the profile: {error}", "Mend the profile.")
    columns = export_columns(fields)
    unknown = [name for name in profile.header if name not in columns]
    if unknown:
        return ReadProblem(
            "E_SCHEMA",
            f"The profile names {counted(len(unknown), 'column')} that its REDCap dictionary does "
            f"not give: {', '.join(unknown[:4])}. Nothing of this file was loaded.",
            "Put the dictionary of today into the profile, or mend its header.",
            column=unknown[0],
        )
    return Project(profile.redcap, fields, columns)


def read_redcap(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a CSV export; of a label export, labels are turned into names and codes."""
    project = project_of(profile)
    if isinstance(project, ReadProblem):
        return refused(profile, project)
    problem = _ambiguous_heading(profile, project)
    if problem is not None:
        return refused(profile, problem)
    found = _delimited(data, profile, declared, project)
    if project.export.export == "label":
        found = _coded(found, profile, project)
    return settled(found, profile, project)


def _delimited(
    data: bytes, profile: FileProfile, declared: int | None, project: Project
) -> ReadFile:
    """The cells as exported; the other of the two exports is told as such."""
    names = list(profile.header)
    labels = [project.columns[name].heading for name in names]
    is_raw = project.export.export == "raw"
    mine, other = (names, labels) if is_raw else (labels, names)
    found = read_delimited(data, profile, declared, heading=mine)
    if [problem.rule for problem in found.problems] != ["E_HEADER"]:
        return found
    swapped = read_delimited(data, profile, declared, heading=other)
    # under the words of the other export the first line is a header, also where one was changed
    is_other = not swapped.is_refused or swapped.found < found.found
    return refused(profile, _OTHER[is_raw], found=swapped.found) if is_other else found


_OTHER = {
    is_raw: ReadProblem(
        "E_HEADER",
        f"The file is a {'label' if is_raw else 'raw'} export, and the profile is for the "
        f"{'raw' if is_raw else 'label'} one. Nothing of this file was loaded.",
        f"Export it again as {'raw data' if is_raw else 'labels'}, or name the profile for "
        f"{'labels' if is_raw else 'raw data'}.",
        line=1,
    )
    for is_raw in (True, False)
}


def _ambiguous_heading(profile: FileProfile, project: Project) -> ReadProblem | None:
    """E_LABEL: two columns with one heading can be told apart by REDCap's own order only."""
    if project.export.export == "raw":
        return None
    order = list(project.columns)
    last: dict[str, str] = {}
    for name in profile.header:
        heading = project.columns[name].heading
        before = last.get(heading)
        if before is not None and order.index(before) > order.index(name):
            return ReadProblem(
                "E_LABEL",
                f"'{before}' and '{name}' have one label, and the profile names them in another "
                "order than the dictionary. Nothing of this file was loaded.",
                "Name the columns in the order of the dictionary, or deliver the raw export.",
                line=1,
                column=name,
            )
        last[heading] = name
    return None


def _coded(found: ReadFile, profile: FileProfile, project: Project) -> ReadFile:
    """The frame with codes in the place of labels; a label without one refuses its record."""
    problems: list[ReadProblem] = []
    coded: list[pl.Expr] = []
    for name in profile.header:
        pairs = _pairs(name, project)
        if pairs is None or name in profile.ignored:
            continue
        labels = [label for _, label in pairs]
        codes = {label: code for code, label in pairs if labels.count(label) == 1}
        wrong = found.frame.filter((pl.col(name) != "") & ~pl.col(name).is_in(list(codes)))
        problems += [
            _no_code(row, name, profile, labels.count(row[name])) for row in wrong.to_dicts()
        ]
        coded.append(pl.col(name).replace(codes))
    kept = _without(found, problems)
    return replace(kept, frame=kept.frame.with_columns(coded))


def _pairs(name: str, project: Project) -> tuple[tuple[str, str], ...] | None:
    """Codes and labels of a column; None where its cells are the same in both exports."""
    declared = tuple((code, label) for label, code in project.export.labels.get(name, {}).items())
    if name == INSTRUMENT:
        renamed = {code for code, _ in declared}
        forms = dict.fromkeys(field.form for field in project.fields)
        return declared + tuple((f, instrument_label(f)) for f in forms if f not in renamed)
    if name in (EVENT, GROUP):
        return declared
    return project.columns[name].choices or None


def _no_code(row: dict[str, str], name: str, profile: FileProfile, codes: int) -> ReadProblem:
    """E_LABEL: a label that stands for no code of its column, or for several."""
    what = f"stands for {codes} codes of this field" if codes else "is no label of this column"
    return ReadProblem(
        "E_LABEL",
        f"The cell ({text_class(row[name])}) {what}; what was entered cannot be told.",
        "Deliver the raw export, which has codes"
        + (
            ", or give each choice a label of its own."
            if codes
            else ", or bring the dictionary and the labels of the profile up to date."
        ),
        line=int(row["_line"]),
        record=int(row["_record"]),
        column=name,
        content=content_of(row, profile),
    )


def settled(found: ReadFile, profile: FileProfile, project: Project) -> ReadFile:
    """What holds for every REDCap format: no "no" that nobody entered."""
    return replace(found, frame=found.frame.with_columns(_unanswered(profile, project)))


def _unanswered(profile: FileProfile, project: Project) -> list[pl.Expr]:
    """Boxes that are not ticked on a form that is not complete are empty: nobody said "no".

    REDCap writes 0 both for a box left open and for one never seen.
    """
    found = []
    for name in profile.header:
        column = project.columns[name]
        if column.is_checkbox:
            status = f"{column.form}_complete"
            is_complete = pl.col(status) == COMPLETE if status in profile.header else pl.lit(False)
            is_open = (pl.col(name) == _NOT_TICKED) & ~is_complete
            found.append(pl.when(is_open).then(pl.lit("")).otherwise(pl.col(name)).alias(name))
    return found


def _without(found: ReadFile, problems: list[ReadProblem]) -> ReadFile:
    """The file without the records that have a problem."""
    if not problems:
        return found
    refused_records = {problem.record for problem in problems}
    frame = found.frame.filter(~pl.col("_record").is_in(refused_records))
    return replace(found, frame=frame, problems=(*found.problems, *problems))
