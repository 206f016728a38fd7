"""Formats: the kinds of files that a site may deliver.

Belongs here: their names, and the columns that a reader gives beside those of the file's header.
Does not belong here: what a profile says of one file (`schemas.profile`), reading it
(`assets.readers`).
"""

from collections.abc import Mapping
from typing import Literal

#: What a file is; `assets.readers.reading` has one reader for each.
Format = Literal[
    "delimited",
    "excel",
    "parquet",
    "sct_process",
    "sct_lesion",
    "pyradiomics",
    "mirp",
    "features",
    "bids",
    "dicom_sr",
    "dicom_header",
    "redcap",
    "redcap_dictionary",
    "redcap_odm",
]

WORKBOOKS: frozenset[Format] = frozenset({"excel", "sct_lesion"})
FEATURE_TABLES: frozenset[Format] = frozenset({"pyradiomics", "mirp", "features"})
WITHOUT_HEADER: frozenset[Format] = frozenset({"dicom_sr", "dicom_header", "redcap_dictionary"})
#: Files about columns, not about people; "Field Name" is no name.
WITHOUT_PATIENTS: frozenset[Format] = frozenset({"redcap_dictionary"})

_FEATURE_TABLE = (
    "is_first_of_mask",  # yes for the first record of each mask
    "volume_mm3",  # voxels of the mask times the volume of one; empty where not computed
    "extractor_version",
    "settings_sha256",
    "voxel_spacing_mm",
    "features_sha256",  # of the features of this mask, as the reader hands them on
    "n_rows",
    "n_features",
)

#: Columns of every record that the reader gives beside those of the header.
GIVEN: Mapping[Format, tuple[str, ...]] = {
    # yes or no: the slice holds a measure; it is the one with the largest AP diameter of its file
    "sct_process": ("is_imaged", "is_largest_ap"),
    "pyradiomics": _FEATURE_TABLE,
    "mirp": _FEATURE_TABLE,
    "dicom_sr": (
        "completion",  # COMPLETE or PARTIAL
        "verification",  # VERIFIED or UNVERIFIED
        "observer_type",  # person or device
        "group",  # number of the measurement group, from 1
        "item",  # number of the measurement or evaluation in its group, from 1
        "tracking_id",
        "time_point",
        "activity_session",
        "finding",  # a code, as SCHEME:VALUE, current SNOMED codes in the place of old ones
        "finding_site",
        "kind",  # measurement or evaluation
        "concept",
        "concept_meaning",
        "derivation",
        "method",
        "value",  # the number, the code or the text as written
        "value_meaning",
        "unit",
        "software",
        "software_version",
    ),
    "dicom_header": (
        "modality",
        "vendor",
        "field_strength_t",
        "slice_thickness_mm",
        "b_value_s_mm2",
        "is_contrast_given",
        "echo_time_ms",
        "repetition_time_ms",
        "inversion_time_ms",
        "scanning_sequence",
        "acquisition_type",
    ),
}
