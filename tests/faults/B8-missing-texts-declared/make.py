"""Texts for missing values that the profile declares, each with its reason: none is a problem.

A text that it does not declare still is one.
"""

from pathlib import Path


def make(folder: Path) -> None:
    lines = ["number,age", "1,NA", "2,-999", "3,not done", "4,unknown", "5,N/A"]
    (folder / "patients.csv").write_text("\n".join(lines) + "\n")
