"""A delivery in the landing folder of site B names site A; beside it one of other bytes (A15)."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    for name in ("d1", "d2"):
        (folder / name).mkdir()
        clean(folder / name)
        announce(folder / name, delivery=name)
    path = folder / "d2" / "pathology.csv"
    path.write_bytes(path.read_bytes().replace(b"H1", b"H9"))
