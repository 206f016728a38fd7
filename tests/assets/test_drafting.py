"""Drafts of site profiles: what is proposed, and what is never shown."""

from pathlib import Path

import pytest
import yaml

from tests.support.command import imsct

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
    assert histology.endswith("# ?"), "one label is in no vocabulary"


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
    assert "pathology_id" not in rows["pathology"]
    assert rows["pathology"]["who_grade"]["column"] == "WHO-Grad"
    assert rows["surgeries"]["surgery_day"] == {"column": "OP-Datum", "date": "%d.%m.%Y"}
    assert rows["cases"]["case_id"] == {"column": "Fall-Nr"}
    assert '# dates; to read them: <name>_day: {column: Aufnahme, date: "%d.%m.%Y"}' in ran.out


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


def test_a_draft_says_what_it_lacks_until_it_is_finished(export: Path) -> None:
    profile = export.with_name("site.yaml")
    profile.write_text(imsct("profile", "draft", export).out)
    ran = imsct("profile", "check", profile)
    assert ran.exit == 2
    assert "rows of surgeries have no source for surgery_id" in ran.err


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
