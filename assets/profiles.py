"""Profiles by name: the project's own layout and those shipped as YAML.

Belongs here: loading a profile and turning its faults into one clear message.
Does not belong here: what a profile may say (`schemas.profile`).
"""

from functools import cache
from importlib import resources

import yaml
from pydantic import ValidationError

from schemas.errors import UsageError
from schemas.profile import Profile, own_layout


@cache
def profile_named(name: str) -> Profile:
    """The profile of that name.

    Raises
    ------
    UsageError
        If there is none, or it does not fit the dictionary.
    """
    if name == "imsct":
        return own_layout()
    folder = resources.files("schemas") / "profiles"
    path = folder / f"{name}.yaml"
    known = sorted(
        p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml")
    )
    if name not in known:
        raise UsageError(
            f"There is no profile '{name}'. Known: imsct, {', '.join(known)}. Name one of them."
        )
    try:
        return Profile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise UsageError(f"profile '{name}' is not valid: {error}") from error
