"""Official counts: how many rows broke each check, as two programs counted them, kept by set.

Belongs here: writing them beside the verdict, reading them back for the page.
Does not belong here: counting (`warehouse.validation`), the page (`analyses.report.counts`).
A set is the deliveries that were judged together; it is named by the last of them in the ledger.
"""

import polars as pl

from schemas.catalogue import checks_of
from warehouse.sql import name
from warehouse.store import Store
from warehouse.validation.verdict import Verdict

_KEPT = {
    "table": pl.String,
    "rule": pl.String,
    "column": pl.String,
    "sentence": pl.String,
    "severity": pl.String,
    "sql_pass": pl.Int64,
    "great_expectations": pl.Int64,
}


def keep_counts(store: Store, verdict: Verdict) -> None:
    """Keep the counts of one table in place of earlier ones of the same set.

    Where nothing is staged, or nothing was counted a second time, what was kept stays.
    """
    table = verdict.table.name
    found = store.rows("select distinct _delivery from staged.records order by 1")
    deliveries = [int(str(number)) for (number,) in found]
    if verdict.official is None or not deliveries:
        return
    rows = [
        (
            *(table, check.rule, check.column, check.sentence, check.severity),
            verdict.counts[check.name],
            verdict.official[check.name],
        )
        for check in checks_of(table)
    ]
    ((height,),) = store.rows(f"select count(*) from staged.{name(table)}")
    counts = pl.DataFrame(rows, schema=_KEPT, orient="row").with_columns(
        pl.lit(deliveries[-1], pl.Int64).alias("set"),
        pl.lit(deliveries, pl.List(pl.Int64)).alias("deliveries"),
        pl.lit(height, pl.Int64).alias("rows"),
    )
    store.con.execute(
        'delete from quarantine.official_counts where "set" = ? and "table" = ?',
        [deliveries[-1], table],
    )
    store.append("quarantine", "official_counts", counts)


def forget_counts(store: Store, delivery: int) -> None:
    """Forget the sets all of whose deliveries are judged anew: this one and those after it.

    A set that holds earlier ones too stays: it is the count under which those were taken in.
    """
    store.con.execute(
        "delete from quarantine.official_counts where list_min(deliveries) >= ?", [delivery]
    )


def official_counts(store: Store) -> pl.DataFrame:
    """Every count that is kept, newest set first, tables and checks in no particular order."""
    return store.frame(
        'select "set", deliveries, "table", rows, rule, "column", sentence, severity, sql_pass,'
        ' great_expectations from quarantine.official_counts order by "set" desc, "table", rule,'
        ' "column", severity'
    )
