"""A column of the dictionary is not there: that alone is said, not another header."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    rows = [line.split(",") for line in lines_of(folder, "imaging_reads")]
    gone = rows[0].index("cap_sign")
    write_lines(folder, "imaging_reads", [",".join(r[:gone] + r[gone + 1 :]) for r in rows])
    announce(folder)
