"""Cohort reports: one on every cohort of the snapshot, each by itself.

Belongs here: the assets of the layer `reports`.
Does not belong here: what a report reads and writes (`assets.cohort_reporting`).
"""

import dagster as dg

from assets.context import Line
from assets.results import COHORTS


def _report_asset(cohort: str) -> dg.AssetsDefinition:
    """The asset of the report on one cohort."""

    @dg.asset(
        key=["reports", f"cohort_{cohort}"],
        deps=[["analysis", "cases"], ["quarantine", "problems"], ["reference", "cord_norms"]],
        group_name="reports",
        description=f"Who is in the {cohort} cohort, how it is followed, how good its data are.",
    )
    def report(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
        # imports scikit-learn and matplotlib: see assets.results
        from assets.cohort_reporting import report_cohort

        return dg.MaterializeResult(metadata=report_cohort(line, cohort))

    return report


cohort_reports = [_report_asset(cohort) for cohort in COHORTS]
