"""A second reading of the rule catalogue, in polars, to hold against the SQL pass.

Belongs here: what every check and every expression of `schemas` means, written from their
definitions and from nothing else.
Does not belong here: messages, refused children (E_PARENT), anything that imports `warehouse`.
"""

import operator
from collections.abc import Callable, Mapping
from functools import reduce

import polars as pl

from schemas.catalogue import checks_of
from schemas.checks import (
    AnyCheck,
    ConflictCheck,
    DuplicateCheck,
    PredicateCheck,
    RangeCheck,
    ReferenceCheck,
    RequiredCheck,
    TextCheck,
    VocabularyCheck,
)
from schemas.columns import Code, Column, Integer, Number
from schemas.expressions import (
    AllOf,
    AnyOf,
    Col,
    Compare,
    Exists,
    Iff,
    IfThen,
    IsFilled,
    IsIn,
    Linear,
    Not,
    Outer,
    Predicate,
    Related,
    Span,
    Term,
)
from schemas.tables import BY_NAME, TABLES
from schemas.vocabulary import UNKNOWN

#: table, key (its values joined by '|'), rule, column.
Broken = tuple[str, str, str, str]

_COMPARE: dict[str, Callable[[pl.Series, pl.Series | float], pl.Series]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def broken_rows(tables: Mapping[str, pl.DataFrame], *, severity: str | None = None) -> set[Broken]:
    """Every broken (row, check) of one delivery of one site, given as frames of text.

    A table without rows may be left out; `severity` limits to "error" or "warning".
    """
    delivery = Delivery(tables)
    return {
        (table.name, key, check.rule, check.column)
        for table in TABLES
        for check in checks_of(table.name)
        if severity in (None, check.severity)
        for key in delivery.broken_keys(check)
    }


class Rows:
    """Rows of one table as text, typed on demand; within a related value, beside the judged rows.

    `outer` holds, row by row, the judged row that each of these rows is looked at from.
    """

    def __init__(
        self, text: pl.DataFrame, columns: Mapping[str, Column], outer: "Rows | None" = None
    ) -> None:
        self.text = text
        self.columns = columns
        self.outer = outer
        self._typed: dict[str, pl.Series] = {}

    def operand(self, name: str) -> pl.Series:
        """Typed values of a column, `unknown` counted as missing."""
        typed = self.typed(name)
        if typed.dtype != pl.String:
            return typed
        return _where(typed != UNKNOWN, typed)

    def typed(self, name: str) -> pl.Series:
        """Values of a column: missing where the text does not fit the type as a whole."""
        if name not in self._typed:
            text, kind = self.text[name], self.columns[name].type
            match kind:
                case Code(vocabulary):
                    typed = _where(_equals_any(text, vocabulary.codes), text)
                case Integer() | Number():
                    fits = text.str.contains(rf"\A(?:{kind.pattern})\z")
                    typed = _where(fits, text).cast(kind.dtype)
                case _:
                    typed = text
            self._typed[name] = typed
        return self._typed[name]

    def taken(self, places: pl.Series) -> "Rows":
        """The rows at these places, in that order, as often as they are named."""
        return Rows(self.text[places], self.columns)


class Delivery:
    """One delivery: its text, its typed values, and the meaning of checks upon them."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._rows = {
            table.name: Rows(_text_of(table.name, tables), table.by_name) for table in TABLES
        }

    def broken_keys(self, check: AnyCheck) -> list[str]:
        """Keys of the rows that break the check; the same key twice where two rows do."""
        frame = self._rows[check.table].text
        broken = self.broken(check).fill_null(False)
        parts = [frame[name].fill_null("") for name in BY_NAME[check.table].key]
        keys = reduce(lambda a, b: a + "|" + b, parts)
        return keys.filter(broken).to_list()

    def broken(self, check: AnyCheck) -> pl.Series:
        """Per row: true where the check is broken; false or null where it is not."""
        rows = self._rows[check.table]
        text = rows.text[check.column]
        match check:
            case TextCheck(pattern=pattern, forbidden=forbidden):
                matches = text.str.contains(rf"\A(?:{pattern})\z")
                return matches if forbidden else ~matches
            case VocabularyCheck(codes=codes):
                return ~_equals_any(text, codes)
            case RangeCheck(low=low, high=high):
                number = rows.typed(check.column)
                return (number < low) | (number > high)
            case RequiredCheck(reason_column=None):
                return text.is_null()
            case RequiredCheck(reason_column=str(reason)):
                return text.is_null() & rows.text[reason].is_null()
            case ReferenceCheck(parent=parent, parent_column=column):
                return text.is_not_null() & ~_member(text, set(self._rows[parent].text[column]))
            case DuplicateCheck(key=key):
                return text.is_not_null() & self._repeats(check.table, key)[0]
            case ConflictCheck(key=key):
                return text.is_not_null() & self._repeats(check.table, key)[1]
            case PredicateCheck(holds=holds):
                return ~self.holds(rows, holds)
        raise TypeError(check)

    def holds(self, rows: Rows, node: Predicate) -> pl.Series:
        """Per row: whether a predicate is true, false, or neither (null)."""
        match node:
            case IsIn(term, values):
                return _equals_any(self.value(rows, term), values)
            case IsFilled(Col(name)):
                return rows.text[name].is_not_null()
            case Compare(left, sign, right):
                other = right if isinstance(right, int | float) else self.value(rows, right)
                return _COMPARE[sign](self.value(rows, left), other)
            case Exists():
                owner, _ = self._met(rows, node)
                return _member(pl.Series(range(rows.text.height)), set(owner))
            case AnyOf(parts):
                return reduce(operator.or_, (self.holds(rows, part) for part in parts))
            case AllOf(parts):
                return reduce(operator.and_, (self.holds(rows, part) for part in parts))
            case Not(part):
                return ~self.holds(rows, part)
            case IfThen(condition, consequence):
                return ~self.holds(rows, condition) | self.holds(rows, consequence)
            case Iff(one, other):
                return self.holds(rows, one) == self.holds(rows, other)
        raise TypeError(node)

    def value(self, rows: Rows, node: Term) -> pl.Series:
        """Per row: the value of a term; `unknown` and what does not fit the type are missing."""
        match node:
            case Col(name):
                return rows.operand(name)
            case Outer(name):
                assert rows.outer is not None
                return rows.outer.operand(name)
            case Related(column=column, how=how):
                owner, met = self._met(rows, node)
                values = met.operand(column)
                drawn = _drawn(owner, values, max if how == "max" else min)
                found = [drawn.get(place) for place in range(rows.text.height)]
                return pl.Series(found, dtype=values.dtype)
            case Span(upper, lower, vocabulary):
                places = {code: place for place, code in enumerate(vocabulary)}
                top, bottom = (
                    pl.Series([places.get(x) for x in self.value(rows, term)], dtype=pl.Int64)
                    for term in (upper, lower)
                )
                return bottom - top + 1
            case Linear(term, factor, offset):
                return self.value(rows, term) * factor + offset
        raise TypeError(node)

    def _met(self, rows: Rows, node: Related | Exists) -> tuple[pl.Series, Rows]:
        """The related rows that count, each with the place of the judged row it counts for."""
        others = self._with_parent(node.table, node.via)
        mine = rows.text.select(node.keys).with_row_index("_mine")
        theirs = others.text.select(node.keys).with_row_index("_theirs")
        pairs = mine.join(theirs, on=list(node.keys), how="inner").sort("_mine", "_theirs")
        met = others.taken(pairs["_theirs"])
        met.outer = rows.taken(pairs["_mine"])
        if node.where is not None:
            kept = self.holds(met, node.where).fill_null(False)
            pairs, met = pairs.filter(kept), Rows(met.text.filter(kept), met.columns)
        return pairs["_mine"], met

    def _with_parent(self, table: str, via: str | None) -> Rows:
        """The rows of a table, their parent's columns beside their own where it is named."""
        own = self._rows[table]
        if via is None:
            return own
        key = BY_NAME[via].key[0]
        parent = self._rows[via].text.unique(key, keep="first", maintain_order=True)
        beside = [c for c in parent.columns if c not in own.text.columns]
        text = own.text.join(parent.select(key, *beside), on=key, how="inner")
        return Rows(text, {**BY_NAME[via].by_name, **own.columns})

    def _repeats(self, table: str, key: tuple[str, ...]) -> tuple[pl.Series, pl.Series]:
        """Per row: an equal row came before and no row of its key differs; a row differs."""
        rows = [tuple(row) for row in self._rows[table].text.iter_rows()]
        names = self._rows[table].text.select(key)
        keys = [tuple(row) for row in names.iter_rows()]
        contents: dict[tuple[str | None, ...], set[tuple[str | None, ...]]] = {}
        later = []
        for one, row in zip(keys, rows, strict=True):
            later.append(one in contents)
            contents.setdefault(one, set()).add(row)
        differs = pl.Series([len(contents[one]) > 1 for one in keys], dtype=pl.Boolean)
        return pl.Series(later, dtype=pl.Boolean) & ~differs, differs


def _text_of(name: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The delivered text of a table, null for an empty one."""
    names = BY_NAME[name].names
    given = tables.get(name, pl.DataFrame(schema=dict.fromkeys(names, pl.String)))
    assert tuple(given.columns) == names, f"{name}: other columns than declared"
    return given.select(pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in names)


def _where(condition: pl.Series, values: pl.Series) -> pl.Series:
    """The values where the condition is true, else missing."""
    return pl.select(pl.when(condition).then(values)).to_series()


def _equals_any(values: pl.Series, wanted: tuple[str | int | float, ...]) -> pl.Series:
    """Whether each value is one of the wanted; missing where the value is."""
    return reduce(operator.or_, (values == one for one in wanted))


def _member(values: pl.Series, members: set[object]) -> pl.Series:
    """Whether each value is a member; never missing, and a missing value is none."""
    return pl.Series([x is not None and x in members for x in values], dtype=pl.Boolean)


def _drawn(
    owners: pl.Series, values: pl.Series, pick: Callable[..., str | float]
) -> dict[int, str | float]:
    """Per owner the smallest or largest of its values that are not missing."""
    found: dict[int, str | float] = {}
    for owner, value in zip(owners, values, strict=True):
        if value is not None:
            found[owner] = pick(found[owner], value) if owner in found else value
    return found
