"""One record a field short, one a field long: those two are refused, the others go on."""

from pathlib import Path

from tests.support.folders import add, announce, clean, lines_of, write_lines


def make(folder: Path) -> None:
    clean(folder)
    add(folder, "pathology", pathology_id="H3", case_id="C2", surgery_id="O2")
    header, first, second, third = lines_of(folder, "pathology")
    write_lines(folder, "pathology", [header, first.rpartition(",")[0], second, third + ",surplus"])
    announce(folder)
