"""Spinal Cord Toolbox: tables of its cord and lesion analyses.

Belongs here: which slices were imaged, where the cord is thickest, the layout of the lesion sheet.
Does not belong here: which measure of the dictionary a column is (the profile).
Its pickles are never opened. Layout of the lesion workbook: scripts/sct_analyze_lesion.py of
spinalcordtoolbox at 00afa37a53564355fc935cbc3141c0fb8bbe0b3b (xlsxwriter under the name .xls, sheet
`measures`, tissue bridges and image means in columns of varying number).
"""

import re
from dataclasses import replace

import polars as pl

from assets.readers.delimited import read_delimited
from assets.readers.excel import sheet_of
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import as_read
from schemas.profile import FileProfile

_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?$"
_AP = "MEAN(diameter_AP)"
#: Columns that depend on the lesion and the image, and that no measure of the dictionary needs.
_VARYING = re.compile(
    r"slice_[0-9]+_(dorsal|ventral|total)_bridge_(width|ratio) \[(mm|%|)\]"
    r"|(interpolated_)?(midsagittal|dorsal|ventral|total)_.*"
    r"|(length|width)_(interpolated_)?midsagittal_slice \[mm\]|width \[mm\]|(mean|std)_.+"
)


def read_sct_process(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a table of `sct_process_segmentation`, per slice, per level or aggregated.

    A row without a measure was not imaged: that is no missing value. Of the largest diameter the
    first row is marked, so that one row of the file is the measurement and its line can be traced.
    """
    read = read_delimited(data, profile, declared)
    if read.is_refused:
        return read
    if _AP not in profile.header:
        return refused(profile, _no_diameter(), found=read.found)
    measures = [name for name in profile.header if name.startswith("MEAN(")]
    diameter = pl.when(pl.col(_AP).str.contains(_NUMBER)).then(pl.col(_AP)).cast(pl.Float64)
    is_imaged = pl.any_horizontal(*(pl.col(name) != "" for name in measures))
    is_largest = (diameter == diameter.max()).fill_null(value=False)
    is_first = is_largest & (is_largest.cast(pl.Int64).cum_sum() == 1)
    frame = read.frame.with_columns(is_imaged=_said(is_imaged), is_largest_ap=_said(is_first))
    return replace(read, frame=frame)


def _said(is_so: pl.Expr) -> pl.Expr:
    """A truth value in the words of the dictionary."""
    return pl.when(is_so).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _no_diameter() -> ReadProblem:
    """E_SCHEMA: the profile's header lacks what the reader marks."""
    return ReadProblem(
        "E_SCHEMA",
        f"The profile's header has no column {_AP}. Nothing of this file was loaded.",
        "Export the anteroposterior diameter, or declare the file as delimited text.",
    )


def read_sct_lesion(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read the measures of `sct_analyze_lesion`: one record per lesion.

    Columns whose number varies with the lesion are left out; any other unknown column is a problem.
    """
    found = sheet_of(data, profile)
    if isinstance(found, ReadFile):
        return found
    (_, header), *rows = found or [(1, [])]
    kept = [
        place
        for place, name in enumerate(header)
        if name in profile.header or not _VARYING.fullmatch(name)
    ]
    chosen = [(line, [cells[place] for place in kept]) for line, cells in rows]
    return as_read([header[place] for place in kept], chosen, profile, declared)
