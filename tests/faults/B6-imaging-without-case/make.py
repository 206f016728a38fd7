"""A study of a case that was never delivered; a case without imaging is accepted."""

from pathlib import Path

from tests.support.folders import add, announce, clean, drop


def make(folder: Path) -> None:
    clean(folder)
    for table in ("imaging_studies", "imaging_reads", "imaging_measurements"):
        drop(folder, table, row=2)
    add(folder, "imaging_studies", study_id="S9", case_id="C9")
    announce(folder)
