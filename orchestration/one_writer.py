"""One writer: whatever would let two processes write the one database is refused at the start.

Belongs here: Dagster's settings of a home, the executors of definitions, the processes of a run.
Does not belong here: the lock of the database (`warehouse.connecting`), waiting for it
(`orchestration.resources`).
Why: of four steps that each hold the file, two failed on its lock (docs/decisions/one-writer.md).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import yaml

from schemas.errors import StorageError
from warehouse.home import Home

REASON = "the database takes one writer"
#: Dagster's own default where the settings say nothing: any number.
_ANY = "any"


def dagster_settings(home: Home) -> Mapping[str, Any]:
    """What `dagster.yaml` says; nothing where there is none.

    Raises
    ------
    StorageError
        If it is no YAML of names and values.
    """
    path = home.dagster / "dagster.yaml"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise TypeError
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        raise StorageError(
            f"dagster/dagster.yaml cannot be read ({type(error).__name__}). {remedy(home)}"
        ) from error
    return found


def who_else_may_write(settings: Mapping[str, Any]) -> str | None:
    """In words, which settings let a second process write; None where none does."""
    asked = sorted({name for name in _names(settings) if "multiprocess" in name.lower()})
    if asked:
        return f"'{asked[0]}' runs every step in a process of its own; {REASON}"
    coordinator = _at(settings, "run_coordinator", "class")
    if coordinator not in (None, "QueuedRunCoordinator"):
        return f"run_coordinator: {coordinator} starts runs side by side; {REASON}"
    steps = _at(settings, "concurrency", "pools", "default_limit") or _ANY
    runs = _at(settings, "concurrency", "runs", "max_concurrent_runs") or _ANY
    if (steps, runs) != (1, 1):
        return f"steps that may write at a time: {steps}, runs: {runs}; {REASON}"
    return None


def remedy(home: Home) -> str:
    """How settings are mended."""
    path = home.dagster / "dagster.yaml"
    return f"'imsct init' renews {path} where imsct wrote it; one that you edited: mend it"


def require_one_writer(home: Home, definitions: dg.Definitions) -> None:
    """Refuse a home or definitions under which a second process would write the database.

    Raises
    ------
    StorageError
        If they are such.
    """
    settings = dagster_settings(home)
    if settings and (found := who_else_may_write(settings)):
        raise StorageError(f"dagster/dagster.yaml: {found}. {remedy(home)}.")
    own = {f"job {job.name}": job.executor_def for job in definitions.jobs or ()}
    default = definitions.executor or dg.multi_or_in_process_executor  # what Dagster then takes
    for place, executor in {**own, "the definitions": default}.items():
        if executor not in (None, dg.in_process_executor):
            raise StorageError(
                f"orchestration/definitions.py, {place}: an executor that may run every step in a "
                f"process of its own; {REASON}. Use in_process_executor."
            )


def refuse_step_process(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Refuse to open the store in a process that was started for one step alone.

    Raises
    ------
    StorageError
        If the run starts such processes, whoever defined it.
    """
    kind = dg.DagsterEventType.STEP_WORKER_STARTING
    if instance.all_logs(run.run_id, of_type=kind):
        raise StorageError(
            f"Run {run.run_id[:8]}: its executor runs every step in a process of its own; "
            f"{REASON}. Nothing was opened. Run it with in_process_executor."
        )


def _names(settings: object) -> Iterator[str]:
    """Every name, and every text, at any depth of the settings."""
    if isinstance(settings, Mapping):
        for name, value in settings.items():
            yield str(name)
            yield from _names(value)
    elif isinstance(settings, list):
        for value in settings:
            yield from _names(value)
    elif isinstance(settings, str):
        yield settings


def _at(settings: object, *names: str) -> object:
    """The value under nested names; None where there is none."""
    for name in names:
        if not isinstance(settings, Mapping):
            return None
        settings = settings.get(name)
    return settings
