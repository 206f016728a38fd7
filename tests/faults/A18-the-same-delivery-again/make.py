"""The same delivery again; the same bytes under another name, put there by other means."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    for name in ("d1", "renamed"):
        (folder / name).mkdir()
        clean(folder / name)
        announce(folder / name, delivery=name)
