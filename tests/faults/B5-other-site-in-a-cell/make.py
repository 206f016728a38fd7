"""A row claims another site than the manifest: the file is refused, its children held back."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "patients", row=2, site_id="SITE_B")
    announce(folder)
