"""Analysis: one row per case, and when each of its columns becomes known.

Belongs here: the assets of the layer `analysis`.
Does not belong here: which read or surgery stands for a case, what is predicted (`analyses`).
"""

import dagster as dg
import polars as pl

from analyses.cohort import availability_of_columns, build_cohort, labels_of_columns
from analyses.endpoints import add_endpoints, availability_of_endpoints
from assets.context import Line
from schemas.tables import TABLES


@dg.asset(
    key=["analysis", "cases"],
    deps=[["core", table.name] for table in TABLES] + [["quarantine", "problems"]],
    group_name="analysis",
    pool="duckdb_writer",
    kinds={"duckdb", "polars"},
)
def analysis_cases(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """One row per case: eligibility, endpoints and predictors; derived only."""
    tables = {table.name: line.store.read("core", table.name) for table in TABLES}
    cases = add_endpoints(build_cohort(tables))
    line.store.replace("analysis", "cases", cases)
    line.say(f"analysis/cases: {cases.height} cases")
    counts = dict(cases.group_by("provenance").len().sort("provenance").rows())
    return dg.MaterializeResult(metadata={"rows": cases.height, **counts})


@dg.asset(
    key=["analysis", "columns"],
    deps=[["analysis", "cases"]],
    group_name="analysis",
    pool="duckdb_writer",
    kinds={"duckdb", "polars"},
)
def analysis_columns(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """When each column of `analysis.cases` becomes known: what a model may use when."""
    labels = labels_of_columns()
    known = availability_of_columns() | availability_of_endpoints()
    frame = pl.DataFrame(
        [
            (name, when, labels.get(name, name.replace("_", " ")))
            for name, when in sorted(known.items())
        ],
        schema={"column": pl.String, "availability": pl.String, "label": pl.String},
        orient="row",
    )
    line.store.replace("analysis", "columns", frame)
    return dg.MaterializeResult(metadata={"rows": frame.height})
