"""Tables beside Table 1 in a confidential report: no small count, and none to be worked out."""

import copy
import re
from functools import cache
from typing import Any

import polars as pl
import pytest

from analyses.disclosure import SMALLEST_SHOWN
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.report import render_report
from analyses.report.described_counts import SMALL
from analyses.report.release import release
from assets.readers.evidence import read_published_counts
from tests.analyses.two_types import PLAN, two_types

_ASKED = PLAN + "table_one: [site_id, age_years]\nassociations: exact\n"


@cache
def _registry(n: int) -> dict[str, Any]:
    """Results on registry cases; no model is needed."""
    frame = two_types(n).with_columns(provenance=pl.lit("registry"))
    plan = parse_plan(_ASKED, name="t.yaml")
    return run_plan(
        plan.for_cohort("registry"),
        frame,
        availability=None,
        stamp={"snapshot": "s", "code": "c", "lock": "l"},
        evidence=read_published_counts(),
    ).results


def _small(counts: Any) -> list[int]:
    return [n for n in counts if isinstance(n, int) and 0 < n < SMALLEST_SHOWN]


@pytest.mark.parametrize("n", [36, 200])
def test_no_small_count_is_shown_or_left_to_subtract(n: int) -> None:
    page = release(copy.deepcopy(_registry(n)))
    table_one = {row["variable"]: row for row in page["cohort"]["table_one"]}
    for table in page["cohort"]["table_one_by"]:
        sizes = {group["group"]: group["n"] for group in table["groups"]}
        assert not _small(sizes.values())
        for row in table["rows"]:
            everybody, *groups = row["groups"]
            of_groups = [group["n"] for group in groups]
            assert not _small([*of_groups, everybody["n"] - sum(of_groups)])
            assert not _small(sizes[g["group"]] - g["n"] for g in groups)
            for place, level in enumerate(everybody.get("levels") or []):
                cells = [group["levels"][place]["n"] for group in groups]
                assert not _small([*cells, level["n"] - sum(cells)])
            assert isinstance(table_one[row["variable"]]["n"], int)
    for entry in page["literature"]:
        own = entry["rows"][-1]
        if own["cells"] is None:
            assert (own["estimate"], own["p"], entry["pooled"]) == (None, None, None)
            assert own["reason"] == SMALL
        else:
            assert not _small(own["cells"].values())


def test_something_is_hidden_and_something_is_shown() -> None:
    few, many = (release(copy.deepcopy(_registry(n))) for n in (36, 200))
    assert all(entry["rows"][-1]["cells"] is None for entry in few["literature"])
    assert any(entry["rows"][-1]["cells"] for entry in many["literature"])
    assert any(row["test"] == "withheld" for row in few["associations"]["rows"])
    assert any(row["p"] is not None for row in many["associations"]["rows"])
    assert many["cohort"]["table_one_by"][0]["rows"]
    # the published counts are public
    assert all(entry["rows"][0]["cells"] for entry in few["literature"])


def test_what_is_adjusted_does_not_hang_on_what_is_hidden() -> None:
    raw = copy.deepcopy(_registry(90))
    page = release(copy.deepcopy(raw))["associations"]["rows"]
    hidden = {row["variable"] for row in page if row["test"] == "withheld"}
    assert hidden
    assert len(hidden) < len(page)
    for shown, true in zip(page, raw["associations"]["rows"], strict=True):
        if shown["q"] is not None:
            assert shown["q"] >= true["q"]
    for row in raw["associations"]["rows"]:
        if row["variable"] in hidden:
            row["p"] = 1e-9
    assert release(raw)["associations"]["rows"] == page


def test_an_open_report_shows_all_and_a_confidential_page_says_what_is_missing() -> None:
    found = copy.deepcopy(_registry(36))
    page = render_report(found).decode()
    assert "Counts are too small to be shown" in page or "counts are too small" in page
    found["cohort"]["provenance"] = "simulated"
    shown = release(found)
    assert shown["associations"] == _registry(36)["associations"]
    assert shown["literature"] == _registry(36)["literature"]
    assert shown["cohort"]["table_one_by"] == _registry(36)["cohort"]["table_one_by"]


def test_of_several_groups_nothing_is_tested_and_what_is_missing_in_one_is_no_small_count() -> None:
    asked = re.sub(
        "outcome: .*", "outcome: {kind: multiclass, column: histology_group}", _ASKED, count=1
    )
    third = pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("vascular"))
    frame = two_types(240).with_columns(
        provenance=pl.lit("registry"),
        histology_group=third.otherwise(pl.col("histology_group")),
        # three ependymomas without a judgement, and of the others none
        polar_cyst=pl.when(pl.col("polar_cyst") != "not_reported")
        .then(pl.col("polar_cyst"))
        .otherwise(pl.lit("absent")),
    )
    few = frame["histology_group"].eq("ependymoma").arg_true()[:3].to_list()
    without = pl.when(pl.int_range(pl.len()).is_in(few)).then(pl.lit("not_reported"))
    frame = frame.with_columns(polar_cyst=without.otherwise(pl.col("polar_cyst")))
    found = run_plan(
        parse_plan(asked, name="t.yaml").for_cohort("registry"),
        frame,
        availability=None,
        stamp={"snapshot": "s", "code": "c", "lock": "l"},
        evidence=read_published_counts(),
    ).results
    page = release(found)
    own = {entry["column"]: entry["rows"][-1]["cells"] for entry in page["literature"]}
    assert own["polar_cyst"] is None
    assert own["margin"] is not None
    assert all(row["p"] is None for row in page["associations"]["rows"])
    assert "Not shown: it would be made of counts" in render_report(found).decode()
