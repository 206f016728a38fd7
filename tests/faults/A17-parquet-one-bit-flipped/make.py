"""A Parquet file in which one bit flipped on its way."""

from pathlib import Path

import polars as pl

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    path = folder / "features.parquet"
    pl.DataFrame({"study_id": ["S1", "S2"], "energy": [1.5, 2.5]}).write_parquet(path)
    announce(folder, rows={path.name: 2})
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
