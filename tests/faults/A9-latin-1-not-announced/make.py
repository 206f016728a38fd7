"""Latin-1 and UTF-16 in a folder without a manifest: nobody announced rows, and each counts."""

from pathlib import Path

from tests.support.folders import add, clean


def make(folder: Path) -> None:
    clean(folder)
    add(folder, "pathology", pathology_id="H3", histology="r\xfcckenmark")
    for table, encoding in (("pathology", "latin-1"), ("imaging_measurements", "utf-16")):
        path = folder / f"{table}.csv"
        path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
