"""The validation pass beside Great Expectations on pandas and one DuckDB pass written by hand.

Belongs here: taking turns, medians, memory, and whether all three name the same failing keys.
Does not belong here: the data (`table`), the three ways (`ways`).
What was measured, missed bars included: docs/decisions/validation-speed.md.
Run: PYTHONPATH=. python benchmarks/validation/against_gx.py [--rows 1000000] [--runs 5]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from table import CHECKS, TABLE, make_store

_WAYS = ("ours", "hand", "gx")


def main() -> None:
    """Print the seconds of every run, the medians and their ratios; processors beside the clock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--without-gx", action="store_true")
    parser.add_argument("--broken", action="store_true", help="two rows in five break a rule")
    asked = parser.parse_args()
    ways = _WAYS[:2] if asked.without_gx else _WAYS
    print(f"{TABLE.name}: {asked.rows} rows, {len(TABLE.names)} columns, {len(CHECKS)} checks")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "w.duckdb"
        make_store(store, asked.rows, is_broken=asked.broken)
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        for turn in range(1, asked.runs + 1):
            for way in ways:
                runs[way].append(_run(way, store, Path(folder) / way))
                said = "  turn {} of {}, {:<5}{seconds:8.2f} s, processors {cpu:8.2f} s"
                # a turn takes minutes at a million rows, and a pipe would hold the line back
                print(said.format(turn, asked.runs, way, **runs[way][-1]), flush=True)
        for way in ways:
            peak = max(run["gib"] for run in runs[way])
            print(f"{way:<5} peak {peak:.2f} GiB")
        for kind in ("seconds", "cpu"):
            median = {way: statistics.median(run[kind] for run in runs[way]) for way in ways}
            print(kind, ", ".join(f"{way} {median[way]:.2f}" for way in ways))
            for way in ways[1:]:
                print(f"  ours takes {median['ours'] / median[way]:.3f} of {way}")
        _compare(Path(folder), ways)


def _run(way: str, store: Path, out: Path) -> dict[str, float]:
    """One way in a fresh process."""
    script = Path(__file__).with_name("ways.py")
    subprocess.run([sys.executable, str(script), way, str(store), str(out)], check=True)
    found: dict[str, float] = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def _compare(folder: Path, ways: tuple[str, ...]) -> None:
    """Demand the same failing keys of every check from all ways."""
    found = {way: pl.read_parquet(folder / f"{way}.parquet") for way in ways}
    for way in ways[1:]:
        missed = found[way].join(found["ours"], on=["check", "keys"], how="anti").height
        more = found["ours"].join(found[way], on=["check", "keys"], how="anti").height
        print(
            f"failing (key, check): ours {found['ours'].height}, {way} {found[way].height};"
            f" missed by ours {missed}, by {way} {more}"
        )
        if missed or more:
            sys.exit("the ways disagree")


if __name__ == "__main__":
    main()
