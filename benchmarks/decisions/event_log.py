"""How long Dagster's record of a run takes: its own storage against the one that stays open.

Belongs here: a run of one asset with as many checks as a delivery has, interleaved, both storages.
Does not belong here: the storage (`orchestration.event_log`).
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import dagster as dg

from orchestration.event_log import dagster_instance
from orchestration.home import make_ready
from warehouse.home import Home

CHECKS = 180
RUNS = 5


def checked() -> dg.AssetsDefinition:
    """One asset that does nothing, with its checks."""
    names = [f"check_{n}" for n in range(CHECKS)]

    @dg.asset(check_specs=[dg.AssetCheckSpec(name, asset="checked") for name in names])
    def checked() -> Iterator[dg.MaterializeResult[None]]:
        results = [dg.AssetCheckResult(passed=True, check_name=name) for name in names]
        yield dg.MaterializeResult(check_results=results)

    return checked


def timed(instance: AbstractContextManager[dg.DagsterInstance]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    wall, cpu = time.perf_counter(), time.process_time()
    with instance as opened:
        assert dg.materialize([checked()], instance=opened).success
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Print medians and their ratios."""
    folder = Path(tempfile.mkdtemp())
    homes = {name: Home(folder / name) for name in ("dagster's own", "kept open")}
    for home in homes.values():
        make_ready(home)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in homes}
    for _ in range(RUNS + 1):
        own, kept = homes.values()
        times["dagster's own"].append(timed(dg.DagsterInstance.from_config(str(own.dagster))))
        times["kept open"].append(timed(dagster_instance(kept)))
    medians = {}
    for name, found in times.items():
        walls, cpus = zip(*found[1:], strict=True)  # the first one imports
        medians[name] = statistics.median(walls), statistics.median(cpus)
        print(f"{name:14} wall {medians[name][0]:6.2f} s   processor {medians[name][1]:6.2f} s")
    own_wall, own_cpu = medians["dagster's own"]
    kept_wall, kept_cpu = medians["kept open"]
    print(
        f"ratio          wall {own_wall / kept_wall:6.2f}     processor {own_cpu / kept_cpu:6.2f}"
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
