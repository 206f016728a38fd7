"""The data dictionary as one document, from the declarations alone.

Belongs here: tables, columns, vocabularies and rules as JSON-ready content; the pages joined.
Does not belong here: the declarations (`tables`, `vocabularies`, `catalogue`), the pages
(`schemas.pages`).
"""

from dataclasses import asdict
from typing import Any

from schemas.catalogue import SITE_CHECKS, all_checks
from schemas.coding import codes_of
from schemas.columns import Code, Column, Integer, Number
from schemas.expressions import Predicate
from schemas.pages.dictionary_page import dictionary_page
from schemas.pages.rule_pages import GENERAL, index_page, page_names, rule_page
from schemas.pages.vocabulary_page import vocabulary_page
from schemas.pages.words import as_one_document, assessable_of
from schemas.tables import SCHEMA_VERSION, TABLES
from schemas.vocabularies import all_vocabularies

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
                "columns": [_column(table.name, column) for column in table.kept_columns],
            }
            for table in TABLES
        ],
        "vocabularies": {
            name: [
                {
                    "code": v.code,
                    "label": v.label,
                    "definition": v.definition or None,
                    "codes": _codes(f"{name}={v.code}"),
                    "since": v.since,
                }
                for v in found.values
            ]
            for name, found in all_vocabularies().items()
        },
        "rules": _rules(),
    }


def as_markdown() -> str:
    """The dictionary for people: the pages of `docs/` as one document, without example rows."""
    pages = [dictionary_page(), vocabulary_page(), index_page(), *map(rule_page, page_names())]
    return as_one_document(pages)


def _column(table: str, column: Column) -> dict[str, Any]:
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
        "codes": _codes(f"{table}.{column.name}"),
        "source": column.source or None,
        "since": column.since,
        "label": column.title,
        "required_when": _sentence(column.required_when),
        "applies_when": _sentence(column.applies_when),
        "assessable": assessable_of(column) or None,
        "missing_reason": column.reason_name if column.may_be_explained else None,
    }


def _sentence(condition: Predicate | None) -> str | None:
    """A condition in words."""
    return None if condition is None else condition.sentence()


def _codes(target: str) -> list[dict[str, str]]:
    """Codes of other systems for a column or a value."""
    return [asdict(coding) for coding in codes_of(target)]


def _rules() -> list[dict[str, Any]]:
    """Rules by id, each sentence once, with the tables it is about."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for check in (*all_checks(), *SITE_CHECKS.values()):
        sentence = GENERAL.get(check.rule, check.sentence)
        found.setdefault((check.rule, check.severity, sentence), set()).add(check.table)
    return [
        {"id": rule, "severity": severity, "tables": sorted(tables), "sentence": sentence}
        for (rule, severity, sentence), tables in sorted(found.items())
    ]
