"""The sandbox: delivered files are parsed in a process of their own, within limits.

Belongs here: starting the process, watching it, what its end means for the file it was at.
Does not belong here: parsing (`worker` and the readers).
One process reads the files of one delivery, one after the other. One that is ended at a limit takes
only the file it was at with it: the next file gets a new process. It is started fresh, never forked
from this one, which has the database open.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from assets.readers.identifiers import Scan, unsearched
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.worker import NO_ROOM, too_large, unreadable
from schemas.errors import StorageError
from schemas.profile import FileProfile
from warehouse.files import NotRegularError, opened

_MIB = 1 << 20
#: Start of the name of a temporary folder, before the id of the process that made it.
_FOLDER = "imsct-read-"
#: A result is looked for this often.
_PAUSE_S = 0.005


@dataclass(frozen=True)
class Limits:
    """What the reading of one file may take: bytes, seconds, and descriptors."""

    address_space: int = 4096 * _MIB
    resident: int = 512 * _MIB
    cpu_s: int = 60
    wall_s: int = 120
    written: int = 2048 * _MIB
    delivered: int = 512 * _MIB
    open_files: int = 256


@dataclass(frozen=True)
class Job:
    """A file to read: its name in the delivery, where its bytes lie, its part of the profile.

    `declared` are the rows announced for it, None where nobody announced any. With `scan` it is
    searched for identifiers. A `first_look` asks for the sheets of a workbook, by no profile.
    """

    file: str
    path: Path
    part: FileProfile
    declared: int | None
    scan: Scan | None = None
    first_look: bool = False


def read_files(jobs: Sequence[Job], *, limits: Limits | None = None) -> Iterator[ReadFile]:
    """Read files in their order; one that cannot be read is refused, the others go on.

    Raises
    ------
    StorageError
        If a file is missing or may not be read.
    """
    within = limits or Limits()
    left = list(jobs)
    while left:
        done = 0
        for found in _until_it_ends(left, within):
            done += 1
            yield found
        left = left[done:]


def _until_it_ends(jobs: Sequence[Job], limits: Limits) -> Iterator[ReadFile]:
    """Results of one process; where it ends early, the file it was at is the last of them."""
    with ExitStack() as stack:
        _sweep()
        prefix = f"{_FOLDER}{os.getpid()}-"
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        listed: list[dict[str, object]] = []
        descriptors: dict[int, int] = {}
        refusals: dict[int, ReadProblem] = {}
        for number, job in enumerate(jobs):
            # so many files are open in one process only
            if len(descriptors) >= limits.open_files // 2:
                jobs = jobs[:number]
                break
            problem, descriptor = _opened(stack, job, limits)
            if problem is not None:
                refusals[number] = problem
                continue
            descriptors[number] = descriptor
            part = job.part.model_dump(mode="json")
            listed.append(
                {
                    "number": number,
                    "descriptor": descriptor,
                    "file": job.file,
                    "part": part,
                    "declared": job.declared,
                    "scan": job.scan,
                    "first_look": job.first_look,
                }
            )
        task = {"limits": vars(limits), "jobs": listed}
        (folder / "jobs.json").write_text(json.dumps(task), encoding="utf-8")
        process = stack.enter_context(_started(folder, list(descriptors.values())))
        for number, job in enumerate(jobs):
            if number in refusals:
                yield _refused(job, refusals[number])
                continue
            problem = _wait(process, folder / f"{number}.done", limits, job.part)
            if problem is not None:
                yield _refused(job, problem)
                return
            yield _result(folder, number, job)


def _sweep() -> None:
    """Remove what processes that were killed left: it holds the rows of what they read."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        owner = left.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _opened(stack: ExitStack, job: Job, limits: Limits) -> tuple[ReadProblem | None, int]:
    """A descriptor of the job's file, or why it is not opened."""
    try:
        descriptor = stack.enter_context(opened(job.path))
    except NotRegularError:
        return _LINK, -1
    if os.fstat(descriptor).st_size > limits.delivered:
        return _too_big(limits), -1
    return None, descriptor


