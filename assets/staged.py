"""Staged: the pending deliveries, mapped by their site's profile to the tables, typed.

Belongs here: one asset per table of the layer `staged`, made together because one file feeds many
tables.
Does not belong here: the order of deliveries (`assets.intake`), reading and mapping
(`assets.readers`), typing (`warehouse.staging`).
"""

from collections.abc import Iterator

import dagster as dg

from assets.context import Line
from assets.intake import stage_pending
from schemas.tables import TABLES


@dg.multi_asset(
    name="staged",
    specs=[
        dg.AssetSpec(
            key=["staged", table.name],
            deps=[["received", "deliveries"]],
            group_name="staged",
            description=f"Rows of the pending deliveries for `{table.name}`: {table.grain}.",
            kinds={"duckdb"},
        )
        for table in TABLES
    ],
    pool="duckdb_writer",
)
def staged_tables(line: dg.ResourceParam[Line]) -> Iterator[dg.MaterializeResult]:
    """Stage the pending deliveries; a value that cannot be typed is a problem, never a null."""
    rows = stage_pending(line)
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=["staged", table.name], metadata={"rows": rows[table.name]}
        )
