"""REDCap exports: labels back to codes, what cannot be told apart is told, no hostile XML."""

import doctest
import re

import pytest

from assets.readers import redcap_dictionary
from assets.readers.mapping import map_records
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from assets.readers.redcap_dictionary import API_HEADER, read_choices, read_dictionary
from assets.readers.redcap_structure import changed_fields, event_labels
from schemas.errors import UsageError
from schemas.profile import FileProfile
from schemas.redcap import HEADER
from tests.support.redcap_projects import PROJECTS, bytes_of, part_of

FIELDS = (
    ("case", "main", "text", "Case number", ""),
    ("sex", "main", "radio", "Sex", "f, Female | m, Male"),
    ("pain", "main", "yesno", "Pain", ""),
    ("signs", "main", "checkbox", "Signs", "1, Cap | 2, Syrinx"),
    ("side", "visit", "dropdown", "Side", "1, Left | 2, Right | 3, Left"),
    ("note", "visit", "text", "Sex", ""),
)
COLUMNS = [
    "case",
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "sex",
    "pain",
    "signs___1",
    "signs___2",
    "main_complete",
    "side",
    "note",
    "visit_complete",
]
LABELS = (
    "Case number,Event Name,Repeat Instrument,Repeat Instance,Sex,Pain,Signs (choice=Cap),"
    "Signs (choice=Syrinx),Complete?,Side,Sex,Complete?"
)
MAIN = "1,First,,,Female,No,Checked,Unchecked,Complete,,,"
VISIT = "1,First,Visit,1,,,,,,Right,text,Unverified"


def dictionary(fields: tuple[tuple[str, ...], ...] = FIELDS) -> str:
    """A data dictionary of these fields."""
    lines = [
        ",".join(f'"{cell}"' for cell in (name, form, "", kind, label, choices, *[""] * 12))
        for name, form, kind, label, choices in fields
    ]
    header = ",".join(f'"{name}"' for name in HEADER)
    return "\n".join((header, *lines)) + "\n"


def part(**changed: object) -> FileProfile:
    """A profile that reads every column; `redcap` is merged with what is there."""
    redcap = {
        "export": "label",
        "dictionary": dictionary(),
        "labels": {"redcap_event_name": {"First": "first_arm_1"}},
    }
    redcap |= changed.pop("redcap", {})  # type: ignore[call-overload]
    said = {
        "file": "data.csv",
        "format": "redcap",
        "header": COLUMNS,
        "rows": [
            {
                "table": "patients",
                "unlisted": "not_recorded",
                "when": {"redcap_repeat_instrument": ["", "visit"]},
                "when_any_filled": COLUMNS,
                "columns": {},
            }
        ],
        "redcap": redcap,
    }
    return FileProfile.model_validate(said | changed)


def labelled(*lines: str, **changed: object) -> ReadFile:
    """A label export of these lines, read."""
    data = "\n".join((LABELS, *lines)) + "\n"
    return read(data.encode(), part(**changed), file="data.csv", declared=None)


def rules(found: ReadFile) -> list[tuple[str, int | None, str | None]]:
    """Every problem as rule, line, column."""
    return [(p.rule, p.line, p.column) for p in found.problems]


def test_labels_become_names_and_codes() -> None:
    """Two columns are headed 'Sex' and two 'Complete?': their order tells them apart."""
    found = labelled(MAIN, VISIT)
    assert not found.problems
    assert [row[2:] for row in found.frame.rows()] == [
        ("1", "first_arm_1", "", "", "f", "0", "1", "0", "2", "", "", ""),
        ("1", "first_arm_1", "visit", "1", "", "", "", "", "", "2", "text", "1"),
    ]


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (VISIT.replace("Right", "Left"), "side", "stands for 2 codes"),
        (VISIT.replace("Right", "2"), "side", "is no label"),
        (MAIN.replace("Female", "female"), "sex", "is no label"),
        (MAIN.replace("First", "Second"), "redcap_event_name", "is no label"),
        (VISIT.replace("Visit", "visit"), "redcap_repeat_instrument", "is no label"),
        (MAIN.replace("Unchecked", "0"), "signs___2", "is no label"),
    ],
)
def test_a_label_without_one_code_refuses_its_record_only(
    line: str, column: str, said: str
) -> None:
    found = labelled(MAIN, line, VISIT)
    assert rules(found) == [("E_LABEL", 3, column)]
    assert said in found.problems[0].message
    assert found.problems[0].content == line
    assert found.frame["_line"].to_list() == [2, 4]
    assert found.found == 3


