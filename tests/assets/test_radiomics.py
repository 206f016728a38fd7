"""Radiomics tables: features apart from what made them, volumes as they were counted."""

import csv
import hashlib
import io
import json

import polars as pl
import pytest

from assets.profiles import profile_named
from assets.readers.mapping import map_records
from assets.readers.radiomics import parquet_of
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from schemas.formats import GIVEN
from schemas.profile import FileProfile
from tests.support.real_data import COMMITTED

PART = profile_named("pyradiomics").files[0]
FILE = "SITE_A.t2.pyradiomics.csv"
REAL = (COMMITTED / "sct_lesion" / "pyradiomics.csv").read_bytes()
EXPECTED = json.loads((COMMITTED / "sct_lesion" / "expected.json").read_text())
#: Columns of MIRP's table that are no features, from its generic_image.py (2.3).
MIRP = (
    *("sample_name", "image_mask_label", "image_settings_id"),
    *("image_voxel_size_x", "image_voxel_size_y", "image_voxel_size_z"),
)


def changed(**cells: str) -> bytes:
    """The real table with other cells in its second record."""
    rows = list(csv.DictReader(io.StringIO(REAL.decode())))
    rows[1] |= {name.replace("__", "-"): text for name, text in cells.items()}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def found_in(data: bytes, declared: int | None = None) -> ReadFile:
    return read(data, PART, file=FILE, declared=declared)


def rules(found: ReadFile) -> list[tuple[str, int | None, str | None]]:
    return [(problem.rule, problem.line, problem.column) for problem in found.problems]


def test_features_are_numbers_and_nothing_else_is_one() -> None:
    found = found_in(REAL, declared=2)
    assert found.problems == ()
    assert found.features is not None
    assert found.features.columns[0] == "_record"
    assert found.features.width == 1 + 107
    assert set(found.features.dtypes[1:]) == {pl.Float64}
    assert all(name.startswith("original_") for name in found.features.columns[1:])
    lesion = EXPECTED["pyradiomics_3_0_1"]["lesion"]
    for name, value in lesion.items():
        assert found.features[name][0] == pytest.approx(value, abs=1e-6), name


def test_the_voxel_volume_is_the_one_counted_from_the_masks() -> None:
    tables = map_records(found_in(REAL).frame, PART).tables
    (row,) = tables["imaging_measurements"].to_dicts()
    assert float(row["value"]) == pytest.approx(EXPECTED["lesion"]["volume_mm3"], abs=1e-5)
    assert row["value"] == "83.45612187195182"
    assert (row["study_id"], row["structure"]) == ("sct-fake-lesion", "tumour")
    cord = found_in(REAL).frame["volume_mm3"][1]
    assert float(cord) == pytest.approx(EXPECTED["cord"]["volume_mm3"], abs=1e-5)


def test_one_feature_set_for_each_mask_says_what_made_it() -> None:
    found = found_in(REAL)
    sets = map_records(found.frame, PART).tables["feature_sets"].to_dicts()
    assert [one["mask_structure"] for one in sets] == ["tumour", "cord"]
    rows = list(csv.DictReader(io.StringIO(REAL.decode())))
    settings = "\n".join(
        rows[0][f"diagnostics_Configuration_{name}"] for name in ("Settings", "EnabledImageTypes")
    )
    for one in sets:
        assert one["site_id"] == "SITE_A"
        assert one["extractor_version"] == "v3.0.1"
        assert one["settings_sha256"] == hashlib.sha256(settings.encode()).hexdigest()
        assert (one["n_rows"], one["n_features"]) == ("1", "107")
        assert float(one["voxel_spacing_mm"]) == 0.800001
    assert found.features is not None
    first = parquet_of(found.features.filter(pl.col("_record") == 1))
    assert sets[0]["file_sha256"] == hashlib.sha256(first).hexdigest()
    assert sets[0]["file_sha256"] != sets[1]["file_sha256"]


def test_a_feature_that_is_no_number_refuses_its_record_only() -> None:
    found = found_in(changed(original_glcm_MCC="nan"))
    assert rules(found) == [("R007", 3, "original_glcm_MCC")]
    assert found.frame["_record"].to_list() == [1]
    assert found.features is not None
    assert found.features["_record"].to_list() == [1]
    assert found.found == 2


def test_a_feature_not_computed_is_missing() -> None:
    found = found_in(changed(original_glcm_MCC=""))
    assert found.problems == ()
    assert found.features is not None
    assert found.features["original_glcm_MCC"].null_count() == 1


def test_rows_of_two_settings_are_no_feature_set() -> None:
    found = found_in(changed(diagnostics_Configuration_Settings="{'binWidth': 10}"))
    assert rules(found) == [("E_FEATURES", None, None)]
    assert found.is_refused
    other = found_in(changed(diagnostics_Versions_PyRadiomics="v3.1.0"))
    assert rules(other) == [("E_FEATURES", None, None)]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"PatientID", b"patient", "E_HEADER"),
        (b"Mask,", b"Mask,birth_date,", "E_HEADER"),
        (b"diagnostics_Configuration_Settings", b"diagnostics_Settings", "E_FEATURES"),
        (b"original_", b"diagnostics_", "E_FEATURES"),
        (b"original_glcm_MCC", b"original_glcm_Id", "E_FEATURES"),
    ],
)
def test_a_table_that_says_less_or_more_is_refused(old: bytes, new: bytes, rule: str) -> None:
    header, rest = REAL.split(b"\n", 1)
    found = found_in(header.replace(old, new) + b"\n" + rest)
    assert [problem.rule for problem in found.problems] == [rule]
    assert found.is_refused


def test_other_kinds_of_files_and_counts_are_refused() -> None:
    assert rules(found_in(b"PK\x03\x04")) == [("E_MAGIC", None, None)]
    assert rules(found_in(b"")) == [("E_EMPTY", None, None)]
    assert rules(found_in(REAL, declared=3)) == [("E_COUNT", None, None)]
    assert rules(found_in(changed(PatientID="a\u200bb"))) == [("E_CHAR", 3, "PatientID")]


def test_a_table_of_mirp() -> None:
    part = FileProfile(
        file="{site}.mirp.csv",
        format="mirp",
        header=MIRP,
        features=("morph_", "stat_", "cm_"),
        study="sample_name",
        ignored=dict.fromkeys((*MIRP, *GIVEN["mirp"]), "no row in this test"),
        rows=(),
    )
    names = (
        *MIRP,
        "morph_volume",
        "morph_vol_approx",
        "stat_mean",
        "cm_contrast_d1_3d_avg_fbn_n32",
    )
    text = ",".join(names) + "\nS1,tumour,a,1.0,1.0,3.27,80.25,83.456,513.4,1e-3\n"
    found = read(text.encode(), part, file="SITE_A.mirp.csv", declared=1)
    assert found.problems == ()
    (row,) = found.frame.to_dicts()
    assert (row["volume_mm3"], row["voxel_spacing_mm"]) == ("83.456", "3.27")
    assert row["settings_sha256"] == hashlib.sha256(b"a").hexdigest()
    assert found.features is not None
    assert found.features.drop("_record").rows() == [(80.25, 83.456, 513.4, 0.001)]
