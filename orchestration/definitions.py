"""Definitions: everything Dagster shows and runs for one home.

Belongs here: assets, checks, resources, jobs, schedules, sensors and executor put together.
Does not belong here: what an asset does (`assets`), which home (`orchestration.home`).
"""

import dagster as dg

from assets.analysis import analysis_cases, analysis_columns
from assets.cohort_reports import cohort_reports
from assets.core import core_tables, quarantine_problems
from assets.published import published_snapshot
from assets.received import received_deliveries
from assets.reference import cord_norms, published_counts
from assets.results import results_assets
from assets.staged import staged_tables
from orchestration.home import home_from
from orchestration.jobs import refresh_home
from orchestration.one_writer import require_one_writer
from orchestration.resources import PATIENCE, line_resource
from orchestration.schedules import nightly_refresh
from orchestration.sensors import failure_sensor, landing_sensor
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
    *cohort_reports,
    published_snapshot,
]


def build_definitions(home: Home, *, patience: float = 0.0) -> dg.Definitions:
    """Everything of one home; one process runs the steps, because one process may write DuckDB.

    `patience` is how many seconds a run waits for a store that another process writes: none where
    a person waits for the run.

    Raises
    ------
    StorageError
        If the home's settings would let a second process write.
    """
    made = dg.Definitions(
        assets=ASSETS,
        resources={"line": line_resource(home, patience=patience)},
        jobs=[refresh_home],
        schedules=[nightly_refresh],
        sensors=[landing_sensor(home), failure_sensor(home)],
        executor=dg.in_process_executor,
    )
    require_one_writer(home, made)
    return made


defs = build_definitions(home_from(None), patience=PATIENCE)
