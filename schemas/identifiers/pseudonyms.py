"""Pseudonyms: how a site's local id becomes a name that tells nothing without the site's key.

Belongs here: the form of a pseudonym, the keyed function, which columns hold which kind of id.
Does not belong here: reading the key (`assets.site_key`), replacing ids in tables
(`assets.preparing`).
The same key, kind, site and local id give the same pseudonym for ever, so a patient delivered again
is the same patient. Reference: RFC 2104 (HMAC), RFC 4648 (base32); EDPB Guidelines 01/2025.
"""

import base64
import hashlib
import hmac
import unicodedata
from typing import Final

from schemas.columns import Identifier
from schemas.table import Table
from schemas.tables import TABLES

#: Bytes of a key.
KEY_LENGTH: Final = 32
#: A pseudonym, whole cell: kind letter, hyphen, 26 characters of lower-case base32.
PSEUDONYM: Final = "[a-z]-[a-z2-7]{26}"
#: Columns that name the site: public, and part of every pseudonym.
SITE_COLUMN: Final = "site_id"

#: Kind letter of every id column but the site's.
LETTERS: Final[dict[str, str]] = {
    "patient_id": "p",
    "case_id": "c",
    "study_id": "s",
    "read_id": "r",
    "reader_id": "x",
    "scanner_id": "m",
    "measurement_id": "v",
    "feature_set_id": "f",
    "surgery_id": "o",
    "pathology_id": "h",
    "treatment_id": "t",
    "status_id": "a",
    "follow_up_id": "u",
}


def id_columns(table: Table) -> tuple[str, ...]:
    """Columns of a table that hold pseudonyms.

    Examples
    --------
    >>> from schemas.tables import BY_NAME
    >>> id_columns(BY_NAME["cases"])
    ('case_id', 'patient_id')
    """
    return tuple(
        column.name
        for column in table.columns
        if isinstance(column.type, Identifier) and column.name != SITE_COLUMN
    )


def pseudonym(key: bytes, *, column: str, site: str, local_id: str) -> str:
    """The pseudonym of a local id; an empty one stays empty.

    Outer blanks do not count and accented letters are one character (NFC); nothing else is changed:
    `00123` and `123` are two patients.

    Examples
    --------
    >>> pseudonym(bytes(32), column="case_id", site="SITE_A", local_id="123")
    'c-svazh2y4at6cpclnibsdtq5qkg'
    """
    plain = unicodedata.normalize("NFC", local_id).strip()
    if not plain:
        return ""
    kind = column.removesuffix("_id")
    message = f"imsct/1 | {kind} | {site} | {plain}".encode()
    digest = hmac.digest(key, message, hashlib.sha256)
    return f"{LETTERS[column]}-{base64.b32encode(digest).decode().lower()[:26]}"


def key_id(key: bytes) -> str:
    """What names a key without giving it away: 8 hexadecimal digits of its hash."""
    return hashlib.sha256(b"imsct/1 | key | " + key).hexdigest()[:8]


def kinds_without_letter() -> list[str]:
    """Id columns of the dictionary that have no kind letter: none, so a test demands."""
    found = {name for table in TABLES for name in id_columns(table)}
    return sorted(found - set(LETTERS))
