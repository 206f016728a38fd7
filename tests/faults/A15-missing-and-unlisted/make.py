"""One listed file is missing, one unlisted file is there: both are named."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder)
    (folder / "pathology.csv").rename(folder / "pathologies.csv")
