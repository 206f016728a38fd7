"""Five real REDCap projects: CSV and XML read alike, and no line taken for what it is not."""

import hashlib
import re
from pathlib import Path

import pytest

from assets.readers.mapping import map_records
from assets.readers.reading import read
from assets.readers.redcap_dictionary import export_columns, read_dictionary
from assets.readers.redcap_structure import event_labels
from schemas.profile import FileProfile
from tests.support.redcap_projects import (
    ADDED,
    BESIDE,
    COMMITTED,
    PROJECTS,
    bytes_of,
    header_of,
    part_of,
    read_project,
)

RECORDS = {
    "arm-single-longitudinal": 9,
    "checkboxes-1": 4,
    "longitudinal": 18,
    "repeating-instruments": 6,
    "simple": 5,
}
#: Cells in which CSV and XML of one project differ, with the reason.
DIFFERENCES = {
    # a form that nobody opened has the status 0 in the CSV and none in the XML
    ("checkboxes-1", 4, "form_2_complete"): ("0", ""),
    # the CSV was written over by a program that took the codes 0 and 1 for truth values
    **{("simple", n, "sex"): ("FALSE", "0") for n in (1, 4)},
    **{("simple", n, "sex"): ("TRUE", "1") for n in (2, 3, 5)},
    # an older REDCap said only that a file is there
    **{("simple", n, "mugshot"): ("[document]", f"mugshot-{n}.jpg") for n in range(1, 6)},
}


def counts(project: str, file: str) -> dict[str, int]:
    """Rows by table."""
    part = part_of(project, file)
    mapped = map_records(read_project(project, file).frame, part)
    assert not mapped.problems
    return {table: rows.height for table, rows in mapped.tables.items()}


def events_of(project: str) -> set[str]:
    """The events in which a project has records."""
    return set(read_project(project, "data.csv").frame["redcap_event_name"])


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize("file", ["data.csv", "project.xml"])
def test_every_record_is_read(project: str, file: str) -> None:
    found = read_project(project, file)
    assert not found.problems
    assert found.found == found.frame.height == RECORDS[project]


@pytest.mark.parametrize("project", PROJECTS)
def test_csv_and_xml_of_a_project_hold_the_same_cells(project: str) -> None:
    one, other = read_project(project, "data.csv").frame, read_project(project, "project.xml").frame
    differing = {}
    for line, same in zip(one.to_dicts(), other.to_dicts(), strict=True):
        for name in header_of(project):
            # an attribute of XML holds no line break: the parser must make it a blank
            pair = " ".join(line[name].split()), " ".join(same[name].split())
            if pair[0] != pair[1]:
                differing[project, line["_record"], name] = pair
    assert differing == {place: pair for place, pair in DIFFERENCES.items() if place[0] == project}
    assert set(other.columns) - set(one.columns) == (set(ADDED) if project == "simple" else set())


@pytest.mark.parametrize("project", PROJECTS)
def test_the_dictionary_accounts_for_every_column(project: str) -> None:
    fields = read_dictionary(bytes_of(project, "dictionary.csv"))
    columns = list(export_columns(fields))
    assert [name for name in columns if name in header_of(project)] == header_of(project)
    assert fields[0].name == ("study_id" if project == "longitudinal" else "record_id")


@pytest.mark.parametrize("file", ["data.csv", "project.xml"])
def test_an_instance_of_an_instrument_is_no_patient(file: str) -> None:
    assert counts("repeating-instruments", file) == {"patients": 2, "follow_up": 4}


@pytest.mark.parametrize("file", ["data.csv", "project.xml"])
def test_an_event_is_no_patient_and_its_misspelt_name_stays(file: str) -> None:
    assert counts("arm-single-longitudinal", file) == {"patients": 3, "follow_up": 6}
    events = read_project("arm-single-longitudinal", file).frame["redcap_event_name"]
    assert events.to_list().count("dischage_arm_1") == 3


@pytest.mark.parametrize("file", ["data.csv", "project.xml"])
def test_what_no_event_collects_makes_no_row(file: str) -> None:
    """Twelve of eighteen lines have no laboratory data because their event does not ask for any."""
    assert counts("longitudinal", file) == {"patients": 3, "imaging_measurements": 5}


def test_a_decimal_without_its_zero_stays_as_it_was_written() -> None:
    values = read_project("longitudinal", "data.csv").frame["vld5"].to_list()
    assert ".34" in values
    rows = map_records(
        read_project("longitudinal", "data.csv").frame, part_of("longitudinal")
    ).tables["imaging_measurements"]
    assert ".34" in rows["value"].to_list()


