"""Hazard ratios over completed tables: near those of data without gaps, and honest where not."""

import copy
import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.completed import completed_tables
from analyses.inference import FILLED_ONCE, IMPUTED, TOO_FEW_COMPLETE
from analyses.models import Training
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.report import render_report
from analyses.report.release import release
from analyses.results import to_json
from analyses.rubin import pool_fits
from analyses.selection import select
from analyses.survival.cox import fit_cox
from analyses.survival.kaplan_meier import nelson_aalen
from analyses.survival.pooled import FIRST_TESTED
from analyses.survival.tables import NOT_POOLED, cox_tables
from analyses.trainings import training_of
from tests.analyses.oracle_entries import FOLDER

TEXT = """
title: Time to progression
data: {id: case_id, centre: site}
outcome:
  kind: survival
  time: time
  event: event
  event_value: [1, 2]
  horizons: [36]
predictors: [illdef, gtr, cap]
baseline: [illdef]
resampling: {outer_folds: 2, inner_folds: 2, repeats: 1, bootstraps: 0, seed: 1}
"""
COMPETING = TEXT.replace("event_value: [1, 2]", "event_value: 1\n  competing_value: 2").replace(
    "gtr, cap]", "gtr, adc, cap]"
)
WITH_GAPS = ("adc", "cap")


@pytest.fixture(scope="module")
def gaps() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort_missing.csv")


@pytest.fixture(scope="module")
def whole() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


@pytest.fixture(scope="module")
def results(gaps: pl.DataFrame) -> dict[str, Any]:
    return _results(gaps)


def _results(frame: pl.DataFrame) -> dict[str, Any]:
    plan = parse_plan(TEXT, name="pfs.yaml")
    return run_plan(plan, frame, availability=None, stamp={}).results


def _training(frame: pl.DataFrame, text: str) -> Training:
    selected = select(parse_plan(text, name="pfs.yaml"), frame, None)
    return training_of(selected, selected.predictors)


