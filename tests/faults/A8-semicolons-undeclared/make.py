"""Semicolons and a decimal comma that no profile declares."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, set_cells, write_lines


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "imaging_measurements", value="40,5")
    lines = [line.replace('"40,5"', "40#5") for line in lines_of(folder, "imaging_measurements")]
    semicolons = [line.replace(",", ";").replace("#", ",") for line in lines]
    write_lines(folder, "imaging_measurements", semicolons)
    announce(folder)
