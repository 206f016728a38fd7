"""A Parquet file whose tail was cut off, its length mended in the manifest."""

import json
from pathlib import Path

import polars as pl

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    path = folder / "features.parquet"
    pl.DataFrame({"study_id": ["S1", "S2"], "energy": [1.5, 2.5]}).write_parquet(path)
    announce(folder, rows={path.name: 2})
    path.write_bytes(path.read_bytes()[:-20])
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    for entry in said["files"]:
        if entry["file"] == path.name:
            entry["bytes"] = path.stat().st_size
    manifest.write_text(json.dumps(said), encoding="utf-8")
