"""Spinal Cord Toolbox: the thickest slice of a cord, and the lesion's workbook."""

import pickle

import polars as pl
import pytest

from assets.profiles import profile_named
from assets.readers.mapping import map_records
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from schemas.profile import FileProfile
from tests.support.real_data import COMMITTED, real
from tests.support.workbooks import workbook

PROCESS = profile_named("sct_process").files[0]
LESION = profile_named("sct_lesion").files[0]
SLICES = {"sub-amu01": 945, "sub-cmrra02": 945}
#: Sheet `measures` of sct_analyze_lesion, spinalcordtoolbox 00afa37a: fixed columns, then those of
#: the midsagittal slice and of the tissue bridges in each sagittal slice.
MEASURES = [
    "label",
    "volume [mm3]",
    "length [mm]",
    "max_equivalent_diameter [mm]",
    "max_axial_damage_ratio []",
    "midsagittal_spinal_cord_slice",
    "length_midsagittal_slice [mm]",
    "width_midsagittal_slice [mm]",
    "slice_14_dorsal_bridge_width [mm]",
    "slice_14_ventral_bridge_width [mm]",
    "mean_t2",
    "std_t2",
]
FAKE = [1, 83.456122, 9.6, 4.51352, 0.28409091, 14, 8.8, 4.0, 1.2, 0.8, 500.1, 20.5]


def read_slices(name: str) -> ReadFile:
    data = (COMMITTED / "sct" / f"{name}_T2w_PAM50.csv").read_bytes()
    return read(data, PROCESS, file=f"{name}_T2w_PAM50.csv", declared=945)


@pytest.mark.parametrize("name", SLICES)
def test_every_slice_is_kept_and_one_is_the_measurement(name: str) -> None:
    found = read_slices(name)
    assert found.problems == ()
    assert found.found == found.frame.height == 945
    imaged = found.frame.filter(pl.col("is_imaged") == "yes")
    assert 275 <= imaged.height <= 539
    assert (imaged["MEAN(diameter_AP)"] != "").all()
    mapped = map_records(found.frame, PROCESS)
    assert mapped.problems == ()
    (row,) = mapped.tables["imaging_measurements"].to_dicts()
    largest = imaged["MEAN(diameter_AP)"].cast(pl.Float64).max()
    assert float(row["value"]) == largest
    (of_line,) = found.frame.filter(pl.col("_line") == row["_line"]).to_dicts()
    assert row["value"] == of_line["MEAN(diameter_AP)"]
    assert (row["study_id"], row["structure"], row["unit"]) == (name, "cord", "mm")
    assert row["software_version"].startswith("git-master-")


def test_text_stays_as_written_ranges_and_versions_too() -> None:
    header = ("SCT Version", "Slice (I->S)", "VertLevel", "MEAN(diameter_AP)")
    part = PROCESS.model_copy(
        update={"header": header, "ignored": dict.fromkeys(header, ""), "file": "{study}.csv"}
    )
    text = ",".join(header) + "\n7.1,156:200,2:3,7.50\n7.1,201:240,4,\n7.1,0:9,5,7.5\n"
    found = read(text.encode(), part, file="S1.csv", declared=None).frame
    assert found.drop("_record", "_line").rows() == [
        ("7.1", "156:200", "2:3", "7.50", "yes", "yes", "S1"),
        ("7.1", "201:240", "4", "", "no", "no", "S1"),
        ("7.1", "0:9", "5", "7.5", "yes", "no", "S1"),
    ]


def test_a_scan_that_shows_no_cord_makes_no_measurement() -> None:
    lines = read_slices("sub-amu01").frame.filter(pl.col("is_imaged") == "no").head(2)
    text = ",".join(PROCESS.header) + "\n"
    text += "\n".join(",".join(row[name] for name in PROCESS.header) for row in lines.to_dicts())
    found = read(text.encode(), PROCESS, file="S1_T2w_PAM50.csv", declared=2)
    assert map_records(found.frame, PROCESS).tables["imaging_measurements"].is_empty()


