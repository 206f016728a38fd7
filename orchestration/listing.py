"""Listings: what commands print, as text for people and as JSON for programs.

Belongs here: wording and layout of results on stdout.
Does not belong here: finding them out (`assets.checking`, `warehouse`).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from assets.checking import Checked
from orchestration.home import require_home
from schemas.errors import IntegrityError, UsageError
from schemas.problems import Problem, exit_code_of
from schemas.showing import counted
from warehouse.connecting import StoreInUseError
from warehouse.exporting import safe_csv
from warehouse.files import write_atomically
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.published import PublishedReader
from warehouse.quarantine import current_problems, delivery_counts
from warehouse.reconciling import open_reconciled
from warehouse.snapshots import (
    WRITE_POINTER,
    Snapshot,
    current,
    current_id,
    list_snapshots,
    not_there,
    show,
)
from warehouse.store import Store
from warehouse.verification import verify

_SHOWN = 200


def checked_as_json(checked: Checked) -> str:
    """The result of `imsct check` as one JSON document."""
    return json_text(
        {
            "accepted": checked.accepted,
            "quarantined": checked.quarantined,
            "received": checked.received,
            "problems": [problem.to_json() for problem in checked.problems],
        }
    )


def checked_as_text(checked: Checked) -> str:
    """The result of `imsct check` for a person."""
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = len(checked.problems) - errors
    return "\n".join(
        [
            *problem_lines(checked.problems),
            f"{counted(checked.received, 'record')} received = {checked.accepted} accepted + "
            f"{checked.quarantined} quarantined; {counted(errors, 'error')}, "
            f"{counted(warnings, 'warning')}",
        ]
    )


#: Errors that many rows have for one reason: their parent, or the unit of a measure.
_TOLD_ONCE = ("E_PARENT", "R083")
#: Of other errors of one rule in a column, so many are told one by one.
_EXAMPLES = 5


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Problems for a person, two lines each: errors, then what needs no work of its own.

    Of errors of one kind (rule, file, column) the first are told and the others counted: one
    refused file has a hundred orphans, and they would bury the next error. Rows held back by a
    parent come in with it, and warnings refuse nothing: one line says what, how often and where
    first. `--json` lists each.
    """
    kinds: dict[tuple[str | None, str, str | None], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.file, problem.rule, problem.column), []).append(problem)
    told: list[str] = []
    seen: Counter[tuple[str | None, str, str | None]] = Counter()
    for problem in problems:
        kind = (problem.file, problem.rule, problem.column)
        seen[kind] += 1
        if _needs_work(problem) and seen[kind] <= _EXAMPLES:
            told += [f"{_place(problem)} ({problem.rule}): {problem.message}"]
            told += [f"    {problem.suggestion}"]
        elif _needs_work(problem) and seen[kind] == len(kinds[kind]):
            rest = counted(len(kinds[kind]) - _EXAMPLES, "more row")
            told += [
                f"{_place(replace(problem, line=None))} ({problem.rule}): and {rest} like these"
            ]
            told += ["    Remedy as above; --json lists each."]
    others = (same for same in kinds.values() if not _needs_work(same[0]))
    return told + [line for same in others for line in _told_once(same)]


def _needs_work(problem: Problem) -> bool:
    """Whether a problem is told by itself."""
    return problem.severity == "error" and problem.rule not in _TOLD_ONCE


def _told_once(same: Sequence[Problem]) -> list[str]:
    """Problems of one kind as one: how many, and the first of them."""
    kind = [same[0].rule, *(["warning"] if same[0].severity == "warning" else [])]
    kind += [f"{len(same)} rows, the first here"] if len(same) > 1 else []
    return [
        f"{_place(same[0])} ({', '.join(kind)}): {same[0].message}",
        f"    {same[0].suggestion}",
    ]


def _place(problem: Problem) -> str:
    """File, line and column of a problem, as far as it has them."""
    place = [problem.file or "delivery"]
    place += [f"line {problem.line}"] if problem.line is not None else []
    place += [f"column '{problem.column}'"] if problem.column else []
    return ", ".join(place)


_INSIDE = (
    ("profiles", "layouts of sites, one YAML file each; shipped ones are not here"),
    ("landing", "deliveries as handed over"),
    ("received", "their bytes, each kept under its hash"),
    ("ledger", "what happened, event by event; back it up together with received"),
    ("warehouse.duckdb", "the database, made by the first run; can be built again"),
    ("results, reports", "by plan and snapshot"),
    ("published", "snapshots; CURRENT names the newest"),
    ("dagster", "settings and history of runs"),
)


