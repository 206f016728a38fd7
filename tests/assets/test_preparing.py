"""`imsct prepare`: what leaves the site, and what does not."""

import csv
import json
import stat
from pathlib import Path

import pytest

from assets.site_key import make_key
from schemas.identifiers.pseudonyms import PSEUDONYM, kinds_without_letter
from schemas.profile import layout_with_dates
from tests.support.command import Ran, imsct
from tests.support.dated import add_dated, clean_with_dates, set_dated
from tests.support.folders import read_rows


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The site's files of two cases, with a key beside them."""
    folder = tmp_path / "raw"
    folder.mkdir()
    clean_with_dates(folder)
    make_key(tmp_path / "key")
    return folder


def prepare(raw: Path, out: str = "out", **options: object) -> Ran:
    """Prepare the files into a folder beside them."""
    beside = raw.parent
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return imsct(
        *("prepare", raw, "--site", "SITE_A", "--profile", "imsct_dates"),
        *("--key-file", beside / "key", "--out", beside / out, *words),
    )


def test_every_id_is_a_pseudonym_and_the_same_one_in_every_table(raw: Path) -> None:
    assert prepare(raw).exit == 0
    out = raw.parent / "out"
    cases = {row["case_id"] for row in read_rows(out, "cases")}
    assert cases == {row["case_id"] for row in read_rows(out, "surgeries")}
    assert {len(case) for case in cases} == {28}
    reads = {row["read_id"] for row in read_rows(out, "imaging_reads")}
    assert reads == {row["read_id"] for row in read_rows(out, "imaging_measurements")}
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["id_scheme"], manifest["profile"]) == ("hmac-sha256/1", "imsct")
    assert imsct("check", out).exit == 0
    assert kinds_without_letter() == []


def test_days_are_counted_from_the_index_event_of_each_case(raw: Path) -> None:
    set_dated(raw, "imaging_studies", row=1, study_date="2021-02-22")
    set_dated(raw, "cases", row=2, index_period="")
    prepare(raw)
    out = raw.parent / "out"
    assert read_rows(out, "imaging_studies")[0]["study_day"] == "-10"
    assert {row["surgery_day"] for row in read_rows(out, "surgeries")} == {"0"}
    assert read_rows(out, "cases")[1]["index_period"] == "2015_2020"


def test_day_0_of_a_case_that_was_watched_stays_when_it_is_operated(raw: Path) -> None:
    set_dated(raw, "cases", row=1, index_event="diagnostic_imaging")
    study = {"study_date": "2020-01-01", "study_purpose": "diagnostic"}
    set_dated(raw, "imaging_studies", row=1, **study)
    prepare(raw)
    out = raw.parent / "out"
    assert read_rows(out, "imaging_studies")[0]["study_day"] == "0"
    assert read_rows(out, "surgeries")[0]["surgery_day"] == "428"


def test_a_case_without_day_0_loses_its_dated_records_only(raw: Path) -> None:
    add_dated(raw, "imaging_studies", study_id="S3", case_id="C9")
    ran = prepare(raw)
    assert "imaging_studies.csv, line 4, column 'study_date' (E_DAY_ZERO)" in ran.out
    assert "16 records read = 15 written + 1 refused" in ran.out
    assert ran.exit == 1


def test_ages_above_90_are_90_and_a_slip_is_left_to_the_check(raw: Path) -> None:
    set_dated(raw, "cases", row=1, age_years="90.5")
    set_dated(raw, "cases", row=2, age_years="203")
    assert "R006" in prepare(raw).out
    ages = [row["age_years"] for row in read_rows(raw.parent / "out", "cases")]
    assert ages == ["90", "203"]


def test_a_text_where_a_code_belongs_does_not_leave_the_site(raw: Path) -> None:
    set_dated(raw, "pathology", row=1, histology="Jones")
    set_dated(raw, "patients", row=2, sex="SMITH, John")
    ran = prepare(raw)
    out = raw.parent / "out"
    written = "".join(path.read_text() for path in out.iterdir())
    for name in ("Jones", "SMITH"):
        assert name not in written + ran.out + ran.err
    assert "patients.csv, line 3, column 'sex' (R005)" in ran.out
    assert "15 records read = 13 written + 2 refused" in ran.out


