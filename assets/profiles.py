"""Profiles by name: the project's own layout and those shipped as YAML.

Belongs here: loading a profile and turning its faults into one clear message.
Does not belong here: what a profile may say (`schemas.profile`).
"""

from collections.abc import Hashable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.errors import StorageError, UsageError
from schemas.profile import Profile, layout_with_dates, own_layout
from schemas.redcap_layout import REDCAP_LAYOUTS, redcap_layout
from schemas.tables import SCHEMA_VERSION
from warehouse.files import read_small

#: Bytes of a profile; one with a whole REDCap dictionary in it has a tenth of that.
_LARGEST = 4 << 20


@cache
def profile_named(name: str, version: str = SCHEMA_VERSION) -> Profile:
    """The profile of that name, for deliveries made under a version of the dictionary.

    The project's own layout changes with the version; a shipped profile says itself what its
    source has.

    Raises
    ------
    UsageError
        If there is none, or it does not fit the dictionary.
    """
    if name == "imsct":
        return own_layout(version)
    if name == "imsct_dates":
        return layout_with_dates()
    if name in REDCAP_LAYOUTS:
        return redcap_layout(name, version)
    folder = resources.files("schemas") / "profiles"
    path = folder / f"{name}.yaml"
    known = sorted(
        p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml")
    )
    if name not in known:
        named = ", ".join(("imsct", "imsct_dates", *REDCAP_LAYOUTS, *known))
        raise UsageError(f"There is no profile '{name}'. Known: {named}. Name one of them.")
    return parse_profile(path.read_text(encoding="utf-8"), name=name)


def profile_at(given: str) -> Profile:
    """The profile that a user names: a shipped one by its name, any other by the path of its file.

    Raises
    ------
    UsageError
        If there is none, or it does not fit the dictionary.
    """
    path = Path(given)
    if path.suffix not in (".yaml", ".yml"):
        return profile_named(given)
    try:
        text = (read_small(path, limit=_LARGEST) or b"").decode()
    except (StorageError, UnicodeDecodeError) as error:
        raise UsageError(f"{given}: no such file, or no text in UTF-8. Name a profile.") from error
    return parse_profile(text, name=path.name)


def parse_profile(text: str, *, name: str) -> Profile:
    """The profile that a YAML text describes.

    Raises
    ------
    UsageError
        If it is no YAML, gives a key twice, or does not account for both sides.
    """
    try:
        return Profile.model_validate(yaml.load(text, Loader=_OnceLoader))
    except ValidationError as error:
        found = "; ".join(_sentence(detail) for detail in error.errors(include_input=False))
    except RecursionError:
        found = "it is nested without measure"
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        found = f"{where}{error.problem or 'it is no YAML'}"
    except yaml.YAMLError:
        found = "it is no YAML"
    raise UsageError(f"profile '{name}': {found}. Nothing was read with it; mend the profile.")


def _sentence(detail: ErrorDetails) -> str:
    """One fault of a profile: where, then what."""
    place = ".".join(str(part) for part in detail["loc"])
    said = detail["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key is given once: else the last of two would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping, every key of it once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)
