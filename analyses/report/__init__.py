"""The report: one self-contained HTML file for every analysis, and the index of all of them.

Belongs here: results (`imsct.results/1`) in, bytes out.
Does not belong here: statistics, drawing (`analyses.figures`), files.
"""

from analyses.report.counts import render_counts
from analyses.report.difference import TableCounts, render_difference
from analyses.report.files import page_files, report_files
from analyses.report.index import render_index
from analyses.report.page import render_report

__all__ = [
    "TableCounts",
    "page_files",
    "render_counts",
    "render_difference",
    "render_index",
    "render_report",
    "report_files",
]