def home_as_text(home: Home, *, is_new: bool) -> str:
    """What lies in a home, and what comes next."""
    said = "a new home; nobody but you may look into it" if is_new else "is a home; kept as it is"
    lines = [f"{_shown(home.path)}: {said}", *(f"  {name:<18}{what}" for name, what in _INSIDE)]
    return "\n".join([*lines, "Next: imsct deliver DIR, then imsct materialize"])


def run_as_text(home: Home, *, before: str | None) -> str:
    """What the home holds after a run: account by delivery, and where everything is.

    `before` is the id of the snapshot that was current when the run began.
    """
    snapshot = current(home)
    counts = _account(home, snapshot)
    if snapshot is None:
        return account_as_text(counts) + "\nNothing is published yet."
    reports = sorted(home.reports.glob(f"*-{snapshot.id}/report.html"))
    of_plans = [path for path in reports if not path.parent.name.startswith(("cohort-", "claims-"))]
    lines = [
        account_as_text(counts),
        *(["Why, and what to do: imsct quarantine"] if counts["quarantined"].sum() else []),
        "",
        *_what_changed(before, snapshot),
        f"reports   {_shown(home.reports / 'index.html')}",
        *(f"report    {_shown(path)}" for path in of_plans),
        *_of_cohorts("cohorts", "cohort", reports),
        *_of_cohorts("claims", "claims", reports),
        f"snapshot  {_shown(snapshot.path)}",
        f"database  {_shown(home.database)}",
    ]
    return "\n".join(lines)


def _of_cohorts(label: str, kind: str, reports: Sequence[Path]) -> list[str]:
    """One line for the reports of a kind, one of each cohort: as a shell takes several names."""
    mine = [path for path in reports if path.parent.name.startswith(f"{kind}-")]
    if not mine:
        return []
    names = [path.parent.name.split("-")[1] for path in mine]
    told = names[0] if len(names) == 1 else f"{{{','.join(names)}}}"
    path = _shown(mine[0]).replace(f"{kind}-{names[0]}-", f"{kind}-{told}-")
    return [f"{label:<10}{path}"]


def _account(home: Home, snapshot: Snapshot | None) -> pl.DataFrame:
    """The account of every delivery; of the snapshot, where the next run has the store already."""
    try:
        with open_store(home) as store:
            return delivery_counts(store)
    except StoreInUseError:
        if snapshot is None:
            raise
    with PublishedReader(snapshot.path) as published:
        return published.deliveries()


def _what_changed(before: str | None, now: Snapshot) -> list[str]:
    """A sentence on what the run changed."""
    if before == now.id:
        return [f"Nothing has changed: snapshot {now.id} was current before and still is.", ""]
    return []


def account_as_text(counts: pl.DataFrame) -> str:
    """The account of every delivery as a table; the last line sums it up."""
    header = ("site", "delivery", "provenance", "received", "accepted", "quarantined")
    rows = [tuple(map(_cell, row)) for row in counts.select(header).rows()]
    totals = [str(counts[name].sum()) for name in header[3:]]
    return table_text([header, *rows, ("all", "", "", *totals)], numbers_from=3)


def quarantine_listing(
    home: Home,
    *,
    site: str | None,
    as_json: bool,
    csv_file: Path | None = None,
    html_file: Path | None = None,
) -> str:
    """What was refused and why, of the current deliveries; files are written beside it."""
    with open_store(home) as store:
        problems = current_problems(store, site=site)
        counts = delivery_counts(store)
    if site is not None and site not in counts["site"].to_list():
        known = ", ".join(sorted(set(counts["site"].to_list())))
        raise UsageError(f"--site {site}: nothing was received from such a site. Known: {known}.")
    if csv_file is not None:
        write_atomically(csv_file, safe_csv(problems).encode())
    if html_file is not None:
        # here, not above: the pages bring matplotlib along, and most commands show none
        from analyses.report.queries import render_queries

        write_atomically(html_file, render_queries(problems, counts, site=site))
    if as_json:
        return json_text({"problems": problems.to_dicts()})
    files = " and ".join(str(file) for file in (csv_file, html_file) if file is not None)
    if files:
        return f"{counted(problems.height, 'problem')} written to {files}"
    return _quarantine_text(problems, site)


def snapshots_listing(home: Home, *, as_json: bool) -> str:
    """Published snapshots, oldest first; then those that were retired, and those that are lost."""
    now = current_id(home)
    listed = [
        {
            "id": s.id,
            "sha256": s.sha256,
            "created": s.created,
            "rows": s.total_rows,
            "current": s.id == now,
        }
        for s in sorted(list_snapshots(home), key=lambda s: (s.created, s.ledger_seq))
    ]
    retired, lost = _gone(home)
    if as_json:
        return json_text({"snapshots": listed, "retired": retired, "lost": lost})
    said = [(s, str(s["created"]), "current" if s["current"] else "") for s in listed]
    said += [(s, "", f"retired {s['retired']}") for s in retired]
    said += [(s, "", f"missing: imsct snapshot restore {s['id']}") for s in lost]
    if not said:
        return "Nothing is published yet. Run 'imsct demo' or 'imsct materialize'."
    rows = [
        (str(s["id"]), created, str(s["rows"]), f"{str(s['sha256'])[:16]}...", state)
        for s, created, state in said
    ]
    return table_text([("id", "created", "rows", "sha256", ""), *rows])


