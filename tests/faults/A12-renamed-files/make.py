"""A workbook, an archive and a PDF under the name of a table."""

import io
import zipfile
from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    for table, inside in {
        "imaging_measurements": "xl/workbook.xml",
        "treatments": "treatments.csv",
    }.items():
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(inside, "x")
        (folder / f"{table}.csv").write_bytes(packed.getvalue())
    (folder / "pathology.csv").write_bytes(b"%PDF-1.7\n")
    rows = dict.fromkeys(("imaging_measurements.csv", "treatments.csv", "pathology.csv"), 2)
    announce(folder, rows=rows)