def test_columns_of_one_label_in_another_order_than_redcaps_are_refused() -> None:
    swapped = [{"sex": "note", "note": "sex"}.get(name, name) for name in COLUMNS]
    found = labelled(MAIN, header=swapped)
    assert rules(found) == [("E_LABEL", 1, "sex")]
    assert found.is_refused


def test_a_raw_export_is_not_taken_for_a_label_export() -> None:
    raw = ",".join(COLUMNS) + "\n1,first_arm_1,,,f,0,1,0,2,,,\n"
    found = read(raw.encode(), part(), file="data.csv", declared=None)
    assert rules(found) == [("E_HEADER", 1, None)]
    assert read(raw.encode(), part(redcap={"export": "raw"}), file="data.csv", declared=None).found


def test_a_profile_beyond_its_dictionary_is_refused() -> None:
    found = labelled(MAIN, redcap={"dictionary": dictionary(FIELDS[:-1])})
    assert rules(found) == [("E_SCHEMA", None, "note")]
    found = labelled(MAIN, redcap={"dictionary": "a,b\n1,2\n"})
    assert "header of eighteen columns" in found.problems[0].message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n",
        dictionary(()),
        dictionary((*FIELDS, FIELDS[0])),
        dictionary() + "x,y\n",
        dictionary() + '"open',
    ],
    ids=["empty", "other", "no fields", "twice", "short", "open quote"],
)
def test_what_is_no_dictionary_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="The REDCap data dictionary"):
        read_dictionary(text.encode())


def test_the_dictionary_of_the_api_is_the_same() -> None:
    text = dictionary().replace(",".join(f'"{n}"' for n in HEADER), ",".join(API_HEADER))
    assert read_dictionary(text.encode()) == read_dictionary(dictionary().encode())


def test_changed_fields_are_named_and_new_ones_are_not() -> None:
    now = (
        FIELDS[0],
        ("sex", "main", "radio", "Sex", "f, Male | m, Female"),
        ("pain", "main", "yesno", "Another label", ""),
        *FIELDS[3:],
        ("mother_smith", "visit", "text", "", ""),
    )
    changed = changed_fields(
        read_dictionary(dictionary().encode()), read_dictionary(dictionary(now).encode())
    )
    assert changed == ["sex", "a new one in visit"]


def test_events_of_another_file_are_refused() -> None:
    with pytest.raises(UsageError, match="events and arms"):
        event_labels(b"a,b\n1,2\n", b"arm_num,name\n1,A\n")


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(redcap_dictionary).failed == 0
    assert read_choices("") == ()


_XML = '<?xml version="1.0"?>\n'
_ROOT = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">'
_BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("", "E_EMPTY", None),
        ("record_id,a\n1,2\n", "E_FORMAT", 1),
        (f"{_XML}{_ROOT}\n<Study>", "E_FORMAT", 3),
        (f"{_XML}<html/>", "E_MAGIC", None),
        (f"{_XML}{_ROOT}{'<a>' * 60}{'</a>' * 60}</ODM>", "E_LIMIT", 2),
        (f'{_XML}<!DOCTYPE o [<!ENTITY e0 "x">{_BOMB}]>{_ROOT}&e9;</ODM>', "E_FORMAT", 2),
        (
            f'{_XML}<!DOCTYPE o [<!ENTITY e SYSTEM "file:///etc/passwd">]>{_ROOT}&e;</ODM>',
            "E_FORMAT",
            2,
        ),
        (f'{_XML}<!DOCTYPE o SYSTEM "http://127.0.0.1/x.dtd">{_ROOT}</ODM>', "E_FORMAT", 2),
        (f"{_XML}{_ROOT}</ODM>", "E_SCHEMA", None),
    ],
    ids=[
        "empty",
        "csv",
        "cut",
        "web page",
        "deep",
        "billion laughs",
        "external entity",
        "external type",
        "no structure",
    ],
)
def test_an_xml_that_is_no_export_is_refused(text: str, rule: str, line: int | None) -> None:
    found = read(text.encode(), part_of("simple", "project.xml"), file="p.xml", declared=None)
    assert [(p.rule, p.line) for p in found.problems] == [(rule, line)]
    assert found.is_refused


