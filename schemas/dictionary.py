"""The data dictionary as one document, from the declarations alone.

Belongs here: tables, columns, vocabularies and rules as JSON-ready content and as Markdown.
Does not belong here: the declarations (`schemas.tables`, `schemas.vocabularies`, `schemas.catalogue`).
"""

from typing import Any

from schemas.catalogue import all_checks
from schemas.columns import Code, Column, Integer, Number
from schemas.table import Table
from schemas.tables import SCHEMA_VERSION, TABLES
from schemas.vocabularies import all_vocabularies

#: The rules that follow from the columns, in one sentence each; each column's own is in its check.
GENERAL = {
    "R001": "a key is unique in table and delivery",
    "R002": "a key delivered twice has equal values in every column",
    "R003": "a foreign key names a row of the parent table in the same delivery",
    "R004": "a required column is filled; a number may be replaced by the reason why it is missing",
    "R005": "a coded value is in the column's vocabulary, exact spelling",
    "R006": "a number lies within the column's range",
    "R007": "a text can be read as the column's type as a whole",
    "R008": "no cell looks like a calendar date or a hospital number",
    "R009": "a number and the reason why it is missing are not both filled",
}
_TYPES = {"Identifier": "identifier", "Integer": "integer", "Number": "number", "Code": "code"}


def dictionary() -> dict[str, Any]:
    """The whole dictionary, ready for JSON."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tables": [
            {
                "name": table.name,
                "description": table.description,
                "grain": table.grain,
                "key": list(table.key),
                "columns": [_column(column) for column in table.kept_columns],
            }
            for table in TABLES
        ],
        "vocabularies": {
            name: [{"code": v.code, "definition": v.definition or None} for v in found.values]
            for name, found in all_vocabularies().items()
        },
        "rules": _rules(),
    }


def as_markdown() -> str:
    """The dictionary for people."""
    parts = [f"# Data dictionary, version {SCHEMA_VERSION}", ""]
    for table in TABLES:
        parts += [f"## {table.name}", "", table.description, "", *_table_lines(table), ""]
    parts += ["## Vocabularies", ""]
    for name, found in all_vocabularies().items():
        parts += [f"### {name}", ""]
        parts += [
            f"- `{v.code}`" + (f": {v.definition}" * bool(v.definition)) for v in found.values
        ]
        parts += [""]
    parts += ["## Rules", "", "| id | severity | tables | must hold |", "|---|---|---|---|"]
    parts += [
        f"| {r['id']} | {r['severity']} | {', '.join(r['tables'])} | {_cell(r['sentence'])} |"
        for r in _rules()
    ]
    return "\n".join(parts) + "\n"


def _column(column: Column) -> dict[str, Any]:
    """One column with everything that is declared of it."""
    kind = column.type
    bounds = [kind.low, kind.high] if isinstance(kind, Integer | Number) else None
    return {
        "name": column.name,
        "description": column.description,
        "type": _TYPES.get(type(kind).__name__, "text"),
        "unit": column.unit or None,
        "vocabulary": kind.vocabulary.name if isinstance(kind, Code) else None,
        "range": bounds if bounds and bounds[1] < 1e300 else None,
        "required": column.required,
        "availability": column.available.value,
        "codes": [],
        "source": None,
        "since": SCHEMA_VERSION,
    }


def _table_lines(table: Table) -> list[str]:
    """A table's columns as a Markdown table."""
    lines = [
        f"One row: {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | type, vocabulary or range | required | known | meaning |",
        "|---|---|---|---|---|",
    ]
    for column in table.columns:
        of = _column(column)
        what = of["vocabulary"] or of["type"]
        if of["range"]:
            what += f", {of['range'][0]:g} to {of['range'][1]:g} {of['unit'] or ''}".rstrip()
        required = "yes" if column.required else "on condition" if column.required_when else "no"
        known = of["availability"].replace("_", " ")
        lines += [
            f"| `{column.name}` | {what} | {required} | {known} | {_cell(column.description)} |"
        ]
    return lines


def _rules() -> list[dict[str, Any]]:
    """Rules by id, each sentence once, with the tables it is about."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for check in all_checks():
        sentence = GENERAL.get(check.rule, check.sentence)
        found.setdefault((check.rule, check.severity, sentence), set()).add(check.table)
    return [
        {"id": rule, "severity": severity, "tables": sorted(tables), "sentence": sentence}
        for (rule, severity, sentence), tables in sorted(found.items())
    ]


def _cell(text: str) -> str:
    """A text inside a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
