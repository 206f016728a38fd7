"""`imsct analyse` and `imsct apply`: a plan on a snapshot or on any table; a frozen model on one.

Belongs here: which rows a plan is run on, where the files go, what is said of them.
Does not belong here: the analysis (`analyses.protocol`), scoring (`analyses.applying`), the shipped
plans on the line (`assets.analysing`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analyses import numbers
from analyses.agreement import READER
from analyses.applying import (
    centre_column,
    external_performance,
    from_unseen_centres,
    is_training,
    known_outcomes,
    read_description,
    score,
)
from analyses.endpoints import ENDPOINTS
from analyses.left_open import endpoint_warnings
from analyses.model_files import load
from analyses.plan import Plan, load_plan, shipped_plans
from analyses.plan_parts import EACH, PROVENANCES, Population
from analyses.protocol import run_plan
from analyses.reader_cohort import READ_TABLES, build_reads
from analyses.workers import processors
from assets.analysing import OWN_REPORTS, index_reports, write_run
from assets.readers.evidence import read_published_counts
from assets.readers.free_table import read_free_table
from orchestration.home import require_home
from orchestration.provenance import code_hash, lock_hash
from orchestration.resources import say
from schemas.errors import UsageError
from schemas.showing import counted
from warehouse.files import read_small, write_atomically
from warehouse.home import Home
from warehouse.settings import settings_of
from warehouse.snapshot_file import read_content
from warehouse.snapshots import check_file, current

_LIMIT = 256 << 20


@dataclass(frozen=True)
class _Table:
    """Rows to analyse; `availability` and `snapshot` are None for a user's own file."""

    frame: pl.DataFrame
    evidence: pl.DataFrame
    availability: dict[str, str] | None
    snapshot: str | None
    reads: pl.DataFrame | None


def analyse(
    home: Home, plan_name: str, *, data: Path | None, out: Path | None, as_json: bool
) -> str:
    """Run a plan, each of its cohorts by itself, and say what it gave and where it lies.

    Raises
    ------
    UsageError
        If there is no such plan, or it does not fit the table.
    DataProblemsError
        If the table cannot be read.
    """
    plan = _plan(plan_name)
    folder = Path(plan_name).parent
    table = _published(home, plan) if data is None else _free(data, plan, folder)
    cohorts = list(_cohorts(plan, table.frame))
    said = []
    for cohort in cohorts:
        results, report = _folders(home, cohort, out, table.snapshot, is_one=len(cohorts) == 1)
        run = run_plan(
            cohort,
            table.frame,
            availability=table.availability,
            stamp={"snapshot": table.snapshot, "code": code_hash(), "lock": lock_hash()},
            reads=table.reads,
            evidence=table.evidence,
            processes=processors(),
            progress=say,
        )
        if table.availability is not None:
            column, provenance = cohort.outcome.column, cohort.population.provenance
            run.results["warnings"] += endpoint_warnings(table.frame, column, provenance)
        write_run(run, results=results, report=report, about=settings_of(home).about)
        said.append(_said(run.results, results, report))
    if table.snapshot is not None and out is None:
        index_reports(home, table.snapshot)
    if as_json:
        return json.dumps({"analyses": said}, indent=1, ensure_ascii=False)
    return "\n\n".join(_in_words(one) for one in said)


def _plan(name: str) -> Plan:
    """A shipped plan by its name, else a file."""
    shipped = shipped_plans()
    if name in shipped:
        return shipped[name]
    if not Path(name).is_file():
        raise UsageError(
            f"There is no plan file of this name ({counted(len(name), 'character')}), and no plan "
            f"of it comes with the program; those are: {', '.join(sorted(shipped))}."
        )
    return load_plan(Path(name))


def _published(home: Home, plan: Plan) -> _Table:
    """The cases of the current snapshot, when each column becomes known, and the reads apart."""
    require_home(home)
    snapshot = current(home)
    if snapshot is None:
        raise UsageError(
            "Nothing is published yet. Run 'imsct materialize' first, or name a table with --data."
        )
    check_file(snapshot)
    content = read_content(snapshot.path)
    _check_endpoint(plan, content["analysis", "cases"], snapshot.id)
    columns = content["analysis", "columns"]
    known = dict(zip(columns["column"], columns["availability"], strict=True))
    reads = None
    if plan.agreement == "none":  # else a file is asked for, and refused without a table of its own
        reads = build_reads({name: content["core", name] for name in READ_TABLES})
    evidence = content["reference", "published_counts"]
    return _Table(content["analysis", "cases"], evidence, known, snapshot.id, reads)


