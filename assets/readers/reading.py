"""Reading: the bytes of one delivered file, by the reader of its format.

Belongs here: which reader reads which format, columns that the file's name holds.
Does not belong here: the readers, and the process they run in (`sandbox`, `worker`).
"""

from collections.abc import Callable
from importlib import import_module

import polars as pl

from assets.readers.identifiers import Scan, without_identifiers
from assets.readers.read_file import ReadFile
from schemas.formats import WITHOUT_PATIENTS, Format
from schemas.profile import FileProfile

#: Bytes, the part of the profile, and the rows announced (None where nobody did) to a read file.
Reader = Callable[[bytes, FileProfile, int | None], ReadFile]

#: Module and function of each reader. Imported when a file of the format comes: those for DICOM
#: alone take longer to import than all the rest.
READERS: dict[Format, tuple[str, str]] = {
    "delimited": ("delimited", "read_delimited"),
    "excel": ("excel", "read_excel"),
    "parquet": ("parquet", "read_parquet"),
    "redcap": ("redcap", "read_redcap"),
    "redcap_dictionary": ("redcap_structure", "read_delivered_dictionary"),
    "redcap_odm": ("redcap_odm", "read_odm"),
    "sct_process": ("sct", "read_sct_process"),
    "sct_lesion": ("sct", "read_sct_lesion"),
    "pyradiomics": ("radiomics", "read_pyradiomics"),
    "mirp": ("radiomics", "read_mirp"),
    "features": ("features", "read_features"),
    "bids": ("bids", "read_bids"),
    "dicom_sr": ("dicom_sr", "read_dicom_sr"),
    "dicom_header": ("dicom_header", "read_dicom_header"),
}


def reader_of(form: Format) -> Reader:
    """The reader of a format."""
    module, name = READERS[form]
    reader: Reader = getattr(import_module(f"assets.readers.{module}"), name)
    return reader


def read(
    data: bytes,
    profile: FileProfile,
    *,
    file: str,
    declared: int | None,
    scan: Scan | None = None,
) -> ReadFile:
    """Read a file named `file`; every column of its name and header is in the frame.

    With `scan` a file that identifies a person is refused whole, its content left out.
    """
    found = reader_of(profile.format)(data, profile, declared)
    named = (profile.match(file) or {}).items()
    frame = found.frame.with_columns(pl.lit(text).alias(name) for name, text in named)
    read_file = ReadFile(
        file, frame, found.found, found.problems, found.is_refused, features=found.features
    )
    if scan is None or profile.format in WITHOUT_PATIENTS:
        return read_file
    return without_identifiers(read_file, data, profile, scan)
