"""Header only where 2 records were announced: both are lost, so both are quarantined."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    write_lines(folder, "pathology", lines_of(folder, "pathology")[:1])
    announce(folder, rows={"pathology.csv": 2})
