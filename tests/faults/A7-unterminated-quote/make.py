"""A quote that is never closed: where the next record begins would be a guess."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    header, first, second = lines_of(folder, "pathology")
    write_lines(folder, "pathology", [header, first, second.replace("spinal", '"spinal')])
    announce(folder)
