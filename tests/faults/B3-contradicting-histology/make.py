"""The same key with another histology: none of the rows is believed."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    add(folder, "pathology", pathology_id="H1", histology="subependymoma")
    announce(folder)
