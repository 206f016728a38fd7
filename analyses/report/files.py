"""The files of a report: the page, and what lies beside it for whoever prints or publishes it.

Belongs here: which files a report has and what each is called.
Does not belong here: what stands in them (the other modules of this package), writing them
(`assets.analysing`).
"""

from collections.abc import Mapping
from typing import Any

from analyses.report.page import render_report

PAGE = "report.html"


def report_files(
    results: dict[str, Any], *, beside: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Every file of the report of one analysis.

    Parameters
    ----------
    results
        As in `results.json` (`imsct.results/1`); not changed.
    beside
        Files that lie beside the results, by name: `model.json` where a model was frozen.

    Returns
    -------
    dict
        Bytes by the name of the file, relative to the folder of the report. The same results give
        the same bytes in the same locked environment.

    Raises
    ------
    IntegrityError
        If counts of the results do not add up.
    """
    return page_files(render_report(results, beside=beside))


def page_files(html: bytes) -> dict[str, bytes]:
    """What every page has beside it: an analysis, a cohort, the claims.

    Parameters
    ----------
    html
        The page, as `templates/frame.html` frames it.

    Returns
    -------
    dict
        Bytes by the name of the file, the page among them.
    """
    return {PAGE: html}