def test_the_lookup_file_leads_back_and_is_for_its_owner_alone(raw: Path) -> None:
    lookup = raw.parent / "lookup.csv"
    ran = prepare(raw, lookup=lookup)
    assert stat.S_IMODE(lookup.stat().st_mode) == 0o600
    rows = list(csv.DictReader(lookup.read_text().splitlines()))
    case = next(row for row in rows if row["kind"] == "case" and row["local_id"] == "C1")
    assert case["pseudonym"] in (raw.parent / "out" / "cases.csv").read_text()
    assert (case["file"], case["line"]) == ("cases.csv", "2")
    assert ran.exit == 0
    inside = prepare(raw, "other", lookup=raw.parent / "other" / "lookup.csv")
    assert inside.exit == 2
    assert not (raw.parent / "other").exists()


def test_where_every_record_is_refused_each_is_told(raw: Path) -> None:
    for path in raw.glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("20", "vor 20"), encoding="utf-8")
    ran = prepare(raw)
    assert ran.exit == 1
    assert "line 2" in ran.out
    assert "Traceback" not in ran.out + ran.err
    assert "imsct-prepare-" not in ran.out + ran.err


def test_nothing_is_written_where_a_file_cannot_be_read(raw: Path) -> None:
    (raw / "surgeries.csv").write_text("surgery_id\nO1\n")
    ran = prepare(raw)
    assert ran.exit == 1
    assert "Nothing was written" in ran.out
    assert sorted(path.name for path in raw.parent.iterdir()) == ["key", "raw"]


@pytest.mark.parametrize(("mode", "content"), [(0o640, bytes(32)), (0o600, bytes(31))])
def test_a_key_that_others_may_read_or_that_is_none_is_refused(
    raw: Path, mode: int, content: bytes
) -> None:
    key = raw.parent / "key"
    key.write_bytes(content)
    key.chmod(mode)
    ran = prepare(raw)
    assert ran.exit == 2
    assert "key" in ran.err
    assert not (raw.parent / "out").exists()


