"""UTF-8 with a byte order mark: read as without."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    path = folder / "pathology.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    announce(folder)
