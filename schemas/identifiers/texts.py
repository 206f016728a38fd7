"""Texts that point at a person: addresses, dates, names in their usual forms, numbers.

Belongs here: the kinds that the identifier scan knows, each as a pattern, and what it must pass.
Does not belong here: check digits (`national_numbers`), which cells are scanned
(`assets.readers.identifiers`).
A pattern is not a recogniser of names: names are stopped by closed vocabularies. What is found here
are the forms in which identifiers slip into a cell.
"""

import re
from datetime import date

from schemas.identifiers.national_numbers import national_numbers

DATE, NUMBER = "calendar date", "long number"
PHONE, POSTCODE = "phone number", "postcode"

_MONTH = (
    "(?:jan(?:uar[yi]?|vier)?|feb(?:ruar[yi]?)?|f[ée]vr?(?:ier)?|m[aä]r(?:ch|z|s)?|apr(?:il)?|"
    "avr(?:il)?|ma[iy]|jun[ei]?|juin|jul[yi]?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|"
    "o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember)?|d[ée]c(?:embre)?)"
)
_YEAR = "(?:18|19|20)[0-9]{2}"
_NUMERIC_DATE = re.compile(
    rf"(?<![0-9.,/-])(?:(?P<y>{_YEAR})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})"
    r"|(?P<a>[0-9]{1,2})(?P<t>[-/.])(?P<b>[0-9]{1,2})(?P=t)(?P<z>(?:18|19|20)?[0-9]{2}))"
    r"(?![0-9]|[.,/-][0-9])"
)
_WORDED_DATE = re.compile(
    rf"(?<![0-9A-Za-z])(?:[0-9]{{1,2}}(?:st|nd|rd|th|\.)?[ .-]*{_MONTH}[ .,-]*"
    rf"(?:{_YEAR}|[0-9]{{2}})"
    rf"|{_MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? {_YEAR})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_UK_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|"
    "K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|"
    "T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
#: Two capitals after four digits that are a unit or a modality, no Dutch postcode.
_UNITS = "CT|GB|GY|HU|HZ|KB|MB|MG|ML|MM|MR|MS"
_POSTCODE = re.compile(
    r"(?<![0-9A-Za-z-])(?:"
    rf"(?:{_UK_AREAS})[0-9][0-9A-Z]? ?[0-9][ABD-HJLNP-UW-Z]{{2}}"  # United Kingdom
    r"|[ABCEGHJ-NPRSTVXY][0-9][A-Z] [0-9][A-Z][0-9]"  # Canada
    r"|[0-9]{5}-[0-9]{4}|[A-Z]{2},? [0-9]{5}"  # United States
    rf"|[1-9][0-9]{{3}} (?!{_UNITS})[A-Z]{{2}}"  # Netherlands
    r"|[0-9]{3}-[0-9]{4}"  # Japan
    r"|(?:[DEFI]-)?[0-9]{5},? [A-ZÄÖÜ][a-zäöüßéèô]{2,}"  # Germany, France, Italy, Spain
    r"|(?:CH|A|B|DK|NO)-[0-9]{4} [A-Z][a-zäöüé]{2,}"
    r")(?![0-9A-Za-z-])"
)
_PHONE = re.compile(
    r"(?<![0-9A-Za-z.,+-])(?:(?:\+|00)[1-9][0-9]{0,2}(?:[ ./()-]{0,3}[0-9]){6,12}"  # international
    r"|\(0?[0-9]{2,5}\)(?:[ ./-]?[0-9]){5,9}"
    r"|0[1-9][0-9]{1,4}[ ./-](?=[0-9])(?:[ ./-]?[0-9]){5,9}"  # national, with its leading zero
    r"|0[1-9][0-9]{8,9}"
    r"|[2-9][0-9]{2}[-. ][2-9][0-9]{2}[-. ][0-9]{4})(?![0-9A-Za-z]|[.,-][0-9])"  # North America
)
_TITLES = (
    "Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Herr|Frau|Mme|Mlle|Monsieur|Madame|Sig|Signora?|Sra|Se[nñ]ora?|"
    "Dhr|Mevr|Mevrouw|Pan|Pani"
)
_TITLED = re.compile(
    rf"(?<![A-Za-z])(?:{_TITLES})\.? +(?:(?:Dr|med|von|van|de|der)\.? +)*"
    "[A-ZÄÖÜÉ][a-zA-Zäöüßéè'\u2019-]+"
)
_LISTED_NAME = re.compile(
    "(?<![0-9A-Za-z])([A-ZÄÖÜÉ][A-ZÄÖÜÉ'\u2019 -]*[A-ZÄÖÜÉ]), ?[A-ZÄÖÜÉ][a-zäöüßéè]+"
)
#: A cell that is nothing but a surname, a comma and given names, as hospital lists have them.
_WORD = r"(?:O['\u2019])?[A-ZÄÖÜÉ][a-zäöüßàáâåæçèéêëíîïñóôøúû]+"
_WHOLE_NAME = re.compile(rf"\s*{_WORD}(?:[ -]{_WORD})?\s*,\s*{_WORD}(?:[ -]{_WORD})?\s*")
_ACRONYM_WORDS = """
    ADC ASIA ASA BMI CSF CT CTA DICOM DTI DWI EOR FA FLAIR GRE GTR ICD MEP MIP MR MRA MRI MRS NF NTR
    PACS PD PET PR PSIR ROI SCT SE SSEP STIR STR SWI TE TI TR TSE VHL WHO
"""
#: Capitals before a comma that are no surname.
_ACRONYMS = frozenset(_ACRONYM_WORDS.split())
_EMAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?i)(?<![a-z])(?:https?|ftp)://|(?<![a-z0-9])www\.[a-z0-9-]+\.")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z.,_-])[0-9]{8,}(?:\.0*)?(?![0-9A-Za-z_-]|[.,][0-9])")
#: Technical texts whose digits mean nothing: UUIDs, digests, DICOM UIDs.
_TECHNICAL = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[0-9a-f]{32,128}|[0-2](?:\.[0-9]{1,39}){5,30})(?![0-9A-Za-z])"
)

