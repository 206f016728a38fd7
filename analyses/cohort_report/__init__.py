"""The cohort report: who is in a cohort, how well it is followed, and how good its data are.

Belongs here: frames of a snapshot and counts of its deliveries in, document and page out.
Does not belong here: reading them (`warehouse.trends`), files (`assets.cohort_reporting`), what the
cohort teaches about the disease (`analyses.report`).
"""

from analyses.cohort_report.document import SCHEMA, cohort_document
from analyses.cohort_report.inputs import KEY_COLUMNS, TABLES, Inputs
from analyses.cohort_report.page import render_cohort
from analyses.cohort_report.pictures import pictures

__all__ = [
    "KEY_COLUMNS",
    "SCHEMA",
    "TABLES",
    "Inputs",
    "cohort_document",
    "pictures",
    "render_cohort",
]
