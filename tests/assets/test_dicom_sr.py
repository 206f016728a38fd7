"""DICOM structured reports: measurements and evaluations of each group, codes old and new."""

import io
import json
from pathlib import Path

import polars as pl
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from assets.checking import check_folder
from assets.profiles import profile_named
from assets.readers.mapping import map_records
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from tests.support.dicom import image, report
from tests.support.real_data import COMMITTED

PART = profile_named("dicom_sr").files[0]
REAL = (COMMITTED / "dicom_sr" / "sr.dcm").read_bytes()
WRITTEN = json.loads((COMMITTED / "dicom_sr" / "sr-tid1500-qualitative.json").read_text())
MEAN, SMALLEST, LARGEST = "SCT:373098007", "SCT:255605001", "SCT:56851009"


def found_in(data: bytes, declared: int | None = None) -> ReadFile:
    return read(data, PART, file="S1.sr.dcm", declared=declared)


def flagged(data: bytes, **tags: str) -> bytes:
    """The same report with other flags."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    for tag, value in tags.items():
        setattr(dataset, tag, value)
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_the_22_measurements_of_the_real_report_with_their_known_values() -> None:
    found = found_in(REAL, declared=22)
    assert found.problems == ()
    assert found.found == found.frame.height == 22
    assert set(found.frame["kind"]) == {"measurement"}
    assert set(found.frame["tracking_id"]) == {"primary tumor"}
    assert set(found.frame["finding"]) == {"SCT:86049000"}
    assert set(found.frame["finding_site"]) == {"SCT:55940004"}
    key = ("concept", "derivation", "method")
    values = {row[:3]: row[3:] for row in found.frame.select(*key, "value", "unit").rows()}
    assert len(values) == 22, "concept, derivation and method name a measurement"
    suv, way, unit = "DCM:126401", "DCM:126410", "{SUVbw}g/ml"
    assert values[suv, MEAN, way] == ("6.01529", unit)
    assert values[suv, SMALLEST, way] == ("2.91136", unit)
    assert values[suv, LARGEST, way] == ("10.3814", unit)
    assert values["SCT:118565006", "", "DCM:126030"] == ("33.5824", "ml")


def test_private_codes_stay_and_old_ones_become_current() -> None:
    codes = found_in(REAL).frame["concept"].to_list() + found_in(REAL).frame["derivation"].to_list()
    assert "99PMP:250140" in codes
    assert not [code for code in codes if code.startswith("SRT:")]


def test_an_unverified_report_says_so_and_makes_no_measurement_of_record() -> None:
    frame = found_in(REAL).frame
    assert set(frame["verification"]) == {"UNVERIFIED"}
    assert set(frame["completion"]) == {"PARTIAL"}
    assert map_records(frame, PART).tables["imaging_measurements"].is_empty()


def test_a_report_left_aside_is_said_to_have_brought_nothing(tmp_path: Path) -> None:
    (tmp_path / "S1.sr.dcm").write_bytes(REAL)
    checked = check_folder(tmp_path, profile="dicom_sr", scan="simulated")
    assert checked.accepted == checked.received > 0
    (problem,) = checked.problems
    assert (problem.severity, problem.file) == ("warning", "S1.sr.dcm")
    assert "Nothing was taken from this file" in problem.message
    assert "not of a verified and complete report" in problem.message


def test_a_verified_report_gives_the_volume_in_cubic_millimetres() -> None:
    data = flagged(REAL, VerificationFlag="VERIFIED", CompletionFlag="COMPLETE")
    (row,) = map_records(found_in(data).frame, PART).tables["imaging_measurements"].to_dicts()
    assert (row["measure"], row["value"], row["unit"]) == ("tumour_volume_mm3", "33582.4", "mm3")
    assert (row["study_id"], row["_record"]) == ("S1", 5)


def test_evaluations_coded_or_in_words_are_records_of_their_own() -> None:
    found = found_in(report(WRITTEN), declared=3)
    assert found.problems == ()
    shown = found.frame.select("kind", "concept", "value", "value_meaning", "derivation").rows()
    assert shown == [
        ("measurement", "DCM:126401", "1.96772", "", MEAN),
        ("evaluation", "99TEST:123", "Bad", "", ""),
        ("evaluation", "99TEST:123", "99TEST:124", "Absent", ""),
    ]
    assert found.frame["software"].to_list() == ["3D Slicer Editor effect", "", ""]
    assert set(found.frame["verification"]) == {"VERIFIED"}


def test_no_name_and_no_date_of_a_report_is_read() -> None:
    shown = str(found_in(report(WRITTEN)).frame.rows())
    assert "Reader1" not in shown
    assert "NEEDLE" not in shown
    shown = str(found_in(REAL).frame.rows())
    assert "QIN" not in shown
    assert str(pydicom.dcmread(io.BytesIO(REAL)).PatientID) not in shown


def test_several_groups_are_counted() -> None:
    twice = {**WRITTEN, "Measurements": WRITTEN["Measurements"] * 2}
    found = found_in(report(twice)).frame
    assert found["group"].to_list() == ["1", "1", "1", "2", "2", "2"]
    assert found["_record"].to_list() == [1, 2, 3, 4, 5, 6]


def test_a_number_that_was_not_measured_is_empty() -> None:
    dataset = pydicom.dcmread(io.BytesIO(report(WRITTEN)))
    group = dataset.ContentSequence[2].ContentSequence[0]
    next(i for i in group.ContentSequence if i.ValueType == "NUM").MeasuredValueSequence = []
    out = io.BytesIO()
    dataset.save_as(out)
    found = found_in(out.getvalue()).frame.filter(pl.col("kind") == "measurement")
    assert found.select("value", "unit").rows() == [("", "")]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"PK\x03\x04", "E_MAGIC"),
        (image(), "E_FORMAT"),
        (REAL[:-5], "E_FORMAT"),
        (REAL[: len(REAL) // 2], "E_FORMAT"),
    ],
)
def test_what_is_no_whole_report_is_refused(data: bytes, rule: str) -> None:
    found = found_in(data)
    assert [problem.rule for problem in found.problems] == [rule]
    assert found.is_refused


def test_another_count_than_announced_is_refused() -> None:
    assert [problem.rule for problem in found_in(REAL, declared=24).problems] == ["E_COUNT"]


def test_a_tree_that_is_too_deep_is_refused() -> None:
    dataset = pydicom.dcmread(io.BytesIO(report(WRITTEN)))
    inner = dataset.ContentSequence[2]
    for _ in range(20):
        outer = Dataset()
        outer.ValueType, outer.RelationshipType = "CONTAINER", "CONTAINS"
        outer.ContentSequence = Sequence([inner])
        inner = outer
    dataset.ContentSequence = Sequence([inner])
    out = io.BytesIO()
    dataset.save_as(out)
    found = found_in(out.getvalue())
    assert [problem.rule for problem in found.problems] == ["E_LIMIT"]
