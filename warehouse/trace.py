"""Trace: every row of a case back to its delivery, file and line, and forward to the snapshots.

Belongs here: the rows that hang on a case, all their versions, what of it is withheld, which
snapshots hold which version - of one that is not there by the versions of its time -, which
feature sets hold its studies.
Does not belong here: derived columns and reports (`orchestration.tracing`), wording.
A record that was refused before it became a row has no key, so no case can be asked for it:
`imsct quarantine` shows those. Values of what was withdrawn are not given out again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import polars as pl

from schemas.showing import shown, shown_key
from schemas.table import Table
from schemas.tables import BY_NAME, TABLES
from warehouse.decisions import erased, withdrawn
from warehouse.erasing import held_then
from warehouse.features import HeldIn, sets_with
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publications import known_at
from warehouse.published import PublishedReader
from warehouse.snapshots import check_file, list_snapshots, not_there
from warehouse.sql import name
from warehouse.store import Store

_ABOVE = BY_NAME["cases"].parents
Ids = Mapping[str, set[str]]
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Place:
    """Where a row stands as delivered; `seq` is the ledger's number of the delivery."""

    seq: int
    site: str
    delivery: str
    received: str
    file: str
    line: int | None
    sha256: str | None


@dataclass(frozen=True)
class Version:
    """One version of a row: from which delivery on it counts, when it was known, what ended it.

    `values` is None where the row was withdrawn; `snapshots` are those that hold this version.
    """

    values: Mapping[str, Any] | None
    place: Place
    valid_from: int
    ended_by: str | None
    ended: Place | None
    snapshots: tuple[str, ...] = ()


@dataclass(frozen=True)
class TracedRow:
    """A row of `core` with its versions, oldest first.

    `tombstone` is the delivery that withdrew it. `elsewhere` are snapshots that hold the row with a
    content that the warehouse no longer has.
    """

    table: str
    key: tuple[str, ...]
    versions: tuple[Version, ...]
    tombstone: Place | None = None
    elsewhere: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Withheld:
    """A refused row of the case; `values` as far as a message may show them."""

    table: str
    key: str | None
    place: Place
    values: Mapping[str, str]
    reasons: tuple[Mapping[str, str | None], ...]


@dataclass(frozen=True)
class Published:
    """A snapshot that holds the case; `analysis` is the case's row of `analysis.cases`.

    `gone` says why its file is not there ("retired", "missing", "erased"): its rows are told by
    the versions of its time, and nothing is known of `analysis`.
    """

    id: str
    created: str
    analysis: Mapping[str, Any]
    gone: str = ""


@dataclass(frozen=True)
class Trace:
    """All of it; `decisions` are withdrawals of deliveries of the case's site by a person."""

    rows: tuple[TracedRow, ...]
    withheld: tuple[Withheld, ...]
    snapshots: tuple[Published, ...]
    feature_sets: tuple[HeldIn, ...]
    decisions: tuple[Mapping[str, Any], ...]

    @property
    def is_known(self) -> bool:
        """Whether anything of such a case was ever received and kept."""
        is_there = any(row.table == "cases" for row in self.rows)
        return is_there or bool(self.withheld or self.snapshots)


def trace_case(store: Store, home: Home, ledger: Ledger, case: str) -> Trace:
    """Follow every row of a case both ways.

    Raises
    ------
    IntegrityError
        If a snapshot is not as it was published.
    """
    places = _Places(store, ledger)
    ids = _ids(lambda table, by: _keys_in_store(store, table, by), case)
    rows = {(row.table, row.key): row for row in _rows(store, places, ids)}
    snapshots = (*_there(home, case, rows), *_gone(home, ledger, rows))
    order = {table.name: place for place, table in enumerate(TABLES)}
    sites = {row.key[0] for row in rows.values() if row.table == "sites"}
    decisions = [e for e in withdrawn(ledger).values() if e.payload["site"] in sites]
    return Trace(
        tuple(rows[found] for found in sorted(rows, key=lambda f: (order[f[0]], f[1]))),
        tuple(_withheld(store, places, ids)),
        snapshots,
        tuple(
            held
            for site in sorted(sites)
            for held in sets_with(home, ledger, ids.get("imaging_studies", set()), site=site)
        ),
        tuple({"seq": e.seq, "time": e.time, **e.payload} for e in decisions),
    )


def _there(home: Home, case: str, rows: dict[Key, TracedRow]) -> Iterator[Published]:
    """Snapshots that lie in `published/`; `rows` then say which of them hold which version."""
    for snapshot in list_snapshots(home):
        check_file(snapshot)
        with PublishedReader(snapshot.path) as reader:
            found = _in_snapshot(reader, case)
            analysis = reader.answer("from analysis.cases where case_id = ?", (case,))
        for table, key, values in found:
            row = rows.get((table, key), TracedRow(table, key, ()))
            rows[table, key] = _with_use(row, snapshot.id, values, snapshot.ledger_seq)
        if not analysis.is_empty():
            yield Published(snapshot.id, snapshot.created, analysis.row(0, named=True))


