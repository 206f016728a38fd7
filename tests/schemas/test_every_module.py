"""Tests of the house: what each module says of itself, and how long things are."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "warehouse", "analyses", "assets", "orchestration", "dashboard")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
MAX_LINES = 400
MAX_FUNCTION_LINES = 45
#: Longer on purpose, each with the reason; a function leaves the list when it is split.
LONG_FUNCTIONS = {
    "warehouse/validation/suite.py:_kinds": "classes of a package that is imported late",
    "analyses/protocol.py:_run": "the steps of a run, one after the other",
}


def _name(path: Path) -> str:
    """A module as its path within the repository."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_says_what_belongs_here(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert text, "no module docstring"
    if path.name != "__init__.py":
        assert "\nBelongs here:" in text
        assert "\nDoes not belong here:" in text


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_is_longer_than_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_no_function_is_long_without_a_reason() -> None:
    long = {
        f"{_name(path)}:{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(node) > MAX_FUNCTION_LINES
    }
    assert long == set(LONG_FUNCTIONS)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: examples and sources are no code."""
    assert node.end_lineno is not None
    first = node.body[0]
    text = 0
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        text = first.end_lineno - first.lineno + 1
    return node.end_lineno - node.lineno + 1 - text
