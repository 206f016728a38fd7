"""What a plan asks to be shown of its cases: groupings and associations, beside everything else."""

import re

import polars as pl
import pytest

from analyses.described import tables_by
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.report import render_report
from analyses.selection import select
from assets.readers.evidence import read_published_counts
from schemas.errors import UsageError
from tests.analyses.two_types import PLAN, two_types

STAMP = {"snapshot": None, "code": "c", "lock": "l"}


def test_table_one_by_a_grouping_counts_each_case_once() -> None:
    frame = two_types().with_columns(
        ward=pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise(pl.col("site_id"))
    )
    plan = parse_plan(PLAN + "table_one: [ward, age_years]\n", name="t.yaml")
    selected = select(plan.for_cohort("simulated"), frame, None)
    by_ward, by_age = tables_by(plan, selected, ["polar_cyst", "age_years"])
    assert [group["group"] for group in by_ward["groups"]] == ["A", "B", "C"]
    assert sum(group["n"] for group in by_ward["groups"]) == frame.height - 7
    for row in by_ward["rows"]:
        everybody, *groups = row["groups"]
        known = selected.frame.filter(pl.col("ward").is_not_null())
        recorded = known.filter(pl.col(row["variable"]).is_not_null())
        if row["kind"] == "category":
            recorded = recorded.filter(pl.col(row["variable"]) != "not_reported")
        assert sum(group["n"] for group in groups) == recorded.height
        assert everybody["n"] == row["n"] >= recorded.height
    assert [group["group"] for group in by_age["groups"]] == ["under 18", "18 to 64", "65 and over"]
    assert [row["variable"] for row in by_age["rows"]] == ["polar_cyst"]


def test_a_grouping_that_is_not_there_or_names_cases_is_refused() -> None:
    frame = two_types()
    for column, said in (
        ("wards", "table_one[0]"),
        ("patient_id", "table_one: column 'patient_id' holds 200 different texts"),
    ):
        plan = parse_plan(PLAN + f"table_one: [{column}]\n", name="t.yaml").for_cohort("simulated")
        with pytest.raises(UsageError, match=re.escape(said)):
            run_plan(plan, frame, availability=None, stamp=STAMP)


def test_nothing_of_it_is_there_unless_asked_for_and_too_few_cases_are_described_all_the_same() -> (
    None
):
    frame = two_types(30)
    evidence = read_published_counts()
    asked = "table_one: [site_id]\nassociations: exact\nprior: published\n"
    found, plain = (
        run_plan(
            parse_plan(PLAN + more, name="t.yaml").for_cohort("simulated"),
            frame,
            availability=None,
            stamp=STAMP,
            evidence=evidence,
        ).results
        for more in (asked, "")
    )
    assert plain["associations"] is None
    assert plain["cohort"]["table_one_by"] == []
    assert found["verdict"]["level"] == "describe_only"
    assert (found["prior"], found["models"]) == (None, [])
    assert len(found["associations"]["rows"]) == 6
    page = render_report(found).decode()
    for heading in ("Single predictors and the outcome", "Table 1 by other", "Beside the liter"):
        assert heading in page
    assert "never used to choose predictors" in page
    assert "Single predictors" not in render_report(plain).decode()
