"""Reading: the bytes of one delivered file, by the reader of its format.

Belongs here: which reader reads which format, columns that the file's name holds.
Does not belong here: the readers, and the process they run in (`sandbox`, `worker`).
"""

from collections.abc import Callable

import polars as pl

from assets.readers.bids import read_bids
from assets.readers.delimited import read_delimited
from assets.readers.excel import read_excel
from assets.readers.parquet import read_parquet
from assets.readers.radiomics import read_mirp, read_pyradiomics
from assets.readers.read_file import ReadFile
from assets.readers.sct import read_sct_lesion, read_sct_process
from schemas.formats import Format
from schemas.profile import FileProfile

#: Bytes, the part of the profile, and the rows announced (None where nobody did) to a read file.
Reader = Callable[[bytes, FileProfile, int | None], ReadFile]


# pydicom takes as long to import as everything else here: only who delivers DICOM waits for it
def _read_dicom_sr(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """A structured report."""
    from assets.readers.dicom_sr import read_dicom_sr

    return read_dicom_sr(data, profile, declared)


def _read_dicom_header(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """The header of an image."""
    from assets.readers.dicom_header import read_dicom_header

    return read_dicom_header(data, profile, declared)


READERS: dict[Format, Reader] = {
    "delimited": read_delimited,
    "excel": read_excel,
    "parquet": read_parquet,
    "sct_process": read_sct_process,
    "sct_lesion": read_sct_lesion,
    "pyradiomics": read_pyradiomics,
    "mirp": read_mirp,
    "bids": read_bids,
    "dicom_sr": _read_dicom_sr,
    "dicom_header": _read_dicom_header,
}


def read(data: bytes, profile: FileProfile, *, file: str, declared: int | None) -> ReadFile:
    """Read a file named `file`; every column of its name and header is in the frame."""
    found = READERS[profile.format](data, profile, declared)
    named = (profile.match(file) or {}).items()
    frame = found.frame.with_columns(pl.lit(text).alias(name) for name, text in named)
    return ReadFile(
        file, frame, found.found, found.problems, found.is_refused, features=found.features
    )
