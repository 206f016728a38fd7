"""Quarantine: what was refused or found, read back for people and for checks.

Belongs here: queries on `quarantine` over what is open of every site.
Does not belong here: writing it (`warehouse.merge`).
"""

import polars as pl

from warehouse.store import Store

#: Since the site's last full delivery that was taken in, which replaces what the site said before;
#: those held, or refused at the door, since then too.
_CURRENT = """
select d.delivery from received.deliveries d where d.status <> 'withdrawn'
and d.delivery >= coalesce((select max(o.delivery) from received.deliveries o
where o.site = d.site and o.status = 'received' and o.mode = 'full'), 0)
"""
#: Of `quarantine.problems p`: a finding of a row is closed when a later delivery of its site names
#: the key again, one of a file when a correction of its delivery brings the file.
OPEN = f"""
delivery in ({_CURRENT})
and not (key is not null and exists (select 1 from history.restated r
    where r.site = p.site and r.delivery > p.delivery and r."table" = p."table" and r.key = p.key))
and not ("row" is null and file is not null and exists (select 1 from received.deliveries d
    join received.files f on f.delivery = d.delivery where d.mode = 'correction'
    and d.status = 'received' and d.site = p.site and d.supersedes = p.name
    and f.file = p.file and f.accepted > 0))
"""


def broken_by_rule(store: Store, table: str, *, severity: str | None = None) -> dict[str, int]:
    """Problems per rule of one table; `severity` limits to "error" or "warning"."""
    found = store.rows(
        'select rule, count(*) from quarantine.problems p where "table" = ?'
        " and (? is null or severity = ?)"
        f" and {OPEN} group by 1 order by 1",
        [table, severity, severity],
    )
    return {str(rule): int(str(n)) for rule, n in found}


def current_problems(store: Store, *, site: str | None = None) -> pl.DataFrame:
    """Every problem that is still open, in the order of site, file and line."""
    return store.frame(
        'select site, name as delivery, file, line, "table", key, "column", rule, severity,'
        f" message, suggestion from quarantine.problems p where {OPEN}"
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


def problems_of(store: Store, delivery: int) -> pl.DataFrame:
    """Every problem of one delivery, also those closed since, in the order of file and line."""
    return store.frame(
        'select file, line, "table", key, "column", rule, severity, message, suggestion'
        " from quarantine.problems where delivery = ?"
        ' order by file, line nulls first, "table", rule, "column", key',
        [delivery],
    )


def findings_to_approve(store: Store, delivery: int) -> list[tuple[str, str]]:
    """What of a delivery waits for a person: rule, and the measure whose unit is in doubt."""
    found = store.rows(
        "select distinct p.rule, coalesce(r.content->>'$.measure', '') from quarantine.problems p"
        ' left join quarantine.refused r on r.delivery = p.delivery and r."table" = p."table"'
        ' and r."row" = p."row" where p.delivery = ?'
        " and p.rule in ('E_SHRINK', 'E_KEY', 'R083')"
        " order by 1, 2",
        [delivery],
    )
    return [(str(rule), str(measure)) for rule, measure in found]
