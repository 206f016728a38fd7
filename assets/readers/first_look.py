"""A first look at a workbook of which nothing is known: every sheet's first rows as text.

Belongs here: the sheets with their cells, for the draft of a profile.
Does not belong here: reading a delivery (`excel`), what a draft makes of it (`assets.drafting`).
"""

import io

import polars as pl
from python_calamine import CalamineWorkbook

from assets.readers.excel import cell_text, not_opened
from assets.readers.read_file import ReadFile

#: Rows of a sheet that are enough for a draft.
MOST_ROWS = 2000
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "sheet": pl.String,
    "cells": pl.List(pl.String),
}


def first_look(data: bytes, file: str) -> ReadFile:
    """The first rows of every sheet that has any: `sheet` and `cells`, empty rows left out."""
    problem = not_opened(data)
    if problem is not None:
        return ReadFile(file, pl.DataFrame(schema=_SCHEMA), 0, (problem,), is_refused=True)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found: list[tuple[str, list[str]]] = []
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS)
        texts = [[cell_text(cell) for cell in row] for row in rows]
        found += [(name, cells) for cells in texts if any(cells)]
    return ReadFile(file, pl.DataFrame(found, schema=_SCHEMA, orient="row"), len(found))
