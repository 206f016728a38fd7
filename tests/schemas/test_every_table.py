"""Tests of the declarations: every table, column, vocabulary, pattern and check is complete."""

import re
from collections import Counter

import pytest

from schemas import vocabularies
from schemas.catalogue import LOOKS_IDENTIFYING, LOOKS_LIKE_A_DATE, all_checks, checks_of, rules_of
from schemas.checks import AnyCheck, PredicateCheck, RangeCheck, TextCheck
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number, TextCode
from schemas.expressions import columns_of
from schemas.histology import HISTOLOGY_GROUP
from schemas.measures import MEASURES, UNIT
from schemas.table import Table
from schemas.tables import BY_NAME, TABLES
from schemas.vocabulary import Vocabulary

COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in TABLES
    for column in table.kept_columns
]
VOCABULARIES = list(vocabularies.all_vocabularies().values())
CHECKS = [pytest.param(check, id=check.name) for check in all_checks()]
#: Numbers that count something, or whose unit stands in another column.
WITHOUT_UNIT = {
    "definition_version",
    "case_number",
    "read_round",
    "surgery_number",
    "n_rows",
    "n_features",
    "score",
    "value",
    "asa_grade",
    "reader_confidence",
    "methylation_score",
    "pain_nrs",
    "eq5d_index",
}
#: Every pattern of the dictionary: what it takes and what it does not, each as a whole cell.
PATTERNS: dict[str, tuple[list[str], list[str]]] = {
    Identifier().pattern: (
        ["C1", "a", "S01-0007", "x_y", "a" * 40],
        ["", "a" * 41, "a b", "a.b", "a;b", "é", "C1\n", " C1", "a/b"],
    ),
    BY_NAME["sites"]["site_id"].type.pattern: (  # type: ignore[union-attr]
        ["SITE_A", "AB", "A1", "A" * 16],
        ["A", "a1", "1A", "_A", "A" * 17, "SITE-A", "SITE_A\n"],
    ),
    Integer(0, 1).pattern: (
        ["0", "-3", "999999999", "007"],
        ["", "1.0", "1e3", "+1", "1 000", "1,000", "--1", "1234567890", "1\n", "\uff11"],
    ),
    Number(0, 1).pattern: (
        ["0", "-0.5", "1.54", "1e3", "1.5E-3", "2E+10"],
        ["", ".5", "5.", "1,54", "1 000", "NaN", "inf", "0x1", "1e", "+1", "1\n", " 1", "1.5.1"],
    ),
    r"[A-Za-z0-9.+*_-]{1,40}": (
        ["3.0.1", "git-master-0a1b", "2024.1+g12", "*"],
        ["", "3.0.1 (x)", "a" * 41, "v/1", "3.0.1\n"],
    ),
    # a build of Spinal Cord Toolbox between two releases names its whole commit
    r"[A-Za-z0-9.+*_-]{1,64}": (
        ["3.0.1", "git-master-310834f50bfc9e3f9c68d696ada10a2223a882de*"],
        ["", "3.0.1 (x)", "a" * 65, "v/1", "3.0.1\n"],
    ),
    "[A-Z]{2}": (["CH", "GB"], ["", "C", "ch", "CHE", "C1", "CH\n"]),
    "[0-9]{4}/[0-9]": (["9391/3", "9161/1"], ["", "9391", "9391/", "M9391/3", "9391/33", "9391-3"]),
    "[0-9a-f]{64}": (["0" * 64, "abcdef01" * 8], ["0" * 63, "0" * 65, "A" * 64, "g" * 64]),
    LOOKS_IDENTIFYING: (
        ["20831177", "123456", "2021-03-04", "2021.3.4", "4/3/21", "04-03-2021", "4.3.21"],
        ["S01-0007", "12345", "A123456", "2021-03", "1-2-3", "C1-2-21", "123456-1", ""],
    ),
    LOOKS_LIKE_A_DATE: (
        ["2021-03-04", "4-3-21", "2021/3/4"],
        ["24.10.12", "20210304", "3.0.1", "v2021-03-04", "2021-03"],
    ),
}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_has_description_availability_and_unit_or_vocabulary(
    table: Table, column: Column
) -> None:
    assert column.description[:1].isupper(), table.name
    assert column.description.endswith("."), table.name
    assert isinstance(column.available, Availability)
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,60}", column.name)
    match column.type:
        case Code(vocabulary):
            assert vocabulary.values
        case Integer() | Number():
            assert column.unit or column.name in WITHOUT_UNIT
            assert column.type.low < column.type.high
        case Identifier():
            assert column.available in (Availability.KEY, Availability.ADMIN)
        case TextCode(pattern, phrase):
            assert pattern
            assert phrase


