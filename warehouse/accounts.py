"""Accounts: records received, accepted and quarantined, counted and demanded to agree.

Belongs here: conservation for every file and delivery of a run.
Does not belong here: merging (`warehouse.merge`), judging (`warehouse.validation`).
"""

import polars as pl

from schemas.errors import IntegrityError
from schemas.tables import TABLES
from warehouse.sql import name
from warehouse.store import Store


def close_accounts(store: Store) -> pl.DataFrame:
    """Count, for every delivery of this run, records received, accepted and quarantined.

    A record is one line of a delivered file. It is quarantined when it was refused at reading or
    any row made from it was refused, else accepted, also where the row was there already.

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


_MADE = (
    " union ".join(
        f"select _delivery, _file, _record from staged.{name(table)} where _row >= 0"
        for table in (*(table.name for table in TABLES), "withdrawals")
    )
    + " union select _delivery, _file, _record from staged.left_aside"
)
#: A record has its place in exactly one of two sets: those with a refused row and those without. A
#: file that was refused as a whole has no staged rows; what it announced or held is quarantined.
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
