"""Reference: published evidence and cord norms, each a versioned fact with its source.

Belongs here: the assets of the layer `reference`.
Does not belong here: rows of cases, however published (they are deliveries like any other).
"""

import dagster as dg
import polars as pl

from assets.context import Line
from assets.readers.evidence import read_packaged, read_published_counts

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
    return _load(line, "published_counts", "evidence/published_counts.csv", read_published_counts())


@dg.asset(
    key=["reference", "cord_norms"],
    group_name="reference",
    pool="duckdb_writer",
    kinds={"duckdb"},
)
def cord_norms(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """Cord area and diameters of healthy adults by vertebral level and sex (spine-generic, SCT)."""
    return _load(line, "cord_norms", "sct/norms.csv", read_packaged("sct/norms.csv", _NORMS))


def _load(line: Line, table: str, file: str, frame: pl.DataFrame) -> dg.MaterializeResult:
    """Put one packaged file in place."""
    line.store.replace("reference", table, frame)
    line.say(f"reference/{table}: {frame.height} rows")
    return dg.MaterializeResult(metadata={"rows": frame.height, "source": file})
