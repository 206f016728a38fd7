"""The clean delivery as a hospital has it: local ids, dates in place of days.

Belongs here: files of the profile `imsct_dates`, made from those of `tests.support.folders`.
Does not belong here: what is wrong with them (`tests/faults`), preparing them.
"""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

from schemas.profile import layout_with_dates
from tests.support.folders import clean, read_rows

#: Day 0 of the first and of the second case.
DAY_0 = {"C1": date(2021, 3, 4), "C2": date(2019, 11, 30)}


def clean_with_dates(folder: Path) -> None:
    """Write the clean files, their days counted from day 0 of each case, and no manifest."""
    clean(folder)
    for part in layout_with_dates().files:
        if (folder / part.file).exists():
            _rewrite(folder, part.file.removesuffix(".csv"), part.header)


def _rewrite(folder: Path, table: str, header: tuple[str, ...]) -> None:
    """Write a table's file with dates."""
    rows = read_rows(folder, table)
    for row in rows:
        for name in [name for name in row if name.endswith("_day")]:
            text = row.pop(name)
            day = DAY_0[row["case_id"]] + timedelta(days=int(text)) if text else ""
            row[f"{name.removesuffix('_day')}_date"] = str(day)
    write_dated(folder, table, header, rows)


def write_dated(
    folder: Path, table: str, header: tuple[str, ...], rows: list[dict[str, str]]
) -> None:
    """Write a table's file under a header of its own."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / f"{table}.csv").write_text(out.getvalue(), encoding="utf-8")


def set_dated(folder: Path, table: str, *, row: int = 1, **values: str) -> None:
    """Change cells of one record, the first being 1."""
    rows = read_rows(folder, table)
    assert set(values) <= set(rows[row - 1]), values
    rows[row - 1] |= values
    write_dated(folder, table, tuple(rows[0]), rows)


def add_dated(folder: Path, table: str, *, like: int = 1, **values: str) -> None:
    """Add a record like another one, the first being 1."""
    rows = read_rows(folder, table)
    rows.append(rows[like - 1] | values)
    write_dated(folder, table, tuple(rows[0]), rows)
