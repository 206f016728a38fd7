"""A hospital number as case id: in no output, not as the key of another problem either."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "cases", case_id="20831177", case_kind="Jones")
    for table in ("imaging_studies", "surgeries", "pathology"):
        set_cells(folder, table, case_id="20831177")
    announce(folder)