def test_only_numbers_are_explained_and_every_reason_stands_beside_its_number() -> None:
    for table in TABLES:
        for column in table.columns:
            if column.may_be_explained:
                assert column.is_numeric, column.name
                place = table.names.index(column.name)
                assert table.names[place + 1] == column.reason_name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_says_what_a_row_is_and_comes_after_its_parents(table: Table) -> None:
    assert table.grain
    assert len(table.description) > 40
    assert len(set(table.names)) == len(table.names)
    assert "provenance" not in table.names
    before = [other.name for other in TABLES[: TABLES.index(table)]]
    for column, parent in table.parents.items():
        assert parent in before
        assert column in BY_NAME[parent].key
    for key in table.key:
        assert table[key].required
        assert table[key].available is Availability.KEY
    for column in table.columns:
        if column.required_when is not None:
            assert not column.required
            assert set(columns_of(column.required_when)) <= set(table.names)


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.name)
def test_every_vocabulary_value_is_well_formed(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.codes) > 1
    pattern = "CMJ|[CTLS][0-9]{1,2}|unknown" if vocabulary.name == "cord_level" else None
    for value in vocabulary.values:
        assert re.fullmatch(pattern or "[a-z0-9][a-z0-9_-]*", value.code), value.code
        assert value.definition == value.definition.strip()
        assert len(value.definition) < 140
    for last in ("unknown", "not_reported"):
        if last in vocabulary.codes:
            assert vocabulary.codes[-1] == last or vocabulary.codes[-1] == "unknown"


def test_every_vocabulary_is_used_under_one_name() -> None:
    used = {
        column.type.vocabulary.name: column.type.vocabulary
        for table in TABLES
        for column in table.kept_columns
        if isinstance(column.type, Code)
    }
    assert used == {vocabulary.name: vocabulary for vocabulary in VOCABULARIES}
    assert list(vocabularies.LEVEL.coded) == [
        "CMJ",
        *(f"C{n}" for n in range(1, 8)),
        *(f"T{n}" for n in range(1, 13)),
        *(f"L{n}" for n in range(1, 6)),
        *(f"S{n}" for n in range(1, 6)),
    ]
    assert set(HISTOLOGY_GROUP) == set(vocabularies.HISTOLOGY.codes)


def test_every_measure_has_a_range_and_a_unit() -> None:
    for measure in MEASURES:
        assert measure.low < measure.high
        assert measure.unit in UNIT.codes
        assert measure.description.endswith(".")


def test_every_pattern_has_matching_and_other_examples() -> None:
    used = {check.pattern for check in all_checks() if isinstance(check, TextCheck)}
    assert used == set(PATTERNS)
    for pattern, (matching, others) in PATTERNS.items():
        assert matching
        assert others
        assert [text for text in matching if not re.fullmatch(pattern, text)] == []
        assert [text for text in others if re.fullmatch(pattern, text)] == []


def test_check_names_are_unique() -> None:
    names = Counter(check.name for check in all_checks())
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_a_short_sentence_and_a_remedy(check: AnyCheck) -> None:
    for text in (check.sentence, check.remedy):
        assert text == text.strip()
        assert 0 < len(text) < 200
    assert check.remedy.endswith((".", "?"))
    assert not check.sentence.endswith(".")
    assert re.fullmatch("R0[0-8][0-9]", check.rule)
    assert check.column in BY_NAME[check.table].names
    if isinstance(check, RangeCheck):
        assert check.low < check.high
    if isinstance(check, PredicateCheck):
        assert set(columns_of(check.holds)) <= set(BY_NAME[check.table].names)


def test_a_rule_shows_its_error_before_its_warning() -> None:
    for table in TABLES:
        rules = rules_of(table.name)
        assert list(rules) == sorted({check.rule for check in checks_of(table.name)})
        for check in checks_of(table.name):
            if check.severity == "error":
                assert rules[check.rule].severity == "error"
