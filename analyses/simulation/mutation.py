"""Mutations: how one row of the simulated registry is spoilt.

Belongs here: what a mutation says, and the expressions that several of them share.
Does not belong here: the mutations (`mutations_imaging`, `mutations_clinical`), choosing rows
(`faults`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from schemas.checks import Severity

col, lit = pl.col, pl.lit


@dataclass(frozen=True)
class Mutation:
    """How one row is spoilt: which rows will do, and the new text of their columns.

    Expressions see the row and what `fault_context` puts beside it. With `copy` the row stays and
    the changed row is added; `new_key` then replaces the last part of the added row's key.
    `clashes_in` names the columns in which every row that agrees with the changed one is broken
    too. `changes` names another table than that of `place`: its row is changed, and the row of
    `place` whose key it holds is broken. With `breaks_origin` it is the copied row that is broken,
    by what was put beside it.
    """

    rule: str
    place: str
    eligible: pl.Expr
    change: Mapping[str, pl.Expr] = field(default_factory=dict)
    copy: bool = False
    new_key: str = ""
    rows: int = 1
    clashes_in: tuple[str, ...] = ()
    changes: str = ""
    breaks_origin: bool = False
    severity: Severity = "error"

    @property
    def table(self) -> str:
        """Table of the row that breaks the rule."""
        return self.place.split(".")[0]

    @property
    def column(self) -> str:
        """Column at which the rule reports the row."""
        return self.place.split(".")[1]

    @property
    def changed_table(self) -> str:
        """Table of the row that is changed."""
        return self.changes or self.table


def among(column: str, *values: str) -> pl.Expr:
    """The column holds one of the texts."""
    return col(column).is_in(list(values))


def number(column: str) -> pl.Expr:
    """The column as a number, null where empty."""
    return col(column).cast(pl.Float64, strict=False)


def whole(value: pl.Expr) -> pl.Expr:
    """A number as the text of a whole one."""
    return value.cast(pl.Int64).cast(pl.String)
