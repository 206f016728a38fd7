"""DICOM headers: the allow-list and nothing else, whole files only."""

import io
import struct
import time

import pydicom
import pytest

from assets.profiles import profile_named
from assets.readers.dicom_elements import is_whole
from assets.readers.dicom_patient import NAMING
from assets.readers.mapping import map_records
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from tests.support.dicom import SEARCHED, deep_sequences, huge_length, image
from tests.support.real_data import real

PART = profile_named("dicom_header").files[0]
CASE, STUDY = "c-" + "a" * 26, "s-" + "b" * 26


def found_in(data: bytes) -> ReadFile:
    return read(data, PART, file="C1.S1.dcm", declared=1)


def rules(found: ReadFile) -> list[str]:
    return [problem.rule for problem in found.problems]


def test_a_header_becomes_the_study_and_none_of_14_needles_is_found() -> None:
    data = image()
    assert len(SEARCHED) == 14
    assert all(needle.encode() in data for needle in SEARCHED)
    found = found_in(data)
    assert found.problems == ()
    (row,) = map_records(found.frame, PART).tables["imaging_studies"].to_dicts()
    assert (row["study_id"], row["case_id"]) == ("S1", "C1")
    assert (row["modality"], row["vendor"], row["field_strength_t"]) == ("mr", "siemens", "3")
    assert (row["slice_thickness_sagittal_mm"], row["contrast_given"]) == ("0.80", "yes")
    assert row["seq_swi"] == "unknown"
    shown = str(found.frame.to_dicts()) + str(row)
    assert [needle for needle in SEARCHED if needle in shown] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"BurnedInAnnotation": "YES"},
        {"PhotometricInterpretation": "RGB"},
        {"PhotometricInterpretation": "YBR_FULL"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
        {"ConversionType": "WSD"},
    ],
)
def test_images_on_which_a_name_may_be_drawn_are_refused(changed: dict[str, str]) -> None:
    found = found_in(image(**changed))
    assert rules(found) == ["E_PIXEL"]
    assert found.frame.is_empty()
    assert found.found == 1


@pytest.mark.parametrize(
    ("tag", "value", "column", "shown"),
    [
        ("Manufacturer", "GE MEDICAL SYSTEMS", "vendor", "ge"),
        ("Manufacturer", "Philips Medical Systems", "vendor", "philips"),
        ("Manufacturer", "TOSHIBA_MEC", "vendor", "canon"),
        ("Manufacturer", "NEEDLE Imaging", "vendor", "other"),
        ("Manufacturer", "", "vendor", ""),
        ("Modality", "CT", "modality", "ct"),
        ("Modality", "NEEDLE", "modality", "other"),
        ("ContrastBolusAgent", "", "is_contrast_given", ""),
        ("ScanningSequence", "NEEDLE", "scanning_sequence", ""),
        ("MRAcquisitionType", "3D", "acquisition_type", "3D"),
        ("SliceThickness", "0.7000", "slice_thickness_mm", "0.7000"),
    ],
)
def test_texts_of_a_header_become_codes_or_nothing(
    tag: str, value: str, column: str, shown: str
) -> None:
    assert found_in(image(**{tag: value})).frame[column].to_list() == [shown]


def test_a_file_cut_off_inside_an_element_is_never_read() -> None:
    data = image()
    pixels = len(data) - 512
    whole = [
        cut
        for cut in (*range(0, pixels - 12, 13), *range(pixels, len(data), 64))
        if not found_in(data[:cut]).is_refused
    ]
    # a whole header without pixels may be delivered
    assert all(is_whole(data[:cut], 132 + _meta(data), is_explicit=True) for cut in whole)
    assert len(whole) <= 4
    assert not found_in(data[:-1]).frame.height


def test_a_file_cut_off_between_two_elements_lacks_what_every_image_has() -> None:
    data = image()
    dataset = pydicom.dcmread(io.BytesIO(data))
    ends = [data.index(struct.pack("<HH", e.tag.group, e.tag.element), 132) for e in dataset]
    last = data.index(struct.pack("<HH", 0x0028, 0x0103))
    cuts = [end for end in ends if 132 + _meta(data) < end <= last]
    assert len(cuts) > 20
    for cut in cuts:
        found = found_in(data[:cut])
        assert rules(found) == ["E_FORMAT"]
        assert "PixelRepresentation" in found.problems[0].message


def test_compressed_pixels_end_inside_the_file() -> None:
    """Of undefined length, so that only their last piece says where they end."""
    pixels = pydicom.encaps.encapsulate([b"\1" * 100, b"\2" * 100])
    head = image()[:-524]
    element = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    start = 132 + _meta(head)
    assert is_whole(head + element + pixels + end, start, is_explicit=True)
    for cut in (1, 8, 9, 60, 120):
        data = (head + element + pixels + end)[:-cut]
        assert not is_whole(data, start, is_explicit=True)


def _meta(data: bytes) -> int:
    """Length of the file meta information."""
    return 12 + int.from_bytes(data[140:144], "little")


def test_a_million_sequences_in_each_other_are_refused_at_once() -> None:
    data = deep_sequences(1_000_000)
    start = time.process_time()
    assert rules(found_in(data)) == ["E_FORMAT"]
    assert time.process_time() - start < 5


def test_an_element_of_four_gigabytes_is_refused() -> None:
    assert rules(found_in(huge_length())) == ["E_FORMAT"]


@pytest.mark.parametrize("data", [b"", b"case_id\nC1\n", b"PK\x03\x04" + b"\0" * 200])
def test_other_files_are_not_opened(data: bytes) -> None:
    assert rules(found_in(data)) == ["E_MAGIC"]


def test_the_real_segmentation_is_no_image_of_a_patient() -> None:
    found = found_in(real("dicom-sr", "seg.dcm").read_bytes())
    assert found.problems == ()
    assert found.frame["modality"].to_list() == ["other"]
    assert "QIN" not in str(found.frame.rows())


def test_a_file_that_names_a_patient_is_kept_of_invented_ones_only() -> None:
    """The header is read by a list, but the bytes would be kept as they came."""
    for scan in ("hmac-sha256/1", "unannounced"):
        found = read(image(), PART, file=f"{CASE}.{STUDY}.dcm", declared=1, scan=scan)
        assert set(rules(found)) == {"E_PHI"}
        assert {p.column for p in found.problems} >= {"PatientName", "PatientID"}
        assert found.is_refused
        assert found.frame.is_empty()
        said = str([(p.message, p.suggestion) for p in found.problems])
        assert [needle for needle in SEARCHED if needle in said] == []
    assert rules(read(image(), PART, file="C1.S1.dcm", declared=1, scan="simulated")) == []
    empty = dict.fromkeys(NAMING, "")
    nobody = image(**{**empty, "PatientName": f"{CASE}^", "PatientID": CASE})
    quiet = read(nobody, PART, file=f"{CASE}.{STUDY}.dcm", declared=1, scan="hmac-sha256/1")
    assert rules(quiet) == []
