"""A record of an instrument that the profile does not know: no patient, and not lost."""

from pathlib import Path

from tests.support.folders import clean
from tests.support.redcap import announce_redcap, as_redcap


def make(folder: Path) -> None:
    clean(folder)
    as_redcap(folder)
    path = folder / "data.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    cells = ["P1", "Smith", "1", *[""] * (header.count(",") - 2)]
    path.write_text("\n".join([header, *rows, ",".join(cells)]) + "\n", encoding="utf-8")
    announce_redcap(folder)