def test_a_key_is_made_once(tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert imsct("prepare", "--new-key", key).exit == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(before := key.read_bytes()) == 32
    assert imsct("prepare", "--new-key", key).exit == 2
    assert key.read_bytes() == before


def test_the_layout_with_dates_has_a_date_for_every_day() -> None:
    header = [name for part in layout_with_dates().files for name in part.header]
    assert not [name for name in header if name.endswith("_day")]
    assert PSEUDONYM.startswith("[a-z]-")


#: One line of the export is a surgery and its specimen.
_OPERATIONS = """
name: operations
title: Operations of a ward
version: 1
source: a spreadsheet
files:
  - file: cases.csv
    header: [Fall, Patient, Geschlecht]
    rows:
      - table: patients
        unlisted: not_recorded
        columns:
          patient_id: {column: Patient}
          site_id: {constant: SITE_A}
          sex: {column: Geschlecht, codes: {w: female, m: male}}
      - table: cases
        unlisted: not_recorded
        columns:
          case_id: {column: Fall}
          patient_id: {column: Patient}
          site_id: {constant: SITE_A}
          index_event: {constant: surgery}
          case_number: {constant: "1"}
  - file: operations.csv
    header: [OP, Fall, OP-Tag]
    rows:
      - table: surgeries
        unlisted: not_recorded
        columns:
          surgery_id: {column: OP}
          case_id: {column: Fall}
          surgery_day: {column: OP-Tag}
          surgery_number: {constant: "1"}
      - table: pathology
        unlisted: not_recorded
        columns:
          pathology_id: {column: OP}
          surgery_id: {column: OP}
          case_id: {column: Fall}
          specimen_day: {column: OP-Tag}
          histology: {constant: spinal_ependymoma}
"""


def test_messages_name_the_columns_of_the_export_and_a_line_once(raw: Path) -> None:
    """The data manager never saw the dictionary: 'case_id' is no column of hers."""
    for path in raw.iterdir():
        path.unlink()
    profile = raw.parent / "ward.yaml"
    profile.write_text(_OPERATIONS, encoding="utf-8")
    (raw / "cases.csv").write_text("Fall,Patient,Geschlecht\n7,1,w\n")
    (raw / "operations.csv").write_text("OP,Fall,OP-Tag\n1,7,0\n2,9,0\n")
    key = raw.parent / "key"
    ran = imsct(
        *("prepare", raw, "--site", "SITE_A", "--profile", profile, "--key-file", key),
        *("--out", raw.parent / "out", "--json"),
    )
    assert not ran.err, ran.err
    problems = json.loads(ran.out)["problems"]
    orphans = [p for p in problems if p["rule"] == "R003" and p["file"] == "operations.csv"]
    assert [(p["file"], p["line"], p["column"]) for p in orphans] == [("operations.csv", 3, "Fall")]
    assert orphans[0]["message"] == "There is no row of cases with this Fall in the delivery."
    assert "case_id" not in str([p["message"] + p["suggestion"] for p in orphans])


def test_rows_of_another_site_are_not_prepared(raw: Path) -> None:
    """The site's name is part of every pseudonym: under a wrong one the patient is another."""
    for row in (1, 2):
        set_dated(raw, "patients", row=row, site_id="SMITH")
    ran = prepare(raw)
    assert ran.exit == 1
    assert (
        "patients.csv, line 2, column 'site_id' (E_SITE): 2 rows of patients with another site "
        "than that of --site, SITE_A (lines 2, 3)."
    ) in ran.out
    assert "15 records read = 0 written + 15 refused; 1 error, 0 warnings" in ran.out
    assert "SMITH" not in ran.out + ran.err
    assert not (raw.parent / "out").exists()


def test_a_repeated_key_is_told_with_the_lines_of_the_export(raw: Path) -> None:
    """A record before it was refused, so the delivery counts its lines otherwise."""
    set_dated(raw, "patients", row=1, sex="Meyer")
    add_dated(raw, "patients", patient_id="P2", sex="male")
    ran = prepare(raw)
    conflicts = [line for line in ran.out.splitlines() if "(R002)" in line]
    assert [line.partition(":")[0] for line in conflicts] == [
        f"patients.csv, line {n}, column 'patient_id' (R002)" for n in (3, 4)
    ]
    assert all("different values (lines 3, 4)." in line for line in conflicts)


def with_second_surgery(raw: Path) -> None:
    """Another surgery of the first case, 47 days after the first."""
    add_dated(
        *(raw, "surgeries"),
        surgery_id="O3",
        surgery_number="2",
        surgery_date="2021-04-20",
        eor_assessment_date="2021-04-21",
    )


@pytest.mark.parametrize("date", ["04.03.2021", "2121-03-04"])
def test_a_slip_in_the_first_surgery_never_makes_the_second_one_day_0(raw: Path, date: str) -> None:
    with_second_surgery(raw)
    set_dated(raw, "surgeries", row=1, surgery_date=date)
    ran = prepare(raw)
    assert "surgeries.csv, line 4, column 'surgery_date' (E_DAY_ZERO)" in ran.out
    assert "imaging_studies.csv, line 2, column 'study_date' (E_DAY_ZERO)" in ran.out
    assert "R007" not in ran.out  # a date without day 0 was told once
    out = raw.parent / "out"
    assert [row["study_day"] for row in read_rows(out, "imaging_studies")] == ["-3"]
    assert [row["surgery_day"] for row in read_rows(out, "surgeries")] == ["0"]


def test_a_lost_line_of_surgeries_leaves_a_case_without_its_first_one_without_day_0(
    raw: Path,
) -> None:
    with_second_surgery(raw)
    path = raw / "surgeries.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[1] + ",", *lines[2:]]) + "\n", encoding="utf-8")
    ran = prepare(raw)
    assert "surgeries.csv, line 4, column 'surgery_date' (E_DAY_ZERO)" in ran.out
    days = [row["study_day"] for row in read_rows(raw.parent / "out", "imaging_studies")]
    assert days == ["-3"]


def test_day_0_is_that_of_a_surgery_that_is_refused_for_something_else(raw: Path) -> None:
    with_second_surgery(raw)
    set_dated(raw, "surgeries", row=1, blood_loss_ml="wenig")
    ran = prepare(raw)
    assert "E_DAY_ZERO" not in ran.out
    days = [row["surgery_day"] for row in read_rows(raw.parent / "out", "surgeries")]
    assert days == ["0", "47"]


def test_a_date_that_cannot_be_read_hides_nothing_that_is_wrong_beside_it(raw: Path) -> None:
    set_dated(raw, "pathology", row=1, specimen_date="31.02.2021", histology="Jones")
    set_dated(raw, "cases", row=2, age_years="203", case_kind="Smith")
    ran = prepare(raw)
    for place in (
        "pathology.csv, line 2, column 'specimen_date' (E_DATE_FORMAT)",
        "pathology.csv, line 2, column 'histology' (R005)",
        "cases.csv, line 3, column 'age_years' (R006)",
        "cases.csv, line 3, column 'case_kind' (R005)",
    ):
        assert place in ran.out
    assert not {"Jones", "Smith"} & {*ran.out.replace("'", " ").split()}
    assert "15 records read = 13 written + 2 refused" in ran.out
