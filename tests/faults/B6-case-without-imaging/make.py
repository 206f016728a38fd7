"""A case without imaging: accepted, and a warning; missing imaging is counted, not refused."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    add(folder, "patients", patient_id="P3")
    add(folder, "cases", case_id="C3", patient_id="P3")
    add(folder, "surgeries", surgery_id="O3", case_id="C3")
    announce(folder)
