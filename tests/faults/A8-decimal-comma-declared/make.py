"""Semicolons and decimal comma that the profile declares; a decimal point is R007 then."""

from pathlib import Path


def make(folder: Path) -> None:
    lines = ["number;age", "1;1,10", "2;47", "3;1.10"]
    (folder / "patients.csv").write_text("\n".join(lines) + "\n")