def test_an_xml_whose_code_means_something_else_is_refused() -> None:
    """Female and male changed places: every row would be read, and every one wrongly."""
    text = bytes_of("simple", "project.xml").replace(
        b'CodedValue="0"><Decode><TranslatedText>Female<',
        b'CodedValue="0"><Decode><TranslatedText>Male<',
    )
    found = read(text, part_of("simple", "project.xml"), file="p.xml", declared=None)
    assert rules(found) == [("E_SCHEMA", None, "sex")]
    assert found.found == 5


@pytest.mark.parametrize("project", PROJECTS)
def test_an_xml_with_other_rows_than_announced_is_refused(project: str) -> None:
    data = bytes_of(project, "project.xml")
    found = read(data, part_of(project, "project.xml"), file="p.xml", declared=99)
    assert rules(found) == [("E_COUNT", None, None)]


def test_a_decimal_comma_and_another_separator_are_declared_as_for_any_file() -> None:
    raw = ";".join(COLUMNS) + "\n1;first_arm_1;;;f;0;1;0;2;;1,5;\n2;first_arm_1;;;f;0;1;0;2;;1.5;\n"
    rows = {
        "table": "imaging_measurements",
        "unlisted": "not_recorded",
        "when": {"redcap_repeat_instrument": [""], "redcap_event_name": ["first_arm_1"]},
        "columns": {"measurement_id": {"id": ["case"]}, "value": {"column": "note"}},
    }
    read_too = {"case", "note", *rows["when"]}
    profile = part(
        redcap={"export": "raw"},
        delimiter=";",
        decimal=",",
        rows=[rows],
        ignored={name: "not asked" for name in COLUMNS if name not in read_too},
    )
    found = read(raw.encode(), profile, file="data.csv", declared=2)
    assert not found.problems
    mapped = map_records(found.frame, profile)
    assert mapped.tables["imaging_measurements"]["value"].to_list() == ["1.5"]
    assert [(p.rule, p.line, p.column) for p in mapped.problems] == [("R007", 3, "note")]


def test_a_data_access_group_may_name_the_site() -> None:
    """Nobody put the record 4 into a group: its site is empty, and so missing."""
    site = {"column": "redcap_data_access_group", "codes": {"dag_1": "SITE_A", "dag_2": "SITE_B"}}
    rows = {"table": "patients", "unlisted": "not_recorded", "columns": {"site_id": site}}
    profile = part_of("simple", "project.xml", rows=[rows])
    found = read(bytes_of("simple", "project.xml"), profile, file="p.xml", declared=5)
    sites = map_records(found.frame, profile).tables["patients"]["site_id"].to_list()
    assert sites == ["SITE_A", "SITE_A", "SITE_A", "", "SITE_B"]


@pytest.mark.parametrize("export", ["raw", "label"])
@pytest.mark.parametrize("is_changed", [False, True])
def test_the_header_of_the_other_export_is_no_record(export: str, is_changed: bool) -> None:
    """Two lines are two records, whichever export the profile is for and whatever was renamed."""
    header = ",".join(COLUMNS) if export == "label" else LABELS
    # "sex" is a name and a label; without such words a header looks like the first record
    header = re.sub("(?i)sex|pain|side", "Own", header) if is_changed else header
    data = f"{header}\n{MAIN}\n{VISIT}\n".encode()
    found = read(data, part(redcap={"export": export}), file="data.csv", declared=None)
    assert (found.found, [problem.rule for problem in found.problems]) == (2, ["E_HEADER"])
    other = "raw" if export == "label" else "label"
    assert f"The file is a {other} export" in found.problems[0].message
