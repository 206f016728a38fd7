"""The dictionary as JSON Schema 2020-12: what a row of each table may be.

Belongs here: how a column's declaration becomes a JSON Schema, with what it has no word for under
`x-imsct-`.
Does not belong here: rules between rows (`schemas.catalogue`): a schema sees one row.
A row is an object; a value that is missing is null or left out.
"""

from typing import Any

from schemas.coding import codes_of
from schemas.columns import Code, Column, Identifier, Integer, Number, TextCode
from schemas.expressions import AllOf, AnyOf, Col, IsFilled, IsIn, Not, Predicate
from schemas.table import Table
from schemas.tables import SCHEMA_VERSION, TABLES
from schemas.vocabulary import UNKNOWN

Schema = dict[str, Any]


def json_schema() -> Schema:
    """The whole dictionary: an object of tables, each a list of rows."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:imsct:dictionary:{SCHEMA_VERSION}",
        "title": "imsct: intramedullary spinal cord tumours",
        "type": "object",
        "properties": {
            table.name: {"type": "array", "items": {"$ref": f"#/$defs/{table.name}"}}
            for table in TABLES
        },
        "additionalProperties": False,
        "$defs": {table.name: _row(table) for table in TABLES},
    }


def _row(table: Table) -> Schema:
    """One row of a table."""
    explained = [c for c in table.columns if c.may_be_explained]
    conditions = [_either(c) for c in explained if c.required]
    conditions += [_where_required(c) for c in table.columns if c.required_when is not None]
    # a number and the reason for its absence are not both filled
    conditions += [{"not": {"allOf": [_filled(c.name), _filled(c.reason_name)]}} for c in explained]
    return {
        "title": table.grain,
        "description": table.description,
        "type": "object",
        "properties": {column.name: _property(table, column) for column in table.columns},
        "required": [c.name for c in table.columns if c.required and not c.may_be_explained],
        "additionalProperties": False,
        **({"allOf": conditions} if conditions else {}),
        "x-imsct-key": list(table.key),
    }


def _property(table: Table, column: Column) -> Schema:
    """One value: its type, what it may be, what is known of it."""
    may_be_null = not column.required or column.may_be_explained
    found = _type_of(column, may_be_null=may_be_null)
    found |= {"title": column.title, "description": column.description}
    codes = [
        {"system": c.system, "code": c.code, "status": c.status}
        for c in codes_of(f"{table.name}.{column.name}")
    ]
    facts = {
        "x-imsct-unit": column.unit,
        "x-imsct-availability": column.available.value,
        "x-imsct-parent": column.parent,
        "x-imsct-source": column.source,
        "x-imsct-codes": codes,
        "x-imsct-since": column.since,
    }
    return found | {name: value for name, value in facts.items() if value}


def _type_of(column: Column, *, may_be_null: bool) -> Schema:
    """Type, range, form or list of a value."""

    def typed(name: str) -> Schema:
        return {"type": [name, "null"] if may_be_null else name}

    match column.type:
        case Integer(low, high) | Number(low, high):
            kind = typed("integer" if isinstance(column.type, Integer) else "number")
            return kind | ({"minimum": low, "maximum": high} if high < 1e300 else {})
        case Code(vocabulary):
            return {"enum": [*vocabulary.codes, *([None] if may_be_null else [])]}
        case Identifier(pattern) | TextCode(pattern):
            return typed("string") | {"pattern": f"^(?:{pattern})$"}


def _filled(name: str) -> Schema:
    """The row has a value there."""
    return {"properties": {name: {"not": {"type": "null"}}}, "required": [name]}


def _either(column: Column) -> Schema:
    """The number, or the reason why it is missing."""
    return {"anyOf": [_filled(column.name), _filled(column.reason_name)]}


def _where_required(column: Column) -> Schema:
    """The column is filled, or its absence explained, in the rows where it must be."""
    filled = _either(column) if column.may_be_explained else _filled(column.name)
    return {"if": _holds(column.required_when), "then": filled}


def _holds(node: Predicate | None) -> Schema:
    """The condition of a column as a schema of the row."""
    match node:
        case IsIn(Col(name), values):
            return {"properties": {name: {"enum": list(values)}}, "required": [name]}
        case IsFilled(Col(name)):
            return _filled(name)
        case Not(IsIn(Col(name), values)):
            # `unknown` counts as missing: neither in the list nor out of it
            return {"properties": {name: {"not": {"enum": [*values, UNKNOWN]}}}, "required": [name]}
        case Not(part):
            return {"not": _holds(part)}
        case AllOf(parts):
            return {"allOf": [_holds(part) for part in parts]}
        case AnyOf(parts):
            return {"anyOf": [_holds(part) for part in parts]}
    raise TypeError(f"JSON Schema has no word for a {type(node).__name__} of other rows")
