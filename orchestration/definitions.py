"""Definitions: everything Dagster shows and runs for one home.

Belongs here: assets, checks, resources and executor put together.
Does not belong here: what an asset does (`assets`), which home (`orchestration.home`).
"""

import dagster as dg

from assets.analysis import analysis_cases, analysis_columns
from assets.core import core_tables, quarantine_problems
from assets.published import published_snapshot
from assets.received import received_deliveries
from assets.reference import cord_norms, published_counts
from assets.results import results_assets
from assets.staged import staged_tables
from orchestration.home import home_from
from orchestration.resources import line_resource
from warehouse.home import Home

ASSETS = [
    received_deliveries,
    staged_tables,
    *core_tables,
    quarantine_problems,
    published_counts,
    cord_norms,
    analysis_cases,
    analysis_columns,
    *results_assets,
    published_snapshot,
]


def build_definitions(home: Home) -> dg.Definitions:
    """Everything of one home; one process runs the steps, because one process may write DuckDB."""
    return dg.Definitions(
        assets=ASSETS,
        resources={"line": line_resource(home)},
        executor=dg.in_process_executor,
    )


defs = build_definitions(home_from(None))
