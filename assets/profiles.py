"""Profiles by name: the project's own layout, those shipped as YAML, and those of a home.

Belongs here: loading a profile, shipped or of a home; its faults as one clear message.
Does not belong here: what a profile may say (`schemas.profile`).
"""

import os
import re
from collections.abc import Hashable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assets.profile_targets import wrong_targets
from schemas.errors import StorageError, UsageError
from schemas.manifest import PROFILE_NAME
from schemas.profile import Profile, layout_with_dates, own_layout
from schemas.profile_keys import PARTS
from schemas.redcap_layout import REDCAP_LAYOUTS, redcap_layout
from schemas.showing import nearest_name
from schemas.tables import SCHEMA_VERSION
from warehouse.files import read_small

#: Bytes of a profile; one with a whole REDCap dictionary in it has a tenth of that.
_LARGEST = 4 << 20


def profile_named(name: str, version: str = SCHEMA_VERSION, *, own: Path | None = None) -> Profile:
    """The profile of that name, for deliveries made under a version of the dictionary.

    The project's own layout changes with the version; a shipped profile says itself what its
    source has. `own` is the folder of a home with profiles of its sites: a name that is not
    shipped is looked for there.

    Raises
    ------
    UsageError
        If there is none, or it does not fit the dictionary.
    """
    text = own_profile(name, own)
    if text is None:
        return _shipped(name, version, () if own is None else tuple(_names_in(own)))
    return parse_own_profile(text, name=name)


def parse_own_profile(text: bytes, *, name: str) -> Profile:
    """A profile of a home; the name of its file is its own, by which manifests call it."""
    profile = parse_profile(text.decode("utf-8", errors="replace"), name=name)
    if profile.name != name:
        raise UsageError(
            f"profiles/{name}.yaml: its 'name' is another one. A manifest calls a profile by its "
            f"file: write name: {name}"
        )
    return profile


def own_profile(name: str, own: Path | None) -> bytes | None:
    """The text of a profile of the home; None where the name is shipped, or there is none.

    Raises
    ------
    UsageError
        If the file is a link or a folder, or above the limit.
    """
    # the names that a manifest can hold: no separator, so nothing outside the folder
    if own is None or not re.fullmatch(PROFILE_NAME, name) or name in _shipped_names():
        return None
    path = own / f"{name}.yaml"
    if not os.path.lexists(path):
        return None
    try:
        text = read_small(path, limit=_LARGEST)
    except StorageError:
        text = None
    if text is None:
        raise UsageError(f"profiles/{name}.yaml: a link, a folder or a file above 4 MiB. Mend it.")
    return text


def _names_in(own: Path) -> list[str]:
    """Names of the profiles of a home."""
    return sorted(path.stem for path in own.glob("*.yaml"))


def _shipped_names() -> tuple[str, ...]:
    """Names of all profiles of the program."""
    folder = resources.files("schemas") / "profiles"
    files = sorted(p.name for p in folder.iterdir() if p.name.endswith(".yaml"))
    return (
        "imsct",
        "imsct_dates",
        *REDCAP_LAYOUTS,
        *(name.removesuffix(".yaml") for name in files),
    )


@cache
def _shipped(name: str, version: str, others: tuple[str, ...]) -> Profile:
    """A profile of the program; `others` are those of the home, to be named where it is none."""
    if name == "imsct":
        return own_layout(version)
    if name == "imsct_dates":
        return layout_with_dates()
    if name in REDCAP_LAYOUTS:
        return redcap_layout(name, version)
    if name not in _shipped_names():
        named = ", ".join((*_shipped_names(), *others))
        raise UsageError(f"There is no profile '{name}'. Known: {named}. Name one of them.")
    path = resources.files("schemas") / "profiles" / f"{name}.yaml"
    return parse_profile(path.read_text(encoding="utf-8"), name=name)


def profile_at(given: str, *, own: Path | None = None) -> Profile:
    """The profile that a user names: a shipped one by its name, any other by the path of its file.

    Raises
    ------
    UsageError
        If there is none, or it does not fit the dictionary.
    """
    path = Path(given)
    if path.suffix not in (".yaml", ".yml"):
        return profile_named(given, own=own)
    try:
        text = (read_small(path, limit=_LARGEST) or b"").decode()
    except (StorageError, UnicodeDecodeError) as error:
        raise UsageError(f"{given}: no such file, or no text in UTF-8. Name a profile.") from error
    return parse_profile(text, name=path.name, with_targets=True)


def parse_profile(text: str, *, name: str, with_targets: bool = False) -> Profile:
    """The profile that a YAML text describes.

    With `with_targets` what it writes into the tables is judged too: for whoever writes a profile.
    One that was received is kept as it is, and its rows are judged.

    Raises
    ------
    UsageError
        If it is no YAML, gives a key twice, or does not account for both sides.
    """
    try:
        document = yaml.load(text, Loader=_OnceLoader)
        faults = wrong_targets(document) if with_targets else []
        try:
            profile = Profile.model_validate(document)
        except ValidationError as error:
            faults += [(d["loc"], _sentence(d)) for d in error.errors(include_input=False)]
        if not faults:
            return profile
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        said = sorted((_line(root, place), sentence) for place, sentence in faults)
        found = "\n".join(f"line {line}: {sentence}" for line, sentence in said)
        found = found if len(said) == 1 else f"{len(said)} faults\n{found}"
    except RecursionError:
        found = "it is nested without measure"
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        found = f"{where}{error.problem or 'it is no YAML'}"
    except yaml.YAMLError:
        found = "it is no YAML"
    raise UsageError(f"profile '{name}': {found}. Nothing was read with it; mend the profile.")


def _line(root: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """The line on which a part of a profile stands, or the nearest thing around it."""
    node, line = root, 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


#: Faults of form in words, by the type that pydantic gives them; others have words of their own.
_FORMS = {
    "missing": "this key is needed and missing",
    "string_type": "a text is expected: put it in quotes",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "bool_type": "true or false is expected",
    "tuple_type": "a list is expected, such as [a, b]",
    "dict_type": "pairs are expected, such as {a: b}",
    "model_type": "keys with values are expected",
}


def _sentence(detail: ErrorDetails) -> str:
    """One fault of a profile: where, then what."""
    *_, last = place = [str(part) for part in detail["loc"]] or [""]
    said = _FORMS.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    if detail["type"] == "extra_forbidden":
        near = nearest_name(last, sorted({name for part in PARTS for name in part.keys}))
        said = f"there is no such key; nearest is '{near}'" if near else "there is no such key"
    return f"{'.'.join(place)}: {said}" if last else said


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
