"""Reading in a process of its own: what it costs for each delivery, each file, and not at all.

Belongs here: the three ways on the same small files, and the imports that a reader waits for.
Does not belong here: whether limits hold (`tests/assets/test_sandbox.py`).
Run: python benchmarks/decisions/readers_in_a_child.py
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _setting import say_setting

from assets.readers.reading import read
from assets.readers.sandbox import Job, read_files
from schemas.profile import FileProfile

PART = FileProfile(
    file="{study}_table.csv",
    header=("case_id", "note"),
    ignored={"case_id": "not mapped here", "note": "not mapped here"},
    rows=(),
)
FILES = 12
ROUNDS = 5
MODULES = ("polars", "pydicom", "python_calamine", "assets.readers.reading")


def jobs_in(folder: Path) -> list[Job]:
    """As many small files as a delivery of the project's own layout has."""
    made = []
    for number in range(FILES):
        path = folder / f"S{number}_table.csv"
        path.write_bytes(b"case_id,note\nC1,x\n")
        made.append(Job(path.name, path, PART, None))
    return made


def median(run: Callable[[], object]) -> float:
    """Median seconds of a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print seconds for each way."""
    say_setting("polars", "pydicom", "python-calamine")
    with tempfile.TemporaryDirectory() as folder:
        jobs = jobs_in(Path(folder))
        ways: dict[str, Callable[[], object]] = {
            f"{FILES} files, in this process": lambda: [
                read(j.path.read_bytes(), PART, file=j.file, declared=None) for j in jobs
            ],
            f"{FILES} files, one child": lambda: list(read_files(jobs)),
            f"{FILES} files, a child each": lambda: [list(read_files([job])) for job in jobs],
            "1 file, one child": lambda: list(read_files(jobs[:1])),
        }
        for way, run in ways.items():
            print(f"{way}: {median(run):.2f} s")
    for module in MODULES:
        command = [sys.executable, "-c", f"import {module}"]
        print(f"start and import {module}: {median(lambda c=command: subprocess.run(c)):.2f} s")


if __name__ == "__main__":
    main()
