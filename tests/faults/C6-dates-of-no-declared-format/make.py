"""Days and months in any order: none is guessed, each record is refused."""

from pathlib import Path

from tests.support.dated import add_dated, clean_with_dates


def make(folder: Path) -> None:
    clean_with_dates(folder)
    for number, text in enumerate(["03/04/2021", "25/06/2021", "06/25/2021"], start=3):
        add_dated(folder, "imaging_studies", study_id=f"S{number}", study_date=text)
