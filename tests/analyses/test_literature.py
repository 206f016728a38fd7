"""The published tables recomputed, one's own beside them, and what is never pooled with what."""

import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.literature import (
    NO_RATIO,
    TOO_FEW,
    every_published_table,
    literature,
    ratio_of,
    summary,
)
from analyses.plan import parse_plan
from analyses.pooling import pool
from analyses.selection import select
from assets.readers.evidence import read_published_counts
from tests.analyses.two_types import PLAN, two_types

EVIDENCE = read_published_counts()


def _entries(provenance: str = "simulated", text: str = PLAN, **kwargs: Any) -> dict[str, Any]:
    frame = two_types(**kwargs).with_columns(provenance=pl.lit(provenance))
    plan = parse_plan(text, name="type.yaml").for_cohort(provenance)
    found = literature(plan, select(plan, frame, None), frame, EVIDENCE)
    return {entry["column"]: entry for entry in found}


def test_the_three_printed_p_values_come_out_to_the_printed_digit() -> None:
    printed = [
        (row["printed_p"], row["p"])
        for _, row in every_published_table(EVIDENCE)
        if row["printed_p"]
    ]
    assert [said for said, _ in printed] == ["0.031", "0.003", "0.049"]
    for said, p in printed:
        assert f"{p:.{len(said) - 2}f}" == said


def test_counts_of_a_table_stand_in_the_right_cells() -> None:
    found = {
        (sign.column, row["study"]): list(row["cells"].values())
        for sign, row in every_published_table(EVIDENCE)
    }
    assert found["margin", "snu1997"] == [13, 2, 0, 10]
    assert found["growth_type", "klekamp2013"] == [135, 18, 27, 62]


def test_a_table_without_a_case_on_one_side_has_no_ratio() -> None:
    for cells in ([[0, 0], [3, 4]], [[3, 0], [4, 0]]):
        found = ratio_of(np.array(cells))
        assert (found["estimate"], found["p"], found["reason"]) == (None, None, NO_RATIO)


def test_own_counts_are_those_of_the_cases() -> None:
    frame = two_types()
    own = _entries()["polar_cyst"]["rows"][-1]
    for name, side, value in (
        ("with_has", "yes", "present"),
        ("with_lacks", "yes", "absent"),
        ("without_has", "no", "present"),
        ("without_lacks", "no", "absent"),
    ):
        here = (pl.col("ependymoma_vs_astrocytoma") == side) & (pl.col("polar_cyst") == value)
        assert own["cells"][name] == frame.filter(here).height


def test_a_restricted_sign_counts_only_cases_within_its_restriction() -> None:
    frame = two_types()
    own = _entries()["syrinx"]["rows"][-1]
    inside = frame.filter(
        pl.col("syrinx_definition") == "any_cavity", pl.col("syrinx").is_in(["present", "absent"])
    )
    assert sum(own["cells"].values()) == inside.height
    assert 0 < inside.height < frame.filter(pl.col("syrinx").is_not_null()).height


@pytest.mark.parametrize("provenance", ["simulated", "published", "registry"])
def test_only_a_registry_is_pooled_with_the_literature(provenance: str) -> None:
    entry = _entries(provenance)["polar_cyst"]
    *published, own = entry["rows"]
    assert {row["provenance"] for row in published} == {"published"}
    if provenance != "registry":
        assert own["provenance"] in ("simulated", "own_published")
        assert (entry["pooled"], entry["reason"]) == (None, TOO_FEW)
        assert all(row["weight"] is None for row in entry["rows"])
        return
    expected = pool(
        [r["estimate"] for r in entry["rows"]],
        [r["se"] for r in entry["rows"]],
        is_guarded=True,
    )
    assert expected is not None
    assert entry["pooled"]["estimate"] == expected.estimate
    assert sum(row["weight"] for row in entry["rows"]) == pytest.approx(1)
    low, high = entry["pooled"]["prediction"]
    assert low <= entry["pooled"]["interval"][0] < entry["pooled"]["interval"][1] <= high


def test_doubtful_counts_are_shown_and_never_pooled() -> None:
    entry = _entries("registry")["enhancement_pattern"]
    assert entry["rows"][0]["doubtful"]
    three = [{**entry["rows"][1], "provenance": "published"} for _ in range(2)]
    assert summary([entry["rows"][0], *three])["pooled"] is None
    assert summary([*three, three[0]])["pooled"] is not None


def test_the_plan_may_name_the_other_side_or_groups() -> None:
    straight = _entries()["margin"]["rows"][-1]["cells"]
    turned = _entries(text=PLAN.replace('positive: "yes"', 'positive: "no"'))
    assert turned["margin"]["rows"][-1]["cells"] == straight
    groups = re.sub(
        "outcome: .*", "outcome: {kind: multiclass, column: histology_group}", PLAN, count=1
    )
    assert _entries(text=groups)["margin"]["rows"][-1]["cells"] == straight


def test_another_outcome_has_no_literature() -> None:
    other = PLAN.replace("ependymoma_vs_astrocytoma", "functional_decline")
    frame = two_types().rename({"ependymoma_vs_astrocytoma": "functional_decline"})
    plan = parse_plan(other, name="other.yaml").for_cohort("simulated")
    assert literature(plan, select(plan, frame, None), frame, EVIDENCE) == []
    assert literature(plan, select(plan, frame, None), frame, None) == []