def _near_the_whole(pooled: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert [row["term"] for row in pooled] == [row["term"] for row in expected]
    for row, true in zip(pooled, expected, strict=True):
        assert abs(row["estimate"] - true["estimate"]) < 0.5 * true["se"], row["term"]
        low, high = row["interval"]
        assert low < row["complete_case"]["estimate"] < high, row["term"]
        assert row["complete_case"]["interval"][0] < row["estimate"], row["term"]
        assert 0 < row["p"] < 1
        if row["term"] in WITH_GAPS:
            assert row["se"] > true["se"]
            assert row["fmi"] > 0.1
        else:
            assert row["fmi"] < 0.1


def test_a_plan_with_gaps_has_a_pooled_table_beside_its_complete_cases(
    results: dict[str, Any], gaps: pl.DataFrame, whole: pl.DataFrame
) -> None:
    assert results["verdict"]["level"] == "model"
    found = results["survival"]
    # 32 of 300 rows are incomplete: 11 of a hundred, so the least number of tables
    assert found["imputation"] == {"tables": 20, "complete": 268, "reason": None}
    assert found["notes"] == [IMPUTED, FIRST_TESTED]
    expected, _ = cox_tables(_training(whole, TEXT))
    _near_the_whole(found["cox"], expected["cox"])
    for key in ("estimate", "se"):
        assert found["cox_apparent_c"][key] == pytest.approx(
            expected["cox_apparent_c"][key], abs=0.01
        )
    assert [row["term"] for row in found["proportional_hazards"]][-1] == "all terms"
    shuffled = gaps.sample(fraction=1.0, shuffle=True, seed=4)
    assert to_json(_results(shuffled)) == to_json(results)
    assert (expected["imputation"], expected["notes"]) == (None, [])
    assert "df" not in expected["cox"][0]


def test_the_table_is_rubins_over_fits_that_saw_event_and_hazard(
    results: dict[str, Any], gaps: pl.DataFrame
) -> None:
    training = _training(gaps, TEXT)
    time, event = training.truth[:, 0], training.truth[:, 1] == 1
    beside = np.column_stack([event, nelson_aalen(time, event).at(time)])
    tables = completed_tables(training.frame, training.groups, beside, seed=1)
    assert tables is not None
    fits = [fit_cox(matrix, time, event) for matrix in tables.matrices]
    expected = pool_fits(
        [fit.coef for fit in fits], [fit.errors**2 for fit in fits], freedom=event.sum() - 3
    )
    rows = results["survival"]["cox"]
    assert [row["estimate"] for row in rows] == pytest.approx(expected.estimate.tolist())
    assert [row["se"] for row in rows] == pytest.approx(expected.error.tolist())
    assert [row["df"] for row in rows] == pytest.approx(expected.df.tolist())
    alone = fit_cox(
        tables.matrices[0][tables.is_complete], time[tables.is_complete], event[tables.is_complete]
    )
    assert [row["complete_case"]["estimate"] for row in rows] == pytest.approx(alone.coef.tolist())


def test_with_competing_events_every_table_is_pooled(
    gaps: pl.DataFrame, whole: pl.DataFrame
) -> None:
    found, warnings = cox_tables(_training(gaps, COMPETING))
    expected, _ = cox_tables(_training(whole, COMPETING))
    assert (warnings, found["notes"]) == ([], [IMPUTED, FIRST_TESTED])
    for name in ("cox", "cox_competing", "fine_gray"):
        _near_the_whole(found[name], expected[name])


def test_late_entry_is_pooled_without_fine_and_gray(gaps: pl.DataFrame) -> None:
    text = COMPETING.replace("  horizons", "  entry: entry\n  horizons")
    late = gaps.with_columns(entry=pl.col("time") / 3)
    found, _ = cox_tables(_training(late, text))
    assert found["imputation"]["tables"] == 22
    assert found["cox_competing"][0]["fmi"] > 0
    assert found["fine_gray"] is None


def test_a_column_that_bounds_nothing_is_filled_once_as_before(gaps: pl.DataFrame) -> None:
    events = pl.col("event") > 0
    apart = gaps.with_columns(gtr=pl.when(events).then(0).otherwise(pl.col("gtr")))
    found, warnings = cox_tables(_training(apart, TEXT))
    assert found["firth"]
    assert (found["imputation"], found["notes"]) == (None, [FILLED_ONCE])
    assert [warning["code"] for warning in warnings] == ["separation"]


def test_only_the_competing_event_without_a_bound_is_filled_once_and_said(
    gaps: pl.DataFrame,
) -> None:
    dead = pl.col("event") == 2
    apart = gaps.with_columns(gtr=pl.when(dead).then(0).otherwise(pl.col("gtr")))
    found, _ = cox_tables(_training(apart, COMPETING))
    assert found["notes"] == [IMPUTED, FIRST_TESTED, NOT_POOLED["cox_competing"]]
    assert "fmi" in found["cox"][0]
    assert "fmi" not in found["cox_competing"][0]
    assert "fmi" in found["fine_gray"][0]


def test_too_few_complete_cases_have_no_table(gaps: pl.DataFrame) -> None:
    rare = gaps.with_row_index().with_columns(
        cap=pl.when(pl.col("index") % 50 == 0).then(pl.col("cap"))
    )
    found, _ = cox_tables(_training(rare, TEXT))
    assert found["imputation"]["reason"] == TOO_FEW_COMPLETE
    assert all(row["complete_case"] is None for row in found["cox"])


def test_a_page_shows_what_is_missing_and_the_complete_cases(results: dict[str, Any]) -> None:
    page = render_report(json.loads(to_json(results))).decode()
    assert "20 completed tables; 268 cases are complete." in page
    assert IMPUTED in page.replace("&#39;", "'")
    start = page.index("Hazard ratios of")
    table = page[start : page.index("</table>", start)]
    assert "Complete cases only" in table
    assert table.count("<td>") == 6 * len(results["survival"]["cox"])


def test_a_small_count_of_complete_cases_is_not_told(results: dict[str, Any]) -> None:
    small = copy.deepcopy(results)
    small["cohort"]["provenance"] = "registry"
    small["survival"]["imputation"]["complete"] = small["data"]["used"] - 2
    found = release(small)["survival"]
    assert not isinstance(found["imputation"]["complete"], int)
    assert found["imputation"]["tables"] is None
    assert all(row["complete_case"] is None for row in found["cox"])
