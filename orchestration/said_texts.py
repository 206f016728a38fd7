"""Texts that a person types for the ledger: a reason, the name of a delivery.

Belongs here: refusing one that points at a patient, as far as a text can tell.
Does not belong here: what identifies (`schemas.identifiers`), the commands that ask for the texts.
They stand in the ledger, in listings and in logs for good. A plain name among words cannot be told
from them, so the options say that none belongs there.
"""

import re

from schemas.errors import UsageError
from schemas.identifiers.texts import DATE, PHONE, POSTCODE, URL, identifying_kinds

_OF_BIRTH = re.compile(r"(?i)(?<![a-z])(?:dob|born|date of birth|birth ?day|geb(?:oren)?)(?![a-z])")
_HOSPITAL_NUMBER = re.compile(r"(?i)(?<![a-z])(?:mrn|pid|patient id)[ :#.-]{0,2}[0-9]{4,}")
#: A day as one number, with which many programs name an export.
_COMPACT_DAY = re.compile(r"(?<![0-9])20[0-9]{2}[01][0-9][0-3][0-9](?![0-9])")
#: A day of a letter, a link to a ticket, a series such as CT 12345 are no patient's.
_PLAIN = frozenset({DATE, URL, POSTCODE})


def require_no_person(option: str, text: str, *, is_name: bool = False) -> None:
    """Refuse a text that may identify a person; of a name `_` and `-` part its words.

    Raises
    ------
    UsageError
        If it may; the message says what kind of thing is in it and never repeats it.

    Examples
    --------
    >>> require_no_person("--delivery", "2026-03-01_full", is_name=True)
    >>> require_no_person("--reason", "the letter of 12 March 2026, see https://tickets.invalid/7")
    """
    words = re.sub("[_-]", " ", text) if is_name else text
    kinds = {k for each in {text, words} for k in identifying_kinds(_COMPACT_DAY.sub("", each))}
    passed = _PLAIN | {PHONE} if is_name else _PLAIN
    found = sorted(kinds - passed)
    found += ["date of birth"] if _OF_BIRTH.search(words) and DATE in kinds else []
    found += ["hospital number"] if _HOSPITAL_NUMBER.search(words) else []
    if found:
        raise UsageError(
            f"{option}: it may identify a person ({', '.join(found)}). It would stand in the "
            "ledger for good. Say it without names, numbers and dates of birth of persons."
        )
