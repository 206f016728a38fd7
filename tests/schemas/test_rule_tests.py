"""Tests of the rule tests: no rule without a passing and a failing row, and a sentence on top."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from schemas.catalogue import all_checks
from tests.support.text_tables import key_of, read_table

FOLDER = Path(__file__).parents[1] / "rules"
FILES = sorted(FOLDER.glob("test_*.py"))
#: Rules of a column's declaration: one table stands for all.
GENERIC = {f"R{number:03}" for number in range(1, 10)}


class Call(NamedTuple):
    """One call of `check_rule`: rule, table under test, rows that break it and that do not."""

    rule: str
    table: str
    refused: int
    warned: int
    passing: int


def calls_in(path: Path) -> Iterator[Call]:
    """Every call of `check_rule` in a file; constants only, so that a manual can show them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_rule"):
            continue
        named = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
        lists = {n: named.pop(n, []) for n in ("refused", "warned", "by_others")}
        table, text = list(named.items())[-1]
        keys = [key_of(table, row) for row in read_table(text)]
        wrong = {*lists["refused"], *lists["warned"], *lists["by_others"]}
        rule = ast.literal_eval(node.args[0])
        yield Call(
            rule,
            table,
            len(lists["refused"]),
            len(lists["warned"]),
            sum(key not in wrong for key in keys),
        )


CALLS = [call for path in FILES for call in calls_in(path)]


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_every_rule_has_a_passing_and_a_failing_row(severity: str) -> None:
    wanted = {
        (check.rule, "any" if check.rule in GENERIC else check.table)
        for check in all_checks()
        if check.severity == severity
    }
    shown = {
        (call.rule, "any" if call.rule in GENERIC else call.table)
        for call in CALLS
        if (call.refused if severity == "error" else call.warned) and call.passing
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
