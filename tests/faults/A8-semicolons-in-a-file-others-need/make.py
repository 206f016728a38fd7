"""Surgeries that cannot be read: cases wait for them and are not blamed."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    lines = [line.replace(",", ";") for line in lines_of(folder, "surgeries")]
    write_lines(folder, "surgeries", lines)
    announce(folder)
