"""Reference: published evidence and cord norms, each a versioned fact with its source.

Belongs here: the assets of the layer `reference`.
Does not belong here: rows of cases, however published (they are deliveries like any other).
"""

from collections.abc import Mapping
from importlib import resources

import dagster as dg
import polars as pl

from assets.context import Line

_COUNTS = {
    "row_id": pl.String,
    "n_yes": pl.Int64,
    "n_total": pl.Int64,
    "percent": pl.Float64,
    "percent_printed": pl.Float64,
    "year": pl.Int64,
}
_NORMS = {
    "vert_level": pl.Int64,
    "n_subjects": pl.Int64,
    "n_sites": pl.Int64,
    **dict.fromkeys(("mean", "sd", "p5", "p50", "p95"), pl.Float64),
}


@dg.asset(
    key=["reference", "published_counts"],
    group_name="reference",
    pool="duckdb_writer",
    kinds={"duckdb"},
)
def published_counts(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """Counts printed in twelve studies, each with its source; never project data."""
    return _load(line, "published_counts", "evidence/published_counts.csv", _COUNTS)


@dg.asset(
    key=["reference", "cord_norms"],
    group_name="reference",
    pool="duckdb_writer",
    kinds={"duckdb"},
)
def cord_norms(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """Cord area and diameters of healthy adults by vertebral level and sex (spine-generic, SCT)."""
    return _load(line, "cord_norms", "sct/norms.csv", _NORMS)


def _load(
    line: Line, table: str, file: str, numbers: Mapping[str, type[pl.DataType]]
) -> dg.MaterializeResult:
    """Put one packaged file in place, every other column as text."""
    data = resources.files("assets").joinpath("data", *file.split("/")).read_bytes()
    text = pl.read_csv(data, infer_schema=False)
    frame = text.with_columns(
        pl.col(c).cast(kind) for c, kind in numbers.items() if c in text.columns
    )
    line.store.replace("reference", table, frame)
    line.say(f"reference/{table}: {frame.height} rows")
    return dg.MaterializeResult(metadata={"rows": frame.height, "source": file})
