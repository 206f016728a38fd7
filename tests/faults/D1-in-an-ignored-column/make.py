"""A name and a phone number in a column that the profile ignores: the bytes would be kept."""

from pathlib import Path


def make(folder: Path) -> None:
    lines = ["number,sex,seen_by", "1,female,Dr. Lindqvist", "2,male,+44 20 7946 0958"]
    (folder / "patients.csv").write_text("\n".join(lines) + "\n")
