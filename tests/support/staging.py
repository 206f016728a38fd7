"""Staging without files: frames of one delivery put straight into a store."""

from collections.abc import Collection, Mapping

import polars as pl

from schemas.tables import BY_NAME, TABLES
from warehouse.merge import merge
from warehouse.staging import clear_staged, stage
from warehouse.store import Store
from warehouse.validation.suite import OfficialCount
from warehouse.validation.verdict import Verdict, validate


def stage_frames(
    store: Store,
    delivery: Mapping[str, pl.DataFrame],
    *,
    number: int = 1,
    site: str = "SITE_A",
    mode: str = "full",
    supersedes: str | None = None,
    beside: bool = False,
) -> None:
    """Stage the frames as delivery `number` of a site; line 2 is the first row.

    `beside` what is staged already, else in its place.
    """
    if not beside:
        clear_staged(store)
    store.con.execute(
        "insert into received.deliveries values (?, ?, ?, ?, 'imsct', 'simulated', ?, '1',"
        " 'received', null, null, null, ?, null)",
        [number, site, f"d{number}", f"content {number}", mode, supersedes],
    )
    for name, rows in delivery.items():
        file = f"{name}.csv"
        store.con.execute(
            "insert into received.files values (?, ?, 'sha', 1, ?, null, null, null)",
            [number, file, rows.height],
        )
        store.con.execute(
            "insert into staged.records values (?, ?, ?, ?, false, ?)",
            [number, file, rows.height, rows.height, [name]],
        )
        count = pl.int_range(rows.height, dtype=pl.Int64)
        placed = rows.with_columns(
            _delivery=pl.lit(number, pl.Int64),
            _row=count,
            _file=pl.lit(file),
            _record=count + 1,
            _line=count + 2,
        )
        stage(store, BY_NAME[name], placed)


def judge(store: Store, *, counted_twice: Collection[str] = ()) -> dict[str, Verdict]:
    """Validate and merge every table in order; those named are counted twice."""
    official = OfficialCount(store) if counted_twice else None
    verdicts = {}
    for table in TABLES:
        counted = official if table.name in counted_twice else None
        verdicts[table.name] = validate(store, table, official=counted)
        merge(store, verdicts[table.name])
    return verdicts
