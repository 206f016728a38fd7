"""Reports: which ones belong to a snapshot, and what a link to each says.

Belongs here: finding reports by the folder names that the line gives them.
Does not belong here: making reports (`analyses.report`), sending them (`dashboard.app`).
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from analyses.report.words import COHORTS, VERDICTS
from warehouse.home import Home

_NAME = re.compile(r"[a-z0-9_]{1,80}-(simulated|published|registry)-([0-9a-f]{16})")


@dataclass(frozen=True)
class ReportLink:
    """A report as a page names it."""

    folder: str
    title: str
    cohort: str
    cohort_name: str
    verdict: str
    used: str


def report_file(home: Home, folder: str) -> Path | None:
    """The report of a folder; None for a name that the line does not give, or without one."""
    if _NAME.fullmatch(folder) is None:
        return None
    path = home.reports / folder / "report.html"
    return path if path.is_file() and not path.is_symlink() else None


def reports_of(home: Home, snapshot_id: str) -> list[ReportLink]:
    """Every report on a snapshot, by folder name."""
    found = []
    for path in sorted(home.reports.glob(f"*-{snapshot_id}")):
        name = _NAME.fullmatch(path.name)
        if name is None or report_file(home, path.name) is None:
            continue
        try:
            results = json.loads(
                (home.results / path.name / "results.json").read_text(encoding="utf-8")
            )
            title, level = str(results["title"]), str(results["verdict"]["level"])
            used = str(results["data"]["used"]) if name[1] != "registry" else ""
        except (OSError, ValueError, KeyError):
            title, level, used = path.name, "", ""  # the report itself is there and can be read
        found.append(
            ReportLink(
                folder=path.name,
                title=title,
                cohort=name[1],
                cohort_name=COHORTS[name[1]][1],
                verdict=VERDICTS.get(level, ("", ""))[0],
                used=used,
            )
        )
    return found
