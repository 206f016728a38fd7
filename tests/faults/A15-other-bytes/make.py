"""A file changed after the manifest was made, its size did not."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder)
    path = folder / "pathology.csv"
    path.write_bytes(path.read_bytes().replace(b"H1", b"H9"))
