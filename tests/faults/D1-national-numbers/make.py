"""A number of every country of the scan, each valid by its check digit; all are invented."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    numbers = [
        "943 476 5919",
        "219-09-9999",
        "A123456780",
        "2 55 08 14 168 025 38",
        "111222333",
        "19640823-3234",
        "13097248022",
        "070761-4285",
        "131052-308T",
        "756.9217.0769.85",
        "RSSMRA85T10A562S",
        "123456789018",
    ]
    for number, cell in enumerate(numbers, start=3):
        add(folder, "pathology", pathology_id=f"H{number}", h3_k27m=cell)
    announce(folder)
