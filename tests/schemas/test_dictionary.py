"""The printed dictionary: complete, of the documented form, and in step with the catalogue."""

import json
import re
from difflib import unified_diff

from schemas.catalogue import all_checks
from schemas.dictionary import as_markdown, dictionary
from schemas.pages.dictionary_page import dictionary_page
from schemas.pages.rule_pages import index_page, page_names, rule_page
from schemas.pages.vocabulary_page import vocabulary_page
from schemas.pages.words import as_one_document
from schemas.tables import TABLES
from schemas.vocabularies import all_vocabularies
from tests.support.rule_examples import all_examples


def test_the_json_form_is_the_documented_one() -> None:
    content = json.loads(json.dumps(dictionary()))
    assert set(content) == {"schema_version", "tables", "vocabularies", "rules"}
    documented = {
        "name", "description", "type", "unit", "vocabulary", "range", "required", "availability",
        "codes", "source", "since", "label", "required_when", "applies_when", "assessable",
        "missing_reason",
    }  # fmt: skip
    for table in content["tables"]:
        assert {"name", "description", "key", "columns"} <= set(table)
        for column in table["columns"]:
            assert set(column) == documented, column["name"]
            assert column["description"]
            assert column["label"]
    assert all(set(rule) == {"id", "severity", "tables", "sentence"} for rule in content["rules"])


def test_the_json_form_says_when_a_column_is_asked_for_and_on_what_it_is_judged() -> None:
    found = {
        (table["name"], column["name"]): column
        for table in dictionary()["tables"]
        for column in table["columns"]
    }
    assert found["follow_up", "death_day"]["required_when"] == "`vital_status` is 'dead'"
    assert found["follow_up", "death_day"]["missing_reason"] == "death_day_missing_reason"
    syrinx = found["imaging_reads", "syrinx_definition"]
    assert syrinx["required_when"] == "`syrinx` is 'present' or 'absent'"
    version = found["functional_status", "scale_version"]
    assert version["required_when"] == "`scale` is 'mccormick'"
    assert version["applies_when"] == "`scale` is 'mccormick', 'mjoa' or 'asia'"
    cap = found["imaging_reads", "cap_sign"]
    assert cap["assessable"] == "on T2, T2*/GRE, SWI or 3D T2 for `present` or `absent` (R025)"
    assert cap["missing_reason"] is None


def test_no_description_carries_the_indentation_of_its_source() -> None:
    texts = [table.description for table in TABLES]
    assert [text for text in texts if re.search(r"\n[ \t]", text)] == []


def test_every_table_column_vocabulary_and_rule_is_printed() -> None:
    page = as_markdown()
    for table in TABLES:
        assert f"\n## {table.name}\n" in page
        assert all(f"`{name}`" in page for name in table.names)
    for vocabulary in all_vocabularies():
        assert f"\n### {vocabulary}\n" in page
    for rule in {check.rule for check in all_checks()}:
        assert f"\n## {rule}\n" in page


def test_no_link_of_the_printed_dictionary_leads_out_of_it() -> None:
    page = as_markdown()
    anchors = re.findall(r'<a id="([^"]+)">', page)
    assert len(anchors) == len(set(anchors))
    inward = set(re.findall(r"\]\(#([^)]+)\)", page))
    assert inward <= {*anchors, "rules"}
    assert set(re.findall(r"\]\(([^#)][^)]*)\)", page)) == {"endpoints.md", "claims.md"}


def test_the_printed_dictionary_is_the_written_one_without_examples() -> None:
    made = [dictionary_page(), vocabulary_page(), index_page()]
    made += [rule_page(name, all_examples()) for name in page_names()]
    written = as_one_document(made).splitlines()
    printed = as_markdown().splitlines()
    assert [line for line in unified_diff(written, printed, n=0) if line[:1] == "+"] == ["+++ \n"]
