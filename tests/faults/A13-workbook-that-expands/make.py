"""A workbook of under 400 KB that expands to 381 MiB, and the same as a gzip archive."""

import gzip
from pathlib import Path

from tests.support.folders import announce
from tests.support.workbooks import bomb


def make(folder: Path) -> None:
    data = bomb(381)
    (folder / "S1_analysis.xlsx").write_bytes(data)
    (folder / "S2_analysis.xlsx").write_bytes(gzip.compress(data, mtime=0))
    names = [path.name for path in folder.iterdir()]
    announce(folder, rows=dict.fromkeys(names, 1), profile="sct_lesion")
