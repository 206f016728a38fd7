"""DICOM structured reports (TID 1500): measurements and evaluations of each group, one per record.

Belongs here: walking the content tree, what a measurement is by concept, derivation and method.
Does not belong here: which of them is a measure of the dictionary (the profile), images.
Of a person, date or unique identifier nothing is read. Old SNOMED codes become current ones, so
that one report and the next agree; private codes stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from pydicom.dataset import Dataset
from pydicom.sr._snomed_dict import mapping as snomed

from assets.readers.dicom_elements import lacks, opened
from assets.readers.read_file import ReadFile, ReadProblem, frame_schema, refused
from assets.readers.records import wrong_count
from schemas.profile import FileProfile

#: A report nests its groups four deep; what is deeper is none of TID 1500.
_MOST_DEEP = 16
_OLD_SNOMED = ("SRT", "SNM3", "99SDM")
_SR_CLASSES = "1.2.840.10008.5.1.4.1.1.88."

_GROUP = "DCM:125007"
_TRACKING_ID = "DCM:112039"
_TIME_POINT = "UMLS:C2348792"
_SESSION = "NCIt:C67447"
_FINDING = "DCM:121071"
_FINDING_SITE = "SCT:363698007"
_METHOD = "SCT:370129005"
_DERIVATION = "DCM:121401"
_OBSERVER_TYPE = "DCM:121005"
_SOFTWARE = "DCM:111001"
_SOFTWARE_VERSION = "DCM:111003"
_DEVICE = "DCM:121007"
#: What describes a group, and is no evaluation of it.
_CONTEXT = {_FINDING, _FINDING_SITE, _METHOD, _TRACKING_ID, _TIME_POINT, _SESSION}
_CONTEXT |= {_SOFTWARE, _SOFTWARE_VERSION, "DCM:125010"}


def read_dicom_sr(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read one report; the line of a record is its number in the report."""
    dataset = opened(data, profile, required=("SOPClassUID",))
    if isinstance(dataset, ReadFile):
        return dataset
    if not str(dataset.SOPClassUID).startswith(_SR_CLASSES):
        return refused(profile, _NO_REPORT, found=1)
    if "ContentSequence" not in dataset:
        return refused(profile, lacks(["ContentSequence"]), found=1)
    flags = {
        "completion": str(dataset.get("CompletionFlag", "")),
        "verification": str(dataset.get("VerificationFlag", "")),
        "observer_type": _observer(dataset),
    }
    found = list(_records(dataset, flags))
    if any(record is None for record in found):
        return refused(profile, _TOO_DEEP, found=len(found))
    rows = [
        {"_record": number, "_line": number, **record}
        for number, record in enumerate((r for r in found if r is not None), start=1)
    ]
    if declared is not None and len(rows) != declared:
        return refused(profile, wrong_count(declared, len(rows)), found=len(rows))
    frame = pl.DataFrame(rows, schema=frame_schema(profile))
    return ReadFile(profile.file, frame, len(rows))


_NO_REPORT = ReadProblem(
    "E_FORMAT",
    "The DICOM file is no structured report. Nothing of it was loaded.",
    "Deliver the report (modality SR); images are read by their header only, as 'dicom_header'.",
)
_TOO_DEEP = ReadProblem(
    "E_LIMIT",
    f"The report nests more than {_MOST_DEEP} deep. Nothing of it was loaded.",
    "Export it as a measurement report (TID 1500).",
)


def _records(report: Dataset, flags: Mapping[str, str]) -> Iterator[dict[str, str] | None]:
    """Measurements and evaluations of every group in order; None where the tree is too deep."""
    waiting: list[tuple[Dataset, int]] = [(report, 0)]
    group = 0
    while waiting:
        item, depth = waiting.pop()
        if depth > _MOST_DEEP:
            yield None
            return
        if _concept(item) == _GROUP:
            group += 1
            yield from _of_group(item, {**flags, "group": str(group)})
        else:
            waiting += [(part, depth + 1) for part in reversed(_parts(item))]


def _of_group(group: Dataset, known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What one group measured and judged."""
    parts = _parts(group)
    context = {
        **known,
        "tracking_id": _told(parts, _TRACKING_ID),
        "time_point": _told(parts, _TIME_POINT),
        "activity_session": _told(parts, _SESSION),
        "finding": _told(parts, _FINDING),
        "finding_site": _told(parts, _FINDING_SITE),
    }
    items = [part for part in parts if part.ValueType == "NUM" or _is_evaluation(part)]
    for number, item in enumerate(items, start=1):
        inside = _parts(item)
        value, meaning, unit = _value(item)
        yield {
            **context,
            "item": str(number),
            "kind": "measurement" if item.ValueType == "NUM" else "evaluation",
            "concept": _concept(item),
            "concept_meaning": str(item.ConceptNameCodeSequence[0].CodeMeaning),
            "derivation": _told(inside, _DERIVATION),
            "method": _told(inside, _METHOD) or _told(parts, _METHOD),
            "value": value,
            "value_meaning": meaning,
            "unit": unit,
            "software": _told(inside, _SOFTWARE) or _told(parts, _SOFTWARE),
            "software_version": _told(inside, _SOFTWARE_VERSION) or _told(parts, _SOFTWARE_VERSION),
        }


def _is_evaluation(item: Dataset) -> bool:
    """A coded or textual judgement, not the description of the group."""
    is_said = item.ValueType in ("CODE", "TEXT") and item.get("RelationshipType") == "CONTAINS"
    return is_said and _concept(item) not in _CONTEXT


def _value(item: Dataset) -> tuple[str, str, str]:
    """Value as written, its meaning where it is a code, its unit where it is a number."""
    if item.ValueType == "CODE":
        code = item.ConceptCodeSequence[0]
        return _code(code), str(code.CodeMeaning), ""
    if item.ValueType == "TEXT":
        return str(item.TextValue), "", ""
    measured = item.get("MeasuredValueSequence") or []
    if not measured:
        return "", "", ""  # a qualifier such as "not a number" stands in its place
    units = measured[0].MeasurementUnitsCodeSequence[0]
    return str(measured[0].NumericValue), "", str(units.CodeValue)


def _parts(item: Dataset) -> Sequence[Dataset]:
    """The items below one."""
    return list(item.get("ContentSequence") or [])


def _concept(item: Dataset) -> str:
    """What an item is about."""
    names = item.get("ConceptNameCodeSequence") or []
    return _code(names[0]) if names else ""


def _code(code: Dataset) -> str:
    """A code as SCHEME:VALUE, the current SNOMED code in the place of an old one."""
    scheme = str(code.get("CodingSchemeDesignator", ""))
    value = str(code.get("CodeValue") or code.get("LongCodeValue") or "")
    if scheme in _OLD_SNOMED and value in snomed["SRT"]:
        return f"SCT:{snomed['SRT'][value]}"
    return f"{scheme}:{value}"


def _told(parts: Sequence[Dataset], concept: str) -> str:
    """What the first item about a concept says; empty where none does."""
    for part in parts:
        if part.ValueType in ("CODE", "TEXT") and _concept(part) == concept:
            return _value(part)[0]
    return ""


def _observer(report: Dataset) -> str:
    """Whether a person or a device reports; the name is not read."""
    said = _told(_parts(report), _OBSERVER_TYPE)
    return "" if not said else "device" if said == _DEVICE else "person"
