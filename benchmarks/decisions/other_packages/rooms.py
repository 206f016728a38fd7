"""A virtual environment of its own for packages that this project does not use.

Belongs here: making it, running a line of Python in it. Does not belong here: any measurement.
The packages are installed with pip from wherever pip is set up to look.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pip for a Python; failing is an answer, not an error."""
    return subprocess.run(
        [str(python), "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def room(*packages: str) -> Iterator[Path]:
    """The Python of a fresh environment that holds the packages; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        if packages:
            done = pip(python, "install", *packages)
            if done.returncode:
                raise SystemExit(f"{' '.join(packages)}: not installed\n{done.stderr[-500:]}")
        yield python


def ask(python: Path, code: str, *arguments: str) -> str:
    """What a piece of code prints there; where it fails, the last line of the error."""
    done = subprocess.run(
        [str(python), "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"failed: {done.stderr.strip().splitlines()[-1][:160]}"
    return done.stdout.strip()
