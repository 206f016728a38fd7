"""National numbers of persons: their form and, where the issuer gives one, their check digit.

Belongs here: one function per number, each with the issuer's text that defines it.
Does not belong here: other identifying texts (`schemas.identifiers.texts`), scanning files.
A function takes the number without separators and says whether it can be one; whether it was ever
given to somebody, nobody here can know.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

# Not part of a longer word or number: 0.9434765919 is a measured value, PMC8328013 a paper.
_BEFORE, _AFTER = r"(?<![0-9A-Za-z.,])", r"(?![0-9A-Za-z]|[.,][0-9])"


def is_nhs_number(digits: str) -> bool:
    """NHS number, England, Wales and Isle of Man: weights 10 to 2, modulus 11.

    Source: NHS Data Model and Dictionary, "NHS NUMBER".

    Examples
    --------
    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    check = 11 - _weighted(digits, range(10, 1, -1)) % 11
    return check != 10 and check % 11 == int(digits[9]) and len(set(digits)) > 1


def is_ssn(digits: str) -> bool:
    """Social security number, USA: no check digit; areas and groups that are never issued.

    Source: Social Security Administration, POMS RM 10201.035 "Invalid Social Security Numbers".

    Examples
    --------
    >>> is_ssn("219099999"), is_ssn("666123456"), is_ssn("900121234")
    (True, False, False)
    """
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_kvnr(text: str) -> bool:
    """German health insurance number: a letter as two digits, weights 1 and 2, modulus 10.

    Source: GKV-Spitzenverband, number according to section 290 SGB V, annex on the check digit.

    Examples
    --------
    >>> is_kvnr("A123456780"), is_kvnr("A123456781")
    (True, False)
    """
    digits = f"{ord(text[0]) - 64:02d}{text[1:9]}"
    total = sum(_digit_sum(int(d) * (1 + place % 2)) for place, d in enumerate(digits))
    return total % 10 == int(text[9])


def is_nir(text: str) -> bool:
    """French registration number (NIR) with its key: 97 less the remainder by 97.

    The first digit is the sex, then year and month of birth; Corsica's 2A and 2B count as 19, 18.
    Source: INSEE, "Numéro de sécurité sociale"; decree 82-103 of 22 January 1982.

    Examples
    --------
    >>> is_nir("255081416802538"), is_nir("255081416802539")
    (True, False)
    """
    if not re.fullmatch(r"[1-478][0-9]{2}(0[1-9]|1[0-2]|[2-9][0-9])[0-9][0-9AB][0-9]{8}", text):
        return False
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(text[13:])


def is_bsn(digits: str) -> bool:
    """Dutch citizen service number: weights 9 to 2 and -1, a multiple of 11.

    Source: Rijksdienst voor Identiteitsgegevens, "Logisch Ontwerp BSN", the eleven test.

    Examples
    --------
    >>> is_bsn("111222333"), is_bsn("111222334")
    (True, False)
    """
    weights = (*range(9, 1, -1), -1)
    return _weighted(digits, weights) % 11 == 0 and int(digits) > 0


def is_swedish(digits: str) -> bool:
    """Swedish personal number: a date (day plus 60 for a coordination number), Luhn.

    Source: Skatteverket, SKV 704 "Personnummer".

    Examples
    --------
    >>> is_swedish("6408233234"), is_swedish("6408233235")
    (True, False)
    """
    ten = digits[-10:]
    day = int(ten[4:6]) - 60 * (int(ten[4:6]) > 60)
    total = sum(_digit_sum(int(d) * (2 - place % 2)) for place, d in enumerate(ten))
    return total % 10 == 0 and _is_day(int(ten[2:4]), day)


def is_norwegian(digits: str) -> bool:
    """Norwegian birth number: a date, two check digits, modulus 11.

    The day is 40 higher in a D-number, the month in the help number (H) that a hospital gives; the
    common help number (FH) begins with 8 or 9 and has no date.
    Source: Skatteetaten, "Fødselsnummer"; regulation on population registration, section 2-2-1;
    Direktoratet for e-helse, HIS 1105 "Identifikatorer for personer" (H and FH).

    Examples
    --------
    >>> is_norwegian("13097248022"), is_norwegian("13097248023"), is_norwegian("88888888831")
    (True, False, True)
    """
    first = _weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    day, month = (n - 40 * (n > 40) for n in (int(digits[:2]), int(digits[2:4])))
    return first == second == 0 and (digits[0] in "89" or _is_day(month, day))


