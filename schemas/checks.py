"""Checks: one rule applied to one column, or to one table.

Belongs here: the kinds of check, each with its rule id, severity and sentence; compiled by
`warehouse.validation`.
Does not belong here: which checks exist (`schemas.catalogue`), SQL, Great Expectations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from schemas.expressions import Predicate, columns_of

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """What every check has; `column` is where a broken row is shown to be at fault."""

    rule: str
    table: str
    column: str
    sentence: str
    remedy: str
    severity: Severity = "error"

    @property
    def name(self) -> str:
        """Unique name of the check within the catalogue."""
        return f"{self.rule}.{self.table}.{self.column}"


@dataclass(frozen=True, kw_only=True)
class TextCheck(Check):
    """The delivered text matches the pattern as a whole (or does not: `forbidden`)."""

    pattern: str
    forbidden: bool = False


@dataclass(frozen=True, kw_only=True)
class VocabularyCheck(Check):
    """The delivered text is one of the codes."""

    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RangeCheck(Check):
    """The typed number lies within low and high, both allowed."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class RequiredCheck(Check):
    """The column is filled; for a number a reason in `reason_column` will do."""

    reason_column: str | None = None


@dataclass(frozen=True, kw_only=True)
class DuplicateCheck(Check):
    """No second row of the delivery repeats key and content; the first of them is kept."""

    key: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConflictCheck(Check):
    """No two rows of the delivery share a key and differ in content; none of them is kept."""

    key: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReferenceCheck(Check):
    """The value names a row of `parent` in the same delivery."""

    parent: str
    parent_column: str


@dataclass(frozen=True, kw_only=True)
class PredicateCheck(Check):
    """The predicate is not false.

    `remedies` are pairs of a text of the column and what to do where it is delivered; `remedy` is
    for every other text.
    """

    holds: Predicate
    remedies: tuple[tuple[str, str], ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the row that the predicate reads, each once."""
        return tuple(dict.fromkeys(columns_of(self.holds)))


@dataclass(frozen=True, kw_only=True)
class SiteCheck(Check):
    """A site's rows as a whole agree with those of the other sites; judged beside the warehouse.

    It is no check of a row: `catalogue.checks_of` does not name it, `catalogue.SITE_CHECKS` does.
    `limits` are the numbers it goes by, `holds` and `breaks` an example of each.
    """

    limits: Mapping[str, float]
    holds: str
    breaks: str


AnyCheck = (
    TextCheck
    | VocabularyCheck
    | RangeCheck
    | RequiredCheck
    | DuplicateCheck
    | ConflictCheck
    | ReferenceCheck
    | PredicateCheck
)


def rule_at(
    rule: str,
    place: str,
    *,
    holds: Predicate,
    remedy: str,
    remedies: tuple[tuple[str, str], ...] = (),
    severity: Severity = "error",
    sentence: str = "",
) -> PredicateCheck:
    """Build the check of a rule at `table.column`; without a sentence the predicate writes it."""
    table, column = place.split(".")
    return PredicateCheck(
        rule=rule,
        table=table,
        column=column,
        holds=holds,
        remedy=remedy,
        remedies=remedies,
        severity=severity,
        sentence=sentence or holds.sentence(),
    )
