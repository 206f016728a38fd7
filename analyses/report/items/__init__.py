"""Reporting items: what TRIPOD+AI, PROBAST+AI, CLEAR and METRICS ask, and where a report answers.

Belongs here: the lists as data, and filling them from one run.
Does not belong here: what the report itself says (the other modules of `analyses.report`).
"""

from analyses.report.items.filling import checklists

__all__ = ["checklists"]
