"""The page of messages: what is said where a rule is broken or a file refused, to be read aloud.

Belongs here: one real message of every rule, from the rule tests; every message of an E_ code as
the code has it, with the names of what is filled in.
Does not belong here: the words (`warehouse.validation.messages`, the readers), the rules' pages.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from schemas.catalogue import SITE_CHECKS
from schemas.pages.rule_pages import Example
from schemas.pages.words import as_text, grid
from schemas.tables import BY_NAME
from tests.support.staging import stage_frames
from tests.support.text_tables import delivery_of
from warehouse.store import Store
from warehouse.validation.verdict import validate

ROOT = Path(__file__).parents[1]
ROOMS = ("schemas", "warehouse", "assets", "orchestration", "analyses", "dashboard")
CODE = re.compile(r"\bE_[A-Z0-9]+(?:_[A-Z0-9]+)*\b")
#: What is filled in and is a message by itself.
_WHOLE = ("{error}", "{message}", "{remedy}")
#: Remedies that several modules say.
_TEXTS = {"WRITE_POINTER"}
Names = dict[str, list[ast.expr]]
_ABOUT = (
    "Every message names what is wrong, where, the kind of value, and what to do; file, line, key "
    "and column are fields of their own beside it. A value that may identify a person is never in "
    "one."
)


def messages_page(examples: list[Example]) -> str:
    """The whole page."""
    rules = [(rule, *said) for rule, said in sorted(rule_messages(examples).items())]
    sites = [(rule, check.breaks, check.remedy) for rule, check in SITE_CHECKS.items()]
    codes = [(code, *said) for code, all_said in code_messages().items() for said in all_said]
    return as_text(
        [
            "# Messages",
            "",
            _ABOUT,
            "",
            "## Rules",
            "",
            "Real messages, from the rule tests.",
            "",
            *grid(("rule", "place", "message", "what to do"), rules),
            "",
            "Of rules between sites: what is found, and what to do.",
            "",
            *grid(("rule", "found, for example", "what to do"), sites),
            "",
            "## Files, deliveries and homes",
            "",
            "As the code has them; braces name what is filled in.",
            "",
            *grid(("code", "message", "what to do"), codes),
            "",
        ]
    )


def rule_messages(examples: list[Example]) -> dict[str, tuple[str, str, str]]:
    """Place, message and suggestion of every rule, from its first example that breaks it."""
    first: dict[str, Example] = {}
    for example in examples:
        if any(example.verdicts):
            first.setdefault(example.rule, example)
    tables = {rule: example.tables[-1][0] for rule, example in first.items()}
    found: dict[str, tuple[str, str, str]] = {}
    with Store.open(None) as store:
        numbers = {rule: number for number, rule in enumerate(first, start=1)}
        for rule, example in first.items():
            given = {name: [dict(row) for row in rows] for name, rows in example.tables}
            stage_frames(store, delivery_of(given), number=numbers[rule], beside=True)
        # every example is a delivery of its own: a table is judged once for all of them
        problems = {
            table: validate(store, BY_NAME[table], official=None).problems
            for table in sorted(set(tables.values()))
        }
    for rule, table in tables.items():
        said = problems[table].filter(rule=rule, delivery=numbers[rule])
        for row in said.head(1).iter_rows(named=True):
            found[rule] = (f"{table}.{row['column']}", row["message"], row["suggestion"])
    return found


@cache
def code_messages() -> dict[str, list[tuple[str, str]]]:
    """Message and remedy of every E_ code, from the source, in the order of the codes."""
    found: dict[str, list[tuple[str, str]]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for code, said in _Source(path).messages():
                if said not in found.setdefault(code, []):
                    found[code].append(said)
    return dict(sorted(found.items()))


class _Source:
    """One module, of which messages are read."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = {
            node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)
        }
        self.imported = dict(self._imported())

    def _imported(self) -> Iterator[tuple[str, list[ast.expr]]]:
        """Remedies that another module of ours has: a text by its name, or a function."""
        for node in self.tree.body:
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            path = ROOT / f"{node.module.replace('.', '/')}.py"
            if node.module.partition(".")[0] not in ROOMS or not path.is_file():
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            wanted = {alias.name for alias in node.names}
            for top in tree.body:
                if isinstance(top, ast.FunctionDef) and top.name in wanted & {"remedy"}:
                    self.functions[top.name] = top
            texts = _assigned(tree.body).items()
            yield from ((name, given) for name, given in texts if name in wanted & _TEXTS)

    def messages(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Code, and message with remedy, wherever the module says one."""
        of_module = {**self.imported, **_assigned(self.tree.body)}
        for top in self.tree.body:
            inner = top.body if isinstance(top, ast.ClassDef) else [top]
            for scope in inner:
                names = of_module
                if isinstance(scope, ast.FunctionDef):
                    names = {**of_module, **_assigned(ast.walk(scope))}
                nodes = list(ast.walk(scope))
                of_lists = {id(node.elt) for node in nodes if isinstance(node, ast.ListComp)}
                for node in nodes:
                    if id(node) not in of_lists or isinstance(node, ast.Call):
                        yield from self._said_by(node, names)

    def _said_by(self, node: ast.AST, names: Names) -> Iterator[tuple[str, tuple[str, str]]]:
        """The message that a call, a tuple, or a list of tuples says."""
        if isinstance(node, ast.ListComp) and isinstance(node.elt, ast.Tuple):
            names = {**names, ast.unparse(node.generators[0].target): [node.generators[0].iter]}
            node = node.elt
        if not isinstance(node, ast.Call | ast.Tuple):
            return
        parts = self._parts(node, names)
        codes = [code for part in parts for code in [_code(part, names)] if code]
        texts = [self.text(part, names) for part in parts if not _code(part, names)]
        said = [text for text in texts if " " in text or text in _WHOLE]
        if len(codes) == 1 and any(" " in text for text in said):
            yield codes[0], (said[0], " ".join(said[1:]))
        elif isinstance(node, ast.Call):
            for place, text in enumerate(said):
                for code in re.findall(rf"\(({CODE.pattern})\):", text):
                    yield code, (text, " ".join(said[place + 1 :]))

    def _parts(self, node: ast.Call | ast.Tuple, names: Names) -> list[ast.expr]:
        """Arguments of a call with a remedy that its function has by itself, or a tuple's parts."""
        if isinstance(node, ast.Call):
            given = {word.arg: word.value for word in node.keywords}
            called = self.functions.get(getattr(node.func, "id", ""))
            own = dict(_defaults(called)) if called else {}
            return [*node.args, *({"remedy": own["remedy"]} | given if own else given).values()]
        found: list[ast.expr] = []
        for part in node.elts:
            values = names.get(ast.unparse(part.value), []) if isinstance(part, ast.Starred) else []
            spread = [each for each in values if isinstance(each, ast.Tuple)]
            found += spread[0].elts if spread else [part]
        return found

    def text(self, node: ast.expr, names: Names, depth: int = 0) -> str:
        """A part in words; what is filled in stands in braces."""
        match node:
            case ast.Constant(value=str(value)):
                return value
            case ast.JoinedStr(values=values):
                return "".join(self.text(value, names, depth) for value in values)
            case ast.FormattedValue(value=value) | ast.Starred(value=value):
                return self.text(value, names, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.text(left, names, depth) + self.text(right, names, depth)
            case ast.BinOp(left=left, op=ast.Mult()):
                return self.text(left, names, depth)
            case ast.Call(func=ast.Name(id="str")):
                return "{error}"
            case ast.IfExp(body=body, orelse=other):
                both = [self.text(part, names, depth) for part in (body, other)]
                return "/".join(text for text in both if text)
            case ast.Name(id=name) if depth < 3 and name in names:
                found = [self.text(value, names, depth + 1) for value in names[name]]
                return " / ".join(dict.fromkeys(t for t in found if " " in t)) or f"{{{name}}}"
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return f"{{{name}}}"
            case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=noun)]):
                return f"{{n}} {noun}s"
            case ast.Call(func=ast.Name(id=name)) if depth < 2 and name in self.functions:
                return self._of_function(name, depth)
            case ast.Constant():
                return ""
            case _:
                return "{...}"

    def _of_function(self, name: str, depth: int) -> str:
        """The texts that a function of the module can give."""
        function = self.functions[name]
        names = _assigned(ast.walk(function))
        given: list[ast.expr] = []
        for node in ast.walk(function):
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                given.append(node.value.elt if isinstance(node.value, ast.ListComp) else node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append":
                given += node.args
        found = dict.fromkeys(self.text(value, names, depth + 1) for value in given)
        return " / ".join(text for text in found if " " in text) or "{...}"


def _code(node: ast.expr, names: Names) -> str | None:
    """The code that a part is, as it stands or by its name."""
    for value in names.get(node.id, []) if isinstance(node, ast.Name) else [node]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value if CODE.fullmatch(value.value) else None
    return None


def _assigned(nodes: Iterable[ast.AST]) -> Names:
    """What is assigned to each name; a tuple of names takes a tuple of values apart."""
    found: Names = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, each in zip(targets, values, strict=False):
                    found.setdefault(ast.unparse(target), []).append(each)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                found.setdefault(name, []).append(value)
    return found


def _defaults(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """The remedy that a function has by itself."""
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if argument.arg == "remedy" and default is not None:
            yield argument.arg, default


def codes_used() -> set[str]:
    """Every E_ code that stands in a text of the program."""
    return {
        code
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for code in CODE.findall(node.value)
    }