#: What every text that is worth a closer look has: an expression without look-around, for columns.
WORTH_A_LOOK = (
    r"@|://|(?i:www\.)|[0-9](?:[^0-9]{0,3}[0-9]){3}|[A-Z]{6}[0-9L-V]|[A-Z][0-9][A-Z] [0-9]|"
    r"[0-9]{1,2}\D{0,4}[A-Za-zé]{3}|"
    r"[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}|[^0-9\x00-\x40]\.? +[A-ZÄÖÜÉ]|[A-ZÄÖÜÉ],|"
    r"[^0-9\x00-\x40]\s*,\s*[A-ZÄÖÜÉO]"
)


def identifying_kinds(text: str, *, may_be_version: bool = False) -> tuple[str, ...]:
    """What in a text may point at a person, by kind; empty for a text that may pass.

    `may_be_version` is for columns of version numbers: digits with dots are no date there, digits
    alone no hospital number.

    Examples
    --------
    >>> identifying_kinds("seen on 03.04.2021, call 030 1234567")
    ('calendar date', 'phone number')
    >>> identifying_kinds("C3-T1, Ki-67 of 3 %, H3 K27M")
    ()
    """
    plain = _TECHNICAL.sub(" ", text)
    found = [
        kind
        for kind, pattern in (("e-mail address", _EMAIL), ("web address", _URL))
        if pattern.search(plain)
    ]
    if _has_date(plain, dotted=not may_be_version):
        found.append(DATE)
    numbers = list(national_numbers(plain))
    found += numbers
    if _LONG_NUMBER.search(plain) and not may_be_version and not numbers:
        found.append(NUMBER)
    # a national number or a date is written much like a telephone number or a postcode
    if not numbers and DATE not in found:
        found += [k for k, p in ((PHONE, _PHONE), (POSTCODE, _POSTCODE)) if p.search(plain)]
    elif _PHONE.search(_NUMERIC_DATE.sub(" ", plain)) and not numbers:
        found.append(PHONE)
    is_listed = any(m[1] not in _ACRONYMS for m in _LISTED_NAME.finditer(plain))
    if is_listed or _TITLED.search(plain) or _WHOLE_NAME.fullmatch(plain):
        found.append("name")
    return tuple(found)


def _has_date(text: str, *, dotted: bool) -> bool:
    """Whether a text holds a calendar date, day and month in any order."""
    if _WORDED_DATE.search(text):
        return True
    return any(_is_date(found, dotted=dotted) for found in _NUMERIC_DATE.finditer(text))


def _is_date(found: re.Match[str], *, dotted: bool) -> bool:
    """Whether the numbers of a match are those of a day."""
    if (found["s"] or found["t"]) == "." and not dotted:
        return False
    if found["y"]:
        return _exists(int(found["y"]), int(found["m"]), int(found["d"]))
    year = int(found["z"]) + 2000 * (len(found["z"]) == 2)
    if len(found["z"]) == 2 and len(found["a"]) + len(found["b"]) < 3:
        return False  # 1-2-21 is a range or a version more often than a day
    first, second = int(found["a"]), int(found["b"])
    return _exists(year, second, first) or _exists(year, first, second)


def _exists(year: int, month: int, day: int) -> bool:
    """Whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
