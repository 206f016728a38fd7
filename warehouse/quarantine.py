"""Quarantine: what was refused or found, read back for people and for checks.

Belongs here: queries on `quarantine` over the current delivery of every site.
Does not belong here: writing it (`warehouse.merge`).
"""

import polars as pl

from warehouse.store import Store

#: The newest delivery of each site that was received, and those refused at the door since: a full
#: delivery replaces what the site said before.
_CURRENT = """
select d.delivery from received.deliveries d where d.delivery >= coalesce((select max(o.delivery)
from received.deliveries o where o.site = d.site and o.status = 'received'), 0)
"""


def broken_by_rule(store: Store, table: str, *, severity: str | None = None) -> dict[str, int]:
    """Problems per rule of one table; `severity` limits to "error" or "warning"."""
    found = store.rows(
        'select rule, count(*) from quarantine.problems where "table" = ?'
        " and (? is null or severity = ?)"
        f" and delivery in ({_CURRENT}) group by 1 order by 1",
        [table, severity, severity],
    )
    return {str(rule): int(str(n)) for rule, n in found}


def current_problems(store: Store, *, site: str | None = None) -> pl.DataFrame:
    """Every problem of the current deliveries, in the order of site, file and line."""
    return store.frame(
        'select site, name as delivery, file, line, "table", key, "column", rule, severity,'
        f" message, suggestion from quarantine.problems where delivery in ({_CURRENT})"
        " and (? is null or site = ?)"
        ' order by site, file, line nulls first, "table", rule, "column", key',
        [site, site],
    )


def delivery_counts(store: Store) -> pl.DataFrame:
    """Records received, accepted and quarantined by delivery, in the order they were received."""
    return store.frame(
        "select delivery as sequence, site, name as delivery, provenance, status, received,"
        " accepted, quarantined from received.deliveries order by 1"
    )
