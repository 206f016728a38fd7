"""What Dagster shows: keys, dependencies, groups, checks, pools, jobs and what starts them."""

import subprocess
import sys
from pathlib import Path

import dagster as dg

from orchestration.definitions import build_definitions
from warehouse.home import Home

PICTURE = Path(__file__).parent.parent / "golden" / "definitions.txt"


def picture(definitions: dg.Definitions) -> str:
    """One line per asset (group, key, what it needs, checks, pool), then jobs and their starts."""
    graph = definitions.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        needs = " ".join(sorted(parent.to_user_string() for parent in node.parent_keys))
        checks = " ".join(sorted(check.name for check in node.check_keys))
        pools = " ".join(sorted(node.pools or ()))
        line = f"{node.group_name}: {key.to_user_string()} <- {needs} | {checks} | {pools}"
        lines.append(line.rstrip())
    repository = definitions.get_repository_def()
    assets = len(graph.get_all_asset_keys())
    for job in sorted(name for name in repository.job_names if not name.startswith("__")):
        selected = definitions.resolve_job_def(job).asset_layer.executable_asset_keys
        lines.append(f"job: {job} | {len(selected)} of {assets} assets")
    for schedule in repository.schedule_defs:
        when = f"{schedule.cron_schedule} {schedule.execution_timezone}"
        lines.append(
            f"schedule: {schedule.name} -> {schedule.job_name} | {when} | "
            f"{schedule.default_status.value}"
        )
    for sensor in repository.sensor_defs:
        is_of_runs = isinstance(sensor, dg.RunStatusSensorDefinition)
        lines.append(
            f"sensor: {sensor.name} -> {'the ledger' if is_of_runs else sensor.job_name} | every "
            f"{sensor.minimum_interval_seconds} s | {sensor.default_status.value}"
        )
    return "\n".join(lines) + "\n"


def test_the_line_is_the_one_that_was_drawn(tmp_path: Path) -> None:
    found = picture(build_definitions(Home(tmp_path)))
    assert len(found.splitlines()) < 200
    assert found == PICTURE.read_text(), "write it again with: make golden"


def test_every_asset_and_check_is_described(tmp_path: Path) -> None:
    graph = build_definitions(Home(tmp_path)).resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        assert graph.get(key).description, key
    for check in graph.asset_check_keys:
        assert graph.get_check_spec(check).description, check


def test_nothing_is_opened_or_made_by_looking(tmp_path: Path) -> None:
    build_definitions(Home(tmp_path / "home"))
    assert list(tmp_path.iterdir()) == []


def test_the_definitions_load_without_what_only_a_step_needs() -> None:
    """A daemon loads them anew every minute; these packages take longer than all of Dagster."""
    heavy = ("sklearn", "scipy", "matplotlib", "great_expectations")
    code = (
        "import sys, orchestration.definitions;"
        f" print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