def test_a_record_is_found_on_the_line_where_it_starts() -> None:
    """Quoted line breaks: sixteen lines are five records."""
    assert bytes_of("simple", "data.csv").count(b"\n") == 16
    assert read_project("simple", "data.csv").frame["_line"].to_list() == [2, 4, 6, 8, 13]


def test_a_code_that_the_profile_does_not_list_stays_to_be_judged() -> None:
    frame = read_project("simple", "data.csv").frame
    rows = map_records(frame, part_of("simple")).tables["patients"]
    assert rows["sex"].to_list() == ["FALSE", "TRUE", "TRUE", "FALSE", "TRUE"]


@pytest.mark.parametrize("file", ["data.csv", "project.xml"])
def test_a_box_left_open_is_absent_only_on_a_complete_form(file: str) -> None:
    frame = read_project("checkboxes-1", file).frame
    assert frame["check_one___2"].to_list() == ["0", "", "1", ""]
    reads = map_records(frame, part_of("checkboxes-1", file)).tables["imaging_reads"]
    assert reads["cap_sign"].to_list() == ["present", "not_reported", "present", "not_reported"]


@pytest.mark.parametrize("project", ["arm-single-longitudinal", "longitudinal"])
def test_events_have_the_labels_that_the_xml_gives_them(project: str) -> None:
    xml = bytes_of(project, "project.xml").decode()
    named = re.findall(r'<StudyEventDef OID="Event\.([^"]*)" Name="([^"]*)"', xml)
    labels = event_labels(bytes_of(project, "event.csv"), bytes_of(project, "arm.csv"))
    assert labels == {label: name for name, label in named}
    assert set(labels.values()) == events_of(project)


def test_an_event_that_the_profile_does_not_know_is_told() -> None:
    """A line of it would be lost without a word."""
    part = part_of("longitudinal", ignored_records={})
    frame = read_project("longitudinal", "data.csv").frame
    mapped = map_records(frame, part)
    assert {(p.rule, p.column) for p in mapped.problems} == {("E_SCHEMA", "redcap_event_name")}
    assert len(mapped.problems) == 18 - 3 - 5
    known = map_records(frame, part_of("longitudinal"))
    assert (len(known.problems), len(known.left_aside)) == (0, 18 - 3 - 5)


@pytest.mark.parametrize(
    ("project", "column"),
    [
        ("repeating-instruments", "redcap_repeat_instrument"),
        ("arm-single-longitudinal", "redcap_event_name"),
    ],
)
def test_a_profile_that_takes_every_line_for_a_patient_is_refused(
    project: str, column: str
) -> None:
    said = part_of(project).model_dump()
    said["rows"][0]["when"] = {}
    with pytest.raises(ValueError, match=f"say in `when` from which {column}"):
        FileProfile.model_validate(said)


def test_the_committed_files_are_those_that_were_pinned() -> None:
    lines = (COMMITTED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    pinned = {name.removeprefix("./"): digest for digest, name in map(str.split, lines)}
    found = {
        str(path.relative_to(COMMITTED)): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in ("*/*.csv", "*/*.xml")
        for path in COMMITTED.glob(pattern)
    }
    assert found == pinned
    assert (COMMITTED / "LICENSE.md").exists()


@pytest.mark.skipif(not BESIDE.is_dir(), reason="the folder of shared data is not here")
@pytest.mark.parametrize("project", PROJECTS)
def test_every_file_beside_the_checkout_is_read(project: str) -> None:
    for file in ("data.csv", "project.xml"):
        found = read_project(project, file, BESIDE)
        assert (found.found, list(found.problems)) == (RECORDS[project], [])
    dictionary = FileProfile(
        file="dictionary.csv",
        format="redcap_dictionary",
        header=(),
        rows=(),
        redcap=part_of(project).redcap,
    )
    data = bytes_of(project, "dictionary.csv", BESIDE)
    assert not read(data, dictionary, file="dictionary.csv", declared=None).problems
    read_here = {"data.csv", "project.xml", "dictionary.csv"}
    if (BESIDE / project / "event.csv").exists():
        read_here |= {"arm.csv", "event.csv"}
        files = (bytes_of(project, name, BESIDE) for name in ("event.csv", "arm.csv"))
        assert set(event_labels(*files).values()) == events_of(project)
    assert {path.name for path in Path(BESIDE / project).iterdir()} <= read_here
