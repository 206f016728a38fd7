"""The project changed what a code means since its profile was written: told, the data go on."""

from pathlib import Path

from tests.support.folders import clean
from tests.support.redcap import announce_redcap, as_redcap


def make(folder: Path) -> None:
    clean(folder)
    as_redcap(folder)
    path = folder / "dictionary.csv"
    text = path.read_text(encoding="utf-8")
    assert "female, female | male, male" in text
    path.write_text(
        text.replace("female, female | male, male", "female, male | male, female"), encoding="utf-8"
    )
    announce_redcap(folder)
