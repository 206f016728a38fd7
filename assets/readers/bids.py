"""BIDS: participants.tsv and sessions.tsv to a frame of text.

Belongs here: the dialect of BIDS tables, the first person of each institution.
Does not belong here: which column is what (the profile); dates and names, which it ignores.
BIDS tables have tabs and no quotes: a quotation mark in a note is a character like any other
(BIDS specification 1.10, tabular files).
"""

from dataclasses import replace

import polars as pl

from assets.readers.kinds import kind_of, not_this_kind
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import Record, as_read
from schemas.profile import FileProfile

_INSTITUTION = "institution_id"


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
    read = as_read(header, rows, profile, declared)
    return replace(read, frame=read.frame.with_columns(is_first_of_institution=_first(profile)))


def _not_utf_8(offset: int) -> ReadProblem:
    """E_ENCODING: BIDS has one encoding."""
    return ReadProblem(
        "E_ENCODING",
        f"The byte at offset {offset} is not UTF-8. Nothing of this file was loaded.",
        "BIDS tables are UTF-8: export again.",
    )


def _first(profile: FileProfile) -> pl.Expr:
    """Yes for the first person of each institution, where the table names institutions."""
    if _INSTITUTION not in profile.header:
        return pl.lit("no")
    is_first = pl.col(_INSTITUTION).is_first_distinct()
    return pl.when(is_first).then(pl.lit("yes")).otherwise(pl.lit("no"))