def _check_endpoint(plan: Plan, frame: pl.DataFrame, snapshot: str) -> None:
    """An endpoint that came with a later program is not in the snapshots of those before it."""
    endpoint = plan.outcome.column
    if endpoint in ENDPOINTS and endpoint not in frame.columns:
        raise UsageError(
            f"{plan.source}: snapshot {snapshot} was published by a program that did not know "
            f"'{endpoint}'. Run 'imsct materialize' to publish one that has it."
        )


def _free(data: Path, plan: Plan, folder: Path) -> _Table:
    """A user's own table."""
    keys = [name for name in (plan.data.id, plan.data.group, plan.data.centre) if name]
    frame = read_free_table(data, texts=keys, missing=plan.data.missing)
    return _Table(frame, read_published_counts(), None, None, _reads(plan, folder))


def _reads(plan: Plan, folder: Path) -> pl.DataFrame | None:
    """The file of repeated reads that a plan names, beside it."""
    if plan.agreement == "none":
        return None
    texts = [plan.data.id, READER]
    return read_free_table(folder / plan.agreement, texts=texts, missing=plan.data.missing)


def _cohorts(plan: Plan, frame: pl.DataFrame) -> Iterator[Plan]:
    """The plan for every cohort that it asks for and the table holds.

    A table without provenance has one cohort.
    """
    if plan.population.provenance != EACH:
        yield plan
    elif "provenance" not in frame.columns:
        yield replace(plan, population=Population())
    else:
        there = set(frame["provenance"])
        yield from (plan.for_cohort(each) for each in PROVENANCES if each in there)


def _folders(
    home: Home, plan: Plan, out: Path | None, snapshot: str | None, *, is_one: bool
) -> tuple[Path, Path]:
    """Where results and report go: `--out`, else the home, else a folder named as the plan.

    Raises
    ------
    UsageError
        If the home has reports of its own under the name of the plan.
    """
    if out is not None:
        folder = out if is_one else out / plan.name
        return folder, folder
    if snapshot is not None:
        if plan.name.partition("-")[0] in OWN_REPORTS:
            raise UsageError(
                f"A plan cannot be called '{plan.name.partition('-')[0]}' here: the home has "
                "reports of its own under that name, and they would be written over. Rename the "
                "file of the plan, or name a folder with --out."
            )
        folder_name = f"{plan.name}-{snapshot}"
        return home.results / folder_name, home.reports / folder_name
    return Path(plan.name), Path(plan.name)


def _said(results: dict[str, Any], folder: Path, report: Path) -> dict[str, Any]:
    """What one analysis gave, in short."""
    best = next((m for m in results["models"] if m["name"] == results["comparison"]["best"]), None)
    return {
        "plan": results["name"],
        "cases": results["data"]["used"],
        "rows": results["data"]["rows"],
        "verdict": results["verdict"]["level"],
        "reasons": results["verdict"]["reasons"],
        "best": results["comparison"]["best"],
        "auc": None if best is None else best["performance"]["nested_cv"]["auc"],
        "c_index": None if best is None else best["performance"]["nested_cv"].get("c_index"),
        "warnings": [warning["code"] for warning in results["warnings"]],
        "results": str(folder / "results.json"),
        "report": str(report / "report.html"),
        "model": None if best is None else str(folder / "model.skops"),
    }


def _in_words(said: dict[str, Any]) -> str:
    """The same for a person, the verdict first."""
    lines = [
        f"{said['plan']}: {said['verdict'].replace('_', ' ')}, "
        f"{counted(said['cases'], 'case')} of {counted(said['rows'], 'row')}"
    ]
    lines += [f"    {reason}" for reason in said["reasons"]]
    if said["auc"] is not None:
        # of a time to an event the AUC is that of the first horizon alone
        name, found = ("AUC", said["auc"]) if said["c_index"] is None else ("C", said["c_index"])
        value, limits = found["estimate"], found["interval"]
        lines.append(
            f"{said['best'].replace('_', ' ')}: cross-validated {name} {numbers.number(value)} "
            f"({numbers.interval(limits)})"
        )
    if said["warnings"]:
        lines.append(f"warnings: {', '.join(sorted(set(said['warnings'])))} (see the report)")
    return "\n".join([*lines, *(said[key] for key in ("results", "report", "model") if said[key])])


