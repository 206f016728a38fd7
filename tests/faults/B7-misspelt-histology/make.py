"""A code with one wrong letter: the nearest is suggested, nothing is mapped."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "pathology", histology="spinal_ependymona")
    announce(folder)
