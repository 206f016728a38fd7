"""A label export in which a choice has a label that the dictionary lacks: no code by likeness."""

from pathlib import Path

from tests.support.folders import clean
from tests.support.redcap import announce_redcap, as_redcap


def make(folder: Path) -> None:
    clean(folder)
    as_redcap(folder, label=True)
    path = folder / "data.csv"
    text = path.read_text(encoding="utf-8")
    assert ",female," in text
    path.write_text(text.replace(",female,", ",Smith,", 1), encoding="utf-8")
    announce_redcap(folder, label=True)
