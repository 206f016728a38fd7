"""Running a plan on the warehouse: cohort in, results and report out, under the snapshot's name.

Belongs here: which files a run leaves and when an earlier run is still good.
Does not belong here: the analysis (`analyses.protocol`), its page (`analyses.report`).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analyses.frozen import describe_model
from analyses.left_open import endpoint_warnings
from analyses.model_files import save
from analyses.plan import Plan
from analyses.protocol import AnalysisRun, run_plan
from analyses.reader_cohort import READ_TABLES, build_reads
from analyses.report import render_counts, render_index, report_files
from analyses.report.files import PAGE, SUMS, with_sums
from analyses.results import to_json
from analyses.workers import processors
from assets.context import Line
from assets.redaction import redacted
from assets.snapshot import candidate_id
from warehouse.files import make_folder, write_atomically
from warehouse.home import Home
from warehouse.official_counts import official_counts
from warehouse.quarantine import delivery_counts
from warehouse.settings import settings_of

#: Names of reports that the line itself writes for every cohort; no plan may have them.
OWN_REPORTS = ("cohort", "claims")
#: What a report may take away of an earlier one: its own figures and tables, nothing beside them.
_LISTED = re.compile(r"^[0-9a-f]{64}  ((?:figures|tables)/[a-z0-9-]+\.(?:svg|csv))$", re.MULTILINE)


@redacted
def analyse_cohort(line: Line, plan: Plan) -> dict[str, str | int]:
    """Run one plan on one cohort, unless the same plan, snapshot and code already gave a result.

    Returns
    -------
    dict[str, str | int]
        What became of it: verdict, number of cases, snapshot, whether it was run.
    """
    cases = line.store.read("analysis", "cases")
    if cases.filter(cases["provenance"] == plan.population.provenance).is_empty():
        return {"verdict": "no case", "cases": 0, "was_run": 0}
    snapshot = candidate_id(line)
    folder = f"{plan.name}-{snapshot}"
    target = line.home.results / folder / "results.json"
    page = line.home.reports / folder / "report.html"
    stamp = {"snapshot": snapshot, "code": line.code, "lock": line.lock}
    kept = _kept(target, page, plan, stamp)
    if kept is not None:
        line.say(f"results/{folder}: already there")
        return _summary(kept, was_run=0)
    columns = line.store.read("analysis", "columns")
    availability = dict(zip(columns["column"], columns["availability"], strict=True))
    line.say(f"results/{folder}: started")
    run = run_plan(
        plan,
        cases,
        availability=availability,
        stamp=stamp,
        reads=_reads(line, plan),
        evidence=line.store.read("reference", "published_counts"),
        processes=processors(),
        progress=line.say,
    )
    run.results["warnings"] += endpoint_warnings(
        cases, plan.outcome.column, plan.population.provenance
    )
    about = settings_of(line.home).about
    write_run(run, results=target.parent, report=page.parent, about=about)
    line.say(f"reports/{folder}/report.html: written")
    return _summary(run.results, was_run=1)


def _reads(line: Line, plan: Plan) -> pl.DataFrame | None:
    """The reads of every case; a plan that names a file of its own is refused without it."""
    if plan.agreement != "none":
        return None
    return build_reads({name: line.store.read("core", name) for name in READ_TABLES})


def write_run(
    run: AnalysisRun, *, results: Path, report: Path, about: Mapping[str, object]
) -> None:
    """Write what a plan gave: model file with its description, the report, `results.json`.

    The results come last: they say which code made all of it, and a run that was killed before
    must not leave the page of earlier code beside them.
    `about` is what the settings of the home say of who is to be cited.
    """
    for place in (results, report):
        make_folder(place)
    if run.model is None and (results / "results.json").exists():
        for name in ("model.skops", "model.json"):  # of an earlier run: not what these results say
            (results / name).unlink(missing_ok=True)
    beside = {}
    if run.model is not None and run.training is not None:
        data = save(run.model)
        described = describe_model(
            run.results,
            name=run.results["comparison"]["best"],
            training=run.training,
            pipeline=run.model,
            data=data,
        )
        write_atomically(results / "model.skops", data)
        beside["model.json"] = to_json(described)
        write_atomically(results / "model.json", beside["model.json"])
    write_files(report_files(run.results, beside=beside, about=about), report)
    write_atomically(results / "results.json", to_json(run.results))


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of a report, the page last: where it is, the rest is there too.

    A figure or table that an earlier report left here, and this one does not have, goes. The folder
    may be somebody's own: sums of hashes that do not list a page are not ours.
    """
    earlier = folder / SUMS
    listed = earlier.read_text(encoding="utf-8", errors="replace") if earlier.is_file() else ""
    files = with_sums(files)
    for name in _LISTED.findall(listed) if f"  {PAGE}\n" in listed else ():
        if name not in files:
            (folder / name).unlink(missing_ok=True)
    for name in sorted(files, key=lambda name: (name == PAGE, name)):
        target = folder / name
        make_folder(target.parent)
        write_atomically(target, files[name])


@redacted
def write_counts(line: Line, snapshot: str) -> None:
    """Write the page of official counts; a run that took nothing in says the same as before."""
    counts, deliveries = official_counts(line.store), delivery_counts(line.store)
    page = render_counts(counts, deliveries, snapshot=snapshot)
    write_atomically(line.home.reports / "validation.html", page)
    line.say("reports/validation.html: written")


@redacted
def write_index(line: Line, snapshot: str) -> None:
    """Write the page that leads to every report on a snapshot."""
    index_reports(line.home, snapshot)
    line.say("reports/index.html: written")


def index_reports(home: Home, snapshot: str) -> None:
    """The page anew: after a run, and after a plan that somebody ran on the snapshot by hand."""
    reports, cohorts, claims = (
        _documents(home, snapshot, name) for name in ("results", "cohort", "claims")
    )
    pdfs = {path.parent.name for path in home.reports.glob(f"*-{snapshot}/report.pdf")}
    page = render_index(reports, cohorts=cohorts, claims=claims, pdfs=pdfs)
    write_atomically(home.reports / "index.html", page)


def _documents(home: Home, snapshot: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Folder and document of every report of a kind whose page is there."""
    found = []
    for path in sorted(home.results.glob(f"*-{snapshot}/{name}.json")):
        if not (home.reports / path.parent.name / PAGE).exists():
            continue
        try:
            found.append((path.parent.name, json.loads(path.read_text(encoding="utf-8"))))
        except ValueError:  # cut short: the next run makes it again
            continue
    return found


def _kept(
    target: Path, page: Path, plan: Plan, stamp: Mapping[str, str | None]
) -> dict[str, Any] | None:
    """Whole results of an earlier run of the same plan, snapshot, code and lock, if any."""
    if not target.exists() or not page.exists():
        return None
    try:
        kept: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        then = {**{k: kept["provenance"][k] for k in stamp}, "plan": kept["plan"]["sha256"]}
        files = ("model.skops", "model.json")
        is_whole = not kept["models"] or all(target.with_name(f).exists() for f in files)
    except (ValueError, KeyError):  # cut short or edited: made again
        return None
    return kept if is_whole and then == {**stamp, "plan": plan.sha256} else None


def _summary(results: dict[str, Any], *, was_run: int) -> dict[str, str | int]:
    """What the asset says of a run."""
    return {
        "verdict": results["verdict"]["level"],
        "cases": results["data"]["used"],
        "snapshot": results["provenance"]["snapshot"],
        "was_run": was_run,
    }
