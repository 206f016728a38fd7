"""Tests of the rule tests: no rule without a passing and a failing row, and a sentence on top."""

import ast
from pathlib import Path

import pytest

from schemas.catalogue import all_checks
from schemas.pages.rule_pages import page_of
from tests.support.rule_examples import FILES, HOLDS, REFUSED, WARNED, all_examples


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_every_rule_has_a_passing_and_a_failing_row(severity: str) -> None:
    wanted = {(check.rule, page_of(check)) for check in all_checks() if check.severity == severity}
    verdict = {"error": REFUSED, "warning": WARNED}[severity]
    shown = {
        (example.rule, example.page)
        for example in all_examples()
        if {verdict, HOLDS} <= set(example.verdicts)
    }
    assert shown == wanted


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_test_says_its_rule_and_begins_with_the_clinicians_sentence(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    rules = {check.rule for check in all_checks()}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            assert node.name.split("_")[1].upper() in rules, node.name
            sentence = (ast.get_docstring(node) or "").partition("\n")[0]
            assert sentence[:1].isupper(), f"{node.name}: no sentence"
            assert sentence.endswith("."), f"{node.name}: no sentence"
