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
from schemas.problems import UNREADABLE, Problem
from schemas.table import day_columns
from schemas.tables import BY_NAME

Tables = Mapping[str, pl.DataFrame]
#: A source record: file and number.
Record = tuple[str, int]
#: Columns by table that hold dates now.
Dated = Mapping[str, Set[str]]


def day_zeros(tables: Tables, created: date, lost: Set[str] = frozenset()) -> dict[str, date]:
    """Day 0 of every case that surely has one, by local id.

    `tables` hold the records that are refused too: a later surgery must not become day 0 because
    the first one has a slip. Where the first date of a case may be one that could not be read, or
    lies after `created`, or stood in a record of which nothing could be read (`lost`: the tables
    that such records belong to), the case has none.
    """
    surgeries = _first(tables.get("surgeries"), "surgery_day", created, "surgeries" in lost)
    studies = _diagnostic(tables.get("imaging_studies"))
    imaging = _first(studies, "study_day", created, "imaging_studies" in lost)
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
    """The studies that made a diagnosis, or may have."""
    if studies is None:
        return None
    return studies.filter(pl.col("study_purpose").is_in(["diagnostic", UNREADABLE]))


def _first(rows: pl.DataFrame | None, column: str, created: date, is_open: bool) -> dict[str, date]:
    """The first date of a column by case, of every case where no other can come before it.

    `is_open` says that some record was lost: then only what is numbered 1 is surely the first.
    """
    found: dict[str, tuple[date, int]] = {}
    unsure: dict[str, int] = {}
    if rows is None:
        return {}
    number = pl.col("surgery_number") if "surgery_number" in rows.columns else pl.lit("")
    for case, text, counted in rows.select("case_id", column, number.alias("n")).iter_rows():
        day = read_date(text, ISO)
        place = int(counted) if counted.isascii() and counted.isdigit() else 0
        if day is not None and day <= created and case != UNREADABLE:
            found[case] = min(found.get(case, (day, place)), (day, place))
        elif case == UNREADABLE:
            is_open = True
        elif text or place:
            unsure[case] = min(unsure.get(case, place), place)
    return {
        case: day
        for case, (day, place) in found.items()
        if (case not in unsure or 0 < place < unsure[case]) and not (is_open and place != 1)
    }


def date_problems(
    tables: Tables, dated: Dated, created: date, zeros: Mapping[str, date]
) -> list[tuple[Record, Problem]]:
    """Records with a date after the delivery was made, or with a date and no day 0."""
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
        if row["case_id"] in zeros or row["case_id"] == UNREADABLE:
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
    "the index event, of its first diagnostic imaging; where that date was refused, correct it.",
)


def with_days(tables: Tables, dated: Dated, zeros: Mapping[str, date]) -> dict[str, pl.DataFrame]:
    """The tables with days from day 0 in place of dates; a period is filled in from day 0."""
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
    """Days from day 0; what is no date stays, and is judged; without day 0 that was told."""
    day = read_date(text, ISO)
    if day is None:
        return text
    return UNREADABLE if zero is None else str((day - zero).days)


def _period(text: str, zero: date | None) -> str:
    """The period as delivered; where it is left empty, that of day 0."""
    return text if text or zero is None else period_of(zero)
