"""Merging: a verdict written to `core` and `quarantine`, and the accounts closed.

Belongs here: current versions in `core`, refused rows kept, conservation asserted.
Does not belong here: judging (`warehouse.validation`), snapshots.
"""

from dataclasses import dataclass

import polars as pl

from schemas.errors import IntegrityError
from schemas.table import Table
from schemas.tables import TABLES
from warehouse.sql import TEXT_SUFFIX, name
from warehouse.store import PLACE, Store
from warehouse.validation.verdict import Verdict

_PLACES = ", ".join(part.split()[0] for part in PLACE.split(", "))


@dataclass(frozen=True)
class Merged:
    """Rows of one table in this run: staged = accepted + refused."""

    staged: int
    accepted: int
    refused: int


def merge(store: Store, verdict: Verdict) -> Merged:
    """Write one table's accepted rows to `core` and its refused rows to `quarantine`, at once.

    Deliveries are taken in the order of the ledger. A full delivery is the site's complete state:
    keys that it does not name leave `core`. A refused row leaves an earlier accepted version of its
    key where it is, and a file that was refused as a whole leaves all of them: nobody knows which
    keys it names.

    Raises
    ------
    IntegrityError
        If accepted + refused is not what was staged.
    """
    table = verdict.table
    store.con.register("refused_rows", verdict.refused.to_arrow())
    total = Merged(0, 0, 0)
    with store.transaction():
        store.append("quarantine", "problems", verdict.problems)
        store.con.execute(_keep_refused(table), [table.name])
        for (delivery,) in store.rows("select distinct _delivery from staged.records order by 1"):
            merged = _merge_delivery(store, table, int(str(delivery)))
            total = Merged(
                total.staged + merged.staged,
                total.accepted + merged.accepted,
                total.refused + merged.refused,
            )
    store.con.unregister("refused_rows")
    return total


def close_accounts(store: Store) -> pl.DataFrame:
    """Count, for every delivery of this run, records received, accepted and quarantined.

    A record is one line of a delivered file. It is quarantined when it was refused at reading or
    any row made
    from it was refused, else accepted.

    Returns
    -------
    pl.DataFrame
        `delivery`, `file`, `received`, `accepted`, `quarantined`.

    Raises
    ------
    IntegrityError
        If accepted + quarantined is not received for any file.
    """
    accounts = store.frame(_ACCOUNTS)
    wrong = accounts.filter(pl.col("received") != pl.col("accepted") + pl.col("quarantined"))
    if not wrong.is_empty():
        row = wrong.row(0, named=True)
        raise IntegrityError(
            f"{row['file']}: {row['received']} records received, but {row['accepted']} accepted "
            f"and {row['quarantined']} quarantined. A record was lost: a fault of the program."
        )
    with store.transaction():
        store.con.register("accounts", accounts.to_arrow())
        store.con.execute(
            "update received.files f set accepted = a.accepted, quarantined = a.quarantined,"
            " found = a.found from accounts a where f.delivery = a.delivery and f.file = a.file"
        )
        store.con.execute(
            "update received.deliveries d set received = a.received, accepted = a.accepted,"
            " quarantined = a.quarantined from (select delivery, sum(received) as received,"
            " sum(accepted) as accepted, sum(quarantined) as quarantined"
            " from accounts group by 1) a"
            " where d.delivery = a.delivery"
        )
        store.con.unregister("accounts")
    return accounts


def _keep_refused(table: Table) -> str:
    """SQL that keeps refused rows as delivered."""
    content = ", ".join(f"{name(c)} := s.{name(c + TEXT_SUFFIX)}" for c in table.names)
    return (
        "insert into quarantine.refused select s._delivery, s._file, s._record, s._line, ?, s._row,"
        f" cast(to_json(struct_pack({content})) as varchar) from staged.{name(table.name)} s"
        " join refused_rows r on r.delivery = s._delivery and r.row = s._row"
    )


def _merge_delivery(store: Store, table: Table, delivery: int) -> Merged:
    """Make one delivery the current state of its site in one table."""
    target, source = f"core.{name(table.name)}", f"staged.{name(table.name)}"
    same = " and ".join(f"s.{name(k)} = c.{name(k)}" for k in table.key)
    columns = ", ".join(name(c) for c in table.names)
    kept = (
        "s._delivery = ? and not exists (select 1 from refused_rows r"
        " where r.delivery = s._delivery and r.row = s._row)"
    )
    unread = (
        "exists (select 1 from staged.records r where r._delivery = ? and r.is_refused)"
        f" and not exists (select 1 from {source} s where s._delivery = ?)"
    )
    store.con.execute(
        f"delete from {target} c where c._delivery in (select o.delivery from received.deliveries o"
        " join received.deliveries d on d.site = o.site where d.delivery = ?)"
        f" and ((not exists (select 1 from {source} s where s._delivery = ? and {same})"
        f" and not ({unread}))"
        f" or exists (select 1 from {source} s where {kept} and {same}))",
        [delivery, delivery, delivery, delivery, delivery],
    )
    store.con.execute(
        f"insert into {target} ({_PLACES}, valid_from, recorded_at, {columns}, provenance)"
        f" select {_PLACES}, s._delivery, s._delivery, {columns}, d.provenance from {source} s"
        f" join received.deliveries d on d.delivery = s._delivery where {kept}",
        [delivery],
    )
    ((staged, accepted, refused),) = store.rows(
        f"select (select count(*) from {source} where _delivery = ?),"
        f" (select count(*) from {target} where _delivery = ?),"
        " (select count(*) from refused_rows where delivery = ?)",
        [delivery, delivery, delivery],
    )
    merged = Merged(int(str(staged)), int(str(accepted)), int(str(refused)))
    if merged.staged != merged.accepted + merged.refused:
        raise IntegrityError(
            f"{table.name}: {merged.staged} rows staged, but {merged.accepted} accepted and "
            f"{merged.refused} refused. Nothing was merged: this is a fault of the program."
        )
    return merged


_MADE = " union ".join(
    f"select _delivery, _file, _record from staged.{source}"
    for source in (*(name(table.name) for table in TABLES), "without_rows")
)
#: A record has its place in exactly one of two sets: those with a refused row and those without. A
#: file
#: that was refused as a whole has no staged rows; what it announced or held is quarantined.
_ACCOUNTS = f"""
with bad as (
    select distinct delivery, file, record from quarantine.refused where record is not null
), good as (
    select m.* from ({_MADE}) m anti join bad b
    on b.delivery = m._delivery and b.file = m._file and b.record = m._record
)
select r._delivery as delivery, r._file as file, greatest(r.declared, r.found) as received,
    r.found as found,
    (select count(*) from good g where g._delivery = r._delivery and g._file = r._file) as accepted,
    case when r.is_refused then greatest(r.declared, r.found) else
    (select count(*) from bad b where b.delivery = r._delivery and b.file = r._file) end
    as quarantined
from staged.records r order by 1, 2
"""
