"""A database put back from a backup that is older than its ledger; then none at all (H12)."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    for number in (1, 2):
        name = f"d{number}"
        (folder / name).mkdir()
        clean(folder / name)
        set_cells(folder / name, "cases", age_years=str(40 + number))
        announce(folder / name, delivery=name)
