"""Missing values: chained equations, Rubin's rules, and that neither makes a result look better."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from analyses.chained import Block, chain
from analyses.evaluation import nested_cross_validation, outer_folds
from analyses.inference import IMPUTED, inference_table
from analyses.learners import learn_ridge
from analyses.model_files import load, save
from analyses.models import Training
from analyses.over_imputations import over_imputations
from analyses.panel import panel_of
from analyses.plan import parse_plan
from analyses.plan_parts import Resampling
from analyses.prepared import Preparation
from analyses.protocol import AnalysisRun
from analyses.report import render_report
from analyses.results import to_json
from analyses.selection import select
from analyses.trainings import training_of
from benchmarks.imputation import coverage
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near
from tests.analyses.test_oracles_missing import COLUMNS


def test_an_inference_table_is_pooled_and_has_the_complete_cases_beside_it() -> None:
    """The same data as MI2, through the table of a report: cap as a sign with its states."""
    frame = pl.read_csv(FOLDER / "cohort_missing.csv")
    y = frame["gtr"].to_numpy().astype(float)
    texts = {None: "not_assessable", 0.0: "absent", 1.0: "present"}
    signs = pl.Series("cap", [texts[value] for value in frame["cap"].to_list()])
    predictors = frame.select(COLUMNS).with_columns(signs)
    training = Training(predictors, y, frame["case_id"].to_numpy().astype(str))
    found, warnings = inference_table(training, ())
    assert (found["method"], warnings, found["notes"]) == ("ml", [], [IMPUTED])
    # 85 of 300 rows are incomplete: 29 tables
    assert found["imputation"] == {"tables": 29, "complete": 215, "reason": None}
    values, whole = REFERENCE["MI2_mice_run"]["values"], REFERENCE["MI1_rubin"]["values"]
    rows = {row["term"]: row for row in found["rows"]}
    assert list(rows) == COLUMNS
    for place, name in enumerate(COLUMNS, 1):
        row, alone = rows[name], values["complete_case"]
        assert row["estimate"] == near(values["pooled"][name], "MI2_mice_run"), name
        assert row["se"] == pytest.approx(whole["std.error"][place], rel=0.1), name
        beside = row["complete_case"]["estimate"]
        assert beside == pytest.approx(alone[name if name != "cap" else "factor(cap)1"], abs=1e-6)
        assert row["interval"][0] < row["estimate"] < row["interval"][1]
    assert rows["adc"]["fmi"] > 0.1 > rows["mcc"]["fmi"]
    # rows in another order give the same table
    order = np.random.default_rng(3).permutation(len(y))
    other, _ = inference_table(training.at(order), ())
    for one, two in zip(found["rows"], other["rows"], strict=True):
        assert one["estimate"] == pytest.approx(two["estimate"], abs=1e-9)


@pytest.mark.parametrize("kind", ["multiclass", "ordinal"])
def test_a_table_of_several_classes_is_pooled_too(kind: str) -> None:
    rng = np.random.default_rng(8)
    x, sign = rng.normal(size=500), rng.integers(0, 2, 500).astype(float)
    y = np.digitize(0.8 * x + sign + rng.logistic(size=500), [-0.5, 1.5]).astype(float)
    frame = pl.DataFrame({"x": np.where(rng.random(500) < 0.3, np.nan, x), "sign": sign})
    training = Training(frame, y, np.arange(500).astype(str), 3, kind == "ordinal")
    found, _ = inference_table(training, ("low", "middle", "high"))
    assert len(found["rows"]) == (2 if kind == "ordinal" else 4)
    for row in found["rows"]:
        low, high = row["interval"]
        if kind == "ordinal":
            assert low < {"x": 0.8, "sign": 1.0}[row["term"]] < high
        assert low < row["complete_case"]["estimate"] < high


def _gaps(n: int = 200, seed: int = 3) -> tuple[np.ndarray, list[Block], np.ndarray]:
    """A number, a sign, three levels and a number, related, 30 % missing; and the truth."""
    rng = np.random.default_rng(seed)
    x = rng.normal(50, 10, n)
    sign = (rng.random(n) < expit((x - 50) / 5)).astype(float)
    level = np.digitize(x + 8 * rng.normal(size=n), [45, 55])
    whole = np.column_stack([x, sign, level == 1, level == 2, 0.1 * x + rng.normal(size=n)])
    blocks = [Block((0,)), Block((1,), False), Block((2, 3), False), Block((4,))]
    found = whole.copy()
    for block in blocks:
        found[np.ix_(rng.random(n) < 0.3, block.columns)] = np.nan
    return found, blocks, whole


@pytest.mark.parametrize("drawn", [False, True])
def test_the_order_of_rows_changes_no_filled_value(drawn: bool) -> None:
    X, blocks, _ = _gaps()
    order = np.random.default_rng(1).permutation(len(X))

    def fill(rows: np.ndarray) -> list[list[float]]:
        filled, _ = chain(rows, blocks, rng=np.random.default_rng(7) if drawn else None)
        # cases that are alike in everything may exchange what they were given
        return sorted(np.column_stack([np.nan_to_num(rows, nan=-1.0), filled]).tolist())

    assert fill(X[order]) == fill(X)


def test_draws_are_values_that_occur_and_follow_the_other_columns() -> None:
    X, blocks, whole = _gaps(600)
    filled, fitted = chain(X, blocks, rng=np.random.default_rng(2))
    gaps = np.isnan(X)
    assert not np.isnan(filled).any()
    assert (filled[~gaps] == X[~gaps]).all()
    assert set(filled[:, 0]) <= set(X[~gaps[:, 0], 0])
    assert set(filled[:, 1:4].ravel()) == {0.0, 1.0}
    assert (filled[:, 2] + filled[:, 3]).max() == 1  # one level at most
    for j in (0, 1, 3):
        rows = gaps[:, j]
        assert np.corrcoef(filled[rows, j], whole[rows, j])[0, 1] > 0.25
    # rows that were not there, one by one or together
    new, _, _ = _gaps(50, seed=9)
    together = fitted.complete(new)
    assert not np.isnan(together).any()
    assert fitted.complete(new[:1])[0] == pytest.approx(together[0])


def test_what_cannot_be_learned_is_filled_all_the_same() -> None:
    """Nothing recorded, one value only, a separating column, more columns than cases."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(12, 20))
    X[:, 0], X[:, 1], X[:, 2] = np.nan, 3.0, (X[:, 3] > 0)
    X[rng.random(X.shape) < 0.2] = np.nan
    blocks = [Block((j,), is_number=j != 2) for j in range(20)]
    for draws in (None, rng):
        filled, fitted = chain(X, blocks, rng=draws)
        assert np.isfinite(filled).all()
        assert (filled[:, 0] == 0).all()
        assert (filled[:, 1] == 3).all()
        assert np.isfinite(fitted.complete(np.full((1, 20), np.nan))).all()


