"""A study made after surgery and delivered as preoperative."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "imaging_studies", study_day="5", study_purpose="preoperative")
    announce(folder)
