"""Mapping: records of a file to rows of the tables, as the site's profile says.

Belongs here: applying a profile, text to text; each row keeps record and line of its file.
Does not belong here: what a profile may say (`schemas.profile`), typing (`warehouse.staging`).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from assets.readers.once import settled_once
from assets.readers.read_file import ReadProblem
from assets.readers.records import as_line
from schemas.columns import Code, Column, Number
from schemas.dates import read_date
from schemas.filling import not_recorded, say_not_recorded
from schemas.problems import UNREADABLE
from schemas.profile import ANY_OTHER, FileProfile, Rows, Source
from schemas.showing import text_class
from schemas.tables import BY_NAME

#: Mean length of a month in days, as the clinical specification has it.
DAYS_PER_MONTH = 30.4375
#: What a number column accepts, an exponent included: it must not pass by unmultiplied.
_NUMBER = Number(0, 0).pattern
_ID_LENGTH = 40
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Mapped:
    """Rows by table: `_record`, `_line` and every delivered column of the table, as text.

    A record with a problem makes none of them: it is refused whole. Where only some of its cells
    could not be read, `refused` holds its rows, with `UNREADABLE` in these places: only to be
    judged, so that everything wrong with it is said at once. `undated` holds in the same way the
    rows of records with a date that could not be read: for the site's own eyes, never to be kept.
    `left_aside` are the records of which the profile makes no row, as it says.
    """

    tables: dict[str, pl.DataFrame]
    problems: tuple[ReadProblem, ...] = ()
    left_aside: tuple[int, ...] = ()
    refused: dict[str, pl.DataFrame] = field(default_factory=dict)
    undated: dict[str, pl.DataFrame] = field(default_factory=dict)

    def whole(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Every table with the rows of refused records in their place: judged, never accepted."""
        for table, rows in self.tables.items():
            spoilt = self.refused.get(table)
            both = rows if spoilt is None else pl.concat([rows, spoilt])
            yield table, both if spoilt is None else both.sort("_record", maintain_order=True)


def map_records(frame: pl.DataFrame, profile: FileProfile) -> Mapped:
    """Make the rows of every table that the profile names."""
    placeless, dates = _without_a_place(frame, profile), _wrong_dates(frame, profile)
    whole = placeless + dates
    wrong = _wrong_decimals(frame, profile) if profile.decimal == "," else []
    frame = _without_cells(frame, wrong)
    known = _but(frame, whole)
    undated = _but(_without_cells(frame, dates), placeless).join(known, on="_record", how="anti")
    once: list[tuple[str, pl.DataFrame]] = []
    for rows in (rows for rows in profile.rows if rows.once):
        each = _rows(_chosen(known.filter(~_is_spoilt(profile)), rows), rows, profile)
        row, found = settled_once(each, rows)
        once.append((rows.table, row))
        wrong += found
        known = _without_cells(known, found)
    good, spoilt = known.filter(~_is_spoilt(profile)), known.filter(_is_spoilt(profile))
    tables = _by_table([*_made(good, profile), *once])
    left_aside = good.select("_record")
    for rows_made in tables.values():
        left_aside = left_aside.join(rows_made, on="_record", how="anti")
    refused = _by_table(_made(spoilt, profile)) if spoilt.height else {}
    late = _by_table(_made(undated, profile)) if undated.height else {}
    return Mapped(tables, (*whole, *wrong), tuple(left_aside["_record"]), refused, late)


def _but(frame: pl.DataFrame, problems: Sequence[ReadProblem]) -> pl.DataFrame:
    """The records of which no problem speaks."""
    return frame.filter(~pl.col("_record").is_in([problem.record for problem in problems]))


def _made(frame: pl.DataFrame, profile: FileProfile) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows that every record makes, each kind with its table."""
    for rows in profile.rows:
        if not rows.once:
            yield rows.table, _rows(_chosen(frame, rows), rows, profile)


def _by_table(kinds: Iterable[tuple[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Rows of all kinds, a frame for each table."""
    made: dict[str, list[pl.DataFrame]] = {}
    for table, rows in kinds:
        made.setdefault(table, []).append(rows)
    return {table: pl.concat(parts).sort("_record") for table, parts in made.items()}


def _is_spoilt(profile: FileProfile) -> pl.Expr:
    """Whether a cell of the record could not be read."""
    return pl.any_horizontal(pl.lit(False), *(pl.col(c) == UNREADABLE for c in profile.columns))


def _without_cells(frame: pl.DataFrame, problems: Sequence[ReadProblem]) -> pl.DataFrame:
    """The records without the cells that problems speak of."""
    by_column: dict[str, list[int | None]] = {}
    for problem in problems:
        by_column.setdefault(problem.column or "", []).append(problem.record)
    return frame.with_columns(
        pl.when(pl.col("_record").is_in(records))
        .then(pl.lit(UNREADABLE))
        .otherwise(name)
        .alias(name)
        for name, records in by_column.items()
    )


