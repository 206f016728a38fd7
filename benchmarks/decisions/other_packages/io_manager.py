"""The IO manager of dagster-duckdb-polars beside what our store promises.

Belongs here: columns in another order, an insert that fails, two DuckDB versions.
Does not belong here: our own store (`tests/warehouse`).
Run: python benchmarks/decisions/other_packages/io_manager.py
"""

import tempfile
from pathlib import Path

from rooms import ask, room

#: A table is written, then written again with the second frame; what stands in it afterwards?
TWICE = """
import logging, sys, dagster as dg, polars as pl
from dagster_duckdb_polars import DuckDBPolarsIOManager
logging.disable()
frames = {
    "same": [pl.DataFrame({"a": ["A"], "b": ["B"]})] * 2,
    "order": [pl.DataFrame({"a": ["A"], "b": ["B"]}), pl.DataFrame({"b": ["B"], "a": ["A"]})],
    "fails": [pl.DataFrame({"a": ["A"]}), pl.DataFrame({"a": ["A"], "b": ["B"]})],
    "read": [pl.DataFrame({"a": ["A"]})],
}[sys.argv[2]]
ended = []
for frame in frames:
    @dg.asset(name="t", key_prefix=["core"])
    def given() -> pl.DataFrame:
        return frame
    @dg.asset(ins={"t": dg.AssetIn(key=["core", "t"])})
    def reader(t: pl.DataFrame) -> None:
        assert t.height == 1
    assets = [given, reader] if sys.argv[2] == "read" else [given]
    manager = DuckDBPolarsIOManager(database=sys.argv[1])
    done = dg.materialize(assets, resources={"io_manager": manager}, raise_on_error=False)
    ended.append("done" if done.success else "failed")
print(", ".join(ended))
"""
LEFT = """
import duckdb, sys
found = duckdb.connect(sys.argv[1]).sql("from core.t")
print([dict(zip(found.columns, row)) for row in found.fetchall()])
"""
KINDS = {
    "same": "the same frame twice",
    "order": "the columns in another order",
    "fails": "a second frame that does not fit",
    "read": "written, then read by the next asset",
}


def main() -> None:
    """Print what stands in the table after each second write."""
    for version in ("1.5.5", "2.0.0"):
        with (
            room("dagster-duckdb-polars==0.29.27", "polars==2.1.0", f"duckdb=={version}") as python,
            tempfile.TemporaryDirectory() as folder,
        ):
            for kind, said in KINDS.items():
                path = str(Path(folder) / f"{kind}.duckdb")
                ended, left = ask(python, TWICE, path, kind), ask(python, LEFT, path)
                print(f"duckdb {version}, {said}: {ended}; in the table: {left}")


if __name__ == "__main__":
    main()
