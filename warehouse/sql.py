"""SQL text: quoting of names and values, and predicates of `schemas.expressions` as DuckDB SQL.

Belongs here: everything that turns declarations into SQL text.
Does not belong here: running it (`warehouse.store`, `warehouse.validation`).
Names come from `schemas` only, never from a delivery; values of a delivery are bound or read from
tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    Node,
    Not,
    Predicate,
    Related,
    Scalar,
    Span,
    Term,
    children_of,
)
from schemas.table import Table
from schemas.vocabulary import UNKNOWN

TEXT_SUFFIX = "__text"


def name(identifier: str) -> str:
    """Quote an identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: Scalar) -> str:
    """Write a value of the declarations as a literal."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def literals(values: Iterable[Scalar]) -> str:
    """A comma-separated list of literals."""
    return ", ".join(literal(value) for value in values)


@dataclass(frozen=True)
class Compiler:
    """Predicates over one staged table; related values are columns of joined sub-selects.

    `tables` gives the other tables their declarations; the row itself is alias `t`.
    """

    table: Table
    tables: Mapping[str, Table]
    alias: str = "t"

    def predicate(self, node: Predicate) -> str:
        """SQL of a predicate: true, false, or null where an operand is missing."""
        match node:
            case IsIn(term, values):
                return f"({self.term(term)} in ({literals(values)}))"
            case IsFilled(Col(column)):
                return f"({self.alias}.{name(column + TEXT_SUFFIX)} is not null)"
            case Compare(left, operator, right):
                shown = literal(right) if isinstance(right, int | float) else self.term(right)
                return f"({self.term(left)} {operator} {shown})"
            case Exists():
                return f"coalesce({related_name(node)}, false)"
            case AnyOf(parts):
                return "(" + " or ".join(self.predicate(part) for part in parts) + ")"
            case AllOf(parts):
                return "(" + " and ".join(self.predicate(part) for part in parts) + ")"
            case Not(part):
                return f"(not {self.predicate(part)})"
            case IfThen(condition, consequence):
                return f"(not {self.predicate(condition)} or {self.predicate(consequence)})"
            case Iff(left_side, right_side):
                return f"({self.predicate(left_side)} = {self.predicate(right_side)})"

    def term(self, node: Term) -> str:
        """SQL of a term; `unknown` counts as missing."""
        match node:
            case Col(column):
                return _operand(self.table, column, self.alias)
            case Related():
                return related_name(node)
            case Linear(term, factor, offset):
                return f"({self.term(term)} * {factor!r} + {offset!r})"
            case Span(upper, lower, vocabulary):
                place = f"list_position([{literals(vocabulary)}], "
                return f"({place}{self.term(lower)}) - {place}{self.term(upper)}) + 1)"

    def joins(self, predicates: Iterable[Predicate]) -> str:
        """Left joins that bring in every related value the predicates read, one per (table, on)."""
        wanted: dict[tuple[str, str], dict[str, str]] = {}
        for node in _related_nodes(predicates):
            wanted.setdefault((node.table, node.on), {})[related_name(node)] = self._drawn(node)
        return "\n".join(
            f"left join (select _delivery, {name(on)}, "
            + ", ".join(f"{drawn} as {alias}" for alias, drawn in sorted(values.items()))
            + f" from staged.{name(other)} group by all)"
            f" r{number} on r{number}._delivery = {self.alias}._delivery"
            f" and r{number}.{name(on)} = {self.alias}.{name(on)}"
            for number, ((other, on), values) in enumerate(sorted(wanted.items()))
        )

    def _drawn(self, node: Related | Exists) -> str:
        """Aggregate over the related rows that gives the value."""
        other = self.tables[node.table]
        if isinstance(node, Exists):
            inner = Compiler(other, self.tables, alias=name(node.table))
            return f"bool_or(coalesce({inner.predicate(node.where)}, false))"
        how = "max" if node.how == "max" else "min"
        return f"{how}({_operand(other, node.column, name(node.table))})"


def related_name(node: Related | Exists) -> str:
    """Column name of a related value."""
    if isinstance(node, Exists):
        return name(f"exists {node.table}.{node.on}: {node.where.sentence()}")
    return name(f"{node.how} {node.table}.{node.column} on {node.on}")


def _operand(table: Table, column: str, alias: str) -> str:
    """A column as operand: typed, and missing where it says `unknown`."""
    quoted = f"{alias}.{name(column)}"
    return quoted if table[column].is_numeric else f"nullif({quoted}, '{UNKNOWN}')"


def _related_nodes(nodes: Iterable[Node]) -> list[Related | Exists]:
    """Every related value within the expressions."""
    found: list[Related | Exists] = []
    for node in nodes:
        if isinstance(node, Related | Exists):
            found.append(node)
        else:
            found.extend(_related_nodes(children_of(node)))
    return found
