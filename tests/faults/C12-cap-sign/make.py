"""A cap sign judged without T2, T2* or SWI is refused; absent on T2 alone is a warning."""

from pathlib import Path

from tests.support.folders import add, announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    blind = {f"seq_{s}": "not_acquired" for s in ("t2", "t2star_gre", "swi", "3d_t2")}
    set_cells(folder, "imaging_studies", row=1, **blind)
    set_cells(folder, "imaging_reads", row=1, cap_sign="present")
    add(
        folder, "imaging_reads", read_id="R3", reader_id="reader3", study_id="S1", cap_sign="absent"
    )
    add(
        folder,
        "imaging_reads",
        read_id="R4",
        reader_id="reader4",
        study_id="S1",
        cap_sign="not_assessable",
    )
    set_cells(
        folder, "imaging_studies", row=2, seq_t2star_gre="not_acquired", seq_swi="not_acquired"
    )
    set_cells(folder, "imaging_reads", row=2, cap_sign="absent")
    announce(folder)