def _gone(home: Home, ledger: Ledger, rows: dict[Key, TracedRow]) -> Iterator[Published]:
    """Snapshots that are retired or lost, and held the case by the versions of their time.

    One that held a delivery that was erased since is gone for good: nothing brings it back.
    """
    for_good = {s for event in erased(ledger).values() for s in held_then(ledger, event)}
    for snapshot, (why, event) in not_there(home, ledger).items():
        said = cast("Mapping[str, Any]", event.payload.get("manifest", {}))
        seq = known_at(ledger, event)
        held = [
            (key, place)
            for key, row in rows.items()
            for place, version in enumerate(row.versions)
            if version.place.seq <= seq and (version.ended is None or version.ended.seq > seq)
        ]
        for key, place in held:
            rows[key] = _used(rows[key], place, snapshot)
        if any(table == "cases" for (table, _), _ in held):
            yield Published(
                snapshot,
                said.get("created", event.time),
                {},
                "erased" if snapshot in for_good else why,
            )


class _Places:
    """Names and times of deliveries, by their number."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._times = {event.seq: event.time for event in ledger.events()}
        found = store.rows("select delivery, site, name from received.deliveries")
        self._named = {int(str(n)): (str(site), str(name)) for n, site, name in found}
        files = store.rows("select delivery, file, sha256 from received.files")
        self._hashes = {(int(str(n)), str(file)): str(sha) for n, file, sha in files}

    def at(self, seq: int, file: str | None = None, line: int | None = None) -> Place:
        """The place of a row of a delivery, or of the delivery itself.

        A row that waited for its parent keeps the file of the delivery that it first came with.
        """
        site, delivery = self._named[seq]
        first, _, held = (file or "").rpartition("/")
        came = next((n for n, named in self._named.items() if named == (site, first)), seq)
        sha256 = self._hashes.get((came, held))
        return Place(seq, site, delivery, self._times.get(seq, ""), file or "", line, sha256)


def _below(table: Table) -> dict[str, str]:
    """Foreign keys of a table that lead to a case, not past it."""
    return {c: p for c, p in table.parents.items() if p not in _ABOVE.values()}


def _ids(keys_of: Any, case: str) -> dict[str, set[str]]:
    """First parts of the keys of every row that hangs on a case, and of what the case hangs on.

    `keys_of` gives the rows of a table of which one of the named columns holds one of the values.
    """
    found: dict[str, set[str]] = {"cases": {case}}
    for table in TABLES:  # parents come first
        by = {c: found[p] for c, p in _below(table).items() if found.get(p)}
        if by:
            found[table.name] = set(keys_of(table, by)[table.key[0]].drop_nulls())
    cases = keys_of(BY_NAME["cases"], {"case_id": {case}})
    for column, parent in _ABOVE.items():
        found[parent] = set(cases[column].drop_nulls())
    return found


def _bound(by: Mapping[str, set[str]], column: str) -> tuple[str, list[list[str]]]:
    """SQL: one of the columns holds one of its values; `column` says how a column is read."""
    said = (f"{column.format(c)} in (select unnest(?::varchar[]))" for c in by)
    return "(" + " or ".join(said) + ")", [sorted(values) for values in by.values()]


def _keys_in_store(store: Store, table: Table, by: Mapping[str, set[str]]) -> pl.DataFrame:
    """Keys and foreign keys of rows that are or were in `core`, and of those refused."""
    names = tuple(dict.fromkeys((*table.key, *table.parents)))
    in_core, values = _bound(by, '"{}"')
    refused, _ = _bound(by, "json_extract_string(content, '$.{}')")
    kept = ", ".join(name(n) for n in names)
    said = ", ".join(f"json_extract_string(content, '$.{n}') as {name(n)}" for n in names)
    return store.frame(
        f"select {kept} from history.{name(table.name)} where {in_core} union"
        f' select {said} from quarantine.refused where "table" = ? and "row" is not null'
        f" and {refused}",
        [*values, table.name, *values],
    )


def _by(table: Table, ids: Ids) -> dict[str, set[str]]:
    """The columns by which rows of a table belong to the case; empty where none do."""
    by = {table.key[0]: ids.get(table.name, set())}
    by |= {column: ids.get(parent, set()) for column, parent in _below(table).items()}
    return {column: values for column, values in by.items() if values}


def _rows(store: Store, places: _Places, ids: Ids) -> list[TracedRow]:
    """Every row of the case that is or was in `core`."""
    rows = []
    for table in TABLES:
        if not (by := _by(table, ids)):
            continue
        condition, values = _bound(by, '"{}"')
        found = store.frame(
            f"from history.{name(table.name)} where {condition} order by recorded_at, valid_from",
            values,
        )
        for key, part in found.group_by(table.key, maintain_order=True):
            stone = _tombstone(store, table, key)
            versions = [_version(table, places, v) for v in part.iter_rows(named=True)]
            if versions[-1].ended_by == "withdrawn":
                versions = [replace(version, values=None) for version in versions]
            rows.append(
                TracedRow(
                    table.name,
                    tuple(map(str, key)),
                    tuple(versions),
                    None if stone is None else places.at(stone),
                )
            )
    return rows


def _version(table: Table, places: _Places, row: Mapping[str, Any]) -> Version:
    """One version as kept."""
    ended = row["valid_to"] if row["valid_to"] is not None else row["recorded_to"]
    return Version(
        {c.name: row[c.name] for c in table.kept_columns},
        places.at(row["_delivery"], row["_file"], row["_line"]),
        row["valid_from"],
        row["ended_by"],
        None if ended is None else places.at(ended),
    )


def _tombstone(store: Store, table: Table, key: Sequence[object]) -> int | None:
    """The delivery that withdrew a key for the last time."""
    ((found,),) = store.rows(
        'select max(delivery) from history.tombstones where "table" = ? and key = ?::varchar[]',
        [table.name, [str(part) for part in key]],
    )
    return None if found is None else int(str(found))


def _withheld(store: Store, places: _Places, ids: Ids) -> list[Withheld]:
    """Every refused row of the case, with each error."""
    found = []
    for table in (t for t in TABLES if t.name not in _ABOVE.values()):
        if not (by := _by(table, ids)):
            continue
        condition, values = _bound(by, "json_extract_string(q.content, '$.{}')")
        rows = store.frame(
            'select delivery, file, record, line, "row", content from quarantine.refused q'
            f' where "table" = ? and "row" is not null and {condition}'
            ' order by delivery, file, line, "row"',
            [table.name, *values],
        )
        content = rows["content"].str.json_decode(pl.Struct(dict.fromkeys(table.names, pl.String)))
        for row, cells in zip(rows.iter_rows(named=True), content.to_list(), strict=True):
            reasons = store.frame(
                'select rule, "column", message, suggestion from quarantine.problems where'
                ' delivery = ? and severity = \'error\' and ("table" = ? and "row" = ?'
                ' or "row" is null and file = ? and record = ?) order by rule, "column"',
                [row["delivery"], table.name, row["row"], row["file"], row["record"]],
            )
            found.append(
                Withheld(
                    table.name,
                    shown_key(table, cells),
                    places.at(row["delivery"], row["file"], row["line"]),
                    {c.name: shown(c, cells[c.name]) for c in table.columns},
                    tuple(reasons.to_dicts()),
                )
            )
    return found


def _in_snapshot(
    reader: PublishedReader, case: str
) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """The rows of the case in a snapshot: table, key, values."""
    there = {table for layer, table in reader.tables if layer == "core"}

    def rows_of(table: Table, by: Mapping[str, set[str]]) -> pl.DataFrame:
        if table.name not in there:
            empty = dict.fromkeys((*table.key, *table.parents), pl.String)
            return pl.DataFrame(schema=empty)
        condition, values = _bound(by, '"{}"')
        return reader.answer(f"from core.{name(table.name)} where {condition}", values)

    ids = _ids(rows_of, case)
    return [
        (table.name, tuple(str(row[k]) for k in table.key), row)
        for table in TABLES
        if (by := _by(table, ids))
        for row in rows_of(table, by).iter_rows(named=True)
    ]


def _with_use(row: TracedRow, snapshot: str, values: Mapping[str, Any], seq: int) -> TracedRow:
    """The row with one more snapshot, at the version of the same content that was known then."""
    for place in reversed(range(len(row.versions))):
        version = row.versions[place]
        if version.place.seq <= seq and (version.values is None or _agree(version.values, values)):
            return _used(row, place, snapshot)
    return replace(row, elsewhere={**row.elsewhere, snapshot: values})


def _used(row: TracedRow, place: int, snapshot: str) -> TracedRow:
    """The row with one more snapshot at the version of that place."""
    version = row.versions[place]
    used = replace(version, snapshots=(*version.snapshots, snapshot))
    return replace(row, versions=(*row.versions[:place], used, *row.versions[place + 1 :]))


def _agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows say the same in every column that both have: dictionaries grow."""
    return all(one[column] == other[column] for column in one.keys() & other.keys())
