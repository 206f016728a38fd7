"""An increment brings a new measurement, one that is there already, and another age of a case."""

from pathlib import Path

from tests.support.folders import add, announce, clean, set_cells


def make(folder: Path) -> None:
    for name in ("d1", "d2"):
        (folder / name).mkdir()
        clean(folder / name)
    announce(folder / "d1")
    set_cells(folder / "d2", "cases", row=2, age_years="48")
    add(folder / "d2", "imaging_measurements", measurement_id="M3")
    for path in (folder / "d2").iterdir():
        if path.stem not in ("cases", "imaging_measurements"):
            path.unlink()
    announce(folder / "d2", delivery="d2", mode="increment")
