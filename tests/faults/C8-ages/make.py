"""Ages 203 and 93 are refused (90 stands for 90 and above); half a year and 90 are accepted."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    for number, age in enumerate(["203", "0.5", "93", "90"], start=3):
        add(
            folder,
            "cases",
            case_id=f"C{number}",
            case_number=str(number),
            age_years=age,
            index_event="diagnostic_imaging",
        )
    announce(folder)
