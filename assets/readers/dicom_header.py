"""DICOM headers: an allow-list of acquisition tags, nothing else of the file.

Belongs here: the list, what makes a file unfit to be read, the tags in the words of the dictionary.
Does not belong here: structured reports (`dicom_sr`), which study a file is of (the profile).
No pixel is read, no private element, no text of a description, nothing that names a person: three
programs that remove such elements left some of them in place, so only what is listed is taken.
"""

import polars as pl
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from assets.readers.dicom_elements import opened
from assets.readers.read_file import ReadFile, ReadProblem, frame_schema, refused
from schemas.profile import FileProfile

#: Everything that is read of a file; the first four only to decide whether it is read at all.
ALLOWED = (
    "SOPClassUID",
    "BurnedInAnnotation",
    "PhotometricInterpretation",
    "ConversionType",
    "Modality",
    "Manufacturer",
    "MagneticFieldStrength",
    "SliceThickness",
    "DiffusionBValue",
    "ContrastBolusAgent",
    "EchoTime",
    "RepetitionTime",
    "InversionTime",
    "ScanningSequence",
    "MRAcquisitionType",
)
#: What every image has (DICOM PS3.3, C.7.6.3); the last of them follows all that is read here but
#: whether a name is burned into the pixels, which then are not there either.
_REQUIRED = (
    "SOPClassUID",
    "Modality",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
)
_VENDORS = {"siemens": "siemens", "philips": "philips", "ge": "ge", "canon": "canon"}
_VENDORS |= {"toshiba": "canon", "general": "ge"}
_MODALITIES = {"MR": "mr", "CT": "ct", "PT": "pet", "XA": "angiography"}
#: Secondary capture and its multi-frame kinds begin so.
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_WITH_COLOUR = ("RGB", "YBR", "PALETTE")
_CODES = {"SE", "IR", "GR", "EP", "RM", "1D", "2D", "3D"}


def read_dicom_header(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read one file: one record, or none where people may be named in its pixels."""
    dataset = opened(data, profile, required=_REQUIRED, tags=ALLOWED)
    if isinstance(dataset, ReadFile):
        return dataset
    problem = _people_in_pixels(dataset)
    if problem is not None:
        return refused(profile, problem, found=1)
    values = {"_record": 1, "_line": 1, **_acquisition(dataset)}
    frame = pl.DataFrame([values], schema=frame_schema(profile))
    return ReadFile(profile.file, frame, 1)


def _people_in_pixels(dataset: Dataset) -> ReadProblem | None:
    """E_PIXEL: images on which a name may be drawn; nobody looks at pixels here."""
    kind = str(dataset.get("SOPClassUID", ""))
    colours = str(dataset.get("PhotometricInterpretation", ""))
    if str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES":
        why = "says that text is burned into its pixels"
    elif kind.startswith(_SECONDARY_CAPTURE) or dataset.get("ConversionType"):
        why = "is a secondary capture, such as a picture of a screen"
    elif colours.startswith(_WITH_COLOUR):
        why = "has colours, as pictures of a screen have"
    else:
        return None
    return ReadProblem(
        "E_PIXEL",
        f"The file {why}: a name may be drawn on it. It was not read.",
        "Deliver the header of an original image of the series.",
    )


def _acquisition(dataset: Dataset) -> dict[str, str]:
    """The columns that this reader gives."""
    maker = str(dataset.get("Manufacturer", "")).strip().casefold()
    vendor = next((code for word, code in _VENDORS.items() if maker.startswith(word)), "other")
    modality = str(dataset.get("Modality", ""))
    sequences = dataset.get("ScanningSequence", "")
    listed = list(sequences) if isinstance(sequences, MultiValue) else [sequences]
    kind = str(dataset.get("MRAcquisitionType", ""))
    agent = str(dataset.get("ContrastBolusAgent") or "")
    return {
        "modality": _MODALITIES.get(modality, "other" if modality else ""),
        "vendor": vendor if maker else "",
        "field_strength_t": _number(dataset, "MagneticFieldStrength"),
        "slice_thickness_mm": _number(dataset, "SliceThickness"),
        "b_value_s_mm2": _number(dataset, "DiffusionBValue"),
        # the agent's own name is free text and stays where it is; an empty one says nothing
        "is_contrast_given": "yes" if agent else "",
        "echo_time_ms": _number(dataset, "EchoTime"),
        "repetition_time_ms": _number(dataset, "RepetitionTime"),
        "inversion_time_ms": _number(dataset, "InversionTime"),
        "scanning_sequence": "+".join(str(code) for code in listed if str(code) in _CODES),
        "acquisition_type": kind if kind in _CODES else "",
    }


def _number(dataset: Dataset, tag: str) -> str:
    """A number as its header writes it; a text that is none says nothing and may be a name."""
    value = dataset.get(tag)
    try:
        float(str(value))
    except ValueError:
        return ""
    return str(value).strip()
