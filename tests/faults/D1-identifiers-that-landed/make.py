"""A delivery with names and numbers in a file, put into the landing zone by other means."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    (folder / "d1").mkdir()
    clean(folder / "d1")
    set_cells(folder / "d1", "pathology", row=1, histology="Dr. Zwitscherling")
    set_cells(folder / "d1", "pathology", row=2, histology="canary@clinic.example")
    announce(folder / "d1")
