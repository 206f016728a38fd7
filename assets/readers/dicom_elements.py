"""DICOM files: whether their elements are whole, and those that a reader asks for.

Belongs here: opening a file without its pixels, lengths and nesting told before anything is parsed.
Does not belong here: which tags are read and what they mean (`dicom_header`, `dicom_sr`).
pydicom takes a file that ends inside an element for a shorter one, and reads nested sequences by
calling itself; so lengths and depth are looked at first, without recursion.
"""

import io
import struct
import warnings

from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import dcmread, read_partial
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from assets.readers.kinds import not_this_kind
from assets.readers.read_file import ReadFile, ReadProblem, refused
from schemas.profile import FileProfile

#: Reports nest about ten deep; twice an item and its sequence for each.
MOST_NESTED = 64
_META_START = 132
_ITEM = b"\xfe\xff\x00\xe0"
_ENDS = (b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0")
_PIXEL_DATA = b"\xe0\x7f\x10\x00"
_UNDEFINED = 0xFFFFFFFF
#: Value representations with a length of four bytes (DICOM PS3.5, 7.1.2).
_LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
_UNREADABLE = (
    InvalidDicomError,
    BytesLengthException,
    EOFError,
    RecursionError,
    OSError,
    ValueError,
    AttributeError,
    NotImplementedError,
    struct.error,
)


def opened(
    data: bytes,
    profile: FileProfile,
    *,
    required: tuple[str, ...],
    tags: tuple[str, ...] | None = None,
) -> Dataset | ReadFile:
    """The elements of a DICOM file before its pixels, only `tags` where given; or its refusal.

    A file that was cut where one element ends and the next begins looks whole; it lacks one of
    those that are `required` in every file of its kind.
    """
    if data[128:132] != b"DICM":
        problem = not_this_kind(data, "a DICOM file", "Export the file as DICOM, part 10.")
        return refused(profile, problem)
    try:
        # stops at the first tag, so of the file only what says how the rest is written
        meta = read_partial(io.BytesIO(data), stop_when=lambda *_: True).file_meta
        syntax = meta.TransferSyntaxUID
        if syntax in (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian):
            return refused(profile, _OTHER_SYNTAX, found=1)
        start = _META_START + 12 + int(meta.FileMetaInformationGroupLength)
        if not is_whole(data, start, is_explicit=syntax != ImplicitVRLittleEndian):
            return refused(profile, _TORN, found=1)
        # a warning would quote the value that it is about
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = None if tags is None else [*tags, *required]
            found = dcmread(io.BytesIO(data), stop_before_pixels=True, specific_tags=wanted)
            lacking = [tag for tag in required if tag not in found]
            return refused(profile, lacks(lacking), found=1) if lacking else found
    except _UNREADABLE:
        return refused(profile, _TORN, found=1)


_TORN = ReadProblem(
    "E_FORMAT",
    "The file is cut off or damaged: its elements do not end where they say. Nothing of it was "
    "loaded.",
    "Export it again from the archive.",
)


def lacks(tags: list[str]) -> ReadProblem:
    """E_FORMAT: elements that every file of the kind has are not there."""
    return ReadProblem(
        "E_FORMAT",
        f"The file lacks {', '.join(tags)}, which every file of its kind has: it is cut off, or of "
        "another kind. Nothing of it was loaded.",
        "Export it again from the archive.",
    )


_OTHER_SYNTAX = ReadProblem(
    "E_FORMAT",
    "The file is written in a way that is not read here (big-endian, or compressed as a whole). "
    "Nothing of it was loaded.",
    "Export it from the archive as 'Explicit VR Little Endian'.",
)


def is_whole(data: bytes, start: int, *, is_explicit: bool) -> bool:
    """Whether every element up to the pixels ends inside the file and none is nested too deep."""
    place, modes = start, [is_explicit]
    while place < len(data):
        if place + 8 > len(data):
            return False
        tag = data[place : place + 4]
        if tag in _ENDS:
            modes.pop()
            place += 8
        else:
            place, length, mode = _element(data, place, tag, is_explicit=modes[-1])
            if length == _UNDEFINED and tag == _PIXEL_DATA and len(modes) == 1:
                return _are_pixels_whole(data, place)
            if length == _UNDEFINED:
                modes.append(mode)
            else:
                place += length
        if place > len(data) or not 0 < len(modes) <= MOST_NESTED:
            return False
    return len(modes) == 1 and start <= len(data)


def _are_pixels_whole(data: bytes, place: int) -> bool:
    """Whether compressed pixels end with their last piece inside the file."""
    while data[place : place + 4] == _ITEM:
        place += 8 + _number(data, place + 4, 4)
    return data[place : place + 4] == _ENDS[1] and place + 8 <= len(data)


def _element(data: bytes, place: int, tag: bytes, *, is_explicit: bool) -> tuple[int, int, bool]:
    """Where the value of an element begins, its length, and whether its parts are explicit."""
    kind = data[place + 4 : place + 6]
    if tag == _ITEM or not is_explicit:
        return place + 8, _number(data, place + 4, 4), is_explicit
    if kind in _LONG:
        # what is unknown was implicit where it came from (DICOM PS3.5, 6.2.2)
        return place + 12, _number(data, place + 8, 4), kind != b"UN"
    return place + 8, _number(data, place + 6, 2), is_explicit


def _number(data: bytes, place: int, size: int) -> int:
    """A length; one that is itself cut off leads past the end."""
    piece = data[place : place + size]
    return int.from_bytes(piece, "little") if len(piece) == size else len(data)