def apply(model: Path, *, data: Path, out: Path, as_json: bool) -> str:
    """Score a table with a frozen model, and say how it did where the outcomes are known.

    Raises
    ------
    UsageError
        If there is no such model, or the table lacks what it reads.
    DataProblemsError
        If the table cannot be read.
    IntegrityError
        If the model file is not the one that was written.
    """
    folder = model if model.is_dir() else model.parent
    if out.resolve() in {data.resolve(), *(file.resolve() for file in folder.glob("*"))}:
        raise UsageError(f"--out {out}: is the table or a file of the model. Name a new file.")
    described, pipeline = _model(folder)
    texts = [name for name in (described["id_column"], described["group_column"]) if name]
    texts += centre_column(described)
    frame = read_free_table(data, texts=texts, missing=described["missing"])
    scored, risk = score(described, pipeline, frame)
    write_atomically(out, _csv(scored))
    outside = scored.filter(pl.col("extrapolation") != "").height
    found = {
        "model": described["id"],
        "verdict": described["verdict"],
        "rows": frame.height,
        "extrapolation": outside,
        "unseen_centre": from_unseen_centres(described, frame),
        "note": described["intended_use"],
        "limits": described["limits"],
        "external": _external(described, frame, risk),
        "out": str(out),
    }
    return json.dumps(found, indent=1, ensure_ascii=False) if as_json else _applied(found)


def _model(folder: Path) -> tuple[dict[str, Any], Any]:
    """The description of a model and the model, hash first."""
    files = [folder / name for name in ("model.json", "model.skops")]
    if not all(file.is_file() for file in files):
        raise UsageError(
            f"{folder}: there is no model.json beside a model.skops. Name the folder of a result, "
            "or one of the two files."
        )
    text, data = (read_small(file, limit=_LIMIT) for file in files)
    if text is None or data is None:
        raise UsageError(f"{folder}: a model file is larger than {_LIMIT >> 20} MiB.")
    described = read_description(text.decode("utf-8", "replace"), data)
    return described, load(data)


_SEEN = (
    "These are the cases that the model was made from: how it does on them flatters it, and says "
    "nothing about new cases."
)
_UNTOLD = (
    "Only the whole set of training cases is recognised: if some of these cases were among them, "
    "this flatters the model."
)


def _external(described: dict[str, Any], frame: pl.DataFrame, risk: Any) -> dict[str, Any] | None:
    """How the model did, where the table has the outcome."""
    known = known_outcomes(described, frame)
    if known is None or not len(known[0]):
        return None
    place, values = known
    name = described["group_column"] or described["id_column"]
    if name not in frame.columns:
        name = described["id_column"]
    groups = frame[name].cast(pl.String).fill_null("").to_numpy().astype(np.str_)
    found = external_performance(described, values, risk[place], groups[place])
    is_seen = is_training(described, frame[place], values)
    return {**found, "is_training": is_seen, "caution": _SEEN if is_seen else _UNTOLD}


def _csv(scored: pl.DataFrame) -> bytes:
    """The scored cases as CSV; a text that a spreadsheet would run is disarmed."""
    texts = [name for name, kind in scored.schema.items() if kind == pl.String]
    safe = scored.with_columns(pl.col(texts).str.replace(r"^([=+\-@\t\r])", "'$1"))
    return safe.write_csv(quote_style="non_numeric", float_precision=6).encode("utf-8")


def _applied(found: dict[str, Any]) -> str:
    """What applying a model gave, for a person."""
    lines = [
        f"model {found['model']} (verdict: {found['verdict'].replace('_', ' ')})",
        found["note"],
        f"{counted(found['rows'], 'case')} scored; {found['extrapolation']} with a value that the "
        "model has not seen the like of",
    ]
    if found["unseen_centre"]:
        lines.append(
            f"unseen_centre: {counted(found['unseen_centre'], 'case')} of centres that the model "
            "knows nothing of; their numbers were used as they are, not harmonised"
        )
    external = found["external"]
    if external is not None:
        lines.append(external["caution"])
    if external is None:
        lines.append("The table has no known outcome: how well the model does here is not known.")
    elif external["performance"] is None:
        lines.append(f"{external['n']} known outcomes, {external['reason']}.")
    else:
        by = external.get("horizon")
        scored = "" if by is None else f"; AUC and what follows it by {by:g}"
        lines.append(f"On {external['n']} cases with a known outcome, the model as it is{scored}:")
        lines += [
            f"    {name.replace('_', ' ')} {numbers.number(each['estimate'])} "
            f"({numbers.interval(each['interval'])})"
            for name, each in external["performance"].items()
        ]
    if external is not None and external["recalibration"] is not None:
        again = external["recalibration"]
        lines.append(
            "Recalibrated to this table (not applied): logit of the risk times "
            f"{numbers.number(again['slope'])}, plus {numbers.number(again['intercept'])}"
        )
    return "\n".join([*lines, found["out"]])
