"""Feature files: the wide Parquet file of a feature set of the project's own layout.

Belongs here: study and structure of every record, its features as numbers.
Does not belong here: tables as a program writes them (`radiomics`), the row that describes the set
and whether it fits (`assets.feature_sets`).
A record is one study: `study_id`, `structure`, then a column of numbers for every feature.
"""

import io
from dataclasses import replace

import polars as pl

from assets.readers.kinds import not_this_kind
from assets.readers.parquet import MAGIC, texts_of
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import as_read
from schemas.profile import FileProfile


def read_features(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a file; the line of a record is its number and one, as if there were a header line."""
    if not (data.startswith(MAGIC) and data.endswith(MAGIC) and len(data) > 2 * len(MAGIC)):
        problem = not_this_kind(data, "a whole Parquet file", "Write it again as Parquet.")
        return refused(profile, problem)
    frame = pl.read_parquet(io.BytesIO(data))
    keys, names = frame.columns[: len(profile.header)], frame.columns[len(profile.header) :]
    texts = [name for name in keys if frame[name].dtype != pl.String]
    numbers = frame.select(names)
    if texts or not names or not all(kind.is_numeric() for kind in numbers.dtypes):
        return refused(profile, _NOT_WIDE, found=frame.height)
    if any(column.is_infinite().any() for column in numbers.cast(pl.Float64).iter_columns()):
        return refused(profile, _INFINITE, found=frame.height)
    cells = zip(*(texts_of(frame[name]) for name in keys), strict=True)
    rows = [(line, list(row)) for line, row in enumerate(cells, start=2)]
    found = as_read(keys, rows, profile, declared)
    if found.is_refused:
        return found
    of_record = numbers.with_row_index("_record", offset=1).cast({"_record": pl.Int64})
    # a record with a forbidden character has no part in it
    return replace(found, features=found.frame.select("_record").join(of_record, on="_record"))


_NOT_WIDE = ReadProblem(
    "E_FEATURES",
    "The file is no feature set: study_id and structure are texts, and every other column holds "
    "numbers; there is at least one. Nothing of this file was loaded.",
    "Write study_id, structure, then one column of numbers for every feature.",
)
_INFINITE = ReadProblem(
    "E_FEATURES",
    "A feature is infinite, which is no number. Nothing of this file was loaded.",
    "Leave the cell empty where the program computed none.",
)
