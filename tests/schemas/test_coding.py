"""Codes of other systems: each names something of the dictionary, once, with where it was seen."""

import re

import pytest

from schemas.coding import codes_of, targets
from schemas.histology import TYPES
from schemas.tables import BY_NAME
from schemas.vocabularies import all_vocabularies

#: Form of a code in each system.
FORMS = {
    "ICD-O-3": r"[0-9]{4}/[0-9]|C[0-9]{2}\.[0-9]",
    "ICD-10-CM": r"[CD][0-9]{2}\.[0-9]",
    "NAACCR": r"[0-9]{4}",
    "NCIt": r"C[0-9]{4,6}",
    "LOINC": r"[0-9]{4,5}-[0-9]",
    "SNOMED CT": r"[0-9]{6,10}",
    "RadLex": r"RID[0-9]+",
    "Gamuts": r"[0-9]{5}",
    "NINDS CDE": r"F[0-9]{4}",
    "RadElement": r"RDES[0-9]+",
}


@pytest.mark.parametrize("target", targets())
def test_a_code_names_a_column_or_a_value_once(target: str) -> None:
    if "=" in target:
        vocabulary, value = target.split("=")
        assert value in all_vocabularies()[vocabulary].codes
    else:
        table, column = target.split(".")
        assert column in BY_NAME[table].by_name
    found = codes_of(target)
    assert len({(coding.system, coding.code) for coding in found}) == len(found)
    for coding in found:
        assert re.fullmatch(FORMS[coding.system], coding.code)
        assert coding.status in ("confirmed", "unconfirmed")
        assert coding.display
        assert coding.source


def test_every_code_of_the_specification_is_there() -> None:
    """Part (g) of the specification, system by system; ICD-O-3 morphology is read by R057."""
    given = {
        "ICD-O-3": "C72.0 C72.1 9161/1 9121/0 9391/3 9392/3 9393/3 9425/3 9445/3",
        "ICD-10-CM": "C72.0 C72.1 D33.4 D43.4",
        "NCIt": "C3017 C3697 C3795 C4049 C4047 C40315 C3788 C3801 C3058 C60781 C38144 C18000",
        "SNOMED CT": "396922003 396923008 396924002 396925001 2748008 54785003 50800009 60051002 "
        "11478001",
        "RadLex": "RID7361 RID28472 RID28473 RID39110 RID5655",
        "Gamuts": "10156 18431 18401 32082 32083",
        "LOINC": "89243-0 89247-1 21889-1 33728-7 33729-5 31206-6 77753-2 97509-4",
        "NINDS CDE": "F2269",
        "RadElement": "RDES297 RDES221",
        "NAACCR": "3816 3843 3844",
    }
    found = [coding for target in targets() for coding in codes_of(target)]
    for system, codes in given.items():
        assert set(codes.split()) <= {c.code for c in found if c.system == system}, system
    assert {c.system for c in found} == set(given)
    assert {c.status for c in found if c.system == "NAACCR"} == {"unconfirmed"}


def test_loinc_and_snomed_codes_have_their_check_digit() -> None:
    """A slip in copying a LOINC code (mod 10) or a SNOMED CT one (Verhoeff) does not stay."""
    for target in targets():
        for coding in codes_of(target):
            if coding.system == "LOINC":
                number, check = coding.code.split("-")
                assert _mod10(number) == int(check), coding
            if coding.system == "SNOMED CT":
                assert _verhoeff(coding.code) == 0, coding


def test_every_type_that_is_a_neoplasm_of_its_own_has_a_morphology_code() -> None:
    without = {t.code for t in TYPES if not codes_of(f"histology={t.code}")}
    assert without == {
        "metastasis",
        "lymphoma",
        "schwannoma_intramedullary",
        "lipoma",
        "other_neoplasm",
        "non_neoplastic",
        "no_tissue",
    }


def _mod10(number: str) -> int:
    """Check digit of LOINC (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 * (doubled > 9)
    return -total % 10


def _verhoeff(number: str) -> int:
    """0 for a number whose last digit is its Verhoeff check digit."""
    times = [[(i + j) % 5 if i < 5 and j < 5 else 0 for j in range(10)] for i in range(10)]
    for i in range(10):
        for j in range(10):
            a, b = i % 5, j % 5
            if i < 5 and j < 5:
                times[i][j] = (a + b) % 5
            elif i < 5:
                times[i][j] = (a + b) % 5 + 5
            elif j < 5:
                times[i][j] = (a - b) % 5 + 5
            else:
                times[i][j] = (a - b) % 5
    turn = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    found = 0
    for place, digit in enumerate(reversed(number)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = turn[moved]
        found = times[found][moved]
    return found
