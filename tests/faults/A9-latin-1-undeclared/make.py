"""Latin-1 that no profile declares: the offset of the first byte is named."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    path = folder / "pathology.csv"
    path.write_bytes(path.read_bytes().replace(b"spinal", b"r\xfcckenmark", 1))
    announce(folder)
