"""Kinds of files: told by their first bytes, never by their names.

Belongs here: the beginnings of files that are no table of text.
Does not belong here: reading them (the readers beside this module).
"""

import codecs

from assets.readers.read_file import ReadProblem

_BEGINNINGS = {
    b"PK\x03\x04": "a zip archive or workbook",
    b"PK\x05\x06": "a zip archive or workbook",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"SQLite format 3": "a database",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"{\\rtf": "a word processor's file",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"<!": "a web page or XML",
    b"<?": "a web page or XML",
    b"<h": "a web page or XML",
}
_DICOM = "a DICOM file"


def kind_of(data: bytes) -> str | None:
    """What a file is if it is no text: its first bytes say so.

    Examples
    --------
    >>> kind_of(b"PAR1..."), kind_of(b"case_id,sex")
    ('a Parquet file', None)
    """
    if data[128:132] == b"DICM":
        return _DICOM
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    return next((kind for magic, kind in _BEGINNINGS.items() if start.startswith(magic)), None)


def not_this_kind(data: bytes, wanted: str, remedy: str) -> ReadProblem:
    """E_MAGIC: the content does not fit the name."""
    found = kind_of(data) or "not of that kind"
    return ReadProblem(
        "E_MAGIC", f"The file is {found}; {wanted} was expected. Nothing of it was loaded.", remedy
    )
