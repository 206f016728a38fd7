"""Cells that a spreadsheet would run: refused by their form, repeated nowhere."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    cells = ["=HYPERLINK(1)", "+1", "-1+cmd", "@SUM(A1)"]
    for number, cell in enumerate(cells, start=3):
        add(folder, "pathology", pathology_id=f"H{number}", histology=cell)
    add(folder, "pathology", pathology_id="=cmd()")
    add(folder, "imaging_measurements", measurement_id="M3", value="+1")
    announce(folder)
