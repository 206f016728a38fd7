"""Workers: the same task for many parts, in one process or shared among several.

Belongs here: how tasks are shared out and that each uses one BLAS thread.
Does not belong here: what a task does.
Results come back in the order of the tasks, so that nothing depends on the number of processes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed
from sklearn import config_context
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

Result = TypeVar("Result")


def processors() -> int:
    """How many processes this process may keep busy (its share of the machine is respected)."""
    return int(cpu_count())


def in_turn(
    task: Callable[..., Result], parts: Sequence[Mapping[str, Any]], *, processes: int = 1
) -> list[Result]:
    """Run a task on every part; results in the order of the parts.

    Parameters
    ----------
    task
        A function of a module, so that another process can find it.
    parts
        Keyword arguments of each call.
    processes
        How many processes share the work; 1 stays in this one.

    Examples
    --------
    >>> in_turn(dict, [{"a": 1}, {"a": 2}])
    [{'a': 1}, {'a': 2}]
    """
    if processes == 1 or len(parts) < 2:
        return [task(**part) for part in parts]
    shared = Parallel(n_jobs=processes)(delayed(_alone)(task, part) for part in parts)
    return list(shared)


def _alone(task: Callable[..., Result], part: Mapping[str, Any]) -> Result:
    """One task in a worker, under the settings that `analyses.protocol` gives its own process."""
    with threadpool_limits(limits=1), config_context(assume_finite=True):
        return task(**part)