def is_danish(digits: str) -> bool:
    """Danish CPR number: a date, weights 4 3 2 7 6 5 4 3 2 1, a multiple of 11.

    Numbers given since 2007 need not pass the modulus; with its hyphen the date is enough.
    Source: CPR-kontoret, "Personnummeret i CPR".

    Examples
    --------
    >>> is_danish("0707614285"), is_danish("0707614286")
    (True, False)
    """
    return _weighted(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0 and _starts_with_day(digits)


_FINNISH_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def is_finnish(text: str) -> bool:
    """Finnish personal identity code: a date, a sign of the century, modulus 31.

    Source: Digital and Population Data Services Agency, "The personal identity code".

    Examples
    --------
    >>> is_finnish("131052-308T"), is_finnish("131052-308U")
    (True, False)
    """
    return _starts_with_day(text) and _FINNISH_CHECK[int(text[:6] + text[7:10]) % 31] == text[10]


def is_ahv(digits: str) -> bool:
    """Swiss AHV number: 756, check digit as of an EAN-13.

    Source: Zentrale Ausgleichsstelle, "Die AHV-Nummer".

    Examples
    --------
    >>> is_ahv("7569217076985"), is_ahv("7569217076984")
    (True, False)
    """
    return digits[:3] == "756" and _weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)


def is_codice_fiscale(text: str) -> bool:
    """Italian tax code: odd and even places have tables of their own, modulus 26.

    Source: decree of the Ministry of Finance of 23 December 1976, article 5; Agenzia delle Entrate.

    Examples
    --------
    >>> is_codice_fiscale("RSSMRA85T10A562S"), is_codice_fiscale("RSSMRA85T10A562T")
    (True, False)
    """
    places = [int(c) if c.isdigit() else ord(c) - 65 for c in text[:15]]
    total = sum(_ODD[n] if place % 2 == 0 else n for place, n in enumerate(places))
    return chr(65 + total % 26) == text[15]


def is_my_number(digits: str) -> bool:
    """Japanese individual number: weights 6 to 2, 7 to 2, modulus 11.

    Source: ordinance 85 of 2014 of the Ministry of Internal Affairs and Communications, article 5.

    Examples
    --------
    >>> is_my_number("123456789018"), is_my_number("123456789019")
    (True, False)
    """
    rest = _weighted(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest < 2 else 11 - rest) == int(digits[11]) and int(digits) > 0


@dataclass(frozen=True)
class _Number:
    """A number as it is written; `check` sees it without the separators."""

    kind: str
    written: re.Pattern[str]
    check: Callable[[str], bool]
    separators: str = " -."


def _written(pattern: str) -> re.Pattern[str]:
    """A form that stands by itself."""
    return re.compile(f"{_BEFORE}(?:{pattern}){_AFTER}")


_NUMBERS = (
    _Number("NHS number", _written(r"[0-9]{3}([ -]?)[0-9]{3}\1[0-9]{4}"), is_nhs_number),
    _Number("US social security number", _written("[0-9]{3}-[0-9]{2}-[0-9]{4}"), is_ssn),
    _Number("German insurance number", _written("[A-Z] ?[0-9]{9}"), is_kvnr),
    _Number(
        "French registration number",
        _written("[1-478] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}"),
        is_nir,
    ),
    _Number("Dutch citizen number", _written(r"[0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}"), is_bsn),
    _Number(
        "Swedish personal number", _written("([0-9]{2})?[0-9]{6}[-+]?[0-9]{4}"), is_swedish, "-+"
    ),
    _Number("Norwegian birth number", _written("[0-9]{6} ?[0-9]{5}"), is_norwegian),
    _Number("Danish personal number", _written("[0-9]{10}"), is_danish),
    _Number("Danish personal number", _written("[0-9]{6}-[0-9]{4}"), lambda d: _starts_with_day(d)),
    _Number(
        "Finnish identity code",
        _written("[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]"),
        is_finnish,
        " ",
    ),
    _Number("Swiss AHV number", _written(r"756([. ]?)[0-9]{4}\1[0-9]{4}\1[0-9]{2}"), is_ahv),
    _Number(
        "Italian tax code",
        _written("[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]"),
        is_codice_fiscale,
        " ",
    ),
    _Number(
        "Japanese individual number", _written(r"[0-9]{4}([ -]?)[0-9]{4}\1[0-9]{4}"), is_my_number
    ),
)


def national_numbers(text: str) -> Iterator[str]:
    """The kinds of national numbers that a text holds.

    Examples
    --------
    >>> list(national_numbers("tel. unknown, NHS 943 476 5919"))
    ['NHS number']
    >>> list(national_numbers("0.9434765919"))
    []
    """
    for number in _NUMBERS:
        for found in number.written.finditer(text):
            bare = re.sub(f"[{re.escape(number.separators)}]", "", found[0])
            if number.check(bare):
                yield number.kind
                break


def _weighted(digits: str, weights: Sequence[int]) -> int:
    """Sum of the first digits, each times its weight."""
    return sum(int(d) * weight for d, weight in zip(digits, weights, strict=False))


def _digit_sum(number: int) -> int:
    """Sum of the digits of a number below 20."""
    return number // 10 + number % 10


def _starts_with_day(text: str) -> bool:
    """Whether a text begins with day and month."""
    return _is_day(int(text[2:4]), int(text[:2]))


def _is_day(month: int, day: int) -> bool:
    """Whether a month has such a day; the 29th of February always is one."""
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True
