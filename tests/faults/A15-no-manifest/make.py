"""No manifest: nothing says what was delivered, so nothing was."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder)
    (folder / "manifest.json").unlink()
