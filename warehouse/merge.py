"""Merging: a verdict written to `core` and `quarantine`, one table and delivery at a time.

Belongs here: new versions, versions ended, refused rows kept; nothing is overwritten or deleted.
Does not belong here: judging (`warehouse.validation`, `warehouse.admission`), the account of
records (`warehouse.accounts`), undoing (`warehouse.history`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.errors import IntegrityError
from schemas.table import Table
from warehouse.admission import refusals, refuse_withdrawals
from warehouse.official_counts import keep_counts
from warehouse.sql import TEXT_SUFFIX, name
from warehouse.store import PLACE, Store
from warehouse.validation.verdict import Verdict

_PLACES = ", ".join(part.split()[0] for part in PLACE.split(", "))
_CURRENT = "h.valid_to is null and h.recorded_to is null"


@dataclass(frozen=True)
class Merged:
    """Rows of one table in this run: staged = accepted + refused."""

    staged: int
    accepted: int
    refused: int


@dataclass(frozen=True)
class _Delivery:
    """A staged delivery; `since` is what a correction supersedes, else the delivery itself."""

    number: int
    mode: str
    provenance: str
    since: int


def merge(store: Store, verdict: Verdict) -> Merged:
    """Write one table's accepted rows to `core` and its refused rows to `quarantine`, at once.

    Deliveries are taken in the order of the ledger. A row equal to the current version of its key
    writes nothing. A full delivery is the site's complete state: versions of keys that it does not
    name end. A refused row leaves an earlier version of its key where it is, and a file that was
    refused as a whole leaves all of them: nobody knows which keys it names.

    Raises
    ------
    IntegrityError
        If accepted + refused is not what was staged.
    """
    table = verdict.table
    total = Merged(0, 0, 0)
    with store.transaction():
        keep_counts(store, verdict)
        _note_refused(store, verdict)
        for delivery in _staged_deliveries(store):
            if delivery.mode == "withdrawal":
                refuse_withdrawals(store, table, delivery.number)
            else:
                _refuse_against_core(store, table, delivery.number)
            merged = _merge_delivery(store, table, delivery)
            total = Merged(
                total.staged + merged.staged,
                total.accepted + merged.accepted,
                total.refused + merged.refused,
            )
        store.con.execute(_keep_refused(table), [table.name])
        store.con.execute("drop table refused_rows")
    return total


def refuse(store: Store, verdict: Verdict) -> None:
    """Write one table's refused rows to `quarantine`, and nothing to `core`: for a mere check.

    Of a delivery alone `core` can say nothing, and writing its rows takes a fifth of the time.
    """
    with store.transaction():
        _note_refused(store, verdict)
        store.con.execute(_keep_refused(verdict.table), [verdict.table.name])
        store.con.execute("drop table refused_rows")


def _note_refused(store: Store, verdict: Verdict) -> None:
    """Write the problems, and note the rows that are refused for them or for what was not read."""
    store.append("quarantine", "problems", verdict.problems)
    store.con.register("refused_now", verdict.refused.to_arrow())
    store.con.execute("create or replace temp table refused_rows as from refused_now")
    store.con.unregister("refused_now")
    store.con.execute(_refused_at_reading(verdict.table))


def _staged_deliveries(store: Store) -> list[_Delivery]:
    """The deliveries of this run, in the order of the ledger."""
    found = store.rows(
        "select d.delivery, d.mode, d.provenance, coalesce((select max(o.delivery)"
        " from received.deliveries o where o.site = d.site and o.name = d.supersedes),"
        " d.delivery) from received.deliveries d"
        " where d.delivery in (select _delivery from staged.records) order by 1"
    )
    return [
        _Delivery(int(str(number)), str(mode), str(provenance), int(str(since)))
        for number, mode, provenance, since in found
    ]


def _refuse_against_core(store: Store, table: Table, delivery: int) -> None:
    """Refuse what cannot stand beside the rows that are kept already."""
    problems = refusals(store, table, delivery)
    if problems.is_empty():
        return
    store.append("quarantine", "problems", problems)
    store.con.register("refused_now", problems.select("delivery", "row").unique().to_arrow())
    store.con.execute(
        "insert into refused_rows select * from refused_now except select * from refused_rows"
    )
    store.con.unregister("refused_now")


def _refused_at_reading(table: Table) -> str:
    """SQL: the rows of records of which a cell could not be read; they were only to be judged."""
    return (
        f"insert into refused_rows select s._delivery, s._row from staged.{name(table.name)} s"
        ' semi join (select * from quarantine.refused where "row" is null) q'
        " on q.delivery = s._delivery and q.file = s._file and q.record = s._record"
        " where s._row >= 0 except select * from refused_rows"
    )


def _keep_refused(table: Table) -> str:
    """SQL that keeps refused rows as delivered."""
    content = ", ".join(f"{name(c)} := s.{name(c + TEXT_SUFFIX)}" for c in table.names)
    return (
        "insert into quarantine.refused select s._delivery, s._file, s._record, s._line, ?, s._row,"
        f" cast(to_json(struct_pack({content})) as varchar) from staged.{name(table.name)} s"
        " join refused_rows r on r.delivery = s._delivery and r.row = s._row"
    )


def _merge_delivery(store: Store, table: Table, delivery: _Delivery) -> Merged:
    """Make one delivery part of the history of one table."""
    staged = f"staged.{name(table.name)}"
    # Without the texts as delivered: copying them takes longer than all that follows.
    columns = ", ".join(f"s.{name(c)}" for c in table.names)
    store.con.execute(
        f"create or replace temp table kept_rows as select {_PLACES}, {columns}, ? as provenance"
        f" from {staged} s"
        " anti join refused_rows r on r.delivery = s._delivery and r.row = s._row"
        " where s._delivery = ? and s._row >= 0",
        [delivery.provenance, delivery.number],
    )
    changed = ended = 0
    if delivery.mode == "withdrawal":
        _withdraw(store, table, delivery)
    elif _has_rows(store, table, delivery):
        changed = _unequal(store, table)
        if changed:
            _end_changed(store, table, delivery)
        if delivery.mode == "full":
            ended = _end_vanished(store, table, delivery)
    # Before the new rows: an increment that is checked by itself may bring some without parents.
    ended += _end_orphans(store, table, delivery)
    is_first = not _has_rows(store, table, delivery)
    if is_first:
        _insert_first(store, table, delivery)
    elif changed or ended:
        _insert_new(store, table, delivery)
    if delivery.mode != "full":
        _note_restated(store, table, delivery)
    merged = _counted(store, table, delivery, is_written=is_first or changed > 0 or ended > 0)
    store.con.execute("drop table kept_rows")
    return merged


def _has_rows(store: Store, table: Table, delivery: _Delivery) -> bool:
    """Whether the site has current rows; a first delivery has nothing to be compared with."""
    ((found,),) = store.rows(
        f"select exists (select 1 from history.{name(table.name)} h where {_CURRENT}"
        f" and h._delivery in ({_OF_SITE}))",
        [delivery.number],
    )
    return bool(found)


def _same_key(table: Table, one: str, other: str) -> str:
    """SQL: two rows have the same key."""
    return " and ".join(f"{one}.{name(k)} = {other}.{name(k)}" for k in table.key)


def _same_content(table: Table, one: str, other: str) -> str:
    """SQL: two rows have the same values in every kept column; keys are compared before."""
    columns = (c.name for c in table.kept_columns if c.name not in table.key)
    return " and ".join(f"{one}.{name(c)} is not distinct from {other}.{name(c)}" for c in columns)


def _unequal(store: Store, table: Table) -> int:
    """How many kept rows no current version equals in key and content."""
    ((kept, equal),) = store.rows(
        "select (select count(*) from kept_rows), (select count(*) from kept_rows k"
        f" join history.{name(table.name)} h on {_same_key(table, 'h', 'k')} where {_CURRENT}"
        # coalesce keeps the content out of the join, which else hashes every column of a version
        f" and coalesce({_same_content(table, 'h', 'k')}, false))"
    )
    return int(str(kept)) - int(str(equal))


def _written(store: Store, statement: str, values: Sequence[object] = ()) -> int:
    """Run a statement that writes rows; their number."""
    ((number,),) = store.rows(statement, values)
    return int(str(number))


def _end_changed(store: Store, table: Table, delivery: _Delivery) -> None:
    """End the versions that have other content now; a correction says they were never true."""
    is_correction = delivery.mode == "correction"
    ended = (
        "recorded_to = ?, ended_by = 'corrected'"
        if is_correction
        else ("valid_to = ?, ended_by = 'changed'")
    )
    store.con.execute(
        f"update history.{name(table.name)} h set {ended} from kept_rows k where {_CURRENT}"
        f" and {_same_key(table, 'h', 'k')} and not ({_same_content(table, 'h', 'k')})",
        [delivery.number],
    )


def _end_vanished(store: Store, table: Table, delivery: _Delivery) -> int:
    """End the versions of the site's keys that a full delivery does not name; their number."""
    ((is_unread,),) = store.rows(
        "select count(*) > 0 from staged.records where _delivery = ? and is_refused"
        " and (tables is null or list_contains(tables, ?))",
        [delivery.number, table.name],
    )
    if is_unread:
        return 0
    return _written(
        store,
        f"update history.{name(table.name)} h set valid_to = ?, ended_by = 'vanished'"
        f" where {_CURRENT} and h._delivery in ({_OF_SITE}) and not exists (select 1"
        f" from staged.{name(table.name)} s where s._delivery = ?"
        f" and {_same_key(table, 's', 'h')})",
        [delivery.number, delivery.number, delivery.number],
    )


