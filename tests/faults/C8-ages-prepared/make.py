"""Of ages 203, 93 and 90 `prepare` writes the second as 90; 203 stays and is R006."""

from pathlib import Path

from tests.support.dated import clean_with_dates, set_dated


def make(folder: Path) -> None:
    clean_with_dates(folder)
    set_dated(folder, "cases", row=1, age_years="93")
    set_dated(folder, "cases", row=2, age_years="203")
