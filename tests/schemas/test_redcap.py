"""The REDCap data dictionary, read back by the rules that real ones follow.

The rules were taken from five data dictionaries exported by REDCap itself: the header of eighteen
columns, field types, names of validations, choices as "code, label | code, label", branching logic
as comparisons of [variables] with quoted values.
"""

import csv
import io
import re

import pytest

from schemas.columns import REASON_SUFFIX, Code, Integer, Number
from schemas.exports import dictionary_as
from schemas.redcap import PREFIXES, columns_by_variable, variable
from schemas.tables import BY_NAME, TABLES

HEADER = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,'
    "Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,"
    "Identifier?,Branching Logic (Show field only if...),Required Field?,Custom Alignment,"
    "Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation"
)
CHOICES = "Choices, Calculations, OR Slider Labels"
LOGIC = "Branching Logic (Show field only if...)"
VALIDATION = "Text Validation Type OR Show Slider Number"
COMPARISON = re.compile(r'\[([a-z0-9_]+)\] (=|<>) "([^"]*)"')
Fields = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def fields() -> Fields:
    """Every line by its variable."""
    lines = list(csv.DictReader(io.StringIO(dictionary_as("redcap"))))
    found = {line["Variable / Field Name"]: line for line in lines}
    assert len(found) == len(lines), "a variable stands twice"
    return found


def choices_of(line: dict[str, str]) -> list[str]:
    """Codes of a field's choices, as REDCap splits them: at bars, then at the first comma."""
    return [choice.partition(",")[0].strip() for choice in line[CHOICES].split("|")]


def test_the_header_is_redcaps_own() -> None:
    assert dictionary_as("redcap").partition("\n")[0] == HEADER


def test_the_record_comes_first_and_forms_stay_together(fields: Fields) -> None:
    assert next(iter(fields)) == "patient_id"
    forms = [line["Form Name"] for line in fields.values()]
    runs = [form for place, form in enumerate(forms) if place == 0 or forms[place - 1] != form]
    assert runs == [table.name for table in TABLES if table.name in PREFIXES]


def test_names_and_types_are_what_redcap_takes(fields: Fields) -> None:
    for name, line in fields.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name)
        assert line["Field Type"] in ("text", "radio", "dropdown")
        assert line[VALIDATION] in ("", "integer", "number")
        assert line["Required Field?"] in ("", "y")
        assert line["Field Label"]
        assert line["Field Note"]
        assert not [key for key in line if line[key] is None or "\n" in line[key]]
        if line["Field Type"] == "text":
            assert not line[CHOICES]
        else:
            codes = choices_of(line)
            assert len(set(codes)) == len(codes)
            assert all(re.fullmatch(r"[A-Za-z0-9._-]+", code) for code in codes)


def test_branching_logic_names_fields_of_its_form_and_choices_they_have(fields: Fields) -> None:
    shown = {name: line for name, line in fields.items() if line[LOGIC]}
    assert len(shown) > 40
    for name, line in shown.items():
        rest = COMPARISON.sub("X", line[LOGIC])
        words = re.sub(r"[()]", " ", rest).split()
        assert set(words) <= {"X", "and", "or"}, f"{name}: {line[LOGIC]}"
        assert rest.count("(") == rest.count(")")
        for other, _, value in COMPARISON.findall(line[LOGIC]):
            assert fields[other]["Form Name"] == line["Form Name"]
            if value and fields[other][CHOICES]:
                assert value in choices_of(fields[other])


