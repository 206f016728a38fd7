"""Texts for missing values that no profile declares: each a problem, none 0, false or null."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    texts = ["NA", "N/A", "-999", " ", "not done"]
    for number, text in enumerate(texts, start=3):
        add(folder, "pathology", pathology_id=f"H{number}", h3_k27m=text)
    for number, text in enumerate(["NA", "unknown", " "], start=3):
        add(folder, "imaging_measurements", measurement_id=f"M{number}", value=text)
    add(folder, "pathology", pathology_id="H8", h3_k27m="")
    announce(folder)
