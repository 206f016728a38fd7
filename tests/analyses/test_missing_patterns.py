"""Patterns of missing values: found, counted, and shown without telling small counts."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.missing_patterns import missing_patterns
from analyses.plan import parse_plan
from analyses.protocol import AnalysisRun
from analyses.report import render_report
from analyses.report.release import release
from tests.analyses.test_imputation import PLAN


def _frame() -> pl.DataFrame:
    """Twelve complete cases, six without images, five without age too, one without age alone."""
    image = ["present"] * 12 + [None] * 11 + ["absent"]
    age = [40.0] * 18 + [None] * 6
    margin = ["not_assessable" if value is None else "ill_defined" for value in image]
    return pl.DataFrame({"age": age, "sign": image, "margin": margin})


def test_patterns_add_up_and_name_what_is_missing_together() -> None:
    outcome = ["yes", "no"] * 12
    found = missing_patterns(_frame(), ["age", "sign", "margin"], {"outcome": outcome})
    assert found is not None
    assert (found["complete"], found["incomplete"]) == (12, 12)
    assert found["patterns"] == [
        {"columns": ["sign", "margin"], "n": 6},
        {"columns": ["age", "sign", "margin"], "n": 5},
    ]
    assert found["others"] == {"patterns": 1, "n": 1}
    assert found["together"] == [["sign", "margin"]]
    assert not found["is_monotone"]
    assert [(row["group"], row["n"], row["complete"]) for row in found["groups"]] == [
        ("no", 12, 6), ("yes", 12, 6),
    ]  # fmt: skip
    assert 0 <= found["tests"]["outcome"] <= 1
    nested = missing_patterns(_frame().head(23), ["age", "sign"], {})
    assert nested is not None
    assert nested["is_monotone"]


def test_what_cannot_be_a_pattern_is_none() -> None:
    wide = pl.DataFrame({f"x{j}": [1.0, None] for j in range(61)})
    assert missing_patterns(wide, wide.columns, {}) is None
    assert missing_patterns(wide.head(0), wide.columns[:3], {}) is None
    whole = missing_patterns(wide.head(1), wide.columns[:3], {"outcome": ["yes"]})
    assert whole is not None
    assert (whole["patterns"], whole["tests"], whole["is_monotone"]) == (
        [],
        {"outcome": None},
        True,
    )


@pytest.fixture
def results(
    make_frame: Callable[..., pl.DataFrame], run: Callable[..., AnalysisRun]
) -> dict[str, Any]:
    """Many cases, so that there is a table of coefficients; four of them are complete."""
    frame = make_frame(460)
    rng = np.random.default_rng(1)
    gone = np.arange(460) >= 4
    frame = frame.with_columns(
        n_segments=pl.when(pl.Series(gone)).then(None).otherwise(pl.col("n_segments")),
        cap_sign=pl.Series(rng.choice(["present", "absent"], 460)),
        age_years=pl.Series(rng.normal(40, 9, 460)),
        margin=pl.col("margin").replace("not_assessable", "ill_defined"),
    )
    text = PLAN.replace("title:", "sensitivity: [complete_cases]\ntitle:")
    return run(frame, plan=parse_plan(text, name="gaps.yaml")).results


def test_small_counts_of_complete_cases_are_not_told(results: dict[str, Any]) -> None:
    confidential = copy.deepcopy(results)
    confidential["cohort"]["provenance"] = "registry"
    page = release(confidential)
    assert results["cohort"]["missing_patterns"]["complete"] == 4
    found = page["cohort"]["missing_patterns"]
    assert not isinstance(found["complete"], int)
    (line,) = page["sensitivity"]
    assert not isinstance(line["n"], int)
    assert not any(character.isdigit() for character in line["reason"])
    assert results["inference"]["imputation"]["tables"] == 100
    assert page["inference"]["imputation"]["tables"] is None
    assert all(row["complete_case"] is None for row in page["inference"]["rows"])
    said = render_report(confidential)
    text = said if isinstance(said, str) else said.decode()
    assert "cases have every predictor" in text


def test_a_page_draws_the_patterns(frame: pl.DataFrame, run: Callable[..., AnalysisRun]) -> None:
    found = run(frame, plan=parse_plan(PLAN, name="gaps.yaml")).results
    said = render_report(found)
    text = said if isinstance(said, str) else said.decode()
    assert "figure-patterns" in text
    assert "What is missing together" in text
    for pattern in found["cohort"]["missing_patterns"]["patterns"]:
        assert pattern["n"] >= 5
    # of confidential rows no rarer pattern can be worked out from a column's missing cases
    confidential = copy.deepcopy(found)
    confidential["cohort"]["provenance"] = "registry"
    page = release(confidential)
    shown = page["cohort"]["missing_patterns"]["patterns"]
    for row in page["cohort"]["missingness"]:
        if isinstance(row["missing"], int):
            left = row["missing"] - sum(p["n"] for p in shown if row["column"] in p["columns"])
            assert left == 0 or left >= 5
