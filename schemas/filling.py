"""Filling: what a row says where a column must be filled and its source has nothing on it.

Belongs here: "not recorded" in the words of each column, also where a condition requires it.
Does not belong here: which columns a source lacks (`schemas.profile`, the simulated registry).
"""

import re
from collections.abc import Iterable, Mapping

import polars as pl

from schemas.columns import Code, Column, TextCode
from schemas.expressions import AllOf, AnyOf, Col, IsFilled, IsIn, Not, Predicate
from schemas.vocabulary import UNKNOWN

_NOT_RECORDED = pl.lit("not_recorded")


def not_recorded(column: Column) -> str:
    """What a column holds where it must be filled and the source says nothing; else empty."""
    must = column.required or column.required_when is not None
    if isinstance(column.type, Code):
        codes = column.type.vocabulary.codes
        if "not_reported" in codes:
            return "not_reported"
        return UNKNOWN if UNKNOWN in codes and must else ""
    if isinstance(column.type, TextCode) and re.fullmatch(column.type.pattern, UNKNOWN):
        return UNKNOWN if must else ""
    return ""


def say_not_recorded(
    columns: Iterable[Column], made: Mapping[str, pl.Expr], *, silent: Iterable[str]
) -> dict[str, pl.Expr]:
    """The texts of a row, with "not recorded" where `silent` columns are empty and must not be.

    A number is filled by its reason, so it is the reason's name that stands in `silent`.
    """
    found, quiet = dict(made), set(silent)
    for column in columns:
        if not (column.required or column.required_when):
            continue
        required = pl.lit(column.required)
        if column.required_when is not None:
            required = _holds(column.required_when, made)
        if column.may_be_explained:
            if column.reason_name in quiet:
                given = made[column.reason_name]
                missing = required & (made[column.name] == "") & (given == "")
                found[column.reason_name] = pl.when(missing).then(_NOT_RECORDED).otherwise(given)
        elif column.name in quiet:
            missing = required & (made[column.name] == "")
            nothing = pl.lit(not_recorded(column))
            found[column.name] = pl.when(missing).then(nothing).otherwise(made[column.name])
    return found


def _holds(condition: Predicate, made: Mapping[str, pl.Expr]) -> pl.Expr:
    """Whether a column must be filled, from the texts of the row's other columns."""
    match condition:
        case IsIn(Col(name), values):
            return made[name].is_in([str(value) for value in values])
        case IsFilled(Col(name)):
            return made[name] != ""
        case Not(part):
            return ~_holds(part, made)
        case AllOf(parts):
            return pl.all_horizontal(*(_holds(part, made) for part in parts))
        case AnyOf(parts):
            return pl.any_horizontal(*(_holds(part, made) for part in parts))
    raise TypeError(f"a column's `required_when` cannot be a {type(condition).__name__}")
