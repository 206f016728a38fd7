"""`imsct trace`: a value of a case back to its file and line, forward to what used it.

Belongs here: which columns are asked for, derived ones by what they rest on, results and reports
that used them, and saying it.
Does not belong here: finding rows and versions (`warehouse.trace`), what an endpoint rests on
(`analyses`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyses.cohort import sources_of_columns
from analyses.endpoints import ENDPOINTS, columns_behind
from analyses.time_endpoints import times_of
from orchestration.listing import json_text, open_store
from schemas.errors import UsageError
from schemas.measures import MEASURES
from schemas.showing import counted, nearest_name, text_class
from schemas.tables import TABLES
from warehouse.features import HeldIn
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.trace import Place, Published, Trace, TracedRow, Version, trace_case

_REACHED = {
    table.name: [c.name for c in table.kept_columns]
    for table in TABLES
    if table.name != "feature_sets"  # of a site, not of a case
}
_MEASURES = {measure.name for measure in MEASURES}


@dataclass(frozen=True)
class _Asked:
    """What is asked for: columns by table, columns of `analysis.cases` that rest on them.

    `derived` is the asked column where it is one of `analysis.cases` alone.
    """

    core: Mapping[str, frozenset[str]]
    analysis: frozenset[str]
    derived: str | None = None

    def shows(self, row: TracedRow, values: Mapping[str, Any] | None) -> bool:
        """Whether a row is asked for; of measurements only those of the measure."""
        if row.table not in self.core:
            return False
        of_measure = self.derived in _MEASURES and values is not None
        return not of_measure or (values or {}).get("measure") == self.derived


def trace_listing(home: Home, case: str, column: str | None, *, as_json: bool) -> str:
    """Where a case, or one of its values, came from and what used it.

    Raises
    ------
    UsageError
        If there is no such case or column.
    """
    asked = None if column is None else _asked(column)
    with open_store(home) as store:
        trace = trace_case(store, home, Ledger.open(home.ledger), case)
    if not trace.is_known:
        raise UsageError(
            f"trace: no case has this id ({text_class(case)}), neither kept, nor in quarantine, nor"
            " in a snapshot. 'imsct quarantine' lists records that were refused before they had a "
            "key; a hospital's own number is nowhere in a home."
        )
    used_by = list(_uses(home, trace, asked))
    if as_json:
        return json_text(_as_json(case, column, asked, trace, used_by))
    return "\n".join(_as_text(case, column, asked, trace, used_by))


def _asked(column: str) -> _Asked:
    """The columns that a name stands for."""
    sources = sources_of_columns()
    behind = {endpoint: columns_behind(endpoint) for endpoint in ENDPOINTS}
    behind |= {
        name: tuple(sorted(set(time.meta.root_names())))
        for endpoint in ENDPOINTS
        for name, time in times_of(endpoint).items()
    }
    of_table, _, name = column.rpartition(".")
    core = {
        table: frozenset([name])
        for table, names in _REACHED.items()
        if name in names and of_table in ("", table)
    }
    if core:
        origins = {(table, name) for table in core}
        analysis = {c for c, drawn in sources.items() if origins & set(drawn)}
        analysis |= {e for e, columns in behind.items() if analysis & set(columns)}
        return _Asked(core, frozenset(analysis))
    if of_table not in ("", "analysis") or name not in {*sources, *behind}:
        known = {*sources, *behind, *(c for names in _REACHED.values() for c in names)}
        known |= {f"{table}.{c}" for table, names in _REACHED.items() for c in names}
        meant = nearest_name(column, sorted(known))
        raise UsageError(
            "trace: nothing that hangs on a case has a column of that name"
            + (f"; nearest is '{meant}'" if meant else "")
            + ". Name one as COLUMN or TABLE.COLUMN; 'imsct dictionary' lists them."
        )
    drawn: dict[str, set[str]] = {}
    for part in behind.get(name, (name,)):
        for table, source in sources[part]:
            drawn.setdefault(table, set()).add(source)
    analysis = {name, *(e for e, columns in behind.items() if name in columns)}
    return _Asked({t: frozenset(c) for t, c in drawn.items()}, frozenset(analysis), name)


def _uses(home: Home, trace: Trace, asked: _Asked | None) -> Iterator[dict[str, Any]]:
    """Results on snapshots that hold the case: whether it took part, and the columns as what."""
    for snapshot in trace.snapshots:
        for path in sorted(home.results.glob(f"*-{snapshot.id}/results.json")):
            results = json.loads(path.read_text(encoding="utf-8"))
            plan, outcome = results["plan"], results["plan"]["outcome"]["column"]
            if plan["population"]["provenance"] != _provenance(snapshot, trace):
                continue
            used = {c for model in results["models"] for c in model["predictors"]}
            used |= {*plan["baseline"], *(plan["predictors"]["names"] or ())}
            columns = dict.fromkeys(sorted(used), "predictor") | {outcome: "outcome"}
            if asked is not None:
                columns = {c: role for c, role in columns.items() if c in asked.analysis}
            if not columns:
                continue
            reason = snapshot.analysis.get(f"{outcome}_exclusion")
            if reason is None and snapshot.analysis.get(outcome) is None:
                reason = "outcome not known"
            if snapshot.gone:
                reason = f"not known: snapshot {snapshot.gone}"
                if snapshot.gone != "erased":
                    reason += "; 'imsct snapshot restore' it first"
            report = home.reports / path.parent.name / "report.html"
            yield {
                "snapshot": snapshot.id,
                "results": f"results/{path.parent.name}/results.json",
                "report": f"reports/{report.parent.name}/{report.name}"
                if report.exists()
                else None,
                "took_part": None if snapshot.gone else reason is None,
                "reason": reason,
                "columns": columns if asked is not None else None,
            }


def _provenance(snapshot: Published, trace: Trace) -> str | None:
    """Of the case: as its snapshot has it; where that is gone, as the warehouse has it."""
    values = (v.values for row in trace.rows if row.table == "cases" for v in row.versions)
    kept = next((found for found in values if found), {})
    return {**kept, **snapshot.analysis}.get("provenance")


def _shown_rows(
    trace: Trace, asked: _Asked | None
) -> Iterator[tuple[TracedRow, list[tuple[Version, dict[str, Any] | None]]]]:
    """The rows asked for, each version with the values asked for."""
    for row in trace.rows:
        versions = []
        for version in row.versions:
            if asked is None:
                versions.append((version, dict(version.values) if version.values else None))
            elif asked.shows(row, version.values):
                versions.append((version, _chosen(version.values, asked.core[row.table])))
        if versions or (row.elsewhere and (asked is None or row.table in asked.core)):
            yield row, versions


def _chosen(values: Mapping[str, Any] | None, columns: frozenset[str]) -> dict[str, Any] | None:
    """The columns asked for."""
    return None if values is None else {c: v for c, v in values.items() if c in columns}


def _is_withdrawn(trace: Trace) -> bool:
    """Whether the case itself was withdrawn."""
    return any(row.table == "cases" and _ended(row) == "withdrawn" for row in trace.rows)


def _ended(row: TracedRow) -> str | None:
    """What ended the last version of a row."""
    return row.versions[-1].ended_by if row.versions else None


def _as_text(
    case: str, column: str | None, asked: _Asked | None, trace: Trace, used_by: list[dict[str, Any]]
) -> list[str]:
    """For a person: values only of the columns asked for."""
    lines = [f"case {case}" + (f", {column}" if column else "")]
    gone = {snapshot.id: snapshot.gone for snapshot in trace.snapshots if snapshot.gone}
    if asked is not None and asked.derived is not None:
        drawn = (f"{table}.{c}" for table, names in asked.core.items() for c in sorted(names))
        lines.append(f"  derived; rests on {', '.join(drawn)}")
        if not _is_withdrawn(trace):
            for snapshot in (s for s in trace.snapshots if not s.gone):
                value = _value(snapshot.analysis.get(asked.derived))
                lines.append(f"  {asked.derived} {value}: in snapshot {snapshot.id}")
    for row, versions in _shown_rows(trace, asked):
        lines.append(f"{row.table} {'|'.join(row.key)}")
        for version, values in versions:
            said = "" if asked is None else f"{_values(values)}: "
            lines.append(f"  {said}{_came(version.place)}{_end(version)}")
            if version.snapshots:
                lines.append(f"      in {_snapshots(version.snapshots, gone)}")
        if row.elsewhere:
            lines.append(
                f"  as the warehouse no longer has it: in {_snapshots(row.elsewhere, gone)}"
            )
        if row.tombstone is not None:
            lines.append(f"  withdrawn by {_came(row.tombstone)}")
    lines += _withheld_text(trace, asked)
    for event in trace.decisions:
        lines.append(
            f"decided {event['time']} (ledger seq {event['seq']}): {event['site']}/"
            f"{event['delivery']} withdrawn: {event['reason']}"
        )
    if asked is None:
        lines += map(_held, trace.feature_sets)
    if not used_by:
        lines.append("No result used it.")
    for use in used_by:
        part = "took part" if use["took_part"] else f"did not take part ({use['reason']})"
        if use["took_part"] is None:
            part = f"whether it took part is {use['reason']}"
        as_what = ", ".join(f"{c} as {role}" for c, role in (use["columns"] or {}).items())
        lines.append(
            f"{use['report'] or use['results']}: {part}" + (f"; {as_what}" * bool(as_what))
        )
    return lines


def _withheld_text(trace: Trace, asked: _Asked | None) -> Iterator[str]:
    """Refused rows with the reasons; values of the columns asked for."""
    for row in trace.withheld:
        if asked is not None and row.table not in asked.core:
            continue
        yield f"in quarantine: {row.table} {row.key or '(key at fault)'}, {_came(row.place)}"
        values = _chosen(row.values, frozenset() if asked is None else asked.core[row.table])
        if values and not _is_withdrawn(trace):
            yield f"  {_values(values)}"
        for why in row.reasons:
            where = f", column '{why['column']}'" if why["column"] else ""
            yield f"  {why['rule']}{where}: {why['message']} {why['suggestion']}"


def _came(place: Place) -> str:
    """A place for a person."""
    line = "" if place.line is None else f", line {place.line}"
    file = f", {place.file}{line}" if place.file else ""
    return f"{place.site}/{place.delivery}{file} (received {place.received}, seq {place.seq})"


def _end(version: Version) -> str:
    """What ended a version."""
    if version.ended is None:
        return "; current"
    return f"; {version.ended_by} by {_came(version.ended)}"


def _values(values: Mapping[str, Any] | None) -> str:
    """Values of one version in a line."""
    if values is None:
        return "withdrawn, not shown"
    return ", ".join(f"{c} {_value(v)}" for c, v in values.items())


def _value(value: Any) -> str:
    """A value for a person."""
    return "empty" if value is None else str(value)


def _held(found: HeldIn) -> str:
    """A feature set that holds the case's studies."""
    what = f"feature set {found.feature_set} ({found.delivery}), features/{found.sha256[:16]}..."
    if found.studies is None:
        return f"{what}: lost or spoilt; whether it holds the case is not known. Verify says more."
    return f"{what}: holds {', '.join(found.studies)}"


