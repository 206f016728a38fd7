"""Who writes a store: the process that holds its lock, and the note that it leaves beside the file.

Belongs here: asking for the holder of the lock, the note, both in words.
Does not belong here: the lock itself, which DuckDB takes and the system lets go of with the process
(`warehouse.connecting`).
The lock decides; the note only explains it. A dead process leaves a note that says nothing, because
the lock is free or another process has it.
"""

import fcntl
import json
import os
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

from warehouse.files import as_storage_error

#: `struct flock` of Linux: type, whence, start, length, process.
_FLOCK = "hhqqi"


def writer_of(path: Path) -> int | None:
    """Id of the process that holds the file's lock; None where none does, or where not on Linux.

    Only asks: the lock is not taken, so nobody who is about to take it is stopped.
    """
    if sys.platform != "linux" or not path.is_file():
        return None
    with path.open("rb") as file:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, holder = struct.unpack(_FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    return None if kind == fcntl.F_UNLCK else holder


def note_writer(path: Path, run: str) -> None:
    """Leave beside a file that this process has just locked who it is, for whom, since when."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    text = json.dumps({"process": os.getpid(), "run": run, "since": since})
    try:
        _note(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise as_storage_error(error, f"{_note(path).name} cannot be written") from error


def forget_writer(path: Path) -> None:
    """Take the note away, while the lock is still held: another process writes one of its own."""
    _note(path).unlink(missing_ok=True)


def owner_in_words(path: Path) -> str:
    """Who holds the file's lock, as far as it is known."""
    holder = writer_of(path)
    try:
        noted = json.loads(_note(path).read_text(encoding="utf-8"))
        process, run, since = noted["process"], noted["run"], noted["since"]
    except (OSError, ValueError, KeyError, TypeError):
        process = None
    if process is None or holder not in (None, process):
        return "another process" + (f" ({holder})" if holder else "")
    who = f"run {run[:8]} (process {process})" if run else f"process {process}"
    return f"{who} since {since}"


def _note(path: Path) -> Path:
    """Where the writer of a file says who it is."""
    return path.with_name(f"{path.name}.writer")
