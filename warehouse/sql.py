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
    Outer,
    Predicate,
    Related,
    Scalar,
    Span,
    Term,
    children_of,
    outer_columns_of,
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
    """Predicates over one staged table, or over a related one with `outer` as the judged row's.

    Related values are columns of the joined sub-selects of `joins`. `tables` gives the
    declarations; the row itself is alias `t`.
    """

    table: Table
    tables: Mapping[str, Table]
    alias: str = "t"
    #: Parent of the table whose columns stand beside the table's own.
    via: Table | None = None
    outer: "Compiler | None" = None

    def predicate(self, node: Predicate) -> str:
        """SQL of a predicate: true, false, or null where an operand is missing."""
        match node:
            case IsIn(term, values):
                return f"({self.term(term)} in ({literals(values)}))"
            case IsFilled(Col(column)):
                return f"({self.alias}.{name(column + TEXT_SUFFIX)} is not null)"
            case Compare(left, operator, right):
                shown = literal(right) if isinstance(right, int | float) else self.term(right)
                return f"({self.term(left)} {_SQL_OPERATOR.get(operator, operator)} {shown})"
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
                return self._operand(column)
            case Outer(column):
                assert self.outer is not None, "Outer stands in the where of a related value only"
                return self.outer.term(Col(column))
            case Related():
                return related_name(node)
            case Linear(term, factor, offset):
                return f"({self.term(term)} * {factor!r} + {offset!r})"
            case Span(upper, lower, vocabulary):
                place = f"list_position([{literals(vocabulary)}], "
                return f"({place}{self.term(lower)}) - {place}{self.term(upper)}) + 1)"

    def joins(self, predicates: Iterable[Predicate]) -> str:
        """Left joins that bring in every related value the predicates read.

        One per table, its parent, and the columns agreed in; one for each value whose related rows
        depend on the judged row.
        """
        wanted: dict[tuple[str, str, tuple[str, ...]], dict[str, Related | Exists]] = {}
        compared: dict[str, Related | Exists] = {}
        for node in _related_nodes(predicates):
            if outer_columns_of(node):
                compared[related_name(node)] = node
            else:
                place = (node.table, node.via or "", node.keys)
                wanted.setdefault(place, {})[related_name(node)] = node
        return "\n".join(
            [
                f"left join ({self._looked_up(other, via, keys, nodes)}) r{number}"
                f" on {self._same(f'r{number}', self.alias, keys)}"
                for number, ((other, via, keys), nodes) in enumerate(sorted(wanted.items()))
            ]
            + [
                f"left join ({self._paired(node)}) c{number} on"
                f" c{number}._delivery = {self.alias}._delivery"
                f" and c{number}._row = {self.alias}._row"
                for number, (_, node) in enumerate(sorted(compared.items()))
            ]
        )

    def _looked_up(
        self, other: str, via: str, keys: tuple[str, ...], nodes: Mapping[str, Related | Exists]
    ) -> str:
        """Related values by the columns agreed in, a row for each of their values.

        Where these are the key of the other table, only the rows of repeated keys are grouped:
        sorting a million keys with all their values takes longer than every check of them.
        """
        source, by = self._source(other, via), ", ".join(f"o.{name(k)}" for k in keys)
        values = sorted(nodes.items())
        drawn = ", ".join(f"{self._drawn(node)} as {alias}" for alias, node in values)
        grouped = f"select o._delivery, {by}, {drawn} from {source}"
        if via or keys != self.tables[other].key:
            return f"{grouped} group by all"
        single = ", ".join(f"{self._of_one(node)} as {alias}" for alias, node in values)
        repeated = f"repeated d on {self._same('d', 'o', keys)}"
        return (
            f"with repeated as (select o._delivery, {by} from {source} group by all"
            f" having count(*) > 1) select o._delivery, {by}, {single} from {source}"
            f" anti join {repeated} union all {grouped} semi join {repeated} group by all"
        )

    def _paired(self, node: Related | Exists) -> str:
        """A related value of each judged row that has one, where that row decides what counts.

        Rows are paired by hash of the columns agreed in and compared then: DuckDB turns the same as
        a sub-select into a join on every column that is compared.
        """
        drawn = self._drawn(node)
        met = f" and {self._inner(node).predicate(node.where)}" if node.where is not None else ""
        return (
            f"select {self.alias}._delivery, {self.alias}._row, {drawn} as {related_name(node)}"
            f" from staged.{name(self.table.name)} {self.alias}"
            f" join {self._source(node.table, node.via)}"
            f" on {self._same('o', self.alias, node.keys)}{met} group by all"
        )

    @staticmethod
    def _same(one: str, other: str, keys: tuple[str, ...]) -> str:
        """SQL: two rows are of one delivery and agree in the columns."""
        agree = "".join(f" and {one}.{name(k)} = {other}.{name(k)}" for k in keys)
        return f"{one}._delivery = {other}._delivery{agree}"

    def _operand(self, column: str) -> str:
        """A column as operand: typed, and missing where it says `unknown`."""
        declared = self.table.by_name.get(column)
        if declared is None and self.via is not None:
            declared = self.via.by_name[column]
        assert declared is not None, f"{self.table.name} has no column {column}"
        quoted = f"{self.alias}.{name(column)}"
        return quoted if declared.is_numeric else f"nullif({quoted}, '{UNKNOWN}')"

    def _inner(self, node: Related | Exists) -> "Compiler":
        """The compiler of the related rows, under the alias `o`."""
        via = self.tables[node.via] if node.via else None
        return Compiler(self.tables[node.table], self.tables, alias="o", via=via, outer=self)

    def _source(self, table: str, via: str | None) -> str:
        """The related rows, with their parent's columns beside them where `via` names it."""
        if not via:
            return f"staged.{name(table)} o"
        own, parent = self.tables[table], self.tables[via]
        key = parent.key[0]
        beside = [c for c in parent.names if c not in own.by_name]
        taken = ", ".join(f"p.{name(c)}, p.{name(c + TEXT_SUFFIX)}" for c in beside)
        return (
            f"(select c.*, {taken} from staged.{name(table)} c join staged.{name(via)} p"
            f" on p._delivery = c._delivery and p.{name(key)} = c.{name(key)}) o"
        )

    def _of_one(self, node: Related | Exists) -> str:
        """The value that a single related row gives."""
        inner = self._inner(node)
        if isinstance(node, Exists):
            return f"coalesce({inner.predicate(node.where)}, false)"
        value = inner.term(Col(node.column))
        return (
            value
            if node.where is None
            else f"case when {inner.predicate(node.where)} then {value} end"
        )

    def _drawn(self, node: Related | Exists) -> str:
        """Aggregate over the related rows that gives the value."""
        how = "bool_or"
        if isinstance(node, Related):
            how = "max" if node.how == "max" else "min"
        return f"{how}({self._of_one(node)})"


_SQL_OPERATOR = {"!=": "<>"}


def related_name(node: Related | Exists) -> str:
    """Column name of a related value."""
    keys = ", ".join(node.keys)
    via = f" via {node.via}" if node.via else ""
    if isinstance(node, Exists):
        return name(f"exists {node.table}.{keys}{via}: {node.where.sentence()}")
    where = f": {node.where.sentence()}" if node.where is not None else ""
    return name(f"{node.how} {node.table}.{node.column} on {keys}{via}{where}")


def _related_nodes(nodes: Iterable[Node]) -> list[Related | Exists]:
    """Every related value within the expressions."""
    found: list[Related | Exists] = []
    for node in nodes:
        if isinstance(node, Related | Exists):
            found.append(node)
        else:
            found.extend(_related_nodes(children_of(node)))
    return found