_OF_SITE = (
    "select o.delivery from received.deliveries o join received.deliveries d on d.site = o.site"
    " where d.delivery = ?"
)


def _insert_new(store: Store, table: Table, delivery: _Delivery) -> None:
    """A version for every kept row whose key has none; a correction counts since what it mends."""
    history = f"history.{name(table.name)}"
    columns = ", ".join(f"k.{name(c.name)}" for c in table.kept_columns)
    since = (
        f"coalesce((select max(h.valid_from) from {history} h where h.recorded_to = ?"
        f" and {_same_key(table, 'h', 'k')}), ?)"
    )
    store.con.execute(
        f"insert into {history} select {_PLACES}, {since}, null, ?, null, null, {columns}"
        f" from kept_rows k where not exists (select 1 from {history} h where {_CURRENT}"
        f" and {_same_key(table, 'h', 'k')})",
        [delivery.number, delivery.since, delivery.number],
    )


def _insert_first(store: Store, table: Table, delivery: _Delivery) -> None:
    """A version for every kept row of a site that has none."""
    columns = ", ".join(f"k.{name(c.name)}" for c in table.kept_columns)
    store.con.execute(
        f"insert into history.{name(table.name)} select {_PLACES}, ?, null, ?, null, null,"
        f" {columns} from kept_rows k",
        [delivery.since, delivery.number],
    )


