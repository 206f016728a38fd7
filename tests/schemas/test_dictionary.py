"""The printed dictionary: complete, of the documented form, and in step with the catalogue."""

import json

from schemas.catalogue import all_checks
from schemas.dictionary import as_markdown, dictionary
from schemas.tables import TABLES


def test_the_json_form_is_the_documented_one() -> None:
    content = json.loads(json.dumps(dictionary()))
    assert set(content) == {"schema_version", "tables", "vocabularies", "rules"}
    documented = {
        "name", "description", "type", "unit", "vocabulary", "range", "required", "availability",
        "codes", "source", "since",
    }  # fmt: skip
    for table in content["tables"]:
        assert {"name", "description", "key", "columns"} <= set(table)
        for column in table["columns"]:
            assert set(column) == documented, column["name"]
            assert column["description"]
    assert all(set(rule) == {"id", "severity", "tables", "sentence"} for rule in content["rules"])


def test_every_rule_table_and_column_is_printed() -> None:
    page = as_markdown()
    for table in TABLES:
        assert f"## {table.name}\n" in page
        assert all(f"| `{name}` |" in page for name in table.names)
    for rule in {check.rule for check in all_checks()}:
        assert f"| {rule} |" in page
