"""Grade 5, a grade in words, and a grade without the edition it belongs to."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    add(folder, "pathology", pathology_id="H3", who_grade="5")
    add(folder, "pathology", pathology_id="H4", who_grade="grade II-III")
    add(
        folder,
        "pathology",
        pathology_id="H5",
        histology="myxopapillary_ependymoma",
        histology_edition="",
        who_grade="1",
    )
    announce(folder)
