"""A tumour of 4.2 mm over four levels: a warning that suggests cm; kept as delivered."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    for row in (1, 2):
        set_cells(folder, "imaging_reads", row=row, level_lower="C7", n_segments="4")
    set_cells(folder, "imaging_measurements", row=1, value="4.2")
    announce(folder)
