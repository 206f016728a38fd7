"""The sensor on the landing zone and what stands behind it, by a call, on real instances."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.dead_runs import clear_up, dead_runs, sign_of_life, unfinished_runs
from orchestration.home import make_ready
from orchestration.jobs import refresh_home
from orchestration.schedules import nightly_refresh
from orchestration.sensors import ARRIVALS_TAG, PAUSES, decide, failure_sensor, landing_sensor
from tests.support.deliveries import CASES, a_delivery
from warehouse.arrivals import arrivals
from warehouse.files import held, is_held
from warehouse.home import Home
from warehouse.landing import receive
from warehouse.ledger import Ledger

STATUS = dg.DagsterRunStatus


@dg.op
def nothing() -> None:
    """An op for runs that are only to be there."""


@dg.job
def some_job() -> None:
    """A job for runs that are only to be there."""
    nothing()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home as `imsct init` makes it."""
    made = Home(tmp_path / "home")
    make_ready(made)
    return made


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's own Dagster instance."""
    with dg.DagsterInstance.from_config(str(home.dagster)) as opened:
        yield opened


def tick(home: Home, instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    """What one evaluation of the sensor gives."""
    with dg.build_sensor_context(instance=instance) as context:
        found = landing_sensor(home)(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def a_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    """A run of that status, as another process would have left it."""
    return instance.create_run_for_job(some_job, status=status, tags=tags)


def ended(instance: dg.DagsterInstance, digest: str) -> None:
    """A run for these deliveries that failed just now."""
    run = a_run(instance, STATUS.STARTED, **{ARRIVALS_TAG: digest})
    instance.report_run_failed(run)


@dg.op
def broken() -> None:
    """An op that fails with a text that nobody may read."""
    raise ValueError("Jane Doe")


@dg.job
def broken_job() -> None:
    """A job for a run that fails."""
    broken()


def test_a_failed_run_is_told_to_the_ledger_once_and_without_its_text(
    home: Home, instance: dg.DagsterInstance
) -> None:
    receive(a_delivery(home.landing), home, Ledger.open(home.ledger))
    ran = broken_job.execute_in_process(instance=instance, raise_on_error=False)
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_runs",
        dagster_instance=instance,
        dagster_run=ran.dagster_run,
        dagster_event=ran.get_run_failure_event(),
    ).for_run_failure()
    for _ in range(2):
        failure_sensor(home)(context)
    (event,) = Ledger.open(home.ledger).events("run_failed")
    assert event.payload == {
        "run": ran.run_id,
        "steps": ["broken"],
        "error": "ValueError",
        "waiting": {"1": 4},
    }


def test_nothing_new_is_said_and_the_store_is_not_made(
    home: Home, instance: dg.DagsterInstance
) -> None:
    found = tick(home, instance)
    assert isinstance(found, dg.SkipReason)
    assert found.skip_message == "Nothing new in landing/."
    assert not home.database.exists()


def test_a_folder_that_is_no_home_is_left_alone(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    found = tick(Home(tmp_path / "nowhere"), instance)
    assert isinstance(found, dg.SkipReason)
    assert "is no home" in str(found.skip_message)
    assert not (tmp_path / "nowhere").exists()


def test_a_new_delivery_asks_for_a_run_under_one_key(
    home: Home, instance: dg.DagsterInstance
) -> None:
    a_delivery(home.landing)
    first, again = tick(home, instance), tick(home, instance)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert first.run_key == again.run_key, "Dagster starts one run per key"
    assert landing_sensor(home).job_name == refresh_home.name
    a_delivery(home.landing, delivery="d2", files={"cases.csv": CASES})
    more = tick(home, instance)
    assert isinstance(more, dg.RunRequest)
    assert more.run_key != first.run_key


def test_a_delivery_that_is_not_whole_asks_for_none_and_is_named(
    home: Home, instance: dg.DagsterInstance
) -> None:
    folder = a_delivery(home.landing)
    (folder / "cases.csv").write_bytes(b"case_id")
    found = tick(home, instance)
    assert isinstance(found, dg.SkipReason)
    assert "NORTH/d1 is not as its manifest says (E_SIZE, cases.csv)" in str(found.skip_message)


@pytest.mark.parametrize("status", [STATUS.STARTING, STATUS.STARTED])
def test_while_a_run_is_under_way_no_other_is_asked_for(
    home: Home, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    a_delivery(home.landing)
    run = a_run(instance, status)
    with sign_of_life(home, run.run_id):
        found = tick(home, instance)
    assert isinstance(found, dg.SkipReason)
    assert f"Run {run.run_id[:8]} is not over" in str(found.skip_message)


def test_a_run_that_failed_is_tried_again_later_and_not_for_ever(
    home: Home, instance: dg.DagsterInstance
) -> None:
    a_delivery(home.landing)
    found = arrivals(home, Ledger.open(home.ledger))
    now, keys = time.time(), []
    for attempt, pause in enumerate((0, *PAUSES)):
        now += pause + 1
        asked = decide(found, instance, now=now)
        assert isinstance(asked, dg.RunRequest)
        keys.append(asked.run_key)
        ended(instance, found.digest)
        waiting = decide(found, instance)
        assert isinstance(waiting, dg.SkipReason)
        if attempt < len(PAUSES):
            assert "the next attempt is in" in str(waiting.skip_message)
    assert len(set(keys)) == 1 + len(PAUSES)
    given_up = decide(found, instance, now=now + 1e9)
    assert isinstance(given_up, dg.SkipReason)
    assert "3 runs failed" in str(given_up.skip_message)


def test_a_run_that_failed_after_receiving_is_tried_again_as_well(
    home: Home, instance: dg.DagsterInstance
) -> None:
    ledger = Ledger.open(home.ledger)
    folder = a_delivery(home.landing)
    ended(instance, arrivals(home, ledger).digest)
    receive(folder, home, ledger)
    asked = decide(arrivals(home, ledger), instance, now=time.time() + PAUSES[0] + 1)
    assert isinstance(asked, dg.RunRequest)
    assert str(asked.run_key).endswith("/2")


@pytest.mark.parametrize(
    ("status", "said"), [(STATUS.SUCCESS, "nothing to publish"), (STATUS.CANCELED, "by hand")]
)
def test_a_run_that_ended_otherwise_is_not_repeated(
    home: Home, instance: dg.DagsterInstance, status: dg.DagsterRunStatus, said: str
) -> None:
    a_delivery(home.landing)
    found = arrivals(home, Ledger.open(home.ledger))
    a_run(instance, status, **{ARRIVALS_TAG: found.digest})
    reason = decide(found, instance, now=time.time() + 1e9)
    assert isinstance(reason, dg.SkipReason)
    assert said in str(reason.skip_message)


def test_a_run_whose_process_was_killed_is_ended_by_the_next_tick(
    home: Home, instance: dg.DagsterInstance
) -> None:
    run = a_run(instance, STATUS.STARTED)
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom orchestration.dead_runs import *\n"
        "from warehouse.home import Home\n"
        "with sign_of_life(Home(Path(sys.argv[1])), sys.argv[2]):\n"
        "    print('alive', flush=True)\n    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home.path), run.run_id],
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "alive\n"
        clear_up(instance, home)
        assert [r.run_id for r in unfinished_runs(instance)] == [run.run_id], "it is alive"
        worker.kill()
        worker.wait()
        assert [r.run_id for r in dead_runs(instance, home)] == [run.run_id]
    tick(home, instance)
    assert unfinished_runs(instance) == []
    assert not list((home.dagster / "alive").iterdir())


def test_a_run_that_has_just_begun_is_granted_a_moment(
    home: Home, instance: dg.DagsterInstance
) -> None:
    run = a_run(instance, STATUS.STARTING)
    instance.report_dagster_event(
        dg.DagsterEvent(event_type_value="PIPELINE_START", job_name=run.job_name), run.run_id
    )
    (record,) = instance.get_run_records(dg.RunsFilter(run_ids=[run.run_id]))
    assert record.start_time is not None
    assert dead_runs(instance, home) == []


def test_a_sign_of_life_ends_with_its_block(tmp_path: Path) -> None:
    path = tmp_path / "sign"
    assert not is_held(path)
    with held(path):
        assert is_held(path)
    assert not path.exists()
    path.touch()
    assert not is_held(path), "a file that nobody holds is a dead man's"


def test_the_night_runs_the_whole_line_by_itself(instance: dg.DagsterInstance) -> None:
    night = datetime(2026, 3, 29, 2, 0, tzinfo=UTC)  # 02:00 local time does not exist in Europe
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=night)
    asked = nightly_refresh.evaluate_tick(context).run_requests or []
    assert [request.asset_selection for request in asked] == [None], "one run, of everything"
    assert nightly_refresh.job_name == refresh_home.name
    assert nightly_refresh.default_status == dg.DefaultScheduleStatus.RUNNING


def test_dagster_reads_the_settings_as_they_are_meant(instance: dg.DagsterInstance) -> None:
    concurrency = instance.get_concurrency_config()
    assert concurrency.run_queue_config is not None
    assert concurrency.run_queue_config.max_concurrent_runs == 1
    assert concurrency.pool_config.default_pool_limit == 1
    assert instance.telemetry_enabled is False
    assert instance.nux_enabled is False
    assert instance.run_monitoring_enabled is True
