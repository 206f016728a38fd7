"""The rule catalogue: every check of every table, each declared once.

Belongs here: the general rules R001 to R009, derived from the columns, and their union with the
clinical ones.
Does not belong here: the clinical rules themselves (`schemas.rules`), SQL and suites
(`warehouse.validation`).
"""

from collections.abc import Iterator
from functools import cache

from schemas.checks import (
    AnyCheck,
    Check,
    ConflictCheck,
    DuplicateCheck,
    PredicateCheck,
    RangeCheck,
    ReferenceCheck,
    RequiredCheck,
    SiteCheck,
    TextCheck,
    VocabularyCheck,
)
from schemas.columns import Code, Column, Identifier, Integer, Number, TextCode
from schemas.expressions import Col, IfThen, IsFilled, Not, Predicate, any_of
from schemas.rules import CLINICAL
from schemas.rules.sites import SITES
from schemas.table import Table
from schemas.tables import BY_NAME, TABLES

#: A calendar date, or digits only and six or more of them: what a hospital number looks like.
LOOKS_IDENTIFYING = (
    r"[0-9]{6,}|[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}"
)

#: The same for a text code: a version may be digits only, or have dots between them (24.10.2).
LOOKS_LIKE_A_DATE = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2,4}"

#: The rules about a site as a whole, by rule id.
SITE_CHECKS: dict[str, SiteCheck] = {check.rule: check for check in SITES}

_CORRECT = "Correct it at the site and deliver again."


@cache
def checks_of(table_name: str) -> tuple[AnyCheck, ...]:
    """Every check of one table, in order of rule id, then column."""
    table = BY_NAME[table_name]
    found = [
        *_key_checks(table),
        *(check for column in table.columns for check in _column_checks(table, column)),
        *(check for check in CLINICAL if check.table == table_name),
    ]
    order = {name: place for place, name in enumerate(table.names)}
    return tuple(sorted(found, key=lambda check: (check.rule, order[check.column])))


def all_checks() -> tuple[AnyCheck, ...]:
    """Every check of every table, tables in their order."""
    return tuple(check for table in TABLES for check in checks_of(table.name))


def rules_of(table_name: str) -> dict[str, Check]:
    """Rule ids of a table, each with its first check, an error before a warning."""
    found: dict[str, Check] = {}
    for check in sorted(checks_of(table_name), key=lambda check: check.severity == "warning"):
        found.setdefault(check.rule, check)
    return dict(sorted(found.items()))


def _key_checks(table: Table) -> Iterator[AnyCheck]:
    """R001 and R002: one row per key."""
    key = " and ".join(f"`{name}`" for name in table.key)
    yield DuplicateCheck(
        rule="R001",
        table=table.name,
        column=table.key[0],
        key=table.key,
        sentence=f"{key} is unique in table and delivery",
        remedy="The first of the equal rows is kept. Leave the others out.",
    )
    yield ConflictCheck(
        rule="R002",
        table=table.name,
        column=table.key[0],
        key=table.key,
        sentence=f"a {key} delivered twice has equal values in every column",
        remedy="Decide at the site which row is right and deliver that one only.",
    )


def _column_checks(table: Table, column: Column) -> Iterator[AnyCheck]:
    """R003 to R009: what the declaration of a column demands."""
    name = f"`{column.name}`"
    if column.parent is not None:
        yield ReferenceCheck(
            rule="R003",
            table=table.name,
            column=column.name,
            parent=column.parent,
            parent_column=column.name,
            sentence=f"{name} names a row of `{column.parent}` in the same delivery",
            remedy=f"Deliver the row of {column.parent}, or correct the {column.name}.",
        )
    yield from _required_checks(table, column)
    match column.type:
        case Code(vocabulary):
            yield VocabularyCheck(
                rule="R005",
                table=table.name,
                column=column.name,
                codes=vocabulary.codes,
                sentence=f"{name} is a value of the vocabulary '{vocabulary.name}', exact spelling",
                remedy=f"{_CORRECT} Nothing is mapped by likeness.",
            )
        case Integer() | Number():
            yield from _number_checks(table, column)
        case Identifier() | TextCode():
            yield from _text_checks(table, column)


def _text_checks(table: Table, column: Column) -> Iterator[AnyCheck]:
    """R007 and R008: an identifier or text code has its form, and is no date and no number."""
    assert isinstance(column.type, Identifier | TextCode)
    name, is_id = f"`{column.name}`", isinstance(column.type, Identifier)
    yield TextCheck(
        rule="R007",
        table=table.name,
        column=column.name,
        pattern=column.type.pattern,
        sentence=f"{name} is {column.type.phrase}",
        remedy=_CORRECT,
    )
    no_id = f"{name} looks like neither a calendar date nor a hospital number"
    yield TextCheck(
        rule="R008",
        table=table.name,
        column=column.name,
        pattern=LOOKS_IDENTIFYING if is_id else LOOKS_LIKE_A_DATE,
        forbidden=True,
        sentence=no_id if is_id else f"{name} does not look like a calendar date",
        remedy="Deliver pseudonyms made at the site, and days from day 0 instead of dates.",
    )


def _required_checks(table: Table, column: Column) -> Iterator[AnyCheck]:
    """R004, or the rule that the column names: required columns are filled."""
    remedy = "Fill it; where the site does not know, a code or a missing reason says so."
    if column.required:
        yield RequiredCheck(
            rule="R004",
            table=table.name,
            column=column.name,
            reason_column=column.reason_name if column.may_be_explained else None,
            sentence=f"`{column.name}` is filled",
            remedy=remedy,
        )
    elif column.required_when is not None:
        filled: Predicate = IsFilled(Col(column.name))
        if column.may_be_explained:
            filled = any_of(filled, IsFilled(Col(column.reason_name)))
        holds = IfThen(column.required_when, filled)
        yield PredicateCheck(
            rule=column.required_rule,
            table=table.name,
            column=column.name,
            holds=holds,
            sentence=holds.sentence(),
            remedy=remedy,
        )


def _number_checks(table: Table, column: Column) -> Iterator[AnyCheck]:
    """R006, R007 and R009: a number is readable, within its range, and not also explained away."""
    assert isinstance(column.type, Integer | Number)
    kind = column.type
    unit = f" {kind.unit}" if kind.unit else ""
    digits = "digits only" if isinstance(kind, Integer) else "a decimal point"
    if kind.high < 1e300:
        yield RangeCheck(
            rule="R006",
            table=table.name,
            column=column.name,
            low=kind.low,
            high=kind.high,
            sentence=f"`{column.name}` lies within {kind.low:g} to {kind.high:g}{unit}",
            remedy=f"{_CORRECT} Is the unit right?",
        )
    yield TextCheck(
        rule="R007",
        table=table.name,
        column=column.name,
        pattern=kind.pattern,
        sentence=f"`{column.name}` is {kind.phrase}",
        remedy=f"Write it with {digits} and no thousands sign; say why it is missing in the "
        "missing reason, never as text.",
    )
    if column.may_be_explained:
        both = Not(IsFilled(Col(column.reason_name)))
        holds = IfThen(IsFilled(Col(column.name)), both)
        yield PredicateCheck(
            rule="R009",
            table=table.name,
            column=column.name,
            holds=holds,
            sentence=f"`{column.name}` and `{column.reason_name}` are not both filled",
            remedy="Keep the number or the reason for its absence, not both.",
        )
