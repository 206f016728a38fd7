"""Received: complete deliveries of the landing zone, kept by content.

Belongs here: the asset of the layer `received`.
Does not belong here: the landing protocol (`warehouse.landing`), reading files (`assets.readers`).
"""

import dagster as dg

from assets.context import Line
from assets.receiving import receive_landed


@dg.asset(
    key=["received", "deliveries"],
    group_name="received",
    pool="duckdb_writer",  # protects nothing unless dagster.yaml gives the pool the limit 1
    kinds={"duckdb"},
)
def received_deliveries(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """One row per delivered file; the bytes are kept under their hash, nothing is coerced."""
    counts = receive_landed(line)
    return dg.MaterializeResult(metadata=counts)
