"""The process in which delivered files are parsed: it reads descriptors and writes a folder.

Belongs here: its own limits, one file after the other, what goes wrong as a problem of that file.
Does not belong here: starting, watching and ending it (`sandbox`).
It opens no database, has no environment and no input but the files; what it says is Arrow and JSON,
never pickle. Run as `python -I -m assets.readers.worker FOLDER`.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from assets.readers.first_look import first_look
from assets.readers.identifiers import unsearched
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.reading import read
from schemas.profile import FileProfile

#: How the process ends where the disk takes no more: no fault of any file.
NO_ROOM = os.EX_IOERR
PROBLEM_SCHEMA: dict[str, type[pl.DataType]] = {
    "rule": pl.String,
    "message": pl.String,
    "suggestion": pl.String,
    "line": pl.Int64,
    "record": pl.Int64,
    "column": pl.String,
    "content": pl.String,
    "severity": pl.String,
}


def main() -> None:
    """Read the jobs of `FOLDER/jobs.json` in their order, each to files of its number."""
    folder = Path(sys.argv[1])
    task = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))
    _limit(task["limits"])
    for job in task["jobs"]:
        _allow_cpu(task["limits"]["cpu_s"])
        found = _read(job)
        try:
            _write(folder, job["number"], found)
        except OSError as error:
            if "File too large" not in str(error):  # not the limit of this process: the disk
                sys.exit(NO_ROOM)
            part = FileProfile.model_validate(job["part"])
            _write(folder, job["number"], refused(part, too_large("written bytes")))


def _limit(limits: dict[str, int]) -> None:
    """Limits of this process; they cannot be raised again."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits["address_space"]),
        (resource.RLIMIT_FSIZE, limits["written"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
    ):
        resource.setrlimit(kind, (most, most))


def _allow_cpu(seconds: int) -> None:
    """Processor time for the next file, on top of what was used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _read(job: dict[str, Any]) -> ReadFile:
    """One file; whatever its reader cannot bear is a problem of that file."""
    part = FileProfile.model_validate(job["part"])
    try:
        with open(job["descriptor"], "rb") as file:  # noqa: PTH123 - a descriptor has no path
            data = file.read()
        if job.get("first_look"):
            return first_look(data, job["file"])
        return read(data, part, file=job["file"], declared=job["declared"], scan=job["scan"])
    except MemoryError:
        return _not_read(job, part, too_large("memory"))
    # A hostile file may make a library raise anything; the message could hold a cell.
    except Exception as error:  # noqa: BLE001 - see above
        return _not_read(job, part, unreadable(part, type(error).__name__))


def _not_read(job: dict[str, Any], part: FileProfile, problem: ReadProblem) -> ReadFile:
    """A file that its reader could not bear, so that it was not searched either."""
    found = refused(part, problem)
    return unsearched(found) if job["scan"] else found


def too_large(what: str) -> ReadProblem:
    """E_LIMIT: reading needed more than a file may have."""
    return ReadProblem(
        "E_LIMIT",
        f"Reading was ended at its limit of {what}. Nothing of this file was loaded.",
        "Deliver fewer rows per file; if the file is sound, the operator can raise the limit.",
    )


def unreadable(part: FileProfile, how: str) -> ReadProblem:
    """E_FORMAT: the file is not what its profile says, in a way that no reader foresaw."""
    return ReadProblem(
        "E_FORMAT",
        f"The file cannot be read as {part.format} ({how}). Nothing of it was loaded.",
        "Export it again; if it opens elsewhere, send its layout without values to the developers.",
    )


def _write(folder: Path, number: int, found: ReadFile) -> None:
    """Write frame, features and problems; the last file says that the others are whole."""
    found.frame.write_ipc(folder / f"{number}.frame")
    if found.features is not None:
        found.features.write_ipc(folder / f"{number}.features")
    problems = [asdict(problem) for problem in found.problems]
    pl.DataFrame(problems, schema=PROBLEM_SCHEMA).write_ipc(folder / f"{number}.problems")
    said = {
        "file": found.file,
        "found": found.found,
        "is_refused": found.is_refused,
        "is_unsearched": found.is_unsearched,
        "has_features": found.features is not None,
    }
    temporary = folder / f"{number}.tmp"
    temporary.write_text(json.dumps(said), encoding="utf-8")
    os.rename(temporary, folder / f"{number}.done")  # noqa: PTH104 - whole or absent


if __name__ == "__main__":
    main()
