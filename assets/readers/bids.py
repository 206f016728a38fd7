"""BIDS: participants.tsv and sessions.tsv to a frame of text.

Belongs here: the dialect of BIDS tables.
Does not belong here: which column is what (the profile); dates and names, which it ignores.
BIDS tables have tabs and no quotes: a quotation mark in a note is a character like any other
(BIDS specification 1.10, tabular files).
"""

from assets.readers.kinds import kind_of, not_this_kind
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import Record, as_read
from schemas.profile import FileProfile


def read_bids(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a table; `n/a` stays as written, the profile says why a value is missing."""
    if kind_of(data) is not None:
        return refused(profile, not_this_kind(data, "a table of text", "Export it as TSV."))
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return refused(profile, _not_utf_8(error.start))
    if not text.strip():
        return refused(profile, ReadProblem("E_EMPTY", "The file is empty.", "Export it again."))
    lines = text.removesuffix("\n").split("\n")
    records: list[Record] = [
        (number, line.removesuffix("\r").split("\t")) for number, line in enumerate(lines, start=1)
    ]
    (_, header), *rows = records
    return as_read(header, rows, profile, declared)


def _not_utf_8(offset: int) -> ReadProblem:
    """E_ENCODING: BIDS has one encoding."""
    return ReadProblem(
        "E_ENCODING",
        f"The byte at offset {offset} is not UTF-8. Nothing of this file was loaded.",
        "BIDS tables are UTF-8: export again.",
    )
