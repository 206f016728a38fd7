"""Column names that say by themselves that the cells identify a person.

Belongs here: the fixed list, and how a name is compared with it: any case, any separator.
Does not belong here: the cells (`schemas.identifiers.texts`).
"""

import re
from itertools import pairwise

_NAMES = """
    name names surname surnames forename forenames firstname lastname givenname familyname fullname
    middlename maidenname initials nachname vorname geburtsname nom prenom nome cognome
    achternaam voornaam apellido apellidos nombre nextofkin
"""
_BIRTH = "dob birth birthday birthdate dateofbirth geburtsdatum geburtstag naissance geboortedatum"
_ADDRESS = """
    address addresses street strasse adresse housenumber postcode postcodes postalcode zip zipcode
    plz phone phones telephone tel telefon mobile cellphone fax email emails mail
"""
_NUMBERS = """
    mrn ssn nhs nhsnumber hospitalnumber hospitalno recordnumber nationalid
    socialsecurity healthcardnumber kvnr insurance insurancenumber passport bsn nir ahv cpr
    personnummer fodselsnummer
"""
_FREE_TEXT = """
    comment comments remark remarks note notes freetext narrative bemerkung bemerkungen kommentar
"""
#: A column is named by one where it is a word of its name, or two words of it together.
_WORDS = frozenset((_NAMES + _BIRTH + _ADDRESS + _NUMBERS + _FREE_TEXT).split())
#: Words of many harmless names too (`software_name`): they count among companions only.
_WEAK = frozenset({"name", "names"})
_COMPANION_WORDS = """
    patient patients pat date of the full first last given family middle home work contact no number
    nr id post postal code house free text hospital record national social security next kin
"""
#: Words that stand beside those of the list and tell nothing of their own.
_COMPANIONS = frozenset(_COMPANION_WORDS.split())
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zäöüßéèà]+|[0-9]+")


def names_a_person(column: str) -> bool:
    """Whether a column is named like one that identifies a person.

    Examples
    --------
    >>> [names_a_person(name) for name in ("DOB", "patient-name", "PatientBirthDate", "Post Code")]
    [True, True, True, True]
    >>> [names_a_person(name) for name in ("software_name", "case_number", "Filename", "phonetic")]
    [False, False, False, False]
    """
    words = [word.lower() for word in _PARTS.findall(column)]
    together = {first + second for first, second in pairwise(words)}
    if {"".join(words), *together, *words} & (_WORDS - _WEAK):
        return True
    return bool(_WEAK & set(words)) and set(words) <= _COMPANIONS | _WEAK


def may_be_shown(column: str) -> bool:
    """Whether such a name is made of known words only, so that printing it repeats no cell."""
    words = {word.lower() for word in _PARTS.findall(column)}
    return words <= _WORDS | _COMPANIONS and column.isprintable()
