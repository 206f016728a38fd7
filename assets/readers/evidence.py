"""Evidence: the published counts that come with the package, as a frame.

Belongs here: the types of their columns.
Does not belong here: which predictor a row belongs to (`schemas.evidence`), the layer `reference`
(`assets.reference`).
"""

from collections.abc import Mapping
from importlib import resources

import polars as pl

_NUMBERS: dict[str, type[pl.DataType]] = {
    "n_yes": pl.Int64,
    "n_total": pl.Int64,
    "percent": pl.Float64,
    "percent_printed": pl.Float64,
    "year": pl.Int64,
}


def read_published_counts() -> pl.DataFrame:
    """The counts of twelve studies, a row each; sources in `SOURCES.md` beside the file."""
    return read_packaged("evidence/published_counts.csv", _NUMBERS)


def read_packaged(file: str, numbers: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """A file of `assets/data`; columns that are not named as numbers are text."""
    data = resources.files("assets").joinpath("data", *file.split("/")).read_bytes()
    text = pl.read_csv(data, infer_schema=False)
    return text.with_columns(pl.col(c).cast(kind) for c, kind in numbers.items())
