"""The printed report: the page that was rendered, set on paper by Typst as a tagged PDF.

Belongs here: HTML of one of our pages in, PDF out.
Does not belong here: what a page says (the templates), which files a report has
(`analyses.report.files`).
"""

from analyses.report.pdf.typesetting import to_pdf

__all__ = ["to_pdf"]
