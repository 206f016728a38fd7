"""Admission: what rows that are right by themselves must agree on with the rows kept already.

Belongs here: keys of another site (E_SITE), withdrawn keys (E_WITHDRAWN), an increment that would
change a row (R002), withdrawals that meet no row.
Does not belong here: the rules of a delivery (`warehouse.validation`), writing (`warehouse.merge`).
Judged one delivery at a time in the order of the ledger, so that a database built again comes to
the same verdicts.
"""

from collections.abc import Iterator

import polars as pl

from schemas.showing import shown_key
from schemas.table import Table
from warehouse.site_rules import unit_refusals
from warehouse.sql import TEXT_SUFFIX, name
from warehouse.store import Store
from warehouse.validation.verdict import PROBLEM_SCHEMA, ROW_PLACE, row_place

Row = tuple[object, ...]


def refusals(store: Store, table: Table, delivery: int) -> pl.DataFrame:
    """Every row of a staged delivery that cannot stand beside what `core` holds, with its reason.

    Returns
    -------
    pl.DataFrame
        The columns of `PROBLEM_SCHEMA`.
    """
    found = [
        *_claimed_elsewhere(store, table, delivery),
        *_withdrawn_before(store, table, delivery),
        *_changed_by_increment(store, table, delivery),
        *(unit_refusals(store, delivery) if table.name == "imaging_measurements" else ()),
    ]
    return pl.DataFrame(found, schema=PROBLEM_SCHEMA, orient="row")


def refuse_withdrawals(store: Store, table: Table, delivery: int) -> None:
    """Refuse withdrawals of another site's keys, and warn of those that meet no row."""
    keys = ", ".join(f"cast(c.{name(k)} as varchar)" for k in table.key)
    rows = store.rows(
        "select w._delivery, d.site, d.name, w._file, w._record, w._line, w._row, o.site, w.key"
        " from staged.withdrawals w join received.deliveries d on d.delivery = w._delivery"
        f" left join core.{name(table.name)} c on [{keys}] = w.key"
        " left join received.deliveries o on o.delivery = c._delivery"
        ' where w._delivery = ? and w."table" = ? and o.site is distinct from d.site',
        [delivery, table.name],
    )
    problems = []
    for *place, row, owner, key in rows:
        shown = shown_key(table, dict(zip(table.key, map(str, key), strict=True)))  # type: ignore[call-overload]
        said = _UNKNOWN if owner is None else _OF_ANOTHER_SITE
        problems.append((*place, table.name, row, shown, table.key[0], *said))
    frame = pl.DataFrame(problems, schema=PROBLEM_SCHEMA, orient="row")
    store.append("quarantine", "problems", frame)
    store.con.register("refused_now", frame.filter(pl.col("severity") == "error").to_arrow())
    store.con.execute(
        'insert into quarantine.refused select n.delivery, n.file, n.record, n.line, n."table",'
        ' n."row", cast(to_json(w.key) as varchar) from refused_now n join staged.withdrawals w'
        ' on w._delivery = n.delivery and w._row = n."row" and w."table" = n."table"'
    )
    store.con.unregister("refused_now")


_UNKNOWN = (
    "R003",
    "warning",
    "The site has no accepted row of this key; the withdrawal is kept, and none will come in.",
    "Check the key. To undo the withdrawal: 'imsct delivery withdraw' on this delivery.",
)
_OF_ANOTHER_SITE = (
    "E_SITE",
    "error",
    "This key belongs to a row of another site.",
    "Withdraw keys of your own site only.",
)


def _claimed_elsewhere(store: Store, table: Table, delivery: int) -> Iterator[Row]:
    """E_SITE: rows whose key is already kept for another site."""
    same = " and ".join(f"c.{name(k)} = s.{name(k)}" for k in table.key)
    rows = _found(
        store,
        table,
        delivery,
        f"join core.{name(table.name)} c on {same}"
        " join received.deliveries o on o.delivery = c._delivery where o.site <> d.site",
    )
    said = ("This key belongs to a row of another site.", "Give the row a key of its own site.")
    for row in rows:
        yield (*row_place(table, row), table.key[0], "E_SITE", "error", *said)


def _withdrawn_before(store: Store, table: Table, delivery: int) -> Iterator[Row]:
    """E_WITHDRAWN: rows whose key was withdrawn; nothing brings one back by accident."""
    key = ", ".join(f"cast(s.{name(k)} as varchar)" for k in table.key)
    rows = _found(
        store,
        table,
        delivery,
        f"where exists (select 1 from history.tombstones t where t.\"table\" = '{table.name}'"
        f" and t.site = d.site and t.key = [{key}])",
    )
    said = (
        "This key was withdrawn by an earlier delivery.",
        "Leave the row out. If the withdrawal was an error, 'imsct delivery withdraw' takes it "
        "back.",
    )
    for row in rows:
        yield (*row_place(table, row), table.key[0], "E_WITHDRAWN", "error", *said)


def _changed_by_increment(store: Store, table: Table, delivery: int) -> Iterator[Row]:
    """R002: rows of an increment whose key is there with other content."""
    modes = store.rows("select mode from received.deliveries where delivery = ?", [delivery])
    if modes != [("increment",)]:
        return
    same = " and ".join(f"c.{name(k)} = s.{name(k)}" for k in table.key)
    others = [c for c in table.names if c not in table.key]
    differing = ", ".join(
        f"case when c.{name(c)} is distinct from s.{name(c)} then '{c}' end" for c in others
    )
    rows = _found(
        store,
        table,
        delivery,
        f"join core.{name(table.name)} c on {same} where d.mode = 'increment' and len(columns) > 0",
        more=f"list_filter([{differing}], x -> x is not null) as columns",
    )
    remedy = "Deliver the change under mode 'correction', or leave the row out."
    for *row, columns in rows:
        listed = ", ".join(str(c) for c in columns)  # type: ignore[attr-defined]
        message = f"The key is there already, with another value in {listed}; an increment adds."
        yield (*row_place(table, row), table.key[0], "R002", "error", message, remedy)


def _found(store: Store, table: Table, delivery: int, join: str, *, more: str = "") -> list[Row]:
    """Place and key of the rows of a delivery that meet a condition."""
    key = ", ".join(f"s.{name(k + TEXT_SUFFIX)}" for k in table.key)
    extra = f", {more}" if more else ""
    return store.rows(
        f"select {ROW_PLACE}, {key}{extra} from (select * from staged.{name(table.name)}"
        " where _delivery = ? and _row >= 0) s"
        f" join received.deliveries d on d.delivery = s._delivery {join}",
        [delivery],
    )
