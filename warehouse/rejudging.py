"""Rows that were held back for a parent, judged again when the parent comes.

Belongs here: finding them, and staging them beside the delivery that brings their parent.
Does not belong here: judging them (`warehouse.validation`), the account of records.
A full delivery says everything anew, so only an increment or a correction brings such rows back.
Their record was counted with the delivery that held it, and stays quarantined there; what is open
of it closes, as for a row that is delivered again.
"""

import polars as pl

from schemas.table import Table
from schemas.tables import TABLES
from warehouse.quarantine import OPEN
from warehouse.sql import TEXT_SUFFIX, literals, name
from warehouse.staging import StagedDelivery, stage
from warehouse.store import Store


def stage_held_back(store: Store, delivery: StagedDelivery) -> None:
    """Stage what earlier deliveries of the site held back, where every parent is there now.

    Parents are looked for among the staged rows: those of the delivery, the site's kept ones beside
    it, and those that this function has put there before, for it goes from parents to children.
    """
    for table in TABLES:
        if not table.parents:
            continue
        rows = store.frame(_held_back(table), [delivery.site, delivery.number, delivery.number])
        if rows.is_empty():
            continue
        content = rows["content"].str.json_decode(_content(table)).struct.unnest()
        places = rows.drop("content").with_columns(_delivery=pl.lit(delivery.number, pl.Int64))
        stage(store, table, places.hstack(content))


def _content(table: Table) -> pl.Struct:
    """Type of a refused row as it is kept."""
    return pl.Struct(dict.fromkeys(table.names, pl.String))


def _held_back(table: Table) -> str:
    """SQL: the refused rows of a site whose only errors are parents that are staged now.

    A row whose key the delivery names itself is not among them, nor one of a record that could not
    be read whole. The file's name is given with the
    delivery's, which sets its lines apart from those of the delivery at hand.
    """
    key = " || '|' || ".join(f"s.{name(k + TEXT_SUFFIX)}" for k in table.key)
    parents = " and ".join(
        f"(json_extract_string(q.content, '$.{column}') is null or exists (select 1"
        f" from staged.{name(parent)} p where p._delivery = d.number"
        f" and p.{name(column)} = json_extract_string(q.content, '$.{column}')))"
        for column, parent in table.parents.items()
    )
    is_parent = f"p.rule = 'E_PARENT' and p.\"column\" in ({literals(table.parents)})"
    return f"""
with held as (
    select p.delivery, p.name, p."row", any_value(p.key) as key from quarantine.problems p
    where p.site = ? and p."table" = '{table.name}' and p."row" is not null and {OPEN}
    and p.severity = 'error' and p.delivery < ?
    group by all having bool_and({is_parent})
), d as (select ?::bigint as number)
select case when contains(q.file, '/') then q.file else h.name || '/' || q.file end as _file,
     q.record as _record, q.line as _line, q.content,
    (select coalesce(max(s._row), -1) from staged.{name(table.name)} s
    where s._delivery = d.number) + row_number() over (order by q.delivery, q."row") as _row
from held h join quarantine.refused q on q.delivery = h.delivery and q."row" = h."row"
    and q."table" = '{table.name}', d
where {parents} and not exists (select 1 from staged.{name(table.name)} s
    where s._delivery = d.number and {key} = h.key)
and not exists (select 1 from quarantine.refused u where u.delivery = q.delivery
    and u.file = q.file and u.record = q.record and u."row" is null)
"""
