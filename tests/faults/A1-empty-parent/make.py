"""A file of 0 bytes on which other rows hang: they are held back and the cause is named."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    (folder / "imaging_studies.csv").write_bytes(b"")
    announce(folder, rows={"imaging_studies.csv": 2})