def _gone(home: Home) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Snapshots of the ledger that are not there: retired on purpose, and lost."""
    retired: list[dict[str, Any]] = []
    lost: list[dict[str, Any]] = []
    for name, (why, event) in not_there(home, Ledger.open(home.ledger)).items():
        entry = {"id": name, "sha256": event.payload["sha256"], "rows": event.payload["rows"]}
        if why == "retired":
            retired.append({**entry, "retired": event.time})
        else:
            lost.append(entry)
    return retired, lost


def snapshot_listing(home: Home, snapshot_id: str | None, *, as_json: bool) -> str:
    """One snapshot's manifest."""
    gone = not_there(home, Ledger.open(home.ledger)).get(snapshot_id or "")
    if gone is not None:
        kind = UsageError if gone[0] == "retired" else IntegrityError
        raise kind(
            f"The snapshot {snapshot_id} is {gone[0]}. Bring it back: imsct snapshot restore "
            f"{snapshot_id}"
        )
    found = show(home, snapshot_id) if snapshot_id else current(home)
    if found is None and list_snapshots(home):
        raise IntegrityError(
            "published/CURRENT (E_CURRENT): it is missing, though there are snapshots.",
            WRITE_POINTER,
        )
    if found is None:
        raise UsageError("Nothing is published yet. Run 'imsct demo' or 'imsct materialize'.")
    if as_json:
        return found.to_json().decode().rstrip()
    return _snapshot_text(found, is_current=found.id == current_id(home))


def verification(home: Home, snapshot_id: str | None) -> tuple[str, int]:
    """What `imsct snapshot verify` found, and its exit code."""
    require_home(home)
    if snapshot_id is not None:
        show(home, snapshot_id)
    problems = verify(home, Ledger.open(home.ledger), snapshot_id)
    if not problems:
        everything = "landing/, received/, features/, published/ and the ledger"
        what = f"snapshot {snapshot_id}" if snapshot_id else everything
        return f"{what}: everything is as it was written", 0
    return "\n".join(problem_lines(problems)), 4 if exit_code_of(problems) else 0


def _snapshot_text(snapshot: Snapshot, *, is_current: bool) -> str:
    """A manifest for a person."""
    lines = [
        f"snapshot {snapshot.id}" + (" (current)" if is_current else ""),
        f"published {snapshot.created}, dictionary version {snapshot.schema_version}",
        f"sha256 {snapshot.sha256}",
        "",
    ]
    rows = [(table, str(n)) for table, n in sorted(snapshot.rows.items())]
    return "\n".join([*lines, table_text([("table", "rows"), *rows], numbers_from=1)])


def _quarantine_text(problems: pl.DataFrame, site: str | None) -> str:
    """Problems by site and delivery, each with its remedy."""
    if problems.is_empty():
        return f"Nothing is in quarantine{f' from {site}' if site else ''}."
    lines: list[str] = []
    for (of_site, delivery), part in problems.group_by("site", "delivery", maintain_order=True):
        errors = part.filter(pl.col("severity") == "error").height
        said = f"{counted(errors, 'error')}, {counted(part.height - errors, 'warning')}"
        lines += ["", f"{of_site} / {delivery}: {said}"]
        listed = [Problem(**row) for row in part.drop("site", "delivery").iter_rows(named=True)]
        shown = problem_lines(listed)
        lines += ["  " + line for line in shown[: 2 * _SHOWN]]
        if len(shown) > 2 * _SHOWN:
            lines.append(
                f"  ... and {len(shown) // 2 - _SHOWN} more: --csv FILE writes all of them"
            )
    return "\n".join(lines).lstrip("\n")


def open_store(home: Home) -> Store:
    """The home's store; a home without one is no home to look into."""
    if not home.database.exists():
        require_home(home)
    return open_reconciled(home)


def json_text(content: Any) -> str:
    """One JSON document."""
    return json.dumps(content, indent=1, ensure_ascii=False)


def _cell(value: object) -> str:
    """A value in a table."""
    return "" if value is None else str(value)


def _shown(path: Path) -> str:
    """A path as a person would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def table_text(rows: Sequence[Sequence[str]], *, numbers_from: int = 99) -> str:
    """Columns aligned with blanks, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if i >= numbers_from else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
