"""REDCap's project XML (CDISC ODM 1.3.1): structure and data to the frame of the CSV export.

Belongs here: records and cells of the XML, its structure held against the profile's dictionary.
Does not belong here: parsing (`redcap_xml`), what holds for every REDCap format (`redcap`).
"""

import polars as pl

from assets.readers.read_file import ReadFile, ReadProblem, frame_schema, refused
from assets.readers.records import bad_characters
from assets.readers.redcap import Project, project_of, settled
from assets.readers.redcap_xml import Odm, OdmRecord, RefusedXmlError, parse_odm
from schemas.profile import FileProfile
from schemas.redcap_export import EVENT, INSTANCE, INSTRUMENT
from schemas.showing import counted


def read_odm(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a project's XML with its data; the columns are those of the CSV export."""
    project = project_of(profile)
    if isinstance(project, ReadProblem):
        return refused(profile, project)
    try:
        odm = parse_odm(data)
    except RefusedXmlError as error:
        return refused(profile, error.problem)
    problem = (
        _wrong_items(odm, profile, project)
        or _wrong_choices(odm, profile, project)
        or _wrong_count(declared, len(odm.records))
    )
    if problem is not None:
        return refused(profile, problem, found=len(odm.records))
    return settled(_split(odm, profile, project), profile, project)


def _split(odm: Odm, profile: FileProfile, project: Project) -> ReadFile:
    """Records with forbidden characters set aside, the others as the frame."""
    ignored = {place for place, name in enumerate(profile.header) if name in profile.ignored}
    problems: list[ReadProblem] = []
    good: list[tuple[int | str, ...]] = []
    for number, record in enumerate(odm.records, start=1):
        cells = _cells(record, profile, project)
        found = bad_characters(number, record.line, cells, profile=profile, ignored=ignored)
        problems += found
        if not found:
            good.append((number, record.line, *cells))
    frame = pl.DataFrame(good, schema=frame_schema(profile), orient="row")
    return ReadFile(profile.file, frame, len(odm.records), tuple(problems))


def _cells(record: OdmRecord, profile: FileProfile, project: Project) -> list[str]:
    """The cells of one record in the order of the header."""
    placed = {
        EVENT: record.event,
        INSTRUMENT: record.instrument,
        INSTANCE: record.instance,
        project.fields[0].name: record.subject,
    }
    return [placed.get(name, record.cells.get(name, "")) for name in profile.header]


def _wrong_items(odm: Odm, profile: FileProfile, project: Project) -> ReadProblem | None:
    """E_SCHEMA: the XML has other columns than the profile."""
    placed = {EVENT, INSTRUMENT, INSTANCE}
    gone = [name for name in profile.header if name not in placed and name not in odm.items]
    more = [name for name in odm.items if name not in profile.header]
    if not gone and not more:
        return None
    known = [name for name in more if name in project.columns]
    found = [f"lacks {', '.join(gone[:4])}"] if gone else []
    if more:
        named = f", among them {', '.join(known[:4])}" if known else ""
        found.append(f"has {counted(len(more), 'column')} that the profile does not name{named}")
    return ReadProblem(
        "E_SCHEMA",
        f"The project {' and '.join(found)}. Nothing of this file was loaded.",
        "Bring header and dictionary of the profile up to date.",
        column=next(iter(gone or known), None),
    )


def _wrong_choices(odm: Odm, profile: FileProfile, project: Project) -> ReadProblem | None:
    """E_SCHEMA: a code means something else than in the profile's dictionary."""
    for name in profile.header:
        declared = {code: " ".join(label.split()) for code, label in project.columns[name].choices}
        if name in odm.choices and odm.choices[name] != declared:
            return ReadProblem(
                "E_SCHEMA",
                f"The choices of '{name}' are not those of the profile's dictionary. Nothing of "
                "this file was loaded.",
                "Put the dictionary of today into the profile, and look at its `codes`.",
                column=name,
            )
    return None


def _wrong_count(declared: int | None, found: int) -> ReadProblem | None:
    """E_COUNT: other records than announced."""
    if declared is None or declared == found:
        return None
    return ReadProblem(
        "E_COUNT",
        f"The manifest announces {counted(declared, 'row')}, the file has {found}. Nothing of this "
        "file was loaded.",
        "Export again and make the manifest from the exported file.",
    )
