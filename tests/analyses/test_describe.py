"""Description: counts add up, limits stay in range, empty groups give no number."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.describe import centre_counts, missingness, smd_levels, table_one, wilson_interval


@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_wilson_stays_in_range(n: int) -> None:
    for events in {0, n // 2, n}:
        low, high = wilson_interval(events, n)
        assert 0 <= low <= (events / n if n else 0.5) <= high <= 1


def test_counts_add_up(frame: pl.DataFrame) -> None:
    outcome = (frame["gross_total_resection"] == "yes").to_numpy().astype(float)
    columns = ["age_years", "cap_sign", "enhancement_pattern"]
    rows = table_one(frame, outcome, columns)
    missing = missingness(frame, columns, {"age_years": "preoperative_clinical"})
    for row, gap in zip(rows, missing, strict=True):
        groups: dict[str, Any] = {group["group"]: group for group in row["groups"]}
        assert row["n"] + row["missing"] == frame.height
        assert row["n"] == groups["overall"]["n"] == gap["recorded"]
        assert groups["overall"]["n"] == groups["yes"]["n"] + groups["no"]["n"]
        for group in row["groups"]:
            if row["kind"] == "category":
                assert sum(level["n"] for level in group["levels"]) == group["n"]
        if gap["states"]:
            assert sum(state["n"] for state in gap["states"]) == frame.height
    assert rows[0]["label"] == "age"
    assert rows[0]["unit"] == "years"


def test_empty_groups_give_no_number() -> None:
    frame = pl.DataFrame({"x": [None, 1.0], "s": ["unknown", "present"]})
    number, sign = table_one(frame, np.array([1.0, 0.0]), ["x", "s"])
    assert number["groups"][1] == {"group": "yes", "n": 0, "median": None, "q1": None, "q3": None}
    assert number["smd"] is None
    assert sign["smd"] is None
    assert table_one(frame[:0], np.array([]), ["x"])[0]["n"] == 0


def test_smd_of_more_levels_has_no_sign_and_no_order() -> None:
    assert smd_levels([5, 3, 2], [2, 3, 5]) == pytest.approx(smd_levels([2, 3, 5], [5, 3, 2]))
    assert smd_levels([5, 0, 2], [5, 0, 2]) == pytest.approx(0)
    assert smd_levels([5, 0], [5, 0]) is None


def test_case_without_centre_is_counted() -> None:
    frame = pl.DataFrame({"site_id": ["B", None, "A", "B"]})
    assert centre_counts(frame, np.array([1.0, 0, 1, 1]), "site_id") == [
        {"centre": "(none)", "n": 1, "events": 0, "classes": None},
        {"centre": "A", "n": 1, "events": 1, "classes": None},
        {"centre": "B", "n": 2, "events": 2, "classes": None},
    ]


def test_classes_are_counted_by_centre_and_in_table_one() -> None:
    frame = pl.DataFrame({"site_id": ["B", "A", "B"], "sex": ["male", "female", "male"]})
    outcome = np.array([0.0, 1, 2])
    classes = ("ependymoma", "astrocytic", "other")
    by_centre = centre_counts(frame, outcome, "site_id", classes)
    assert by_centre[1]["events"] is None
    assert [c["n"] for c in by_centre[1]["classes"]] == [1, 0, 1]
    row = table_one(frame, outcome, ["sex"], classes)[0]
    assert [group["group"] for group in row["groups"]] == ["overall", *classes]
    assert [group["n"] for group in row["groups"]] == [3, 1, 1, 1]


def test_zeros_and_ones_are_counted_not_averaged() -> None:
    coded = pl.DataFrame({"flag": [0, 1, 1, None], "few": [0, 1, 2, 1]})
    flag, few = table_one(coded, np.array([1.0, 0, 1, 0]), ["flag", "few"])
    assert (flag["kind"], few["kind"]) == ("category", "number")
    assert flag["groups"][0]["levels"] == [{"level": "0", "n": 1}, {"level": "1", "n": 2}]
    assert (flag["n"], flag["missing"]) == (3, 1)
    states = missingness(coded, ["flag"], None)[0]["states"]
    assert {s["state"]: s["n"] for s in states} == {"0": 1, "1": 2, "empty": 1}
