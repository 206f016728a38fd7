"""The manifest of a delivery: who delivers which files, announced byte for byte.

Belongs here: the form of `manifest.json`, the identity of a delivery's content.
Does not belong here: comparing a manifest with the files beside it (`warehouse.landing`).
"""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.identifiers.texts import PHONE, POSTCODE, identifying_kinds
from schemas.showing import counted
from schemas.tables.sites import SITE_ID

FORMAT: Final = "imsct.delivery/1"
MANIFEST_NAME = "manifest.json"
#: Type of the validation error that a file name causes; the landing makes E_PATH of it.
UNSAFE_NAME = "unsafe_name"
#: That of a name which may be a person's; the landing makes E_PHI of it.
IDENTIFYING_NAME = "identifying_name"

IdScheme = Literal["hmac-sha256/1", "published", "simulated"]
Mode = Literal["full", "increment", "correction", "withdrawal"]
Provenance = Literal["registry", "published", "simulated"]

PROFILE_NAME = "[a-z][a-z0-9_.-]{0,59}"
_DELIVERY = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}"
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}")
_PROVENANCE: dict[IdScheme, Provenance] = {
    "hmac-sha256/1": "registry",
    "published": "published",
    "simulated": "simulated",
}


def is_plain_name(text: str) -> bool:
    """Whether a text can name a file of a delivery: plain characters, one folder, not hidden."""
    return _FILE.fullmatch(text) is not None and ".." not in text


def identifying_name(text: str) -> tuple[str, ...]:
    """What in a file's name may point at a person; `_` parts words.

    Examples
    --------
    >>> identifying_name("Frau_Lindqvist.csv"), identifying_name("S20831177_2021-04-03.csv")
    (('name',), ('calendar date',))
    >>> identifying_name("imaging_reads.csv"), identifying_name("PMC8328013_T2w_PAM50.csv")
    ((), ())
    """
    kinds = identifying_kinds(text.replace("_", " "))
    return tuple(kind for kind in kinds if kind not in (PHONE, POSTCODE))  # CT 12345 is a series


def shown_name(text: str, place: int, of: int) -> str:
    """A file as it may be named: by its place where its name is not plain, or may be a person's.

    Examples
    --------
    >>> shown_name("cases.csv", 1, 3), shown_name("Frau_Lindqvist.csv", 2, 3)
    ('cases.csv', 'file 2 of 3 (a name of 18 characters)')
    """
    is_safe = is_plain_name(text.removeprefix(".")) and not identifying_name(text)
    return text if is_safe else hidden_name(text, place, of)


def hidden_name(text: str, place: int, of: int) -> str:
    """A file by its place among the others."""
    return f"file {place} of {of} (a name of {counted(len(text), 'character')})"


def _plain(text: str) -> str:
    """Refuse a file name that could lead out of the folder, or names a person."""
    if not is_plain_name(text) or text == MANIFEST_NAME:
        raise PydanticCustomError(UNSAFE_NAME, "is not a plain file name")
    if kinds := identifying_name(text):
        raise PydanticCustomError(
            IDENTIFYING_NAME, "may identify a person: {kinds}", {"kinds": ", ".join(kinds)}
        )
    return text


def _utc(text: str) -> str:
    """Refuse a time that is not ISO 8601 in UTC."""
    try:
        offset = datetime.fromisoformat(text).utcoffset()
    except ValueError:
        offset = None
    if offset != timedelta(0):
        raise PydanticCustomError("not_utc", "is not a time in UTC such as 2026-01-31T08:00:00Z")
    return text


def _matching(pattern: str) -> StringConstraints:
    """Constraint: the whole text matches. `$` alone would let a trailing newline through."""
    return StringConstraints(pattern=rf"\A(?:{pattern})\z")


SiteName = Annotated[str, _matching(SITE_ID.pattern)]
DeliveryName = Annotated[str, _matching(_DELIVERY)]
FileName = Annotated[str, AfterValidator(_plain)]
Sha256 = Annotated[str, _matching("[0-9a-f]{64}")]
Count = Annotated[int, Field(ge=0, le=2**53)]
Utc = Annotated[str, StringConstraints(max_length=40), AfterValidator(_utc)]


class DeliveredFile(BaseModel):
    """One file as announced; `rows` counts data records, the header not among them."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    file: FileName
    sha256: Sha256
    bytes: Count
    rows: Count


class Manifest(BaseModel):
    """A delivery as announced. Names are plain and unique, whatever wrote the manifest."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    format: Literal["imsct.delivery/1"] = FORMAT
    delivery: DeliveryName
    site: SiteName
    created: Utc
    profile: Annotated[str, _matching(PROFILE_NAME)]
    schema_version: Annotated[str, _matching(r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}")]
    mode: Mode
    supersedes: DeliveryName | None
    id_scheme: IdScheme
    key_id: Annotated[str, _matching("[0-9a-f]{8}")] | None
    files: Annotated[list[DeliveredFile], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        """Names are unique where case is ignored too; key and superseded delivery fit the rest."""
        names = [entry.file.casefold() for entry in self.files]
        if len(set(names)) != len(names):
            raise PydanticCustomError("repeated_file", "files: a file is listed twice")
        if (self.key_id is not None) != (self.id_scheme == "hmac-sha256/1"):
            raise PydanticCustomError(
                "key_id", "key_id: needed under id_scheme hmac-sha256/1, null under any other"
            )
        if self.mode == "correction" and self.supersedes is None:
            raise PydanticCustomError("supersedes", "supersedes: a correction names a delivery")
        return self

    @property
    def rows(self) -> int:
        """Data records announced, all files together."""
        return sum(entry.rows for entry in self.files)

    @property
    def provenance(self) -> Provenance:
        """Provenance of every row of the delivery."""
        return provenance_of(self.id_scheme)

    def to_json(self) -> bytes:
        """The bytes of `manifest.json`."""
        return (self.model_dump_json(indent=1) + "\n").encode()


def provenance_of(id_scheme: IdScheme) -> Provenance:
    """Provenance of the rows delivered under an id scheme.

    Examples
    --------
    >>> provenance_of("hmac-sha256/1")
    'registry'
    """
    return _PROVENANCE[id_scheme]


def content_id(manifest: Manifest) -> str:
    """Identity of what is delivered; neither the delivery's name nor the time plays a part.

    Two deliveries with the same id are the same delivery sent twice.
    """
    content = {
        "files": sorted(entry.sha256 for entry in manifest.files),
        "site": manifest.site,
        "mode": manifest.mode,
        "schema_version": manifest.schema_version,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
