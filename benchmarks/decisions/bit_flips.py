"""What a flipped bit and a deleted write-ahead log do to files that nobody hashes.

Belongs here: how many changes pass without a word. Does not belong here: our own verification
(`tests/warehouse/test_verification.py`).
Run: python benchmarks/decisions/bit_flips.py
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from _setting import say_setting

FLIPS = 200


def by_polars(path: Path) -> pl.DataFrame:
    """A Parquet file as polars reads it."""
    return pl.read_parquet(path, memory_map=False)


def by_duckdb(path: Path) -> pl.DataFrame:
    """A Parquet file as DuckDB reads it."""
    return pl.DataFrame(duckdb.sql(f"from '{path}'").to_arrow_table())


def flipped(path: Path, read: Callable[[Path], pl.DataFrame], true: pl.DataFrame) -> Counter[str]:
    """Outcomes of single-bit flips at random places of a file."""
    good, rng = path.read_bytes(), np.random.default_rng(1)
    found: Counter[str] = Counter()
    for place in rng.integers(0, 8 * len(good), FLIPS):
        data = bytearray(good)
        data[place // 8] ^= 1 << int(place % 8)
        path.write_bytes(data)
        found["other sha256"] += sha256(data).digest() != sha256(good).digest()
        try:
            found["same values" if read(path).equals(true) else "silently wrong"] += 1
        except BaseException as error:  # polars panics with a BaseException
            if isinstance(error, KeyboardInterrupt):
                raise
            found["error"] += 1
    return found


def lost_log(folder: Path) -> str:
    """Rows before and after the log of a killed writer was deleted."""
    path = folder / "w.duckdb"
    code = (
        "import duckdb, os, sys\n"
        "con = duckdb.connect(sys.argv[1])\n"
        "con.execute('create table t as select 1 as v'); con.execute('checkpoint')\n"
        "con.execute('insert into t from range(999)')\n"
        "print(con.execute('select count(*) from t').fetchone()[0], flush=True)\n"
        "os._exit(0)"
    )
    before = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    ).stdout.strip()
    path.with_name("w.duckdb.wal").unlink()
    with duckdb.connect(str(path)) as con:
        after = con.execute("select count(*) from t").fetchone()
    assert after is not None
    return f"{before} rows committed, {after[0]} after the log was deleted, no error"


def main() -> None:
    """Print the outcomes for two pairs of writer and reader, and the lost rows."""
    say_setting("duckdb", "polars")
    values = np.random.default_rng(0).normal(size=(1_000, 50))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        for kind, numbers in (("all digits", values), ("two decimals", values.round(2))):
            frame = pl.DataFrame(numbers, schema=[f"f{i}" for i in range(50)])
            frame.write_parquet(path)
            found = flipped(path, by_polars, frame)
            print(f"{FLIPS} flips, {kind}, polars: {dict(sorted(found.items()))}")
            duckdb.from_arrow(frame.to_arrow()).write_parquet(str(path))
            found = flipped(path, by_duckdb, frame)
            print(f"{FLIPS} flips, {kind}, DuckDB: {dict(sorted(found.items()))}")
        print(lost_log(Path(folder)))


if __name__ == "__main__":
    main()
