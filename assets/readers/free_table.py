"""Free tables: a user's own file of one row per case, for a plan without a warehouse.

Belongs here: text to a frame without losing a row, and which columns hold numbers.
Does not belong here: deliveries and profiles (`delimited`, `parquet`), what a plan makes of a
column (`analyses.selection`).
Nothing is guessed row by row: a column is a number when every recorded cell of it is one.
"""

import csv
import io
from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from schemas.errors import DataProblemsError
from schemas.showing import counted, text_class

#: Separator by the end of the file's name.
SEPARATORS = {".csv": ",", ".tsv": "\t"}
#: A code such as 007 is no number: it would lose its zeros.
NUMBER = r"^-?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$"
#: From this share of numbers on the other cells look like slips, not like words.
_MOSTLY = 0.9
#: Fewer different numbers may be codes.
_FEW = 10


def read_free_table(
    path: Path, *, texts: Collection[str], missing: Collection[str]
) -> pl.DataFrame:
    """A table of any columns, numbers as numbers.

    Parameters
    ----------
    path
        CSV or TSV in UTF-8 with one header line, or Parquet.
    texts
        Columns that stay text whatever they hold: ids, patients, centres.
    missing
        Texts that mean missing, beside the empty one.

    Raises
    ------
    DataProblemsError
        If the file cannot be read without a guess; the message names the line.
    """
    if not path.is_file():
        what = "is no file" if path.exists() else "there is no such file"
        raise DataProblemsError(f"{path.name}: {what}. Name a CSV, TSV or Parquet file.")
    kind = path.suffix.lower()
    if kind == ".parquet":
        return _parquet(path, texts)
    if kind not in SEPARATORS:
        raise DataProblemsError(
            f"{path.name}: the name ends with {text_class(kind)}; a table is read from .csv, .tsv "
            "or .parquet. Export it as one of these."
        )
    lines, rows = _records(path, SEPARATORS[kind])
    header, *cells = rows
    by_column = zip(*cells, strict=True) if cells else ([] for _ in header)
    frame = pl.DataFrame(
        dict(zip(header, map(list, by_column), strict=True)),
        schema_overrides=dict.fromkeys(header, pl.String),
    )
    numbers = [n for n in header if n not in texts and _is_number(path, frame[n], missing, lines)]
    return frame.with_columns(
        pl.when(pl.col(name).is_in(["", *missing]))
        .then(None)
        .otherwise(pl.col(name))
        .cast(pl.Float64)
        .alias(name)
        for name in numbers
    )


def _parquet(path: Path, texts: Collection[str]) -> pl.DataFrame:
    """A Parquet file; its columns have types already."""
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataProblemsError(
            f"{path.name}: it cannot be read as Parquet ({type(error).__name__}). Write it again."
        ) from error
    return frame.with_columns(
        pl.col(name).cast(pl.String) for name in frame.columns if name in texts
    )


def _records(path: Path, separator: str) -> tuple[list[int], list[list[str]]]:
    """Header and records of a text table, and the line on which each record starts."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataProblemsError(
            f"{path.name}: the byte at offset {error.start} is not UTF-8. Save the table as UTF-8."
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[int] = []
    rows: list[list[str]] = []
    start = 1
    try:
        for cells in reader:
            lines.append(start)
            rows.append(cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataProblemsError(
            f"{path.name}, line {start}: a quote is not closed, or text follows its end. Close it."
        ) from error
    _check(path, lines, rows, separator)
    return lines[1:], rows


def _check(path: Path, lines: Sequence[int], rows: Sequence[Sequence[str]], separator: str) -> None:
    """One header of unlike names, and as many cells in every record."""
    if not rows or not any(rows[0]):
        raise DataProblemsError(
            f"{path.name}: there is no header line. Name the columns in line 1."
        )
    header = rows[0]
    if len(header) == 1 and ";" in header[0]:
        raise DataProblemsError(
            f"{path.name}, line 1: the columns are separated by semicolons. Export the table with "
            "commas, decimal points, and .csv; or with tabs as .tsv."
        )
    for place, name in enumerate(header, start=1):
        if not name or name in header[: place - 1]:
            what = "has no name" if not name else "has the name of an earlier one"
            raise DataProblemsError(f"{path.name}, line 1: column {place} {what}. Name it.")
    wrong = [
        (n, len(cells)) for n, cells in zip(lines, rows, strict=True) if len(cells) != len(header)
    ]
    if wrong:
        line, found = wrong[0]
        more = f", and {counted(len(wrong) - 1, 'other line')}" if len(wrong) > 1 else ""
        raise DataProblemsError(
            f"{path.name}, line {line}{more}: {counted(found, 'field')} found, {len(header)} "
            "expected. Quote cells that hold the separator; leave no line empty. Nothing was read."
        )


def _is_number(
    path: Path, column: pl.Series, missing: Collection[str], lines: Sequence[int]
) -> bool:
    """Whether every recorded cell is a number; a column that nearly is one is a slip."""
    recorded = ~column.is_in(["", *missing])
    fits = column.str.contains(NUMBER) & recorded
    n_recorded, n_fits = int(recorded.sum()), int(fits.sum())
    if n_fits == n_recorded:
        return n_recorded > 0
    if n_fits >= _MOSTLY * n_recorded and column.filter(fits).n_unique() >= _FEW:
        at = (recorded & ~fits).arg_max() or 0
        raise DataProblemsError(
            f"{path.name}, column '{column.name}': {n_recorded - n_fits} of {n_recorded} cells are "
            f"no number, the first on line {lines[at]} ({text_class(str(column[at]))}). If they "
            "mean missing, name them in data.missing of the plan; otherwise correct them."
        )
    return False
