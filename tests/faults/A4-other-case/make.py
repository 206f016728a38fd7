"""One column in capitals: names are compared byte for byte."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    header, *rest = lines_of(folder, "pathology")
    write_lines(folder, "pathology", [header.replace("histology,", "Histology,"), *rest])
    announce(folder)
