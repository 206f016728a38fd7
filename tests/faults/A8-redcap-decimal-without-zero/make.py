"""A number written as .34 is no number here: the row is refused, no zero is put before it."""

from pathlib import Path

from tests.support.folders import clean, set_cells
from tests.support.redcap import announce_redcap, as_redcap


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "cases", row=2, age_years=".34")
    as_redcap(folder)
    announce_redcap(folder)