PLAN = """
title: Gaps
data: {id: case_id, group: patient_id}
population: {provenance: simulated}
outcome: {kind: binary, column: gross_total_resection, positive: "yes"}
predictors: [age_years, n_segments, margin, cap_sign]
baseline: [age_years]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 0, seed: 1}
"""


def _lines(found: AnalysisRun) -> dict[str, dict[str, Any]]:
    return {line["name"]: line for line in found.results["sensitivity"]}


def test_multiple_stands_beside_the_median_and_not_instead(
    frame: pl.DataFrame, run: Callable[..., AnalysisRun]
) -> None:
    plain = run(frame, plan=parse_plan(PLAN, name="gaps.yaml"))
    found = run(frame.reverse(), plan=parse_plan(PLAN + "impute: multiple", name="gaps.yaml"))
    for key in ("models", "comparison"):
        assert found.results[key] == plain.results[key], key
    lines = _lines(found)
    assert list(lines) == [
        "multiple_imputation", "complete_cases", "own_level", "as_missing", "without_indicators",
    ]  # fmt: skip
    for name, line in lines.items():
        assert line["reason"] is None, name
        assert (line["n"] is None) == (name != "complete_cases"), name
        assert (line["against_main"] is None) == (name == "complete_cases"), name
        assert 0.4 < line["nested_cv"]["auc"]["estimate"] < 0.9, name
    whole = frame.filter(
        pl.col("age_years").is_not_null()
        & ~pl.col("margin").is_in(["not_assessable"])
        & ~pl.col("cap_sign").is_in(["not_assessable", "not_reported"])
    )
    assert lines["complete_cases"]["n"] == whole.height
    to_json(found.results)  # holds nothing that results cannot hold
    said = render_report(found.results)
    page = said if isinstance(said, str) else said.decode()
    assert "Ten imputations of each training part" in page
    assert "Complete cases only" in page


