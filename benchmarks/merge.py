"""How long one merge takes: changed rows of a correction, and the same batch once more.

Belongs here: seconds and versions of a merge into a table that is there already.
Does not belong here: judging the rows (`benchmarks/check_delivery.py`), whether the history is
right (`tests/warehouse`, `tests/assets/test_random_sequences.py`).
Asked for: 110,000 changed rows into 1,000,000 in at most 3 s, the same again in at most half of
that and without a new version.
Run: PYTHONPATH=. python benchmarks/merge.py [--rows 1000000] [--changed 110000] [--runs 3]
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import polars as pl

from schemas.tables import BY_NAME
from tests.support.rows import valid_row
from tests.support.staging import stage_frames
from warehouse.merge import merge
from warehouse.store import Store
from warehouse.validation.verdict import PROBLEM_SCHEMA, Verdict

TABLE = "cases"
Spent = tuple[float, float]


def main() -> None:
    """Print the seconds of both merges, the median of some runs in fresh stores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--changed", type=int, default=110_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    spent = [_run(asked.rows, asked.changed) for _ in range(asked.runs)]
    print(f"{asked.changed} changed rows into {asked.rows} of {TABLE}, the same batch again:")
    for place, what in enumerate(("seconds", "processor seconds")):
        first, again = (median(run[n][place] for run in spent) for n in (0, 1))
        print(f"{what:<18} {first:.2f}  {again:.2f}  ratio {again / first:.2f}")


def _run(rows: int, changed: int) -> tuple[Spent, Spent]:
    """What the merge and the same batch again took, on a store of so many rows."""
    with tempfile.TemporaryDirectory() as name, Store.open(Path(name) / "w.duckdb") as store:
        frames = {table: pl.DataFrame([valid_row(table)]) for table in ("sites", "patients")}
        frames[TABLE] = _cases(rows, age="30")
        stage_frames(store, frames, number=1)
        for table in frames:
            _merge(store, table)
        batch = {TABLE: _cases(changed, age="31")}
        stage_frames(store, batch, number=2, mode="correction", supersedes="d1")
        first, versions = _merge(store, TABLE), store.count("history", TABLE)
        assert versions == rows + changed
        stage_frames(store, batch, number=3, mode="correction", supersedes="d2")
        again = _merge(store, TABLE)
        assert store.count("history", TABLE) == versions
    return first, again


def _cases(rows: int, *, age: str) -> pl.DataFrame:
    """So many cases; all of one patient, which no merge looks at."""
    frame = pl.DataFrame([valid_row(TABLE, age_years=age)])
    numbered = pl.DataFrame({"n": pl.int_range(rows, eager=True)}).join(frame, how="cross")
    case = pl.format("C{}", pl.col("n"))
    return numbered.with_columns(case_id=case).drop("n")


def _merge(store: Store, table: str) -> Spent:
    """Seconds and processor seconds that one merge takes, with nothing refused."""
    verdict = Verdict(BY_NAME[table], pl.DataFrame(schema=PROBLEM_SCHEMA), {})
    started, used = time.perf_counter(), time.process_time()
    merge(store, verdict)
    return time.perf_counter() - started, time.process_time() - used


if __name__ == "__main__":
    main()
