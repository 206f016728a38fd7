"""DICOM files for tests: an image with planted identifiers, a report from the writer's JSON.

Belongs here: making the bytes with pydicom.
Does not belong here: what a reader makes of them.
"""

import io
import struct
from typing import Any

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"
#: Planted where a header may name a person: 14 places, two of them in a sequence or private.
NEEDLES = {
    "PatientName": "NEEDLE01^ANNA",
    "PatientID": "NEEDLE02",
    "PatientBirthDate": "19030104",
    "PatientAddress": "NEEDLE04 Street",
    "PatientTelephoneNumbers": "NEEDLE05",
    "OtherPatientNames": "NEEDLE06",
    "ReferringPhysicianName": "NEEDLE07",
    "OperatorsName": "NEEDLE08",
    "InstitutionName": "NEEDLE09 Hospital",
    "SeriesDescription": "NEEDLE10 sag T2",
    "StudyDescription": "NEEDLE11 spine",
    "ContrastBolusAgent": "NEEDLE12 contrast",
}
SEARCHED = ("19030104", *(f"NEEDLE{n:02}" for n in (*range(1, 3), *range(4, 15))))


def _file(sop_class: str) -> FileDataset:
    """An empty file of a kind."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = "1.2.3"
    return dataset


def _bytes(dataset: FileDataset) -> bytes:
    """The file as bytes."""
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def image(**changed: Any) -> bytes:
    """An MR image of 16 x 16 pixels with 14 planted identifiers."""
    dataset = _file(MR_IMAGE)
    nested = Dataset()
    nested.PatientName = "NEEDLE13^NESTED"
    tags = {
        **NEEDLES,
        "RequestAttributesSequence": Sequence([nested]),
        "Modality": "MR",
        "Manufacturer": "SIEMENS",
        "MagneticFieldStrength": "3",
        "SliceThickness": "0.80",
        "ScanningSequence": ["SE", "IR"],
        "PhotometricInterpretation": "MONOCHROME2",
        "SamplesPerPixel": 1,
        "Rows": 16,
        "Columns": 16,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "PixelData": b"\0" * 512,
        **changed,
    }
    for tag, value in tags.items():
        setattr(dataset, tag, value)
    dataset.private_block(0x0029, "VENDOR", create=True).add_new(0x01, "LO", "NEEDLE14")
    return _bytes(dataset)


def before_the_elements() -> bytes:
    """Preamble and file meta information of an image: an attack is put behind it."""
    data = image()
    return data[: data.index(struct.pack("<HH", 0x0008, 0x0016))]


def deep_sequences(depth: int) -> bytes:
    """Sequences in sequences, none of which ends."""
    sequence = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    return before_the_elements() + (sequence + item) * depth


def huge_length() -> bytes:
    """An element that says it has four gigabytes."""
    return before_the_elements() + struct.pack("<HH2sHI", 0x0009, 0x1001, b"OB", 0, 0xFFFFFFF0)


def _item(kind: str, concept: Dataset, *parts: Dataset, relation: str = "CONTAINS") -> Dataset:
    """A content item."""
    item = Dataset()
    item.RelationshipType = relation
    item.ValueType = kind
    item.ConceptNameCodeSequence = Sequence([concept])
    if parts:
        item.ContentSequence = Sequence(parts)
    return item


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded concept."""
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def _of(entry: dict[str, str]) -> Dataset:
    """A coded concept from its JSON."""
    return code(entry["CodeValue"], entry["CodingSchemeDesignator"], entry["CodeMeaning"])


def _coded(concept: Dataset, value: Dataset, relation: str) -> Dataset:
    """An item whose value is a code."""
    item = _item("CODE", concept, relation=relation)
    item.ConceptCodeSequence = Sequence([value])
    return item


def _said(concept: Dataset, text: str, relation: str) -> Dataset:
    """An item whose value is a text."""
    item = _item("TEXT", concept, relation=relation)
    item.TextValue = text
    return item


def number(entry: dict[str, Any]) -> Dataset:
    """A measurement from its JSON."""
    software = entry["measurementAlgorithmIdentification"]
    modifier = _coded(
        code("121401", "DCM", "Derivation"), _of(entry["derivationModifier"]), "HAS CONCEPT MOD"
    )
    name = _said(
        code("111001", "DCM", "Algorithm Name"), software["AlgorithmName"], "HAS CONCEPT MOD"
    )
    version = _said(
        code("111003", "DCM", "Algorithm Version"), software["AlgorithmVersion"], "HAS CONCEPT MOD"
    )
    item = _item("NUM", _of(entry["quantity"]), modifier, name, version)
    value = Dataset()
    value.NumericValue = entry["value"]
    value.MeasurementUnitsCodeSequence = Sequence([_of(entry["units"])])
    item.MeasuredValueSequence = Sequence([value])
    return item


def evaluation(entry: dict[str, Any]) -> Dataset:
    """A qualitative evaluation from its JSON: a coded object or a plain text."""
    concept, value = _of(entry["conceptCode"]), entry["conceptValue"]
    if isinstance(value, str):
        return _said(concept, value, "CONTAINS")
    return _coded(concept, _of(value), "CONTAINS")


def report(written: dict[str, Any], **flags: str) -> bytes:
    """A structured report (TID 1500) from the input of dcmqi's writer."""
    groups = []
    for group in written["Measurements"]:
        tracking = code("112039", "DCM", "Tracking Identifier")
        site = code("363698007", "SCT", "Finding Site")
        method = code("370129005", "SCT", "Measurement Method")
        finding = code("121071", "DCM", "Finding")
        parts = [
            _said(tracking, group["TrackingIdentifier"], "HAS OBS CONTEXT"),
            _coded(finding, _of(group["Finding"]), "CONTAINS"),
            _coded(site, _of(group["FindingSite"]), "HAS CONCEPT MOD"),
            _coded(method, _of(group["MeasurementMethod"]), "HAS CONCEPT MOD"),
            *(number(entry) for entry in group["measurementItems"]),
            *(evaluation(entry) for entry in group["qualitativeEvaluations"]),
        ]
        groups.append(_item("CONTAINER", code("125007", "DCM", "Measurement Group"), *parts))
    dataset = _file(COMPREHENSIVE_SR)
    dataset.Modality = "SR"
    dataset.PatientName = "NEEDLE01^ANNA"
    dataset.CompletionFlag = flags.get("completion", written["CompletionFlag"])
    dataset.VerificationFlag = flags.get("verification", written["VerificationFlag"])
    dataset.ValueType = "CONTAINER"
    title = code("126000", "DCM", "Imaging Measurement Report")
    dataset.ConceptNameCodeSequence = Sequence([title])
    observer = _item(
        "PNAME", code("121008", "DCM", "Person Observer Name"), relation="HAS OBS CONTEXT"
    )
    observer.PersonName = written["observerContext"]["PersonObserverName"]
    kind = _coded(
        code("121005", "DCM", "Observer Type"), code("121006", "DCM", "Person"), "HAS OBS CONTEXT"
    )
    measurements = _item("CONTAINER", code("126010", "DCM", "Imaging Measurements"), *groups)
    dataset.ContentSequence = Sequence([kind, observer, measurements])
    return _bytes(dataset)
