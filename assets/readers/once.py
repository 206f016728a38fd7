"""Rows that a file makes once, a site's own record say: which of its records makes one.

Belongs here: the first record whose cells fit their columns, and what is wrong before it.
Does not belong here: making the row (`mapping`), judging it (`warehouse.validation`).
Without this a slip in the first record would leave a delivery without its site, and every other row
an orphan.
"""

import re
from collections.abc import Iterator

import polars as pl

from assets.readers.read_file import ReadProblem
from schemas.columns import Code, Column, Integer, Number
from schemas.problems import UNREADABLE
from schemas.profile import Rows
from schemas.showing import text_class
from schemas.tables import BY_NAME


def settled_once(made: pl.DataFrame, rows: Rows) -> tuple[pl.DataFrame, list[ReadProblem]]:
    """Of the rows that every record would make the one that is made, and why not an earlier one.

    A record that lacks a value is passed over, one with a wrong value is a problem. Where none
    fits, the first makes the row, and the rules say what is wrong with it.
    """
    table = BY_NAME[rows.table]
    different = made.unique(table.names, keep="first", maintain_order=True)
    problems: list[ReadProblem] = []
    for row in different.iter_rows(named=True):
        wrong = [c for c in table.columns if (text := row[c.name]) and _rule(c, text)]
        if not wrong and not any(c.required and not row[c.name] for c in table.columns):
            chosen = made.filter(pl.col("_record") == row["_record"])
            return chosen, [p for p in problems if (p.record or 0) < row["_record"]]
        same = made.join(pl.DataFrame([row]).select(table.names), on=table.names, how="semi")
        for column in wrong:
            problems += _wrong(column, rows, same)
    return made.head(1), []


def _rule(column: Column, text: str) -> str:
    """The rule that a text breaks by itself; empty where it fits its column."""
    if text == UNREADABLE:
        return "R007"
    if isinstance(column.type, Code):
        return "" if text in column.type.vocabulary.codes else "R005"
    if re.fullmatch(column.type.pattern, text) is None:
        return "R007"
    if isinstance(column.type, Integer | Number):
        return "" if column.type.low <= float(text) <= column.type.high else "R006"
    return ""


def _wrong(column: Column, rows: Rows, same: pl.DataFrame) -> Iterator[ReadProblem]:
    """What is wrong with a column of the records that have the same values."""
    source = rows.columns.get(column.name)
    for record, line, text in same.select("_record", "_line", column.name).iter_rows():
        if source is None or text == UNREADABLE:
            continue
        yield ReadProblem(
            _rule(column, text),
            f"The row of {rows.table} is made of the first record that fits, and this one does "
            f"not: {column.name} is {column.type.phrase}, the cell holds {text_class(text)}.",
            "Correct the cell and deliver again; a later record made the row.",
            line=line,
            record=record,
            column=source.column or next(iter(source.id or ()), None),
        )
