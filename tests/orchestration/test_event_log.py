"""Dagster's record of a run is the one that Dagster's own storage reads, on fewer open files."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.event_log import EventLog, dagster_instance
from orchestration.home import make_ready
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home as `imsct init` makes it."""
    made = Home(tmp_path / "home")
    make_ready(made)
    return made


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="counted")])
def counted() -> Iterator[dg.MaterializeResult[None]]:
    found = dg.AssetCheckResult(passed=False)
    yield dg.MaterializeResult(metadata={"rows": 7}, check_results=[found])


def read_by_dagster_itself(home: Home) -> tuple[int, bool, list[str]]:
    """Rows of the last materialisation, the check's result, the states of all runs."""
    key = dg.AssetKey("counted")
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        event = instance.get_latest_materialization_event(key)
        assert event is not None
        assert event.asset_materialization is not None
        rows = event.asset_materialization.metadata["rows"].value
        runs = [run.status.value for run in instance.get_runs()]
        log = instance.all_logs(instance.get_runs()[0].run_id)
        checks = [
            entry.dagster_event.asset_check_evaluation_data.passed
            for entry in log
            if entry.dagster_event
            and entry.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
        ]
    assert isinstance(rows, int)
    return rows, checks == [False], runs


def test_dagsters_own_storage_reads_it_during_and_after_the_run(home: Home) -> None:
    with dagster_instance(home) as instance:
        assert type(instance.event_log_storage) is EventLog
        assert dg.materialize([counted], instance=instance).success
        assert read_by_dagster_itself(home) == (7, True, ["SUCCESS"])
        assert dg.materialize([counted], instance=instance).success
    assert read_by_dagster_itself(home) == (7, True, ["SUCCESS", "SUCCESS"])
    # nothing is left in a log beside a file that no process holds any more
    assert not list(home.dagster.rglob("*.db-wal"))


def test_a_storage_that_the_settings_name_is_used_as_it_is(home: Home) -> None:
    settings = home.dagster / "dagster.yaml"
    where = home.dagster / "elsewhere"
    settings.write_text(f"{settings.read_text()}\nstorage:\n  sqlite:\n    base_dir: {where}\n")
    with dagster_instance(home) as instance:
        assert not isinstance(instance.event_log_storage, EventLog)
        assert dg.materialize([counted], instance=instance).success
    assert read_by_dagster_itself(home) == (7, True, ["SUCCESS"])
    assert not (home.dagster / "history" / "runs").exists()
