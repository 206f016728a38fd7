"""A correction after a snapshot was published: a new version, and the old snapshot as it was."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    for name in ("d1", "d2"):
        (folder / name).mkdir()
        clean(folder / name)
    announce(folder / "d1")
    set_cells(
        folder / "d2",
        "pathology",
        ki67_percent="4",
    )
    for path in (folder / "d2").iterdir():
        if path.stem != "pathology":
            path.unlink()
    announce(folder / "d2", delivery="d2", mode="correction", supersedes="d1")