def _snapshots(ids: Mapping[str, Any] | tuple[str, ...], gone: Mapping[str, str]) -> str:
    """Snapshots by name, a few of them, and which of them are gone."""
    named = [f"{s} ({gone[s]})" if s in gone else s for s in ids]
    more = f" and {len(named) - 5} more" if len(named) > 5 else ""
    return f"{counted(len(named), 'snapshot')} {', '.join(named[-5:])}{more}"


def _as_json(
    case: str, column: str | None, asked: _Asked | None, trace: Trace, used_by: list[dict[str, Any]]
) -> dict[str, Any]:
    """For a program: everything."""
    is_withdrawn = _is_withdrawn(trace)
    derived = None if asked is None or is_withdrawn else asked.derived
    return {
        "case": case,
        "column": column,
        "is_withdrawn": is_withdrawn,
        "rests_on": None if asked is None else {t: sorted(c) for t, c in asked.core.items()},
        "rows": [_row_as_json(row, versions) for row, versions in _shown_rows(trace, asked)],
        "withheld": [
            {
                "table": row.table,
                "key": row.key,
                "from": vars(row.place),
                "values": None if is_withdrawn else row.values,
                "reasons": list(row.reasons),
            }
            for row in trace.withheld
            if asked is None or row.table in asked.core
        ],
        "snapshots": [
            {
                "id": s.id,
                "created": s.created,
                "gone": s.gone or None,
                "value": s.analysis.get(derived) if derived else None,
            }
            for s in trace.snapshots
        ],
        "feature_sets": [vars(found) for found in trace.feature_sets] if asked is None else None,
        "decisions": list(trace.decisions),
        "used_by": used_by,
    }


def _row_as_json(
    row: TracedRow, versions: list[tuple[Version, dict[str, Any] | None]]
) -> dict[str, Any]:
    """One row with its versions."""
    return {
        "table": row.table,
        "key": list(row.key),
        "versions": [
            {
                "values": values,
                "from": vars(version.place),
                "valid_from": version.valid_from,
                "ended_by": version.ended_by,
                "ended": None if version.ended is None else vars(version.ended),
                "snapshots": list(version.snapshots),
            }
            for version, values in versions
        ],
        "tombstone": None if row.tombstone is None else vars(row.tombstone),
        "elsewhere": list(row.elsewhere),
    }
