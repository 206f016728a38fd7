"""A file of 0 bytes: refused, its announced records count as quarantined."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    (folder / "pathology.csv").write_bytes(b"")
    announce(folder, rows={"pathology.csv": 2})
