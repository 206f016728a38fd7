"""Homogeneous enhancement where no contrast was given."""

from pathlib import Path

from tests.support.folders import announce, clean, set_cells


def make(folder: Path) -> None:
    clean(folder)
    set_cells(folder, "imaging_studies", contrast_given="no", seq_t1_post_contrast="not_acquired")
    set_cells(
        folder, "imaging_reads", enhancement_degree="marked", enhancement_pattern="homogeneous"
    )
    announce(folder)
