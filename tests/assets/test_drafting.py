"""Drafts of site profiles: what is proposed, and what is never shown."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from assets.profiles import parse_profile
from assets.readers.excel import read_excel
from assets.readers.mapping import map_records
from assets.readers.redcap import read_redcap
from assets.site_key import make_key
from schemas.redcap_layout import redcap_layout
from tests.support.command import imsct
from tests.support.redcap_projects import COMMITTED, PROJECTS
from tests.support.workbooks import workbook

HEADER = "Patient ID;Surname;Sex;Age;Histology;surgery date;who grade;Ward;remarks"
RECORDS = [
    "LOCAL7;MEYER;Female;47,5;Spinal ependymoma;03.04.2021;2;7B;seen twice",
    "LOCAL8;SCHMIDT;male;33,1;Jones tumour;13.04.2021;1;030 1234567;",
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A hospital's export: semicolons, decimal comma, dates, names, labels in place of codes."""
    path = tmp_path / "export.csv"
    path.write_text("\n".join([HEADER, *RECORDS]) + "\n", encoding="latin-1")
    return path


def test_a_draft_has_dialect_targets_codes_dates_and_reasons(export: Path) -> None:
    ran = imsct("profile", "draft", export)
    assert ran.exit == 0
    (part,) = yaml.safe_load(ran.out)["files"]
    assert (part["delimiter"], part["decimal"]) == (";", ",")
    assert part["header"] == HEADER.split(";")
    assert set(part["ignored"]) == {"Surname", "Ward", "remarks"}
    assert "phone number" in part["ignored"]["Ward"]
    rows = {each["table"]: each["columns"] for each in part["rows"]}
    assert rows["patients"]["sex"] == {"column": "Sex", "codes": {"Female": "female"}}
    assert rows["surgeries"]["surgery_day"] == {"column": "surgery date", "date": "%d.%m.%Y"}
    histology = next(line for line in ran.out.splitlines() if " histology:" in line)
    assert "spinal_ependymoma" in histology
    assert histology.endswith("# ? 1 text without a code: name each in codes")


