"""Trends: what each delivery left behind, counted, so that one can be held against the one before.

Belongs here: counts by delivery over `quarantine` and `history`; no cell and no key of a patient
leaves this module but the case ids of `first_deliveries`.
Does not belong here: single problems (`warehouse.quarantine`), what the counts mean
(`analyses.cohort_report`).
"""

from collections.abc import Sequence

import polars as pl

from warehouse.quarantine import OPEN
from warehouse.sql import literal, name
from warehouse.store import Store

#: A delivery that was refused at the door may not say whose rows it holds: then it is judged by the
#: site's other deliveries, and is confidential where there is none.
_PROVENANCE = """
coalesce(d.provenance, (select min(o.provenance) from received.deliveries o where o.site = d.site),
'registry')
"""
_LAST = "9223372036854775807"


def deliveries(store: Store) -> pl.DataFrame:
    """Every delivery in the order of the ledger, with its mode and the provenance of its site."""
    return store.frame(
        f"select delivery as sequence, site, name as delivery, {_PROVENANCE} as provenance, status,"
        " mode, received, accepted, quarantined from received.deliveries d order by 1"
    )


def problem_counts(store: Store) -> pl.DataFrame:
    """Problems by delivery, rule, column and severity: how many there were, how many are open."""
    return store.frame(
        'select delivery as sequence, site, rule, coalesce("column", \'\') as "column", severity,'
        " count(*) as n, count(*) filter (is_open) as open"
        f" from (select p.*, ({OPEN}) as is_open from quarantine.problems p)"
        " group by all order by all"
    )


def missing_after(store: Store, columns: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Rows of a site as it stood after each of its deliveries, and those without a value.

    Parameters
    ----------
    store
        The home's store.
    columns
        Table and column, declared in `schemas`.

    Returns
    -------
    pl.DataFrame
        `sequence`, `site`, `table`, `column`, `rows`, `missing`. Rows of a person who withdrew
        since are left out.
    """
    counted = [
        f'select d.delivery as sequence, d.site, {literal(table)} as "table",'
        f' {literal(column)} as "column", count(*) as rows, count(*) filter'
        f" (coalesce(cast(v.{name(column)} as varchar), 'unknown') in ('unknown', 'not_reported'))"
        " as missing from received.deliveries d join"
        f" (select h.*, o.site from history.{name(table)} h"
        " join received.deliveries o on o.delivery = h._delivery) v on v.site = d.site"
        " and v.recorded_at <= d.delivery"
        f" and coalesce(v.valid_to, v.recorded_to, {_LAST}) > d.delivery"
        " and coalesce(v.ended_by, '') <> 'withdrawn'"
        " where d.status = 'received' group by all"
        for table, column in columns
    ]
    return store.frame(" union all ".join(counted) + " order by all")


def first_deliveries(store: Store) -> pl.DataFrame:
    """The delivery that first brought each case that is there now: `case_id`, `sequence`."""
    return store.frame(
        "select case_id, min(recorded_at) as sequence from history.cases"
        " where case_id in (select case_id from core.cases) group by 1 order by 1"
    )
