"""What a message may print of a delivered value: never enough to know a person by."""

import pytest

from schemas.columns import Code
from schemas.showing import nearest, shown, shown_key
from schemas.tables import BY_NAME, TABLES

#: Frequent surnames; several lie within two letters of a code (Jones: none, Oliver: alive).
#: One that is a code itself (Central) cannot be told from it.
SURNAMES = [
    "Smith",
    "Jones",
    "Oliver",
    "Hale",
    "Cole",
    "Dale",
    "Luther",
    "Parker",
    "Barker",
    "Wild",
    "Milde",
    "Reade",
    "Mole",
    "Malek",
    "Ng",
    "Ho",
    "Do",
    "Vo",
    "Li",
    "Nolan",
    "Nunn",
    "Marsh",
    "Mills",
    "Miller",
    "Martin",
    "Solis",
    "Mixon",
    "Olive",
    "Alvarez",
    "Dean",
    "Dodd",
    "Unger",
    "Goode",
    "Goodwin",
    "Cystal",
    "Simon",
    "Paget",
    "Patel",
    "Syring",
    "Conn",
    "Boone",
    "Booth",
    "Bath",
    "Noe",
    "Smith-Jones",
]
CODED = sorted(
    {
        column.type.vocabulary.codes
        for t in TABLES
        for column in t.columns
        if isinstance(column.type, Code)
    }
)


@pytest.mark.parametrize("surname", SURNAMES)
def test_a_surname_in_a_coded_column_is_never_printed(surname: str) -> None:
    for table in TABLES:
        for column in table.columns:
            for written in (surname, surname.upper(), f"{surname}, Anna", f"{surname}1954"):
                assert written not in shown(column, written), column.name


@pytest.mark.parametrize(
    ("table", "column", "text", "expected"),
    [
        ("cases", "age_years", "470", "'470'"),
        ("cases", "age_years", "-999", "'-999'"),
        ("cases", "age_years", "47,5", "'47,5'"),
        ("cases", "age_years", "12345", "'12345'"),
        ("cases", "age_years", "123456", "text of 6 characters"),
        ("cases", "age_years", "1.20831177", "text of 10 characters"),
        ("cases", "age_years", "030.1234567", "text of 11 characters"),
        ("cases", "age_years", "1.2.1954", "text of 8 characters"),
        ("cases", "age_years", "\uff14\uff17", "text of 2 characters"),
        ("cases", "age_years", "47\n", "text of 3 characters"),
        ("cases", "age_years", "", "text of 0 characters"),
        ("cases", "age_years", None, "empty"),
        ("patients", "sex", "Female", "'Female'"),
        ("patients", "sex", "f", "text of 1 character"),
        ("patients", "sex", "fem\u0430le", "text of 6 characters"),
        ("patients", "patient_id", "MUELLER", "text of 7 characters"),
        ("imaging_reads", "level_upper", "c4", "'c4'"),
        ("pathology", "histology", "spinal_ependymona", "'spinal_ependymona'"),
        ("pathology", "histology", "x" * 100_000, "text of 100000 characters"),
    ],
)
def test_shown_gives_the_value_or_its_class(
    table: str, column: str, text: str | None, expected: str
) -> None:
    assert shown(BY_NAME[table][column], text) == expected


@pytest.mark.parametrize("codes", CODED)
def test_a_slip_of_one_letter_finds_every_long_code_again(codes: tuple[str, ...]) -> None:
    for code in codes:
        assert nearest(code, codes) == code
        assert nearest(code.upper(), codes) == code
        if len(code) >= 8:
            found = nearest(code[:-1], codes)
            assert found is not None
            assert found.startswith(code[:3])


def test_the_nearest_code_is_the_one_with_the_fewest_edits_whatever_the_order() -> None:
    codes = ["spinal_ependymoma_mycn", "subependymoma", "spinal_ependymoma"]
    for order in (codes, codes[::-1]):
        assert nearest("spinal_ependymona", order) == "spinal_ependymoma"
        assert nearest("ependymoma", order) is None


@pytest.mark.parametrize(
    "text", ["20831177", "1954-02-01", "1.2.1954", "Smith John", "", "x" * 41, "P1\n", None]
)
def test_a_key_at_fault_is_hidden(text: str | None) -> None:
    assert shown_key(BY_NAME["cases"], {"case_id": text}) is None


def test_a_composed_key_is_hidden_as_a_whole() -> None:
    sites = BY_NAME["sites"]
    assert shown_key(sites, {"site_id": "SITE_A", "definition_version": "1"}) == "SITE_A|1"
    assert shown_key(sites, {"site_id": "SITE_A", "definition_version": "Jones"}) is None