_LINK = ReadProblem(
    "E_PATH",
    "Not opened: it is a link, a folder or a device, not a regular file.",
    "Put the file itself into the folder.",
)


def _too_big(limits: Limits) -> ReadProblem:
    """E_LIMIT: more bytes than a file may have."""
    return ReadProblem(
        "E_LIMIT",
        f"The file is larger than {limits.delivered >> 20} MiB. Nothing of it was loaded.",
        "Deliver fewer rows per file; if the file is sound, the operator can raise the limit.",
    )


@contextmanager
def _started(folder: Path, descriptors: Sequence[int]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, ended with everything it started when the results are no longer asked for."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "assets.readers.worker", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"LC_ALL": "C.UTF-8", "POLARS_MAX_THREADS": "1", "TMPDIR": str(folder)},
        pass_fds=descriptors,
        umask=0o077,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything of its session."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(
    process: subprocess.Popen[bytes], done: Path, limits: Limits, part: FileProfile
) -> ReadProblem | None:
    """Wait for one result; the problem of the file where there will be none."""
    until = time.monotonic() + limits.wall_s
    while not done.exists():
        if process.poll() is not None:
            # it may have finished and ended between the two looks
            return None if done.exists() else _ended(process.returncode, part)
        if _resident(process.pid) > limits.resident:
            _end(process)
            return too_large(f"{limits.resident >> 20} MiB of memory")
        if time.monotonic() > until:
            _end(process)
            return too_large(f"{limits.wall_s} seconds")
        time.sleep(_PAUSE_S)
    return None


def _resident(pid: int) -> int:
    """Resident memory of a process in bytes; 0 where it has just ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _ended(code: int, part: FileProfile) -> ReadProblem:
    """What it means that the process ended before the file was read.

    Raises
    ------
    StorageError
        If the disk is full: then no file is to blame, and none is refused.
    """
    if code == NO_ROOM:
        raise StorageError(
            f"The folder for temporary files, {tempfile.gettempdir()}, takes no more: make space "
            "there, or name another one (TMPDIR), then repeat. No file was refused for it."
        )
    if code == -signal.SIGXCPU:
        return too_large("processor time")
    if code == -signal.SIGKILL:
        return too_large("memory")
    return unreadable(part, f"the reader ended with {code}")


#: Rules under which a file is refused without a look at its records.
_UNREAD = frozenset({"E_MAGIC", "E_RATIO", "E_FORMAT", "E_LIMIT", "E_CSV"})


def _result(folder: Path, number: int, job: Job) -> ReadFile:
    """What the process wrote of one file."""
    said = json.loads((folder / f"{number}.done").read_text(encoding="utf-8"))
    table = pl.read_ipc(folder / f"{number}.problems")
    problems = tuple(ReadProblem(**row) for row in table.iter_rows(named=True))
    if said["is_refused"] and not said["found"] and job.declared is None:
        problems = tuple(_not_counted(p) if p.rule in _UNREAD else p for p in problems)
    features = folder / f"{number}.features"
    return ReadFile(
        said["file"],
        pl.read_ipc(folder / f"{number}.frame"),
        said["found"],
        problems,
        said["is_refused"],
        pl.read_ipc(features) if said["has_features"] else None,
        said["is_unsearched"],
    )


def _refused(job: Job, problem: ReadProblem) -> ReadFile:
    """A file of which nothing was read, under its own name: a profile may give a pattern."""
    if job.declared is None:
        problem = _not_counted(problem)
    found = replace(refused(job.part, problem), file=job.file)
    return unsearched(found) if job.scan else found


def _not_counted(problem: ReadProblem) -> ReadProblem:
    """The problem of a file whose records nobody has counted, which says so."""
    left_out = "Nobody announced how many rows it has, so the account does not count them."
    return replace(problem, message=f"{problem.message} {left_out}")
