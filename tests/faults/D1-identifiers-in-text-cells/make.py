"""Name, hospital number, national number, phone and e-mail in text cells; one finding per kind."""

from pathlib import Path

from tests.support.folders import add, announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    cells = ["SMITH, John", "MRN 20831177", "943 476 5919", "+44 20 7946 0958", "j@clinic.example"]
    for number, cell in enumerate(cells, start=3):
        add(folder, "pathology", pathology_id=f"H{number}", histology=cell)
    set_cells(folder, "patients", sex="Dr. Miller")
    announce(folder)
