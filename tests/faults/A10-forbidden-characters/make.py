"""NUL, a control, a direction and a zero-width character in codes: not stripped, all named."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    bad = ["\0", "\x07", "\u202e", "\u200b"]
    for number, character in enumerate(bad, start=3):
        add(
            folder,
            "pathology",
            pathology_id=f"H{number}",
            histology=f"spinal{character}_ependymoma",
            who_grade=f"{character}2",
        )
    announce(folder, rows={"pathology.csv": 6})
