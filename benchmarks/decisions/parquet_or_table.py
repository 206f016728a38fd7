"""A wide feature table as Parquet, as a DuckDB table and as a bare array: write and read.

Belongs here: CPU seconds of one run beside each other, so that only their ratios matter.
Does not belong here: reading the feature tables of a home.
Run: python benchmarks/decisions/parquet_or_table.py [ROWS [RUNS]]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from _setting import say_setting

ROWS, TIMES = (*map(int, sys.argv[1:]), *(20_000, 2)[len(sys.argv) - 1 :])
COLUMNS = 1_000


def spent(do: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of the fastest of a few runs."""
    runs = []
    for _ in range(TIMES):
        cpu, wall = time.process_time(), time.perf_counter()
        do()
        runs.append((time.process_time() - cpu, time.perf_counter() - wall))
    return min(cpu for cpu, _ in runs), min(wall for _, wall in runs)


def main() -> None:
    """Print seconds and ratios for each way."""
    say_setting("duckdb", "polars", "numpy")
    values = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
    frame = pl.DataFrame(values, schema=[f"f{i}" for i in range(COLUMNS)])
    print(f"{ROWS} rows, {COLUMNS} columns of float64, {values.nbytes / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        array, parquet, base = (Path(folder) / n for n in ("a.npy", "a.parquet", "a.duckdb"))
        arrow = frame.to_arrow()

        def write_table() -> None:
            base.unlink(missing_ok=True)
            with duckdb.connect(str(base)) as con:
                con.execute("set threads = 2")
                con.register("given", arrow)
                con.execute("create table t as from given")

        def read_table() -> None:
            with duckdb.connect(str(base), read_only=True) as con:
                con.execute("set threads = 2")
                pl.DataFrame(con.execute("from t").to_arrow_table()).to_numpy()

        ways: dict[str, tuple[Callable[[], object], Callable[[], object], Path]] = {
            "npy": (lambda: np.save(array, values), lambda: np.load(array), array),
            "Parquet": (
                lambda: frame.write_parquet(parquet),
                lambda: pl.read_parquet(parquet).to_numpy(),
                parquet,
            ),
            "DuckDB": (write_table, read_table, base),
        }
        for name, (write, read, path) in ways.items():
            (wc, ww), (rc, rw) = spent(write), spent(read)
            print(
                f"{name:8} write {wc:.2f} CPU s, {ww:.2f} s; read into numpy {rc:.2f} CPU s, "
                f"{rw:.2f} s; {path.stat().st_size / 1e6:.0f} MB"
            )


if __name__ == "__main__":
    main()
