"""Reading the text of a plan: strict YAML, typed access, refusals that name the key.

Belongs here: the strict loader and the reader of typed parts.
Does not belong here: which keys a plan has (`analyses.plan`).
"""

from collections.abc import Hashable, Mapping
from typing import Any

import yaml

from schemas.errors import UsageError
from schemas.showing import nearest_name


class PlanReader:
    """Typed access to the parts of one plan file; every refusal names file, key and remedy."""

    def __init__(self, source: str) -> None:
        self.source = source

    def error(self, path: str, value: object, wanted: str) -> UsageError:
        """A value of the wrong kind."""
        hint = ' Put yes and no into quotes: "yes".' if isinstance(value, bool) else ""
        where = f"{self.source}, {path}" if path else self.source
        return UsageError(f"{where}: expected {wanted}, found {_kind(value)}.{hint}")

    def mapping(
        self,
        raw: object,
        path: str,
        *,
        required: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """A mapping with known keys only."""
        known = (*required, *optional)
        if not isinstance(raw, dict):
            raise self.error(path, raw, f"keys ({', '.join(known)})")
        start = f"{path}." if path else ""
        for key in raw:
            if key not in known:
                near = nearest_name(str(key), known)
                hint = f"nearest is '{near}'" if near else f"known are {', '.join(known)}"
                raise UsageError(
                    f"{self.source}, {start}{key}: this key is not known; {hint}. "
                    "Correct or remove it; nothing of a plan is ignored."
                )
        for key in required:
            if key not in raw:
                raise UsageError(f"{self.source}, {start}{key}: this key is missing. Add it.")
        return dict(raw)

    def text(self, raw: object, path: str) -> str:
        """A text that is not empty."""
        if not isinstance(raw, str) or not raw.strip():
            raise self.error(path, raw, "a text")
        return raw

    def names(self, raw: object, path: str, *, least: int = 1) -> tuple[str, ...]:
        """A list of different texts."""
        if not isinstance(raw, list) or len(raw) < least:
            raise self.error(path, raw, "a list of names")
        names = tuple(self.text(item, f"{path}[{place}]") for place, item in enumerate(raw))
        for place, item in enumerate(names):
            if item in names[:place]:
                raise UsageError(
                    f"{self.source}, {path}[{place}]: '{item}' was listed before. "
                    "Remove one of the two."
                )
        return names

    def choice(self, raw: object, path: str, *, of: tuple[str, ...]) -> str:
        """One of the allowed texts."""
        if not isinstance(raw, str):
            raise self.error(path, raw, f"one of {', '.join(of)}")
        if raw not in of:
            near = nearest_name(raw, of)
            hint = f"; nearest is '{near}'" if near else ""
            raise UsageError(
                f"{self.source}, {path}: '{raw}' is not offered{hint}. Use one of: {', '.join(of)}."
            )
        return raw


class StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice; plain SafeLoader keeps the last one without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping whose keys all differ."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' is written twice", key_node.start_mark
                )
            if isinstance(key, Hashable):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _kind(value: object) -> str:
    """What a value is, without showing it."""
    names: Mapping[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "keys",
        str: "a text",
        type(None): "nothing",
    }
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    if isinstance(value, list) and not value:
        return "an empty list"
    return names.get(type(value), type(value).__name__)
