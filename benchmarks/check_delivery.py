"""`imsct check` on a delivery with one wide table of many rows.

Belongs here: making the delivery, seconds after start-up, seconds of the whole command.
Does not belong here: whether the verdict is right (`tests/faults`).
Measured at 50,000 rows (4.9 million cells, 13,462 problems): 14.1 processor seconds on two busy
cores, of the 5 that were asked for.
Run: PYTHONPATH=. python benchmarks/check_delivery.py [--rows 50000] [--broken]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from analyses.simulation.registry import simulate_registry
from assets.checking import check_folder

WIDE = "imaging_reads"


def main() -> None:
    """Print the seconds of the check by itself and of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--broken", action="store_true", help="nearly every row is refused")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_delivery(folder, asked.rows, is_broken=asked.broken)
        started, used = time.perf_counter(), _processors()
        checked = check_folder(folder, profile="imsct")
        print(f"{checked.received} records, {len(checked.problems)} problems")
        spent = _processors() - used
        print(f"check: {time.perf_counter() - started:.2f} s, processors {spent:.2f} s")
        started = time.perf_counter()
        command = "from orchestration.cli import main; main()"
        subprocess.run(
            [sys.executable, "-c", command, "check", name, "--profile", "imsct", "--json"],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        print(f"the whole command: {time.perf_counter() - started:.2f} s")


def make_delivery(folder: Path, rows: int, *, is_broken: bool) -> None:
    """One site's registry: its reads cut at `rows`, beside every row that they hang on.

    One read in a hundred has a code that there is not; with `is_broken` the surgeries are left out,
    so that most cases lose their index event and all that hangs on them is refused.
    """
    site = next(iter(simulate_registry(cases=rows // 2, sites=1, seed=1).values()))
    reads = site[WIDE].head(rows)
    studies = site["imaging_studies"].join(reads.select("study_id"), on="study_id", how="semi")
    cases = site["cases"].join(studies.select("case_id"), on="case_id", how="semi")
    spoilt = pl.int_range(pl.len()) % 100 == 0
    # The simulated sites call a cap sign absent where no sequence could show it (R026).
    signs = pl.col("cap_sign").replace("absent", "not_reported")
    frames = {
        "sites": site["sites"],
        "patients": site["patients"].join(cases.select("patient_id"), on="patient_id", how="semi"),
        "cases": cases,
        "imaging_studies": studies,
        WIDE: reads
        if is_broken
        else reads.with_columns(
            cap_sign=signs,
            margin=pl.when(spoilt).then(pl.lit("blurred")).otherwise(pl.col("margin")),
        ),
        **{
            table: site[table].join(cases.select("case_id"), on="case_id", how="semi")
            for table in (() if is_broken else ("surgeries", "pathology"))
        },
    }
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
