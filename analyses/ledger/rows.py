"""Rows of a statistic: which cases it takes, on which side, with which event or value.

Belongs here: the four kinds of question, and the tidy rows that each makes of the cases.
Does not belong here: the questions of the claims (`analyses.ledger.questions`), estimates.
A sign that is not reported or cannot be assessed is neither present nor absent: such cases are
counted beside.
"""

from dataclasses import dataclass

import polars as pl

#: A part of several tumours is no type, so it is nobody's next commonest.
_NO_TYPE = "other"
_COUNTED = ["site", "definition", "group", "y"]


@dataclass(frozen=True)
class Odds:
    """Odds ratio of an event, first group over second; or per step, groups from first to last.

    `among` are the cases that the question is about. A case whose group, event, definition or
    adjusting column is missing is not assessable.
    """

    among: pl.Expr
    groups: tuple[tuple[str, pl.Expr], ...]
    event: pl.Expr
    per_step: bool = False
    adjusted: tuple[str, ...] = ()
    definition: str | None = None


@dataclass(frozen=True)
class Share:
    """Share of the cases with an event."""

    among: pl.Expr
    label: str
    event: pl.Expr


@dataclass(frozen=True)
class Lead:
    """Share with one value of a column less the share with another, of all cases with a value.

    `second` None: the commonest other value.
    """

    among: pl.Expr
    column: str
    first: str
    second: str | None = None


@dataclass(frozen=True)
class Medians:
    """Median of a value in the first group less that in the second."""

    among: pl.Expr
    groups: tuple[tuple[str, pl.Expr], tuple[str, pl.Expr]]
    value: pl.Expr


Question = Odds | Share | Lead | Medians


@dataclass(frozen=True)
class Rows:
    """Assessable cases as a frame, and what it means.

    `frame` has `site`, `definition` (missing where the question has none), `group` (place in
    `labels`), `y` (1 or 0; of `Lead` 1, -1 or 0; of `Medians` the value) and the adjusting
    columns, in an order that does not hang on that of the cases.
    """

    frame: pl.DataFrame
    labels: tuple[str, ...]
    not_assessable: int
    adjusted: tuple[str, ...] = ()
    per_step: bool = False
    is_lead: bool = False

    @property
    def n(self) -> int:
        """Number of assessable cases."""
        return self.frame.height


def rows_of(question: Question, cases: pl.DataFrame) -> Rows:
    """The rows of a question on the cases of `analyses.ledger.cases`."""
    asked = cases.filter(question.among.fill_null(value=False))
    if isinstance(question, Odds):
        return _of_odds(question, asked)
    if isinstance(question, Medians):
        group, labels = _groups(question.groups)
        return _kept(asked, group, question.value.cast(pl.Float64), labels)
    if isinstance(question, Share):
        return _kept(asked, pl.lit(0), question.event.cast(pl.Float64), (question.label,))
    return _of_lead(question, asked)


def _of_odds(question: Odds, asked: pl.DataFrame) -> Rows:
    """Group, event, definition and adjusting columns, all there."""
    group, labels = _groups(question.groups)
    definition = pl.lit(None) if question.definition is None else pl.col(question.definition)
    needed = [pl.col(name) for name in question.adjusted]
    if question.definition is not None:
        needed.append(definition)
    found = _kept(
        asked,
        group,
        question.event.cast(pl.Float64),
        labels,
        definition=definition,
        needed=needed,
        adjusted=question.adjusted,
    )
    return Rows(
        found.frame, labels, found.not_assessable, question.adjusted, per_step=question.per_step
    )


def _of_lead(question: Lead, asked: pl.DataFrame) -> Rows:
    """1 with the first value, -1 with the second, 0 with any other."""
    column = pl.col(question.column)
    second = question.second or _next_commonest(asked[question.column], question.first)
    y = pl.when(column == question.first).then(1.0).when(column == pl.lit(second)).then(-1.0)
    y = y.when(column.is_not_null()).then(0.0)
    found = _kept(asked, pl.lit(0), y, (question.first, second or "none other"))
    return Rows(found.frame, found.labels, found.not_assessable, is_lead=True)


def _next_commonest(values: pl.Series, first: str) -> str | None:
    """The most frequent other value, of equal ones the first in the alphabet."""
    others = values.drop_nulls().filter(~values.drop_nulls().is_in([first, _NO_TYPE]))
    if others.is_empty():
        return None
    counted = (
        others.alias("value").value_counts(name="n").sort(["n", "value"], descending=[True, False])
    )
    return str(counted["value"][0])


def _groups(groups: tuple[tuple[str, pl.Expr], ...]) -> tuple[pl.Expr, tuple[str, ...]]:
    """The place of each case's group, and the labels."""
    places = [pl.when(is_in.fill_null(value=False)).then(k) for k, (_, is_in) in enumerate(groups)]
    return pl.coalesce(places), tuple(label for label, _ in groups)


def _kept(
    asked: pl.DataFrame,
    group: pl.Expr,
    y: pl.Expr,
    labels: tuple[str, ...],
    *,
    definition: pl.Expr | None = None,
    needed: list[pl.Expr] | None = None,
    adjusted: tuple[str, ...] = (),
) -> Rows:
    """The cases with everything that is needed; the others are counted."""
    complete = pl.all_horizontal([e.is_not_null() for e in (group, y, *(needed or []))])
    frame = asked.filter(complete).select(
        pl.col("site_id").alias("site"),
        (pl.lit(None) if definition is None else definition).cast(pl.String).alias("definition"),
        group.cast(pl.Int64).alias("group"),
        y.alias("y"),
        *adjusted,
    )
    return Rows(frame.sort(*_COUNTED, *adjusted), labels, asked.height - frame.height)