def test_a_profile_without_the_diameter_is_refused() -> None:
    header = ("VertLevel", "MEAN(area)")
    part = PROCESS.model_copy(update={"header": header, "ignored": {}})
    found = read(b"VertLevel,MEAN(area)\n3,70\n", part, file="S1_T2w_PAM50.csv", declared=None)
    assert [problem.rule for problem in found.problems] == ["E_SCHEMA"]


def test_all_real_tables_per_slice_and_the_norm_of_the_third_level() -> None:
    means = {}
    for path in sorted(real("sct", "per_slice").glob("*.csv")):
        found = read(path.read_bytes(), PROCESS, file=path.name, declared=945)
        assert found.problems == (), path.name
        frame = found.frame.filter(pl.col("is_imaged") == "yes")
        third = frame.filter(pl.col("VertLevel") == "3")["MEAN(area)"].cast(pl.Float64)
        means[path.name] = third.mean()
        assert map_records(found.frame, PROCESS).tables["imaging_measurements"].height == 1
    assert len(means) == 20
    norm = pl.read_csv(real("sct", "norms.csv")).filter(
        (pl.col("vert_level") == 3) & (pl.col("sex") == "all") & (pl.col("measure") == "csa_mm2")
    )
    assert norm["mean"].item() == pytest.approx(72.4754, abs=1e-4)
    # twenty of the norm's 203 subjects, ten women and ten men
    assert sum(means.values()) / 20 == pytest.approx(72.4754, abs=2 * 7.1246 / 20**0.5)


def lesion(*rows: list[object], header: list[str] | None = None) -> ReadFile:
    data = workbook(measures=[header or MEASURES, *rows])
    return read(data, LESION, file="S1_analysis.xlsx", declared=None)


def test_volume_length_and_damage_ratio_of_the_lesion_workbook() -> None:
    found = lesion(FAKE)
    assert found.problems == ()
    rows = map_records(found.frame, LESION).tables["imaging_measurements"]
    assert rows.select("measurement_id", "measure", "value", "unit").rows() == [
        ("M-volume-S1-1", "tumour_volume_mm3", "83.456122", "mm3"),
        ("M-length-S1-1", "tumour_length_mm", "9.6", "mm"),
        ("M-damage-S1-1", "max_axial_damage_ratio", "0.28409091", "ratio"),
    ]
    assert set(rows["study_id"]) == {"S1"}


def test_the_workbook_is_read_under_the_name_that_the_program_gives() -> None:
    part = profile_named("sct_lesion").file("S1_analysis.xls")
    assert part is not None
    found = read(workbook(measures=[MEASURES, FAKE]), part, file="S1_analysis.xls", declared=1)
    assert found.problems == ()
    assert map_records(found.frame, part).tables["imaging_measurements"].height == 3


def test_without_a_cord_mask_only_the_volume_is_there() -> None:
    rows = map_records(lesion([1, 83.4, None, None, None]).frame, LESION).tables
    assert rows["imaging_measurements"]["measure"].to_list() == ["tumour_volume_mm3"]


def test_an_unknown_column_is_a_problem() -> None:
    found = lesion([*FAKE, "x"], header=[*MEASURES, "comment"])
    assert [problem.rule for problem in found.problems] == ["E_HEADER"]


def test_the_pickle_beside_the_workbook_is_never_opened() -> None:
    found = read(pickle.dumps({"a": 1}), LESION, file="S1_analysis.xlsx", declared=1)
    assert [problem.rule for problem in found.problems] == ["E_MAGIC"]
    assert "a pickle" in found.problems[0].message


def test_lesion_and_cord_profiles_say_what_they_assume() -> None:
    for name in ("sct_process", "sct_lesion"):
        parts: tuple[FileProfile, ...] = profile_named(name).files
        assert profile_named(name).assumptions
        assert all(len(reason) > 10 for part in parts for reason in part.ignored.values())
