"""Surgery on another day than the index event, a contact with a living patient after death."""

from pathlib import Path

from tests.support.folders import add, announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    dead = {"vital_status": "dead", "death_day": "300", "cause_of_death": "tumour"}
    set_cells(folder, "surgeries", row=1, surgery_day="12")
    add(
        folder,
        "follow_up",
        follow_up_id="F1",
        case_id="C2",
        contact_day="300",
        **dead,
    )
    add(folder, "follow_up", follow_up_id="F2", case_id="C2", contact_day="400")
    announce(folder)
