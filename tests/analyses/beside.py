"""What must hold of the files beside every kind of report.

Belongs here: one check over all files of a report, one over its methods.
Does not belong here: reports (`tests.analyses.report_fixture`, `tests.analyses.real_results`).
"""

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

from analyses.report.files import PAGE
from analyses.report.methods import methods
from analyses.report.references import WORKS
from analyses.report.release import release
from analyses.report.shortening import shortened

MARKS = {"simulated": "SIMULATED: nobody", "published": "Published case reports, not a cohort"}


def rows_of(file: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(file.decode(), newline=""), strict=True))


def check_files(files: dict[str, bytes], provenance: str | None) -> None:
    """Every figure and table of the page is a file, and each says whose cases it is of."""
    page = files[PAGE].decode()
    figures = re.findall(r'<svg id="figure-([^"]+)"', page)
    ids = re.findall(r'<table id="([^"]+)"', page)
    assert page.count("<table") == len(ids) == len(set(ids))
    assert {f"figures/{name}.svg" for name in figures} == {n for n in files if n.endswith(".svg")}
    assert {f"tables/{name}.csv" for name in ids} == {n for n in files if n.endswith(".csv")}
    for name, file in files.items():
        if name.endswith(".svg"):
            said = "".join(ElementTree.fromstring(file).itertext())
            found = [mark for mark in MARKS.values() if mark in said]
            assert found == [MARKS[p] for p in MARKS if p == provenance], name
        if name.endswith(".csv"):
            rows = rows_of(file)
            assert len({len(row) for row in rows}) == 1, name
            assert len(set(rows[0])) == len(rows[0]), name
            assert {row[0] for row in rows[1:]} <= {provenance or "unknown"}, name


def released(results: dict[str, Any]) -> dict[str, Any]:
    """Results as a page has them."""
    return release(shortened(results))


def check_methods(page: dict[str, Any]) -> None:
    """Sentences are whole as far as a machine can see; works are those of the methods used."""
    found = methods(page)
    for heading, text in found.parts:
        assert re.search(r"[.)]$", text), heading
        assert not re.search(r"None|[{}]|  | ,|\.\.|\bnan\b|, \.|: \.|\(\)", text), (heading, text)
    said = " ".join(text for _, text in found.parts)
    marks = re.findall(r"\[([\d, ]+)\]", said)
    named = {int(number) for mark in marks for number in mark.split(", ")}
    assert named == set(range(1, len(found.works) + 1))
    assert set(found.works) <= set(WORKS.values())
    works, kind = " ".join(found.works), page["outcome"]["kind"]
    is_fitted = bool(page["models"])
    assert ("Mach Learn 2001;45:171" in works) == (kind == "multiclass" and is_fitted)
    assert ("Kaplan EL" in works) == (kind == "survival")
    assert ("Vickers" in works) == (kind == "binary" and is_fitted)
    assert ("TRIPOD+AI" in said) == ("cross-validation" in said) == is_fitted
