"""The files of a report: the page, and what lies beside it for whoever prints or publishes it.

Belongs here: which files a report has and what each is called.
Does not belong here: what stands in them (the other modules of this package), writing them
(`assets.analysing`).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from analyses.report import taken_out
from analyses.report.methods import as_markdown
from analyses.report.page import render_report
from analyses.report.pdf import to_pdf
from analyses.report.release import release
from analyses.report.shortening import shortened
from analyses.report.words import COHORTS, UNKNOWN_COHORT, straight
from schemas.citation import authors_of, citation

PAGE, PRINTED = "report.html", "report.pdf"
SUMS = "SHA256SUMS"
_BODY = re.compile(r'<body class="([a-z]+)">')
_SNAPSHOT = re.compile(r"snapshot <code>([0-9a-f]+)</code>")


def report_files(
    results: dict[str, Any],
    *,
    beside: Mapping[str, bytes] | None = None,
    about: Mapping[str, object] | None = None,
) -> dict[str, bytes]:
    """Every file of the report of one analysis.

    Parameters
    ----------
    results
        As in `results.json` (`imsct.results/1`); not changed.
    beside
        Files that lie beside the results, by name: `model.json` where a model was frozen.
    about
        `title` and `contributors` of the settings of the home: who is to be cited.

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
    files = page_files(render_report(results, beside=beside))
    files["methods.md"] = as_markdown(release(shortened(results)), _title(results)).encode()
    files["CITATION.cff"] = _citation(results, about or {}).encode()
    return files


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
    page = html.decode()
    body, snapshot = _BODY.search(page), _SNAPSHOT.search(page)
    cells = taken_out.tables(
        page,
        provenance=body[1] if body else "unknown",
        snapshot=snapshot[1] if snapshot else "",
    )
    figures = taken_out.drawings(page)
    return {
        PAGE: html,
        PRINTED: to_pdf(html),
        **{f"figures/{name}.svg": drawn for name, drawn in figures.items()},
        **{f"tables/{name}.csv": written for name, written in cells.items()},
    }


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files and, as `sha256sum --check` reads it, the hash of each.

    Examples
    --------
    >>> print(with_sums({"b": b"", "a": b""})[SUMS].decode()[62:69])
    55  a
    e
    """
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return {**files, SUMS: "".join(lines).encode()}


def _title(results: dict[str, Any]) -> str:
    """Title of the report."""
    return straight(str(results.get("title") or results["plan"].get("title") or "Report"))


def _citation(results: dict[str, Any], about: Mapping[str, object]) -> str:
    """How the report is cited: by its snapshot, or by its data where it has none."""
    band, cohort, _ = COHORTS.get(str(results["cohort"]["provenance"]), UNKNOWN_COHORT)
    plan, data = results["plan"]["sha256"], results["data"]["sha256"]
    return citation(
        title=f"{_title(results)} ({cohort.lower()}): report of an analysis",
        version=str(results["provenance"]["snapshot"] or data[:16]),
        authors=authors_of(about),
        message="Cite the report with its version, so that others can find the same rows.",
        abstract=f"{band} Plan {results['plan']['name']}, sha256 {plan}; data, sha256 {data}.",
    )
