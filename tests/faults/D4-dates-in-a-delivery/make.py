"""Calendar dates in a measured and in an id column."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "surgeries", surgery_day="2021-03-04")
    set_cells(folder, "imaging_measurements", measurement_id="04.03.2021")
    announce(folder)
