"""Expressions: the small language in which a rule says what must hold.

Belongs here: terms (a column, a value of a related row) and predicates (is in, at most, if-then),
each of which writes its own part of an English sentence.
Does not belong here: what is demanded (`schemas.catalogue`), how it is run
(`warehouse.validation`).

Logic is three-valued: a predicate on a missing operand is neither true nor false, and a rule is
broken only where it is false. `unknown` counts as missing for every operand, except in `IsFilled`.

Inside the `where` of a related value, `Col` is a column of the related row (or of its parent `via`,
where one is named) and `Outer` a column of the row that is judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from schemas.wording import listed

Scalar = str | int | float


@dataclass(frozen=True)
class Col:
    """A column of the row itself."""

    name: str

    def phrase(self) -> str:
        """How the term reads in a sentence."""
        return f"`{self.name}`"


@dataclass(frozen=True)
class Outer:
    """A column of the row that is judged, within the `where` of a related value."""

    name: str

    def phrase(self) -> str:
        """How the term reads in a sentence."""
        return f"this row's `{self.name}`"


@dataclass(frozen=True)
class Related:
    """One value drawn from the rows of `table` that agree with this row in the columns `on`.

    `how`: "one" = the value of the parent row; "min" or "max" over the related rows. `where` keeps
    only some of them. `via` names a parent of `table` whose columns, too, may be read and agreed
    in (a read's study has the case).
    """

    table: str
    column: str
    on: str | tuple[str, ...]
    how: Literal["one", "min", "max"] = "one"
    where: "Predicate | None" = None
    via: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns in which the rows agree."""
        return (self.on,) if isinstance(self.on, str) else self.on

    def phrase(self) -> str:
        """How the term reads in a sentence."""
        kind = {"one": "", "min": "the first ", "max": "the last "}[self.how]
        where = f" with {self.where.sentence()}" if self.where is not None else ""
        return f"{kind}`{self.table}.{self.column}`{where}"


@dataclass(frozen=True)
class Span:
    """Number of places from `upper` to `lower` in an ordered vocabulary, both counted."""

    upper: Col
    lower: Col
    vocabulary: tuple[str, ...]

    def phrase(self) -> str:
        """How the term reads in a sentence."""
        return f"the levels from {self.upper.phrase()} to {self.lower.phrase()}, both counted"


@dataclass(frozen=True)
class Linear:
    """factor * term + offset."""

    term: "Col | Outer | Related"
    factor: float = 1
    offset: float = 0

    def phrase(self) -> str:
        """How the term reads in a sentence."""
        times = f"{self.factor:g} x " if self.factor != 1 else ""
        plus = f" + {self.offset:g}" if self.offset else ""
        return f"{times}{self.term.phrase()}{plus}"


Term = Col | Outer | Related | Span | Linear


@dataclass(frozen=True)
class IsIn:
    """The term is one of the values."""

    term: "Col | Outer | Related"
    values: tuple[Scalar, ...]

    def sentence(self) -> str:
        """The predicate in words."""
        return f"{self.term.phrase()} is {_said(self.values)}"


@dataclass(frozen=True)
class IsFilled:
    """The column holds something, be it `unknown`."""

    term: Col

    def sentence(self) -> str:
        """The predicate in words."""
        return f"{self.term.phrase()} is filled"


@dataclass(frozen=True)
class Compare:
    """An inequality or equality between a term and a term or number."""

    left: Term
    operator: Literal["<", "<=", "=", "!=", ">=", ">"]
    right: Term | float

    def sentence(self) -> str:
        """The predicate in words."""
        words = {
            "<": "is less than",
            "<=": "is at most",
            "=": "equals",
            "!=": "differs from",
            ">=": "is at least",
            ">": "is more than",
        }
        right = f"{self.right:g}" if isinstance(self.right, int | float) else self.right.phrase()
        return f"{self.left.phrase()} {words[self.operator]} {right}"


@dataclass(frozen=True)
class Exists:
    """Some row of `table` that agrees with this row in the columns `on` satisfies `where`.

    Never missing. `via` as in `Related`.
    """

    table: str
    on: str | tuple[str, ...]
    where: "Predicate"
    via: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns in which the rows agree."""
        return (self.on,) if isinstance(self.on, str) else self.on

    def sentence(self) -> str:
        """The predicate in words."""
        same = listed([f"`{name}`" for name in self.keys], "and")
        return (
            f"there is a row of `{self.table}` of the same {same} in which {self.where.sentence()}"
        )


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Predicate", ...]

    def sentence(self) -> str:
        """The predicate in words; what all parts say of one term begins with it once.

        Examples
        --------
        >>> any_of(Not(IsFilled(Col("a"))), Compare(Col("a"), "=", 0)).sentence()
        '`a` is empty or equals 0'
        """
        first, *others = (part.sentence() for part in self.parts)
        subject = first[: first.find("` ") + 2] if first.startswith("`") else ""
        if subject and all(other.startswith(subject) for other in others):
            others = [other.removeprefix(subject) for other in others]
        return " or ".join([first, *others])


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Predicate", ...]

    def sentence(self) -> str:
        """The predicate in words."""
        return " and ".join(part.sentence() for part in self.parts)


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Predicate"

    def sentence(self) -> str:
        """The predicate in words.

        Examples
        --------
        >>> Not(is_in("a", "x")).sentence(), Not(is_in("a", "x", "y")).sentence()
        ("`a` is not 'x'", "`a` is neither 'x' nor 'y'")
        """
        match self.part:
            case IsIn(term, values) if len(values) == 1:
                return f"{term.phrase()} is not {_said(values)}"
            case IsIn(term, values):
                return f"{term.phrase()} is neither {_said(values, 'nor')}"
            case IsFilled(term):
                return f"{term.phrase()} is empty"
            case Exists():
                return self.part.sentence().replace("there is a row", "there is no row", 1)
        return f"it is not so that {self.part.sentence()}"


@dataclass(frozen=True)
class IfThen:
    """Where the condition holds, the consequence does."""

    condition: "Predicate"
    consequence: "Predicate"

    def sentence(self) -> str:
        """The predicate in words."""
        return f"if {self.condition.sentence()}, then {self.consequence.sentence()}"


@dataclass(frozen=True)
class Iff:
    """Both sides hold, or neither does."""

    left: "Predicate"
    right: "Predicate"

    def sentence(self) -> str:
        """The predicate in words."""
        return f"{self.left.sentence()} exactly when {self.right.sentence()}"


Predicate = IsIn | IsFilled | Compare | Exists | AnyOf | AllOf | Not | IfThen | Iff
Node = Term | Predicate


def is_in(column: str | Related, *values: Scalar) -> IsIn:
    """Shorthand: the column (or related value) is one of the values."""
    return IsIn(Col(column) if isinstance(column, str) else column, values)


def any_of(*parts: Predicate) -> AnyOf:
    """Shorthand: at least one of the predicates holds."""
    return AnyOf(parts)


def all_of(*parts: Predicate) -> AllOf:
    """Shorthand: every predicate holds."""
    return AllOf(parts)


def columns_of(node: Node) -> Iterator[str]:
    """Names of the row's own columns that the expression reads, in order of appearance."""
    if isinstance(node, Col):
        yield node.name
    elif isinstance(node, Related | Exists):
        yield from node.keys
        yield from outer_columns_of(node)
    else:
        for child in children_of(node):
            yield from columns_of(child)


def outer_columns_of(node: Related | Exists) -> tuple[str, ...]:
    """Columns of the judged row that the `where` of a related value reads."""

    def within(part: Node) -> Iterator[str]:
        if isinstance(part, Outer):
            yield part.name
        for child in children_of(part):
            yield from within(child)

    return () if node.where is None else tuple(dict.fromkeys(within(node.where)))


def tables_of(node: Node) -> Iterator[str]:
    """Names of the other tables that the expression reads."""
    if isinstance(node, Related | Exists):
        yield node.table
        if node.via is not None:
            yield node.via
    for child in children_of(node):
        yield from tables_of(child)


def children_of(node: Node) -> tuple[Node, ...]:
    """Direct parts of an expression, terms and predicates alike.

    A related value has none: what is inside it speaks of other rows.
    """
    match node:
        case AnyOf(parts) | AllOf(parts):
            return parts
        case Not(part):
            return (part,)
        case IfThen(a, b) | Iff(a, b):
            return (a, b)
        case IsIn(term, _) | IsFilled(term) | Linear(term, _, _):
            return (term,)
        case Compare(left, _, right):
            return (left,) if isinstance(right, int | float) else (left, right)
        case Span(upper, lower, _):
            return (upper, lower)
        case _:
            return ()


def _said(values: tuple[Scalar, ...], last: str = "or") -> str:
    """The values as words: a, b or c."""
    return listed([f"'{v}'" if isinstance(v, str) else f"{v:g}" for v in values], last)
