"""Several processes that write one database are refused before anything is opened."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import build_definitions
from orchestration.home import make_ready
from orchestration.jobs import refresh_home
from orchestration.one_writer import require_one_writer
from orchestration.resources import line_resource
from schemas.errors import StorageError
from tests.support.command import imsct
from tests.support.folders import fingerprint
from warehouse.home import Home

SEVERAL = {
    "executor": "\nexecutor:\n  multiprocess: {max_concurrent: 4}\n",
    "execution": "\nexecution:\n  config: {multiprocess: {max_concurrent: 2}}\n",
    "launcher": "\nrun_launcher: {module: x, class: L, config: {on: multiprocess}}\n",
    "coordinator": "\nrun_coordinator: {module: dagster, class: DefaultRunCoordinator}\n",
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home as `imsct init` makes it."""
    made = Home(tmp_path / "home")
    make_ready(made)
    return made


@pytest.mark.parametrize("asked", [*SEVERAL.values(), "runs", "steps"], ids=[*SEVERAL, "r", "s"])
def test_a_home_whose_settings_ask_for_it_is_refused_at_the_start(home: Home, asked: str) -> None:
    settings = home.dagster / "dagster.yaml"
    text = settings.read_text()
    if asked == "runs":
        text = text.replace("max_concurrent_runs: 1", "max_concurrent_runs: 2")
    elif asked == "steps":
        text = text.replace("default_limit: 1", "default_limit: 4")
    else:
        text += asked
    settings.write_text(text)
    before = fingerprint(home.path)
    for command in ("materialize", "doctor"):
        ran = imsct(command, "--home", home.path)
        assert ran.exit == 3
        assert "the database takes one writer" in ran.out + ran.err
        assert "mend it" in ran.out + ran.err
        assert "Traceback" not in ran.err
    assert fingerprint(home.path) == before
    with pytest.raises(StorageError, match="the database takes one writer"):
        build_definitions(home)  # what the daemon loads


def test_settings_that_are_none_are_refused(home: Home) -> None:
    (home.dagster / "dagster.yaml").write_text("- 1\n")
    ran = imsct("materialize", "--home", home.path)
    assert ran.exit == 3
    assert "dagster.yaml cannot be read" in ran.err


def test_an_executor_of_several_processes_is_refused(home: Home) -> None:
    job = dg.define_asset_job("side_by_side", executor_def=dg.multiprocess_executor)
    for made in (
        dg.Definitions(jobs=[refresh_home], executor=dg.multiprocess_executor),
        dg.Definitions(jobs=[refresh_home]),
        dg.Definitions(jobs=[job], executor=dg.in_process_executor),
    ):
        with pytest.raises(StorageError, match="Use in_process_executor"):
            require_one_writer(home, made)


def test_a_run_cannot_ask_for_several_processes(home: Home) -> None:
    job = build_definitions(home).resolve_job_def("refresh_home")
    for asked in ({"multiprocess": {}}, {"max_concurrent": 2}):
        with pytest.raises(dg.DagsterInvalidConfigError):
            dg.validate_run_config(job, {"execution": {"config": asked}})
    dg.validate_run_config(job, {})


@dg.op(required_resource_keys={"line"})
def writes() -> None:
    """Any step that needs the store."""


def side_by_side() -> dg.JobDefinition:
    """A job of somebody who knew nothing of the rule."""
    home = dg.EnvVar("IMSCT_HOME").get_value()
    assert home is not None

    line = line_resource(Home(Path(home)))

    @dg.job(executor_def=dg.multiprocess_executor, resource_defs={"line": line})
    def two() -> None:
        writes()
        writes.alias("again")()

    return two


def test_a_process_for_one_step_does_not_open_the_store(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMSCT_HOME", str(home.path))
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        ran = dg.execute_job(dg.reconstructable(side_by_side), instance=instance)
        failed = [e.event_specific_data.error for e in ran.all_events if e.is_step_failure]
    assert not ran.success
    assert len(failed) == 2
    for error in failed:
        assert "its executor runs every step in a process of its own" in str(error)
    assert not home.database.exists()
