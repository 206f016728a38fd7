"""Forty per cent fewer cases than last time: it waits until a person has said so."""

from pathlib import Path

from tests.support.folders import add, announce


def make(folder: Path) -> None:
    for name, cases in (("d1", 10), ("d2", 6)):
        (folder / name).mkdir()
        add(folder / name, "sites")
        for n in range(cases):
            add(folder / name, "patients", patient_id=f"P{n}")
            add(folder / name, "cases", case_id=f"C{n}", patient_id=f"P{n}")
            add(folder / name, "surgeries", surgery_id=f"O{n}", case_id=f"C{n}")
        announce(folder / name, delivery=name)
