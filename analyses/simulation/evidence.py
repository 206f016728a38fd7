"""What of the simulated registry is evidence and what assumption: every number with its label.

Belongs here: reading the numeric constants of the package and their entries in `bases`.
Does not belong here: the numbers, the entries.
"""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module

from analyses.simulation.bases import BASES, Axis, Basis
from analyses.simulation.parameters import GROUPS
from analyses.simulation.sign_parameters import Sign

_PACKAGE = "analyses.simulation"


@dataclass(frozen=True)
class Number:
    """One number of the generator: E with its source, A for an assumption, T for a technical one.

    `place` names where it stands in its constant: a group, a period, a sign.
    """

    name: str
    what: str
    place: tuple[str, ...]
    value: float
    kind: str
    source: str

    @property
    def label(self) -> str:
        """E or A with the number, as on the page."""
        return f"{self.value:.4g} {self.kind}"


def numbers() -> tuple[Number, ...]:
    """Every number of the generator, in the order of the page."""
    found = constants()
    return tuple(
        number
        for chapter in BASES.values()
        for name, basis in chapter.items()
        for number in _numbers_of(name, basis, found[name])
    )


def constants() -> dict[str, object]:
    """The module constants of the package that are numbers or hold any, by name."""
    found: dict[str, object] = {}
    for module_name in sorted(
        m.name for m in pkgutil.iter_modules(import_module(_PACKAGE).__path__)
    ):
        module = import_module(f"{_PACKAGE}.{module_name}")
        for node in ast.parse(inspect.getsource(module)).body:
            for name in _names_of(node):
                value = getattr(module, name)
                if next(_flat(value, ()), None) is not None:
                    if name in found:
                        raise ValueError(f"two constants of the simulation are called {name}")
                    found[name] = value
    return found


def _numbers_of(name: str, basis: Basis, value: object) -> Iterator[Number]:
    """The numbers of one constant with what each rests on."""
    for place, number in _flat(value, basis.axes):
        source = _source(basis, place)
        kind = "T" if basis.technical else "E" if source else "A"
        yield Number(name, basis.what, place, number, kind, source)


def _source(basis: Basis, place: tuple[str, ...]) -> str:
    """Source of a value: that of the longest declared place whose names it has; empty if none."""
    fitting = [
        (len(key.split("/")) if key else 0, source)
        for key, source in basis.published.items()
        if not key or set(key.split("/")) <= set(place)
    ]
    return max(fitting, default=(0, ""))[1]


def _flat(value: object, axes: tuple[Axis, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every number within a constant with its place; NaN (not measured) is left out."""
    if isinstance(value, bool | str):
        return
    if isinstance(value, int | float):
        if value == value:
            yield (), float(value)
        return
    parts: list[tuple[str, object, tuple[Axis, ...]]] = []
    if isinstance(value, dict):
        # keys that are groups of the generator are places in their list
        parts = [(GROUPS[k] if isinstance(k, int) else str(k), v, axes) for k, v in value.items()]
    elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
        parts = [(value[0], value[1], axes)]
    elif isinstance(value, tuple):
        names = axes[0] if axes else ()
        if len(names) != len(value):
            names = tuple(str(place) for place in range(1, len(value) + 1))
        parts = [(name, v, axes[1:]) for name, v in zip(names, value, strict=True)]
    elif isinstance(value, Sign):
        parts = [(f.name, getattr(value, f.name), axes) for f in fields(value)]
    for name, part, rest in parts:
        yield from (((name, *place), number) for place, number in _flat(part, rest))


def _names_of(node: ast.stmt) -> list[str]:
    """The upper-case names that a statement of a module assigns, one each."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return []
    # what is computed is a name for a place in a list, A, B, C = range(3), and no number
    if isinstance(node.value, ast.Call | ast.GeneratorExp):
        return []
    flat = [
        t
        for target in targets
        for t in (target.elts if isinstance(target, ast.Tuple) else [target])
    ]
    return [t.id for t in flat if isinstance(t, ast.Name) and t.id.isupper()]
