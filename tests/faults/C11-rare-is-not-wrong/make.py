"""An eccentric, ill-defined spinal ependymoma: rare, and accepted without a word."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "imaging_reads", axial_location="eccentric", margin="ill_defined")
    announce(folder)
