"""Reports: which ones belong to a snapshot, and what a link to each says.

Belongs here: finding reports by the folder names that the line gives them.
Does not belong here: making reports (`analyses.report`), sending them (`dashboard.app`).
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from analyses.report.index import CLAIMS_TITLE, COHORT_TITLE
from analyses.report.words import COHORTS, VERDICTS
from warehouse.home import Home

_NAME = re.compile(r"[a-z0-9_]{1,80}-(simulated|published|registry)-([0-9a-f]{16})")


#: What a reader may be sent of a report, each by the name of its file.
FILES = ("report.html", "report.pdf")
#: Reports on a cohort itself: beginning of their names, and their titles.
_OF_COHORTS = {"cohort": COHORT_TITLE, "claims": CLAIMS_TITLE}


@dataclass(frozen=True)
class ReportLink:
    """A report as a page names it; `has_pdf` where it can be had as PDF too."""

    folder: str
    title: str
    cohort: str
    cohort_name: str
    verdict: str
    used: str
    has_pdf: bool


def report_file(home: Home, folder: str, name: str = "report.html") -> Path | None:
    """A file of a report; None for names that the line does not give, or without one."""
    if _NAME.fullmatch(folder) is None or name not in FILES:
        return None
    path = home.reports / folder / name
    is_elsewhere = path.is_symlink() or path.parent.is_symlink()
    return path if path.is_file() and not is_elsewhere else None


def reports_of(home: Home, snapshot_id: str) -> list[ReportLink]:
    """Every report on a snapshot: those on a cohort itself first, then by folder name."""
    found = []
    for path in sorted(home.reports.glob(f"*-{snapshot_id}"), key=_order):
        name = _NAME.fullmatch(path.name)
        if name is None or report_file(home, path.name) is None:
            continue
        title, level, used = _OF_COHORTS.get(_kind(path)), "", ""
        if title is None:
            title, level, used = _analysis(home, path.name)
        found.append(
            ReportLink(
                folder=path.name,
                title=title,
                cohort=name[1],
                cohort_name=COHORTS[name[1]][1],
                verdict=VERDICTS.get(level, ("", ""))[0],
                used=used if name[1] != "registry" else "",
                has_pdf=report_file(home, path.name, "report.pdf") is not None,
            )
        )
    return found


def _kind(path: Path) -> str:
    """What a report is on, by the beginning of its folder's name."""
    return path.name.partition("-")[0]


def _order(path: Path) -> tuple[bool, bool, str]:
    """Cohort reports, claim ledgers, analyses."""
    return _kind(path) not in _OF_COHORTS, _kind(path) != "cohort", path.name


def _analysis(home: Home, folder: str) -> tuple[str, str, str]:
    """Title, level of the verdict and cases of an analysis; its folder's name where none is told.

    The report itself is there and can be read.
    """
    try:
        text = (home.results / folder / "results.json").read_text(encoding="utf-8")
        results = json.loads(text)
        return (
            str(results["title"]),
            str(results["verdict"]["level"]),
            str(results["data"]["used"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return folder, "", ""