def test_every_column_that_is_filled_by_hand_comes_back(fields: Fields) -> None:
    back = columns_by_variable()
    assert set(back) == set(fields)
    expected = {(t.name, c.name) for t in TABLES if t.name in PREFIXES for c in t.columns}
    assert set(back.values()) == expected - {("cases", "patient_id")}
    for name, (table, column) in back.items():
        line, declared = fields[name], BY_NAME[table][column]
        assert name == variable(table, column)
        assert line["Form Name"] == table
        assert line["Field Annotation"].split()[1] == f"{table}.{column}"
        match declared.type:
            case Code(vocabulary):
                assert choices_of(line) == list(vocabulary.codes)
            case Integer(low, high) | Number(low, high):
                kind = "integer" if isinstance(declared.type, Integer) else "number"
                assert line[VALIDATION] == kind
                if high < 1e300:
                    limits = (line["Text Validation Min"], line["Text Validation Max"])
                    assert tuple(map(float, limits)) == (low, high)
        asked = BY_NAME[table][column.removesuffix(REASON_SUFFIX)]
        must = asked.required or asked.required_when is not None
        # of a number that may be explained REDCap asks for the reason, while there is no number
        explains = column.endswith(REASON_SUFFIX)
        assert (line["Required Field?"] == "y") == (must and explains == asked.may_be_explained)
        if declared.required_when is not None:
            assert line[LOGIC], name
        if column.endswith(REASON_SUFFIX):
            number = variable(table, column.removesuffix(REASON_SUFFIX))
            assert f'[{number}] = ""' in line[LOGIC]


def test_a_choice_can_be_read_in_a_clinic(fields: Fields) -> None:
    shown = {
        (name, code.strip()): label.strip()
        for name, line in fields.items()
        for choice in filter(None, line[CHOICES].split("|"))
        for code, _, label in [choice.partition(",")]
    }
    labels = [label.partition(" (")[0] for label in shown.values()]
    assert [label for label in labels if not label or "_" in label] == []
    assert shown["ca_index_period", "1995_2004"] == "1995 to 2004"
    assert shown["su_extent_of_resection", "gtr"].startswith("GTR: gross total resection")
    assert shown["fs_scale_version", "ais_a_e"].startswith("AIS A to E")
    assert shown["me_unit", "1e-6_mm2_s"].startswith("10^-6 mm2/s")
    # a code of digits between words is no label, but for vertebral levels, grades and fibre types
    for (_, code), label in shown.items():
        if re.search("[0-9]", code) and re.search("_", code):
            assert label != code.replace("_", " ") or code.startswith("month_"), code


def test_a_field_says_where_its_value_is_found_and_none_identifies_a_person(fields: Fields) -> None:
    assert "ca_case_id of the form cases" in fields["su_case_id"]["Field Note"]
    assert "st_study_id of the form imaging_studies" in fields["rd_study_id"]["Field Note"]
    assert "pseudonym made at the site" in fields["patient_id"]["Field Note"]
    assert {line["Identifier?"] for line in fields.values()} == {""}


def test_every_form_but_the_patients_repeats() -> None:
    lines = list(csv.DictReader(io.StringIO(dictionary_as("redcap-repeating"))))
    assert [line["form_name"] for line in lines] == [
        table.name for table in TABLES if table.name in PREFIXES and table.name != "patients"
    ]
    for line in lines:
        name = line["custom_form_label"].strip("[]")
        assert columns_by_variable()[name] == (line["form_name"], BY_NAME[line["form_name"]].key[0])


def test_a_condition_is_turned_into_redcaps_logic(fields: Fields) -> None:
    # no "not" in REDCap: it is moved to the comparisons
    assert fields["su_eor_basis"][LOGIC] == (
        '[su_extent_of_resection] <> "" and ([su_extent_of_resection] <> "none" and '
        '[su_extent_of_resection] <> "unknown")'
    )
    assert fields["st_seq_t2"][LOGIC] == '[st_modality] = "mr"'
    assert fields["rd_syrinx_definition"][LOGIC] == (
        '[rd_syrinx] = "present" or [rd_syrinx] = "absent"'
    )
    assert fields["tr_cycles"][LOGIC] == (
        '[tr_treatment_kind] = "chemotherapy" or [tr_treatment_kind] = "targeted"'
    )
    assert fields["fu_death_day"][LOGIC] == '[fu_vital_status] = "dead"'
    assert fields["tr_rt_dose_gy_missing_reason"][LOGIC] == (
        '[tr_rt_dose_gy] = "" and ([tr_treatment_kind] = "radiotherapy" or '
        '[tr_treatment_kind] = "radiosurgery")'
    )
