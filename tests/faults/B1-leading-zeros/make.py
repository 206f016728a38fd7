"""Ids with leading zeros are text to the end: 123 is another id; the grade 01 is no grade 1."""

from pathlib import Path

from tests.support.folders import add, announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    for table in ("patients", "cases"):
        set_cells(folder, table, row=1, patient_id="00123")
        set_cells(folder, table, row=2, patient_id="123")
    add(folder, "pathology", pathology_id="H3", who_grade="01")
    announce(folder)
