"""Day 0: dates of a case become whole days from its index event.

Belongs here: finding day 0 of every case, days in place of dates, the period of day 0.
Does not belong here: reading dates (`assets.readers.mapping`), what day 0 is (`schemas.tables`).
Day 0 is the first surgery of a case, of one whose index event is its diagnostic imaging the first
diagnostic imaging: so it does not move when a case that was watched is operated later.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import date

import polars as pl

from schemas.dates import ISO, period_of, read_date
from schemas.problems import Problem
from schemas.table import day_columns
from schemas.tables import BY_NAME

Tables = Mapping[str, pl.DataFrame]
#: A source record: file and number.
Record = tuple[str, int]
#: Columns by table that hold dates now.
Dated = Mapping[str, Set[str]]


def day_zeros(tables: Tables) -> dict[str, date]:
    """Day 0 of every case that has one, by local id."""
    surgeries = _first(tables.get("surgeries"), "surgery_day")
    imaging = _first(_diagnostic(tables.get("imaging_studies")), "study_day")
    found: dict[str, date] = {}
    cases = tables.get("cases")
    if cases is None:
        return found
    for case, event in cases.select("case_id", "index_event").iter_rows():
        day = imaging.get(case) if event == "diagnostic_imaging" else surgeries.get(case)
        if day is not None:
            found[case] = day
    return found


def _diagnostic(studies: pl.DataFrame | None) -> pl.DataFrame | None:
    """The studies that made a diagnosis."""
    return None if studies is None else studies.filter(pl.col("study_purpose") == "diagnostic")


def _first(rows: pl.DataFrame | None, column: str) -> dict[str, date]:
    """The first date of a column by case; a text that is no date is left to the check."""
    found: dict[str, date] = {}
    if rows is None:
        return found
    for case, text in rows.select("case_id", column).iter_rows():
        day = read_date(text, ISO)
        if day is not None and (case not in found or day < found[case]):
            found[case] = day
    return found


def date_problems(tables: Tables, dated: Dated, created: date) -> list[tuple[Record, Problem]]:
    """Records with a date after the delivery was made, or with a date and no day 0."""
    zeros = day_zeros(tables)
    return [
        ((row["_file"], row["_record"]), problem)
        for table, rows in tables.items()
        for column in sorted(dated.get(table, ()))
        for row in rows.filter(pl.col(column) != "").iter_rows(named=True)
        for problem in _problems(row, table, column, zeros, created)
    ]


def _problems(
    row: Mapping[str, str], table: str, column: str, zeros: Mapping[str, date], created: date
) -> Iterator[Problem]:
    """What is wrong with one date."""
    day = read_date(row[column], ISO)
    if day is None:
        return
    rule, message, suggestion = _FUTURE
    if day <= created:
        if row["case_id"] in zeros:
            return
        rule, message, suggestion = _NO_ZERO
    yield Problem(
        file=row["_file"],
        line=int(row["_line"]),
        table=table,
        column=column,
        rule=rule,
        message=message,
        suggestion=suggestion,
    )


_FUTURE = (
    "E_DATE_FUTURE",
    "The date lies after the day on which the delivery was made.",
    "Correct the date at the site. Is the year right?",
)
_NO_ZERO = (
    "E_DAY_ZERO",
    "The case has no day 0, so the date cannot be counted from it.",
    "Deliver the case with its index event, and the date of its first surgery or, where imaging is "
    "the index event, of its first diagnostic imaging.",
)


def with_days(tables: Tables, dated: Dated) -> dict[str, pl.DataFrame]:
    """The tables with days from day 0 in place of dates; a period is filled in from day 0."""
    zeros = day_zeros(tables)
    found = dict(tables)
    for table, rows in tables.items():
        for column in day_columns(BY_NAME[table]):
            if column in dated.get(table, ()):
                cells = rows.select("case_id", column).iter_rows()
                days = [_day(text, zeros.get(case)) for case, text in cells]
                found[table] = found[table].with_columns(pl.Series(column, days, dtype=pl.String))
    if "cases" in found:
        cases = found["cases"].select("case_id", "index_period").iter_rows()
        periods = [_period(text, zeros.get(case)) for case, text in cases]
        series = pl.Series("index_period", periods, dtype=pl.String)
        found["cases"] = found["cases"].with_columns(series)
    return found


def _day(text: str, zero: date | None) -> str:
    """Days from day 0; what is no date stays, and is judged."""
    day = read_date(text, ISO)
    return text if day is None or zero is None else str((day - zero).days)


def _period(text: str, zero: date | None) -> str:
    """The period as delivered; where it is left empty, that of day 0."""
    return text if text or zero is None else period_of(zero)