def test_iterative_is_learned_in_each_fit_and_goes_into_the_model_file(
    frame: pl.DataFrame, run: Callable[..., AnalysisRun]
) -> None:
    found = run(frame, plan=parse_plan(PLAN + "impute: iterative", name="gaps.yaml"))
    assert next(iter(_lines(found))) == "complete_cases"
    assert found.model is not None
    assert found.training is not None
    assert [name for name, _ in found.model.steps] == ["encode", "impute", "scale", "model"]
    data = save(found.model)
    cases = found.training.cases
    assert (load(data).predict_proba(cases) == found.model.predict_proba(cases)).all()
    assert save(load(data)) == data
    # a case of which nothing is known gets a risk, and no other case has a part in it
    nothing = frame.head(1).with_columns(
        pl.lit(None, dtype=frame[c].dtype).alias(c) for c in cases.columns
    )
    alone = found.model.predict_proba(nothing)
    assert np.isfinite(alone).all()
    beside = found.model.predict_proba(pl.concat([nothing, frame.select(nothing.columns)]))
    assert beside[0] == pytest.approx(alone[0])


def test_test_rows_tell_the_imputation_nothing(frame: pl.DataFrame) -> None:
    selected = select(parse_plan(PLAN, name="gaps.yaml"), frame, None)
    selected = replace(selected, preparation=Preparation(impute="iterative"))
    training = training_of(selected, selected.predictors)
    test = np.arange(len(training.outcome)) % 3 == 0
    spoiled = replace(
        training,
        frame=training.frame.with_columns(
            pl.when(pl.Series(test)).then(1e9).otherwise(pl.col(name)).alias(name)
            for name in ("age_years", "n_segments")
        ),
        outcome=np.where(test, 1 - training.outcome, training.outcome),
    )
    resampling = Resampling(inner_folds=3)
    for learner in (learn_ridge, over_imputations(learn_ridge, tables=3)):
        one, other = (learner(t.part(~test), resampling, (2,)) for t in (training, spoiled))
        cases = training.part(test).cases
        assert (one.pipeline.predict_proba(cases) == other.pipeline.predict_proba(cases)).all()


def test_permuted_outcomes_are_predicted_no_better_with_imputations(frame: pl.DataFrame) -> None:
    """On the same permutations as with medians: an outcome that filled gaps would show at once."""
    plain = select(parse_plan(PLAN, name="gaps.yaml"), frame, None)
    imputed = replace(plain, preparation=Preparation(impute="iterative"))
    resampling, gains = Resampling(outer_folds=3, inner_folds=3, repeats=1), []
    learner = over_imputations(learn_ridge, tables=2)
    for number in range(8):
        found = []
        for selected, learn in ((plain, learn_ridge), (imputed, learner)):
            training = training_of(selected, selected.predictors)
            outcome = np.random.default_rng(number).permutation(training.outcome)
            permuted = replace(training, outcome=outcome)
            predicted = nested_cross_validation(
                permuted, outer_folds(permuted, resampling), learner=learn, resampling=resampling
            )
            ones = np.ones((1, len(outcome)))
            parts = predicted.parts(0)
            found.append(float(panel_of(2).auc(outcome, predicted.risk[0], ones, parts)[0]))
        gains.append(found[1] - found[0])
    # 60 permutations: .510 with either
    assert abs(float(np.mean(gains))) < 0.03


def test_limits_by_rubins_rules_hold_the_truth_where_others_do_not() -> None:
    """Gaps depend on the outcome; the wide version is `benchmarks/imputation.py`."""
    found = coverage("mar", tables=40, m=8)
    held = {way: float(covers.mean()) for way, (_, covers) in found.items()}
    assert held["multiple"] >= 0.9
    assert held["once"] < 0.6
    assert held["complete"] < 0.9
