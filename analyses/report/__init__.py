"""The report: one self-contained HTML file for every analysis and for the claims, and their index.

Belongs here: results (`imsct.results/1`) or claims (`imsct.claims/1`) in, bytes out.
Does not belong here: statistics, drawing (`analyses.figures`), files.
"""

from analyses.report.claims import render_claims
from analyses.report.counts import render_counts
from analyses.report.difference import TableCounts, render_difference
from analyses.report.files import page_files, report_files
from analyses.report.index import render_index
from analyses.report.page import render_report

__all__ = [
    "TableCounts",
    "page_files",
    "render_claims",
    "render_counts",
    "render_difference",
    "render_index",
    "render_report",
    "report_files",
]
