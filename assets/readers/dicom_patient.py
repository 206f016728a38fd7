"""DICOM files: the attributes in which they name a patient.

Belongs here: which attributes those are, and which of them a file fills.
Does not belong here: what is read of a file (`dicom_header`, `dicom_sr`), what becomes of one that
names somebody (`identifiers`).
What is read of a header is a list of acquisition tags; but the file itself is kept, with the rest.
"""

import io
import re

from pydicom.dataset import Dataset
from pydicom.filereader import dcmread

from schemas.identifiers.pseudonyms import PSEUDONYM

#: Attributes of the patient that point at one person (DICOM PS3.15, table E.1-1: those that the
#: basic profile empties or replaces); a pseudonym may stand in any of them.
NAMING = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientBirthName",
    "PatientMotherBirthName",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "OtherPatientIDs",
    "OtherPatientNames",
    "MedicalRecordLocator",
    "AccessionNumber",
    "PatientComments",
)


def naming_attributes(data: bytes) -> tuple[str, ...]:
    """Keywords of the attributes that name a patient, in the order of `NAMING`."""
    dataset: Dataset = dcmread(
        io.BytesIO(data), stop_before_pixels=True, specific_tags=list(NAMING)
    )
    return tuple(keyword for keyword in NAMING if not _is_nobody(str(dataset.get(keyword) or "")))


def _is_nobody(text: str) -> bool:
    """Whether a text is empty but for the separators of a name, or a pseudonym."""
    plain = text.strip(" ^=\\")
    return not plain or re.fullmatch(PSEUDONYM, plain) is not None
