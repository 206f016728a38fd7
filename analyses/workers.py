"""Workers: the same task for many parts, in one process or shared among several.

Belongs here: how tasks are shared out and that each uses one BLAS thread.
Does not belong here: what a task does.
Results come back in the order of the tasks, so that nothing depends on the number of processes.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed
from sklearn import config_context
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

Result = TypeVar("Result")


def processors() -> int:
    """How many processes this process may keep busy (its share of the machine is respected)."""
    return int(cpu_count())


def in_turn(
    task: Callable[..., Result],
    parts: Sequence[Mapping[str, Any]],
    *,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
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
    progress
        Told after each quarter of the parts, with an estimate of the time left.

    Examples
    --------
    >>> in_turn(dict, [{"a": 1}, {"a": 2}])
    [{'a': 1}, {'a': 2}]
    """
    results: Iterable[Result]
    if processes == 1 or len(parts) < 2:
        results = (task(**part) for part in parts)
    else:
        shared = Parallel(n_jobs=processes, return_as="generator")
        results = shared(delayed(_alone)(task, part) for part in parts)
    started, found = time.monotonic(), []
    for done, result in enumerate(results, start=1):
        found.append(result)
        if progress is not None and done == len(parts):
            progress("done")
        elif progress is not None and (4 * done) // len(parts) > (4 * (done - 1)) // len(parts):
            left = (time.monotonic() - started) / done * (len(parts) - done)
            progress(f"{100 * done // len(parts)} %, about {_duration(left)} left")
    return found


def _duration(seconds: float) -> str:
    """A time in words, rounded up.

    Examples
    --------
    >>> _duration(3.2), _duration(61)
    ('4 s', '2 min')
    """
    return f"{math.ceil(seconds)} s" if seconds <= 60 else f"{math.ceil(seconds / 60)} min"


def _alone(task: Callable[..., Result], part: Mapping[str, Any]) -> Result:
    """One task in a worker, under the settings that `analyses.protocol` gives its own process."""
    with threadpool_limits(limits=1), config_context(assume_finite=True):
        return task(**part)
