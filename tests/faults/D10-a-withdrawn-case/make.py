"""A site withdraws a patient: gone from the next snapshot, and a rebuild does not bring it back."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    (folder / "d1").mkdir()
    clean(folder / "d1")
    announce(folder / "d1")
    (folder / "w1").mkdir()
    (folder / "w1" / "patients.csv").write_text("patient_id\nP1\n")
    announce(folder / "w1", delivery="w1", mode="withdrawal")
