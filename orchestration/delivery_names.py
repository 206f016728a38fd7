"""Names that a person gives to deliveries.

Belongs here: refusing one that points at a patient, as far as a name can tell.
Does not belong here: what identifies (`schemas.identifiers`), reasons (`warehouse.decisions`).
A name stands in the ledger, in listings and in logs for good. A plain surname cannot be told from
another word, so the option says that none belongs there.
"""

import re

from schemas.errors import UsageError
from schemas.identifiers.texts import DATE, PHONE, POSTCODE, identifying_kinds

_HOSPITAL_NUMBER = re.compile(r"(?i)(?<![a-z])(?:mrn|pid)[ .]?[0-9]{4,}")
#: A day as one number, with which many programs name an export.
_COMPACT_DAY = re.compile(r"(?<![0-9])20[0-9]{2}[01][0-9][0-3][0-9](?![0-9])")
#: The day of an export is no patient's, and digits in groups are its parts.
_PLAIN = frozenset({DATE, PHONE, POSTCODE})


def require_no_person(option: str, name: str) -> None:
    """Refuse a name that may identify a person; `_` and `-` part its words.

    Raises
    ------
    UsageError
        If it may; the message says what kind of thing is in it and never repeats it.
    """
    words = re.sub("[_-]", " ", name)
    kinds = {k for each in (name, words) for k in identifying_kinds(_COMPACT_DAY.sub("", each))}
    found = sorted(kinds - _PLAIN)
    found += ["hospital number"] if _HOSPITAL_NUMBER.search(words) else []
    if found:
        raise UsageError(
            f"{option}: it may identify a person ({', '.join(found)}). It would stand in the "
            "ledger for good. Give a name without names and numbers of persons, such as 2026-03."
        )
