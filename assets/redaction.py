"""Redaction: an exception that nobody foresaw keeps its class and place, never its text.

Belongs here: turning such an exception into an error that may be logged.
Does not belong here: errors with a message of our own (`schemas.errors`), which hold no cell.
A library's message may quote what it could not convert, and a run's events keep it for ever.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from schemas.errors import ImsctError, StorageError
from warehouse.files import full_disk

Result = TypeVar("Result")
_ROOT = Path(__file__).parents[1]


def redacted(step: Callable[..., Result]) -> Callable[..., Result]:
    """Let no text of an unforeseen exception leave a step that handles delivered cells."""

    @functools.wraps(step)
    def run(*arguments: object, **named: object) -> Result:
        try:
            return step(*arguments, **named)
        except ImsctError:
            raise
        # Whatever a library raises: its text may hold a cell.
        except Exception as error:  # noqa: BLE001 - see above
            found = without_text(error)
        raise found

    return run


def without_text(error: Exception) -> StorageError:
    """What may be said of an exception: its class, and the last place of ours it went through.

    A full disk is no error of the program, whichever library meets it.
    """
    if full := full_disk(str(error)):
        return full
    place, trace = "", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
            place = f" at {path.relative_to(_ROOT)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return StorageError(
        f"{type(error).__name__}{place}: an error of the program; its text may hold a cell and is "
        "not shown. What was published before is untouched. Tell the developers class and place."
    )
