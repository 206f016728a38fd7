"""A dictionary version that this program does not know: no file is read."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder, schema_version="99")
