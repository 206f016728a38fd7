"""`imsct check` on one site's delivery of many cases: seconds after start-up, and of the command.

Belongs here: making the delivery, measuring the check of it.
Does not belong here: whether the verdict is right (`tests/faults`).
Two shapes: `cases`, a case and its patient and surgery, 67 columns together, every case with a
warning; `reads`, the widest table with all that it hangs on. One row in a hundred is refused.
Run: PYTHONPATH=. python benchmarks/check_delivery.py [--rows 50000] [--shape reads] [--runs 5]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from analyses.simulation.registry import simulate_registry
from assets.checking import check_folder

SHAPES = {
    "cases": ("patients", "cases", "surgeries"),
    "reads": ("patients", "cases", "surgeries", "pathology", "imaging_studies", "imaging_reads"),
}


def main() -> None:
    """Print the seconds of the check by itself, and of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="cases")
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_delivery(folder, asked.rows, SHAPES[asked.shape])
        check_folder(folder, profile="imsct")  # imports, and files in the cache of the system
        for _ in range(asked.runs):
            started, used = time.perf_counter(), _processors()
            checked = check_folder(folder, profile="imsct")
            seconds, spent = time.perf_counter() - started, _processors() - used
            print(
                f"check: {seconds:.2f} s, processors {spent:.2f} s, {checked.received} records, "
                f"{checked.quarantined} refused, {len(checked.problems)} problems"
            )
        started = time.perf_counter()
        command = "from orchestration.cli import main; main()"
        subprocess.run(
            [sys.executable, "-c", command, "check", name, "--profile", "imsct", "--json"],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        print(f"the whole command: {time.perf_counter() - started:.2f} s")


def make_delivery(folder: Path, rows: int, tables: Sequence[str]) -> None:
    """One site's registry with `rows` cases, or with `rows` reads and the rows they hang on."""
    cases = rows if "imaging_reads" not in tables else rows // 2
    site = next(iter(simulate_registry(cases=cases, sites=1, seed=1).values()))
    frames = {table: site[table] for table in ("sites", *tables)}
    if "imaging_reads" in tables:
        frames["imaging_reads"] = site["imaging_reads"].head(rows)
        for table, child, key in (
            ("imaging_studies", "imaging_reads", "study_id"),
            ("cases", "imaging_studies", "case_id"),
            ("patients", "cases", "patient_id"),
            ("surgeries", "cases", "case_id"),
            ("pathology", "cases", "case_id"),
        ):
            frames[table] = frames[table].join(frames[child].select(key), on=key, how="semi")
    column = "margin" if "imaging_reads" in tables else "extent_of_resection"
    last = frames[tables[-1]]
    is_spoilt = pl.int_range(pl.len()) % 100 == 0
    spoilt = pl.when(is_spoilt).then(pl.lit("blurred")).otherwise(column).alias(column)
    frames[tables[-1]] = last.with_columns(spoilt)
    for table, frame in frames.items():
        frame.write_csv(folder / f"{table}.csv")
        print(f"{table}: {frame.height} rows, {frame.width} columns")
    print(f"{sum(frame.height * frame.width for frame in frames.values())} cells")


def _processors() -> float:
    """Processor seconds of this process and of those it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