def _withdraw(store: Store, table: Table, delivery: _Delivery) -> None:
    """End the versions of the withdrawn keys; a tombstone keeps the key, and no content."""
    key = ", ".join(f"cast(h.{name(k)} as varchar)" for k in table.key)
    store.con.execute(
        f"update history.{name(table.name)} h set valid_to = ?, ended_by = 'withdrawn'"
        f" where {_CURRENT} and h._delivery in ({_OF_SITE}) and [{key}] in (select w.key"
        ' from staged.withdrawals w where w._delivery = ? and w."table" = ?)',
        [delivery.number, delivery.number, delivery.number, table.name],
    )
    store.con.execute(
        'insert into history.tombstones select distinct d.delivery, d.site, w."table", w.key'
        " from staged.withdrawals w join received.deliveries d on d.delivery = w._delivery"
        ' where w._delivery = ? and w."table" = ? and not exists (select 1'
        ' from quarantine.refused q where q.delivery = w._delivery and q."table" = w."table"'
        ' and q."row" = w._row)',
        [delivery.number, table.name],
    )


def _end_orphans(store: Store, table: Table, delivery: _Delivery) -> int:
    """End what hangs on a row that ended: parents come first in the order of the tables."""
    ended = 0
    ended_by = "withdrawn" if delivery.mode == "withdrawal" else "vanished"
    for column, parent in table.parents.items() if _has_rows(store, table, delivery) else ():
        ended += _written(
            store,
            f"update history.{name(table.name)} h set valid_to = ?, ended_by = ?"
            f" where {_CURRENT} and h._delivery in ({_OF_SITE}) and h.{name(column)} is not null"
            f" and not exists (select 1 from core.{name(parent)} p"
            f" where p.{name(column)} = h.{name(column)})",
            [delivery.number, ended_by, delivery.number],
        )
    return ended


def _note_restated(store: Store, table: Table, delivery: _Delivery) -> None:
    """Keep which keys a partial delivery names: earlier findings on them are closed by it."""
    key = ", ".join(name(k + TEXT_SUFFIX) for k in table.key)
    store.con.execute(
        "insert into history.restated select d.delivery, d.site, ?, k.key from"
        f" (select _delivery, concat_ws('|', {key}) as key from staged.{name(table.name)}"
        " where _delivery = ? and _row >= 0 union select _delivery, array_to_string(key, '|')"
        ' from staged.withdrawals where _delivery = ? and "table" = ?) k'
        " join received.deliveries d on d.delivery = k._delivery",
        [table.name, delivery.number, delivery.number, table.name],
    )


def _counted(store: Store, table: Table, delivery: _Delivery, *, is_written: bool) -> Merged:
    """Count, and demand one current version with its content for every accepted row.

    Where nothing was written, the search for changed rows has found it for each of them.
    """
    ((staged, kept, refused),) = store.rows(
        f"select (select count(*) from staged.{name(table.name)} where _delivery = ?"
        " and _row >= 0), (select count(*) from kept_rows),"
        " (select count(*) from refused_rows where delivery = ?)",
        [delivery.number, delivery.number],
    )
    accepted = int(str(kept)) - (_unequal(store, table) if is_written else 0)
    merged = Merged(int(str(staged)), accepted, int(str(refused)))
    if merged.staged != merged.accepted + merged.refused:
        raise IntegrityError(
            f"{table.name}: {merged.staged} rows staged, but {merged.accepted} accepted and "
            f"{merged.refused} refused. Nothing was merged: this is a fault of the program."
        )
    return merged
