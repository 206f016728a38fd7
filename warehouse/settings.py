"""Settings of a home: `imsct.yaml`, read into one typed object.

Belongs here: what an operator may set, the defaults, the text of a new file.
Does not belong here: using a setting; Dagster's own settings (`orchestration.home`).
"""

from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from schemas.errors import UsageError
from warehouse.files import read_small
from warehouse.home import Home

_LIMIT = 1 << 20
NO_LICENCE = "No licence was given. Ask the registry before passing anything on."

#: What a new home gets: every line is a default, so a file without any of them says the same.
TEXT = f"""\
# Settings of this home. Every line may be left out; these are the defaults.
title: Registry of intramedullary spinal cord tumours
# Under which terms others may use what is published here, and who is to be cited, in this order.
licence: {NO_LICENCE}
contributors: []
# How many snapshots are kept: all, or the newest so many. The current one stays, and one that a
# folder of results/ or reports/ names - a full run writes such for every snapshot: remove the
# folders of reports that nobody needs to let theirs go. 'imsct snapshot restore' brings one back.
keep_snapshots: all
# What the reading of one delivered file may take: memory, time, and its own size.
reading: {{memory_mib: 512, seconds: 120, file_mib: 512}}
# Encrypt warehouse.duckdb, with a key that lies outside the home (docs/encryption.md). Off:
# encryption: {{key_file: /etc/imsct/warehouse.key}}
""".encode()

_Line = Annotated[str, Field(min_length=1, max_length=400)]


class Reading(BaseModel):
    """What the reading of one delivered file may take, before it is refused (E_LIMIT)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mib: Annotated[int, Field(ge=128, le=65_536)] = 512
    seconds: Annotated[int, Field(ge=1, le=86_400)] = 120
    file_mib: Annotated[int, Field(ge=1, le=65_536)] = 512


class Encryption(BaseModel):
    """Where the key of the database is: in a file or in an environment variable, one of the two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_file: Path | None = None
    key_variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.key_file is None) == (self.key_variable is None):
            raise ValueError("name one of key_file, key_variable")
        if self.key_file is not None and not self.key_file.is_absolute():
            raise ValueError("key_file is a whole path, from / on")
        return self


class Settings(BaseModel):
    """What an operator set; a home without the file has the defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Line = "Registry of intramedullary spinal cord tumours"
    licence: _Line = NO_LICENCE
    contributors: tuple[_Line, ...] = ()
    #: None keeps all, which the file calls 'all'.
    keep_snapshots: Annotated[int, Field(ge=1)] | None = None
    reading: Reading = Reading()
    encryption: Encryption | None = None

    @property
    def about(self) -> dict[str, object]:
        """What is said beside everything published: title, terms, who is to be cited."""
        return self.model_dump(mode="json", include={"title", "licence", "contributors"})

    @field_validator("keep_snapshots", mode="before")
    @classmethod
    def _all_of_them(cls, value: object) -> object:
        return None if value == "all" else value


def settings_of(home: Home) -> Settings:
    """The settings of a home.

    Raises
    ------
    UsageError
        If the file is no YAML, or sets something unknown.
    """
    if not home.settings.exists():
        return Settings()
    text = read_small(home.settings, limit=_LIMIT)
    try:
        found = yaml.safe_load(text or b"")
        return Settings.model_validate({} if found is None else found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(
            f"imsct.yaml, {place}: {first['msg']}. Known: {', '.join(Settings.model_fields)}. "
            "Mend the line or take it out."
        ) from error
    except yaml.YAMLError as error:
        raise UsageError("imsct.yaml: it is no YAML. Mend it, or delete it.") from error
