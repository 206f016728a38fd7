"""A file with another header is refused and kept, unless a cell identifies."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    lines = lines_of(folder, "pathology")
    lines[0] = lines[0].replace("histology,", "diagnosis,")
    lines[1] = lines[1].replace("unknown", "SMITH@clinic.example", 1)
    write_lines(folder, "pathology", lines)
    announce(folder)
