"""Parquet: flat columns of text, numbers and truth values to a frame of text.

Belongs here: which columns may be read, their values as text without loss.
Does not belong here: meaning of the columns (`mapping`), header and forbidden characters
(`records`).
"""

import io

import polars as pl

from assets.readers.excel import cell_text
from assets.readers.kinds import not_this_kind
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import Record, as_read
from schemas.profile import FileProfile

MAGIC = b"PAR1"


def read_parquet(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a file; the line of a record is its number and one, as if there were a header line."""
    if not (data.startswith(MAGIC) and data.endswith(MAGIC) and len(data) > 2 * len(MAGIC)):
        problem = not_this_kind(data, "a whole Parquet file", "Write it again as Parquet.")
        return refused(profile, problem)
    schema = pl.read_parquet_schema(io.BytesIO(data))
    other = [name for name, kind in schema.items() if not _is_flat(kind)]
    if other:
        found = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
        return refused(profile, _not_flat(other, profile), found=found)
    frame = pl.read_parquet(io.BytesIO(data))
    columns = [texts_of(column) for column in frame.iter_columns()]
    rows: list[Record] = [
        (line, list(cells)) for line, cells in enumerate(zip(*columns, strict=True), start=2)
    ]
    return as_read(frame.columns, rows, profile, declared)


def _is_flat(kind: pl.DataType) -> bool:
    """Text, a number or a truth value; a date is none: its calendar and zone would be a guess."""
    texts = (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null)
    return kind.is_numeric() or isinstance(kind, texts)


def _not_flat(names: list[str], profile: FileProfile) -> ReadProblem:
    """E_SCHEMA: a column of dates, bytes, lists or parts."""
    known = [name for name in names if name in profile.header]
    shown = ", ".join(f"'{name}'" for name in known) or f"{len(names)} of its columns"
    return ReadProblem(
        "E_SCHEMA",
        f"Not texts, numbers or yes and no: {shown}. Nothing of this file was loaded.",
        "Write dates as text (ISO 8601), and every value into a column of its own.",
        column=known[0] if known else None,
    )


def texts_of(column: pl.Series) -> list[str]:
    """Values of a column as text; a missing value is an empty one."""
    if column.dtype in (pl.Float32, pl.Float16):
        # shortest text that is the same number: 0.1, not the 0.10000000149 of the wider type
        return ["" if v is None else cell_text(float(v)) for v in column.cast(pl.String)]
    return ["" if value is None else _text(value) for value in column]


def _text(value: object) -> str:
    """One value as text; a decimal number writes itself."""
    return cell_text(value) if isinstance(value, (str, int, float)) else str(value)
