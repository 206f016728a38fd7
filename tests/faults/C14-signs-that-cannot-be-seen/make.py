"""A choline ratio without spectroscopy; calcification read on T2 alone."""

from pathlib import Path

from tests.support.folders import add, announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    missing = dict.fromkeys(("seq_mrs", "seq_t2star_gre", "seq_swi"), "not_acquired")
    set_cells(folder, "imaging_studies", **missing)
    add(
        folder,
        "imaging_measurements",
        measurement_id="M3",
        measure="choline_naa_ratio",
        value="2.1",
        unit="ratio",
    )
    set_cells(folder, "imaging_reads", calcification="present")
    announce(folder)
