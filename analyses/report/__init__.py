"""The report: one self-contained HTML file made from `results.json` and nothing else.

Belongs here: what is said, in which order, and the page it stands on.
Does not belong here: any number (`analyses.protocol`), the drawings (`analyses.figures`).
"""

from analyses.report.page import render_report

__all__ = ["render_report"]
