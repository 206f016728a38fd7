"""What other programs measured is accepted beside the study it belongs to, every record of it."""

from pathlib import Path

import polars as pl
import pytest

from assets.checking import check_folder
from assets.staging import stage_delivery
from schemas.tables import SCHEMA_VERSION, TABLES
from tests.support.dicom import image
from tests.support.folders import add, clean
from tests.support.real_data import COMMITTED
from tests.support.workbooks import workbook
from warehouse.accounts import close_accounts
from warehouse.merge import merge
from warehouse.received import enter_one
from warehouse.staging import StagedDelivery, StagedFile
from warehouse.store import Store
from warehouse.validation.verdict import validate

LESION = ["label", "volume [mm3]", "length [mm]", "max_equivalent_diameter [mm]"]
LESION += ["max_axial_damage_ratio []"]
FILES = {
    "sct_process": ("sub-amu01_T2w_PAM50.csv", COMMITTED / "sct" / "sub-amu01_T2w_PAM50.csv"),
    "sct_lesion": ("S9_analysis.xlsx", [LESION, [1, 83.456122, 9.6, 4.51, 0.284]]),
    "pyradiomics": ("SITE_A.t2.pyradiomics.csv", COMMITTED / "sct_lesion" / "pyradiomics.csv"),
    "dicom_header": ("C2.S8.dcm", image()),
    "dicom_sr": ("S9.sr.dcm", COMMITTED / "dicom_sr" / "sr.dcm"),
}
MEASURES = {
    "sct_process": ["cord_max_ap_mm"],
    "sct_lesion": ["max_axial_damage_ratio", "tumour_length_mm", "tumour_volume_mm3"],
    "pyradiomics": ["tumour_volume_mm3"],
    "dicom_header": [],
    "dicom_sr": [],  # it is not verified
}
RECORDS = {"sct_process": 945, "sct_lesion": 1, "pyradiomics": 2, "dicom_header": 1, "dicom_sr": 22}


def write(folder: Path, profile: str) -> str:
    """Write the program's file; its name."""
    name, content = FILES[profile]
    if isinstance(content, Path):
        content = content.read_bytes()
    data = content if isinstance(content, bytes) else workbook(measures=content)
    (folder / name).write_bytes(data)
    return name


def parents(folder: Path, *without: str) -> None:
    """Two cases in the project's own layout, with studies named as the real files name theirs."""
    clean(folder)
    for study in ("sub-amu01", "sct-fake-lesion", "S9"):
        add(folder, "imaging_studies", study_id=study, case_id="C1")
    for table in ("imaging_measurements", *without):
        (folder / f"{table}.csv").unlink()


@pytest.mark.parametrize("profile", FILES)
def test_every_record_of_another_program_is_accepted(
    profile: str, store: Store, tmp_path: Path
) -> None:
    own = ("imaging_studies", "imaging_reads") if profile == "dicom_header" else ()
    parents(tmp_path, *own)
    tables = [StagedFile(path.name, "", None) for path in sorted(tmp_path.glob("*.csv"))]
    file = StagedFile(write(tmp_path, profile), "", None)
    # one delivery of two layouts: a parent is looked for in the delivery itself
    both = [
        StagedDelivery(1, "SITE_A", "d1", layout, SCHEMA_VERSION, files)
        for layout, files in (("imsct", tuple(tables)), (profile, (file,)))
    ]
    enter_one(store, StagedDelivery(1, "SITE_A", "d1", "", "", (*tables, file)))
    for delivery in both:
        stage_delivery(store, delivery, lambda staged: tmp_path / staged.file)
    for table in TABLES:
        if store.count("staged", table.name):
            merge(store, validate(store, table, official=None))
    accounts = close_accounts(store).filter(pl.col("file") == file.file)
    problems = store.rows("select rule, message from quarantine.problems where severity = 'error'")
    assert problems == []
    counts = accounts.select("received", "accepted", "quarantined").rows()
    assert counts == [(RECORDS[profile], RECORDS[profile], 0)]
    found = store.rows("select measure from core.imaging_measurements order by 1")
    assert [row[0] for row in found] == MEASURES[profile]
    assert store.count("core", "feature_sets") == (2 if profile == "pyradiomics" else 0)


def test_a_study_that_was_not_delivered_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "sct_process")
    checked = check_folder(tmp_path, profile="sct_process")
    assert (checked.accepted, checked.quarantined, checked.received) == (944, 1, 945)
    assert [(p.rule, p.column) for p in checked.problems] == [("R003", "study_id")]
