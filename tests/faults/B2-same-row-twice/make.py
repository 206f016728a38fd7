"""The same key twice with equal content: the first is kept, the second names both lines."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    add(folder, "pathology", pathology_id="H1", case_id="C1", surgery_id="O1")
    announce(folder)
