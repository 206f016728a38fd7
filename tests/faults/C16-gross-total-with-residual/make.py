"""Gross total resection with tumour left; the specimen of that surgery is held back."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "surgeries", extent_of_resection="gtr", residual_volume_mm3="120")
    announce(folder)
