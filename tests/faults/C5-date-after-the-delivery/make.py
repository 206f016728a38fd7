"""A surgery dated after `created`: its record is refused; the wall clock plays no part."""

from pathlib import Path

from tests.support.dated import add_dated, clean_with_dates


def make(folder: Path) -> None:
    clean_with_dates(folder)
    add_dated(folder, "surgeries", surgery_id="O3", surgery_number="2", surgery_date="2026-02-01")
