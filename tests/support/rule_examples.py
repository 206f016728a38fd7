"""The rule tests read as examples: tables, which rows break the rule, and the sentence on top.

Belongs here: parsing the calls of `check_rule`; constants only, so that a manual can show them.
Does not belong here: running them (`tests.rules.conftest`), setting them (`schemas.pages`).
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from schemas.pages.rule_pages import ANY_TABLE, GENERAL, Example
from tests.support.text_tables import key_of, read_table

FOLDER = Path(__file__).parents[1] / "rules"
FILES = sorted(FOLDER.glob("test_*.py"))

HOLDS, REFUSED, WARNED, BY_OTHERS = "holds", "**refused**", "**warning**", "another rule breaks"


def all_examples() -> list[Example]:
    """Every example of every rule test."""
    return [example for path in FILES for example in examples_in(path)]


def examples_in(path: Path) -> Iterator[Example]:
    """Every call of `check_rule` in a file, in its order, under its test's first sentence."""
    for function in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(function, ast.FunctionDef):
            sentence = (ast.get_docstring(function) or "").partition("\n")[0]
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_rule":
                    yield _example(node, sentence)


def _example(call: ast.Call, sentence: str) -> Example:
    """One call as an example."""
    named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
    refused, warned, by_others = (
        named.pop(name, []) for name in ("refused", "warned", "by_others")
    )
    tables = tuple((name, tuple(read_table(text))) for name, text in named.items())
    table, rows = tables[-1]

    rule = ast.literal_eval(call.args[0])
    return Example(
        rule=rule,
        page=ANY_TABLE if rule in GENERAL else table,
        sentence=sentence,
        tables=tables,
        verdicts=_verdicts(
            [key_of(table, row) for row in rows],
            {REFUSED: refused, WARNED: warned, BY_OTHERS: by_others},
        ),
    )


def _verdicts(keys: Sequence[str], named: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What is said of each row; a key is named once per broken row, and the first rows are kept."""
    found = [HOLDS] * len(keys)
    for verdict, names in named.items():
        for key in set(names):
            places = [place for place, each in enumerate(keys) if each == key]
            for place in places[-names.count(key) :]:
                found[place] = verdict
    return tuple(found)
