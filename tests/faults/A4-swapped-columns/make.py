"""Two columns swapped in header and cells: nothing is loaded by luck."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    rows = [line.split(",") for line in lines_of(folder, "imaging_reads")]
    one, other = rows[0].index("cap_sign"), rows[0].index("syrinx")
    for cells in rows:
        cells[one], cells[other] = cells[other], cells[one]
    write_lines(folder, "imaging_reads", [",".join(cells) for cells in rows])
    announce(folder)
