"""What of the simulated registry is evidence and what assumption, read from the parameters.

Belongs here: reading the comment of every number of `parameters` and `sign_parameters`.
Does not belong here: the numbers and their comments.
A comment names the source after the letter E, or says A; no label means an assumption.
"""

import ast
import inspect
import re
from dataclasses import dataclass, is_dataclass
from types import ModuleType

from analyses.simulation import detail_parameters, parameters, sign_parameters

_EVIDENCE = re.compile(r"\bE\b")


@dataclass(frozen=True)
class Basis:
    """One named number, or table of numbers, of the generator and what it rests on."""

    name: str
    says: str
    value: object

    @property
    def is_evidence(self) -> bool:
        """Whether at least part of it was published; the rest is assumed."""
        return _EVIDENCE.search(self.says) is not None

    @property
    def kind(self) -> str:
        """In words."""
        return "evidence, in part or whole" if self.is_evidence else "assumption"


def bases() -> tuple[Basis, ...]:
    """Every number of the generator with what its comment says, in the order of the modules."""
    return tuple(
        b for module in (parameters, sign_parameters, detail_parameters) for b in _bases_of(module)
    )


def _bases_of(module: ModuleType) -> list[Basis]:
    """The public upper-case names of a module."""
    text = inspect.getsource(module)
    lines = text.splitlines()
    found = []
    for node in ast.parse(text).body:
        target = _name_of(node)
        if target is None or not target.isupper() or target.startswith("_"):
            continue
        value = getattr(module, target)
        if not _has_number(value):
            continue
        says = " ".join([*_above(lines, node.lineno), *_within(lines, node)])
        found.append(Basis(target, says, value))
    return found


def _has_number(value: object) -> bool:
    """Whether a value is a number or holds one."""
    if isinstance(value, dict):
        return any(_has_number(each) for each in value.values())
    if isinstance(value, tuple):
        return any(_has_number(each) for each in value)
    return isinstance(value, int | float) or is_dataclass(value)


def _name_of(node: ast.stmt) -> str | None:
    """The one name a statement assigns."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


def _above(lines: list[str], number: int) -> list[str]:
    """The comment lines directly above a line (numbered from 1)."""
    found: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.startswith("#") or line.startswith("# ---"):
            break
        found.insert(0, line.lstrip("#: "))
    return found


def _within(lines: list[str], node: ast.stmt) -> list[str]:
    """The comments inside a statement and behind its end."""
    own = lines[node.lineno - 1 : node.end_lineno]
    return [line.partition("#")[2].strip() for line in own if "#" in line]