def test_german_headers_windows_letters_and_dates_are_told(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 come from Windows; an unknown column of dates says how it is read."""
    path = tmp_path / "export.csv"
    header = "Fall-Nr;Geschlecht;Diagnose;OP-Datum;WHO-Grad;Aufnahme"
    record = "7;w;Ependymom \u2013 \u201enos\u201c;03.04.2021;2;13.04.2021"
    path.write_bytes(f"{header}\n{record}\n".encode("cp1252"))
    ran = imsct("profile", "draft", path)
    assert ran.exit == 0, ran.err
    (part,) = yaml.safe_load(ran.out)["files"]
    assert part["encoding"] == "windows-1252"
    rows = {each["table"]: each["columns"] for each in part["rows"]}
    assert rows["pathology"]["histology"]["column"] == "Diagnose"
    assert rows["pathology"]["pathology_id"] == {"id": ["Fall-Nr"], "prefix": "PA-"}
    assert rows["pathology"]["who_grade"]["column"] == "WHO-Grad"
    assert rows["surgeries"]["surgery_day"] == {"column": "OP-Datum", "date": "%d.%m.%Y"}
    assert rows["cases"]["case_id"] == {"column": "Fall-Nr"}
    assert '# dates; to read them: <name>_day: {column: Aufnahme, date: "%d.%m.%Y"}' in ran.out


def test_one_wrong_date_does_not_hide_a_column_of_dates(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    days = ["03.04.2012", "31.02.2018", "17.09.2014", "21.05.2015", "k.A.", "11.11.2019"]
    path.write_text("\n".join(["Fallnummer;OP-Datum", *(f"{n};{d}" for n, d in enumerate(days))]))
    draft = imsct("profile", "draft", path).out
    assert 'surgery_day: {column: "OP-Datum", date: "%d.%m.%Y"}' in draft


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    ran = imsct("profile", "draft", tmp_path)
    assert ran.exit == 2
    assert "is a folder" in ran.err


def test_a_draft_shows_no_cell_that_is_no_code(export: Path) -> None:
    ran = imsct("profile", "draft", export)
    cells = ("LOCAL7", "MEYER", "SCHMIDT", "Jones", "1234567", "03.04.2021", "seen twice", "47,5")
    assert [cell for cell in cells if cell in ran.out + ran.err] == []


def test_a_record_in_place_of_the_header_is_not_shown(export: Path) -> None:
    export.write_text("\n".join(RECORDS) + "\n")
    ran = imsct("profile", "draft", export)
    assert ran.exit == 2
    assert "MEYER" not in ran.out + ran.err


def test_a_draft_says_what_it_lacks_until_it_is_finished(tmp_path: Path) -> None:
    export, profile = tmp_path / "export.csv", tmp_path / "site.yaml"
    export.write_text("sex;surgery date\nfemale;2021-04-03\n")
    draft = imsct("profile", "draft", export).out
    assert "          # needed: patient_id\n" in draft
    profile.write_text(draft)
    ran = imsct("profile", "check", profile)
    assert ran.exit == 2
    assert "rows of surgeries have no source for surgery_id" in ran.err
    assert "rows of patients have no source for patient_id" in ran.err
    make_key(tmp_path / "key")
    ran = imsct(
        *("prepare", export, "--site", "SITE_A", "--profile", profile),
        *("--key-file", tmp_path / "key", "--out", tmp_path / "out"),
    )
    assert ran.exit == 2
    assert "rows of patients have no source for patient_id" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_draft_with_an_id_needs_only_to_be_looked_at(export: Path) -> None:
    """Keys, references and what every row must have are proposed; each is marked as a guess."""
    profile = export.with_name("site.yaml")
    draft = imsct("profile", "draft", export).out
    assert "site_id: {constant: MY_SITE}  # ? the site's name" in draft
    assert 'surgery_id: {id: ["Patient ID"], prefix: "SU-"}  # ?' in draft
    assert 'specimen_day: {column: "surgery date", date: "%d.%m.%Y"}' in draft
    profile.write_text(draft)
    ran = imsct("profile", "check", profile)
    assert ran.exit == 0, ran.err
    assert f"{draft.count('# ?') - 1} lines are still guesses" in ran.out


def test_texts_that_mean_missing_are_proposed_but_where_they_are_codes(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    lines = [
        "case id;sex;age;blood loss;surgery date",
        "1;unknown;k.A.;n/a;2021-04-03",
        "2;female;unbekannt;?;k. A.",
        "3;female;ND;-;Meyer",
    ]
    path.write_text("\n".join(lines) + "\n")
    draft = imsct("profile", "draft", path).out
    (part,) = yaml.safe_load(draft)["files"]
    assert part["missing"] == {
        **dict.fromkeys(("-", "?", "k. A.", "k.A.", "n/a", "unbekannt"), "not_recorded"),
        "ND": "not_done",
    }
    assert "Meyer" not in draft


def test_a_workbook_is_drafted_with_its_sheet(tmp_path: Path) -> None:
    """Through the sandbox, as a delivery would be; the draft reads the very file back."""
    path = tmp_path / "export.xlsx"
    rows = [["Case ID", "Sex", "Surgery date"], ["1", "weiblich", date(2021, 4, 3)]]
    path.write_bytes(workbook(Info=[["Stand heute"]], Patienten=rows, Alt=rows))
    ran = imsct("profile", "draft", path)
    assert ran.exit == 0, ran.err
    (part,) = yaml.safe_load(ran.out)["files"]
    assert (part["format"], part["sheet"], part["header"]) == ("excel", "Patienten", rows[0])
    assert "# ? one of 2 sheets; --sheet NAME drafts another" in ran.out
    columns = {each["table"]: each["columns"] for each in part["rows"]}
    assert columns["patients"]["sex"] == {"column": "Sex", "codes": {"weiblich": "female"}}
    assert columns["surgeries"]["surgery_day"] == {"column": "Surgery date", "date": "iso"}
    read = read_excel(path.read_bytes(), parse_profile(ran.out, name="draft").files[0], 1)
    assert (read.found, list(read.problems)) == (1, [])
    other = imsct("profile", "draft", path, "--sheet", "Alt")
    assert yaml.safe_load(other.out)["files"][0]["sheet"] == "Alt"
    none = imsct("profile", "draft", path, "--sheet", "None")
    assert none.exit == 2
    assert "has no sheet 'None' with a filled cell" in none.err


def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(b"PK\x03\x04nothing")
    ran = imsct("profile", "draft", path)
    assert ran.exit == 2
    assert "an Excel workbook was expected" in ran.err


def test_a_redcap_export_is_drafted_form_by_form() -> None:
    """Four blood pressures are no four patients: each form is one table, by its own instances."""
    folder = COMMITTED / "repeating-instruments"
    ran = imsct(
        *("profile", "draft", folder / "data.csv", "--dictionary", folder / "dictionary.csv")
    )
    assert ran.exit == 0, ran.err
    profile = parse_profile(ran.out, name="draft", with_targets=True)
    (part,) = profile.files
    assert part.format == "redcap"
    assert "bp_systolic" in part.ignored
    assert part.ignored_records["redcap_repeat_instrument"].keys() == {"bp"}
    kinds = {rows.table: rows for rows in part.rows}
    assert all(rows.when == {"redcap_repeat_instrument": ("",)} for rows in part.rows)
    assert kinds["patients"].columns["patient_id"].column == "record_id"
    assert kinds["patients"].columns["sex"].codes == {"0": "female", "1": "male"}
    read = read_redcap((folder / "data.csv").read_bytes(), part, None)
    assert map_records(read.frame, part).tables["patients"].height == 2
    assert "aaa" not in ran.out, "a first name"


@pytest.mark.parametrize("project", PROJECTS)
def test_no_line_of_a_drafted_redcap_export_is_without_a_place(project: str) -> None:
    folder = COMMITTED / project
    ran = imsct(
        *("profile", "draft", folder / "data.csv", "--dictionary", folder / "dictionary.csv")
    )
    assert ran.exit == 0, ran.err
    (part,) = parse_profile(ran.out, name="draft", with_targets=True).files
    read = read_redcap((folder / "data.csv").read_bytes(), part, None)
    assert not read.problems
    assert [p for p in map_records(read.frame, part).problems if p.rule == "E_SCHEMA"] == []


def test_repeating_forms_and_events_each_become_one_table(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,age,"
        "demographics_complete,surgery_date,blood_loss_ml,operation_complete,vital_status,"
        "visit_complete\n"
        "1,first_arm_1,,,female,40,2,,,,,\n"
        "1,first_arm_1,operation,1,,,,2021-04-03,200,2,,\n"
        "1,first_arm_1,operation,2,,,,2021-05-03,k.A.,2,,\n"
        "1,second_arm_1,,,,,,,,,alive,2\n"
    )
    ran = imsct("profile", "draft", path)
    (part,) = yaml.safe_load(ran.out)["files"]
    rows = {each["table"]: each for each in part["rows"]}
    assert set(rows) == {"sites", "patients", "cases", "surgeries", "follow_up"}
    assert rows["patients"]["when"] == {
        "redcap_repeat_instrument": [""],
        "redcap_event_name": ["first_arm_1"],
    }
    assert rows["surgeries"]["when"]["redcap_repeat_instrument"] == ["operation"]
    assert rows["surgeries"]["columns"]["surgery_id"]["id"] == [
        "record_id",
        "redcap_repeat_instance",
    ]
    assert rows["follow_up"]["when"]["redcap_event_name"] == ["second_arm_1"]
    assert rows["follow_up"]["columns"]["case_id"] == {"column": "record_id"}
    profile = tmp_path / "site.yaml"
    profile.write_text(ran.out)
    checked = imsct("profile", "check", profile)
    assert checked.exit == 2
    assert "data dictionary lacks the header of eighteen columns" in checked.err


def test_an_export_of_our_dictionary_needs_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    part = redcap_layout("imsct_redcap").file("data.csv")
    assert part is not None
    header = part.header
    path.write_text(",".join(header) + "\n" + "," * (len(header) - 1) + "\n")
    ran = imsct("profile", "draft", path)
    assert ran.exit == 2
    assert "imsct check DIR --profile imsct_redcap" in ran.err
    path.write_text("Record ID,Event Name,Repeat Instrument\n1,First,\n")
    assert "Export raw data" in imsct("profile", "draft", path).err


def test_target_codes_are_checked_and_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    profile = tmp_path / "site.yaml"
    profile.write_text(
        """\
name: site
title: t
version: 1
source: s
files:
  - file: x.csv
    header: [id, sex, diagnosis, other]
    rows:
      - table: patients
        unlisted: not_recorded
        columns:
          patient_id: {column: id}
          site_id: {constant: A B}
          sex:
            column: sex
            codes:
              m: mann
              w: female
      - table: pathology
        unlisted: not_recorded
        columns:
          histology: {column: diagnosis, codes: {E: spinal_ependymona}}
          who_grade: {column: diagnosis, empty: zzz}
"""
    )
    ran = imsct("profile", "check", profile)
    assert ran.exit == 2
    told = ran.err.splitlines()
    places = [line.partition(": ")[0] for line in told[1:]]
    assert places == [f"line {n}" for n in (6, 13, 17, 22, 23)]
    assert "neither read nor ignored: other" in told[1]
    assert "patients.site_id: 'A B' is not 2 to 16 capitals" in told[2]
    assert "patients.sex: 'mann' is not in the vocabulary; nearest is 'male'" in told[3]
    assert "pathology.histology: 'spinal_ependymona' is not" in told[4]
    assert "nearest is 'spinal_ependymoma'" in told[4]
    assert "pathology.who_grade: 'zzz' is not in the vocabulary 'who_grade' (" in told[5]


@pytest.mark.parametrize("name", ["imsct", "imsct_dates", "published_case_reports", "she2019"])
def test_every_shipped_profile_is_whole(name: str) -> None:
    ran = imsct("profile", "check", name)
    assert ran.exit == 0
    assert ran.out.startswith(f"{name}: whole")


def test_a_profile_that_does_not_fit_is_told_why(tmp_path: Path) -> None:
    profile = tmp_path / "site.yaml"
    profile.write_text("name: a\ntitle: b\nversion: 1\nsource: c\nfiles: [{file: x.csv}]\n")
    ran = imsct("profile", "check", profile)
    assert ran.exit == 2
    assert "files.0.rows" in ran.err
    profile.write_text(
        "name: a\ntitle: b\nversion: 1\nsource: c\nfiles: [{file: x.xlsx, format: excel, "
        "header: [a], ignored: {a: unused}, rows: []}]\n"
    )
    ran = imsct("profile", "check", profile)
    assert "x.xlsx: format excel needs 'sheet', a sheet's name" in ran.err
    assert imsct("profile", "check", tmp_path / "none.yaml").exit == 2
