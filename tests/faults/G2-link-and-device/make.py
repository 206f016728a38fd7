"""A link and a pipe under the names of tables: not followed, not waited for."""

import os
from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder)
    (folder / "pathology.csv").unlink()
    (folder / "pathology.csv").symlink_to("/etc/hostname")
    (folder / "surgeries.csv").unlink()
    os.mkfifo(folder / "surgeries.csv")