def _without_a_place(frame: pl.DataFrame, profile: FileProfile) -> list[ReadProblem]:
    """E_SCHEMA: records that meet no `when` of the profile, and are not among those it ignores."""
    conditions = [_all_hold(rows.when) for rows in profile.rows]
    conditions += [
        pl.lit(True) if ANY_OTHER in values else pl.col(column).is_in(list(values))
        for column, values in profile.ignored_records.items()
    ]
    asked = {column for rows in profile.rows for column in rows.when}
    columns = [name for name in profile.columns if name in asked]
    conditions += [pl.col(name) == UNREADABLE for name in columns]
    return [
        ReadProblem(
            "E_SCHEMA",
            f"The profile makes no row from a record with this {' and '.join(columns)}, and does "
            "not say that it is left aside.",
            "Name the value in the profile: in `when` of its rows, or in `ignored_records` with a "
            "reason.",
            line=row["_line"],
            record=row["_record"],
            column=next(iter(columns), None),
            content=content_of(row, profile),
        )
        for row in frame.filter(~pl.any_horizontal(pl.lit(False), *conditions)).to_dicts()
    ]


def _all_hold(when: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Whether every one of these columns holds one of its values."""
    return pl.all_horizontal(pl.lit(True), *(pl.col(c).is_in(v) for c, v in when.items()))


def _wrong_decimals(frame: pl.DataFrame, profile: FileProfile) -> list[ReadProblem]:
    """R007: a decimal point in a number of a file whose profile declares the comma."""
    numbers = {
        source.column
        for rows in profile.rows
        for name, source in rows.columns.items()
        if source.column is not None
        and source.date is None
        and BY_NAME[rows.table][name].is_numeric
    }
    return [
        ReadProblem(
            "R007",
            "The number has a decimal point; the profile of this file declares the comma.",
            "Export with one decimal sign, and declare it in the profile.",
            line=row["_line"],
            record=row["_record"],
            column=column,
            content=content_of(row, profile),
        )
        for column in profile.columns
        if column in numbers
        for row in frame.filter(
            pl.col(column).str.contains(".", literal=True)
            & ~pl.col(column).is_in(list(profile.missing))
        ).to_dicts()
    ]


def _wrong_dates(frame: pl.DataFrame, profile: FileProfile) -> list[ReadProblem]:
    """E_DATE_FORMAT: a cell that is no date of the format that the profile declares.

    Nothing of the record is kept: it may hold dates of a person.
    """
    declared = {
        (source.column, source.date): {*profile.missing, *source.codes, "", UNREADABLE}
        for rows in profile.rows
        for source in rows.columns.values()
        if source.column is not None and source.date is not None
    }
    return [
        ReadProblem(
            "E_DATE_FORMAT",
            f"The cell is no date of the declared format ({form}): {text_class(text)}.",
            "Is there such a day? Export dates in one format and declare it in the profile.",
            line=line,
            record=record,
            column=column,
        )
        for (column, form), allowed in declared.items()
        for record, line, text in frame.select("_record", "_line", column).iter_rows()
        if text not in allowed and read_date(text, form) is None
    ]


def _iso(text: str, form: str) -> str:
    """A date in ISO 8601; what is no date stays."""
    day = read_date(text, form)
    return text if day is None else day.isoformat()


def content_of(row: dict[str, str], profile: FileProfile) -> str:
    """A record written again as a line, to be kept in quarantine."""
    return as_line([row[name] for name in profile.columns], profile.delimiter)


def _chosen(frame: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """The records of which rows of one kind are made."""
    chosen = frame.filter(_all_hold(rows.when))
    if rows.when_any_filled:
        chosen = chosen.filter(pl.any_horizontal(*(pl.col(c) != "" for c in rows.when_any_filled)))
    return chosen


def _rows(chosen: pl.DataFrame, rows: Rows, profile: FileProfile) -> pl.DataFrame:
    """The rows of one kind."""
    table = BY_NAME[rows.table]
    made = {column.name: _value(column, rows, profile) for column in table.columns}
    for column in table.columns:
        source = rows.columns.get(column.name)
        if column.may_be_explained and column.reason_name not in rows.columns and source:
            made[column.reason_name] = _reason(source, profile)
    silent = [name for name in table.names if _is_silent(rows.columns.get(name))]
    for name, source in rows.columns.items():
        made[name] = _where_readable(made[name], source)
    filled = say_not_recorded(table.columns, made, silent=silent)
    return chosen.select("_record", "_line", *(value.alias(n) for n, value in filled.items()))


def _where_readable(value: pl.Expr, source: Source) -> pl.Expr:
    """The value, unless a cell that it is made from could not be read."""
    is_spoilt = pl.any_horizontal(
        pl.lit(False), *(pl.col(c) == UNREADABLE for c in sorted(source.reads()))
    )
    return pl.when(is_spoilt).then(pl.lit(UNREADABLE)).otherwise(value)


def _is_silent(source: Source | None) -> bool:
    """Whether an empty cell of this source says nothing, and so "not recorded"."""
    return source is None or (source.column is not None and source.empty is None)


def _value(column: Column, rows: Rows, profile: FileProfile) -> pl.Expr:
    """Text of one target column, and what an empty cell of its source says without condition."""
    source = rows.columns.get(column.name)
    nothing = not_recorded(column) if column.required_when is None else ""
    if source is None:
        return pl.lit(nothing)
    value = _taken(source, nothing, decimal=profile.decimal if column.is_numeric else ".")
    for text, reason in profile.missing.items():
        if source.column is not None and text not in source.codes:
            said = pl.lit(_without_value(column, reason))
            value = pl.when(pl.col(source.column) == text).then(said).otherwise(value)
    return _where(source, value)


def _without_value(column: Column, reason: str) -> str:
    """What a column holds whose value is missing for a reason, in its own words where it has any.

    Beside a number the reason has a column of its own.
    """
    if isinstance(column.type, Code) and reason in column.type.vocabulary.codes:
        return reason
    return not_recorded(column)


def _reason(source: Source, profile: FileProfile) -> pl.Expr:
    """Why a number is missing, from the texts that stand for it."""
    reason = pl.lit("")
    for text, code in profile.missing.items():
        if source.column is not None and text not in source.codes:
            reason = pl.when(pl.col(source.column) == text).then(pl.lit(code)).otherwise(reason)
    return _where(source, reason)


def _taken(source: Source, nothing: str, *, decimal: str) -> pl.Expr:
    """The source's value before its conditions; `nothing` is what an empty cell means."""
    if source.constant is not None:
        return pl.lit(source.constant)
    if source.id is not None:
        parts = pl.concat_str(*(pl.col(c) for c in source.id), separator="-")
        prefix = source.prefix
        made = parts.map_elements(lambda text: published_id(prefix, text), return_dtype=pl.String)
        # half a reference names nobody: empty, and so missing, instead of one key for several cases
        is_whole = pl.all_horizontal(*(pl.col(c) != "" for c in source.id))
        return pl.when(is_whole).then(made).otherwise(pl.lit(""))
    assert source.column is not None
    value = pl.col(source.column)
    if source.codes:
        value = value.replace(source.codes)
    if decimal == ",":
        value = value.str.replace(r"^(-?[0-9]+),([0-9]+)$", "$1.$2")
    if source.factor is not None:
        factor = Decimal(source.factor)
        value = value.map_elements(lambda text: _times(text, factor), return_dtype=pl.String)
    if source.months_to_days:
        value = value.map_elements(_days, return_dtype=pl.String)
    if source.date is not None:
        form = source.date
        value = value.map_elements(lambda text: _iso(text, form), return_dtype=pl.String)
    empty = pl.lit(nothing if source.empty is None else source.empty)
    for other, results in source.empty_where.items():
        for found, result in results.items():
            empty = pl.when(pl.col(other) == found).then(pl.lit(result)).otherwise(empty)
    return pl.when(pl.col(source.column) == "").then(empty).otherwise(value)


def _where(source: Source, value: pl.Expr) -> pl.Expr:
    """The value where the source's conditions hold, else empty."""
    for column, allowed in source.only_where.items():
        value = pl.when(pl.col(column).is_in(allowed)).then(value).otherwise(pl.lit(""))
    if source.only_where_filled is not None:
        value = pl.when(pl.col(source.only_where_filled) != "").then(value).otherwise(pl.lit(""))
    return value


def published_id(prefix: str, reference: str) -> str:
    """An identifier from a published reference: readable, of allowed characters, at most 40 long.

    Examples
    --------
    >>> published_id("C-", "PMID29066318-1")
    'C-PMID29066318-1'
    >>> published_id("C-", "10.18203/issn.2455-4510.IntJResOrthop20205576-1")
    'C-10-18203-issn-2455-4510-IntJR-d156c089'
    """
    plain = prefix + _NOT_IN_IDS.sub("-", reference)
    if plain == prefix + reference and len(plain) <= _ID_LENGTH:
        return plain
    # Cutting and replacing could make two references one: a hash of the whole keeps them apart.
    mark = hashlib.sha256(reference.encode()).hexdigest()[:8]
    return f"{plain[: _ID_LENGTH - 9]}-{mark}"


def _times(text: str, factor: Decimal) -> str:
    """A number in another unit, exactly; a text that is no number stays, and is judged."""
    if not re.fullmatch(_NUMBER, text):
        return text
    return f"{(Decimal(text) * factor).normalize():f}"


def _days(months: str) -> str:
    """Months as whole days; a text that is no number stays, and is judged."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,15})?", months):
        return months
    return str(round(float(months) * DAYS_PER_MONTH))
