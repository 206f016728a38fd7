"""CPU seconds per step of Dagster's in-process and multiprocess executors, and who gets the file.

Belongs here: steps that do next to nothing, so that only the executor is measured.
Does not belong here: the steps of the line.
Run: python benchmarks/decisions/executors.py
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
from _setting import say_setting

STEPS = 4
HELD = 3.0  # seconds, longer than a process takes to start


def make_job(*, writes: bool) -> dg.JobDefinition:
    """Independent steps that do nothing, or that each write one DuckDB file for a while."""

    def step(name: str) -> dg.OpDefinition:
        @dg.op(name=name)
        def write() -> None:
            if writes:
                with duckdb.connect(os.environ["BENCH_FILE"]) as con:
                    con.execute("create or replace table t as select 1 as v")
                    time.sleep(HELD)

        return write

    @dg.job(name="writing" if writes else "idle")
    def steps() -> None:
        for place in range(STEPS):
            step(f"step_{place}")()

    return steps


def idle() -> dg.JobDefinition:
    """Steps that do nothing."""
    return make_job(writes=False)


def writing() -> dg.JobDefinition:
    """Steps that write the same file."""
    return make_job(writes=True)


def cpu() -> float:
    """CPU seconds of this process and its ended children."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))


def run(
    job: Callable[[], dg.JobDefinition], instance: dg.DagsterInstance, executor: str
) -> tuple[float, int]:
    """CPU seconds of one run, and how many of its steps failed."""
    before = cpu()
    config: dict[str, object] = {"execution": {"config": {executor: {}}}}
    with dg.execute_job(dg.reconstructable(job), instance=instance, run_config=config) as done:
        failed = sum(event.is_step_failure for event in done.all_events)
    return cpu() - before, failed


def main() -> None:
    """Print CPU seconds per step and the steps that were refused the file."""
    say_setting("dagster", "duckdb")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCH_FILE"] = str(Path(folder) / "w.duckdb")
        with dg.DagsterInstance.local_temp(folder) as instance:
            alone, _ = run(idle, instance, "in_process")
            apart, _ = run(idle, instance, "multiprocess")
            print(
                f"{STEPS} steps that do nothing: in process {alone / STEPS:.2f} CPU s per step, "
                f"multiprocess {apart / STEPS:.2f}"
            )
            before = cpu()
            subprocess.run([sys.executable, "-c", "import orchestration.definitions"], check=True)
            print(f"a process that imports this project's definitions: {cpu() - before:.2f} CPU s")
            for executor in ("in_process", "multiprocess"):
                _, failed = run(writing, instance, executor)
                print(f"{STEPS} steps that write one file, {executor}: {failed} failed")


if __name__ == "__main__":
    main()
