"""The cord map page: its counts are those of a recount, and image and table hold the same ones."""

import re
from html import unescape

import polars as pl
import pytest

from schemas.vocabularies import LEVEL
from tests.dashboard.conftest import Published
from tests.support.served import Served


def rows(html: str) -> dict[str, list[str]]:
    """The cells of the table, by level."""
    found = re.findall(r'<th scope="row">([^<]*)</th>((?:<td>[^<]*</td>)+)', html)
    return {
        level: [unescape(cell) for cell in re.findall(r"<td>([^<]*)</td>", cells)]
        for level, cells in found
    }


@pytest.mark.parametrize("cohort", ["simulated", "published"])
def test_counts_are_those_of_a_recount(served: Served, published: Published, cohort: str) -> None:
    answer = served.ask(f"/cord-map?cohort={cohort}")
    assert answer.status == 200
    cases = published[1].filter(
        pl.col("consent_scope") == "research_registry", pl.col("provenance") == cohort
    )
    placed = cases.filter(pl.col("level_upper") != "unknown", histology="spinal_ependymoma")
    shown = rows(answer.text)
    assert shown["All placed"][0] == str(placed.height)
    exact = 0
    for row, level in enumerate(LEVEL.coded[:21]):
        upper = placed["level_upper"].replace_strict(
            LEVEL.coded, range(len(LEVEL.coded)), default=99
        )
        n = int(((upper <= row) & (upper + 3 >= row)).sum())
        if shown[level][0] == str(n):
            assert n == 0 or n >= 5
            exact += 1
        else:
            assert shown[level][0] in ("<5", "hidden")
    assert exact > 15  # hiding everything would pass the rest


def test_the_image_is_of_the_snapshot_and_the_cohort_of_the_page(
    served: Served, published: Published
) -> None:
    page = served.ask("/cord-map?cohort=simulated").text
    address = unescape(re.findall(r'<img src="([^"]*)"', page)[0])
    assert address == f"/cord-map.svg?cohort=simulated&snap={published[2].id}"
    image = served.ask(address)
    assert image.headers["content-type"] == "image/svg+xml"
    assert image.text.startswith("<?xml ")
    assert ">SIMULATED: nobody" in image.text
    assert "SIMULATED" not in served.ask("/cord-map.svg?cohort=published").text
    assert not re.findall(r"C-\d{4}", page + image.text)  # no case is named


def test_small_groups_are_merged_and_the_page_says_so(served: Served) -> None:
    page = served.ask("/cord-map?cohort=published").text
    assert "Haemangioblastoma" not in page
    assert "Groups of fewer than 5 are counted as other type." in page


@pytest.mark.parametrize("query", ["sex=female", "cohort=robots", "colour=red"])
def test_what_the_page_does_not_know_is_refused(served: Served, query: str) -> None:
    for path in ("/cord-map", "/cord-map.svg"):
        answer = served.ask(f"{path}?{query}")
        assert answer.status == 400
        assert "Known are" in answer.text
