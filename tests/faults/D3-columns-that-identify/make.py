"""Columns dob, patient_name, Post-Code and comments, whatever their cells hold."""

from pathlib import Path

from tests.support.folders import announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    for table, column in COLUMNS.items():
        header, *lines = lines_of(folder, table)
        empty = [f"{line}," for line in lines]
        write_lines(folder, table, [f"{header},{column}", *empty])
    announce(folder)


COLUMNS = {
    "imaging_measurements": "dob",
    "imaging_reads": "patient_name",
    "pathology": "Post-Code",
    "surgeries": "comments",
}
