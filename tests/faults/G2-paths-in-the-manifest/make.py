"""File names that lead out of the folder: not opened, not repeated."""

import json
from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    names = ["../../etc/passwd.csv", "/etc/passwd", "%2e%2e/passwd.csv", "..", "a\\b.csv"]
    for entry, name in zip(manifest["files"], names, strict=False):
        entry["file"] = name
    path.write_text(json.dumps(manifest))
