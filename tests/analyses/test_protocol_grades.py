"""The protocol on grades: verdict, merging, measures, cuts, refusals, the page."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.applying import external_performance, score
from analyses.bootstraps import bootstrap_632plus
from analyses.frozen import describe_model
from analyses.model_files import load, save
from analyses.ordinal import rps_many
from analyses.outcomes import outcome_known
from analyses.plan import Plan, parse_plan
from analyses.plan_parts import Outcome
from analyses.protocol import AnalysisRun
from analyses.report import render_report
from analyses.results import to_json
from analyses.verdict import Counts, decide, merge_grades, middle_split
from schemas.errors import UsageError

Run = Callable[..., AnalysisRun]
TEXT = """
title: Grade after a year
data: {id: case_id, group: patient_id, centre: site_id}
population: {provenance: simulated}
outcome: {kind: ordinal, column: grade}
predictors: [age_years, n_segments, margin, cap_sign]
baseline: [age_years]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 0, seed: 1}
"""


@pytest.fixture
def grades_plan() -> Plan:
    return parse_plan(TEXT, name="grade.yaml")


def _graded(frame: pl.DataFrame, cuts: tuple[float, ...] = (-0.5, 1.0, 2.6)) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    score = 0.5 * (frame["n_segments"].to_numpy() - 4) + rng.logistic(size=frame.height)
    score += 1.2 * (frame["margin"] == "ill_defined").to_numpy()
    return frame.with_columns(grade=pl.Series(1 + np.digitize(score, cuts)))


@pytest.fixture
def grades_run(grades_plan: Plan, frame: pl.DataFrame, run: Run) -> AnalysisRun:
    return run(_graded(frame), plan=grades_plan)


@pytest.fixture
def availability(availability: dict[str, str]) -> dict[str, str]:
    return availability | {"grade": "follow_up"}


def test_grades_go_the_same_way(grades_run: AnalysisRun, frame: pl.DataFrame) -> None:
    found = grades_run.results
    outcome = found["outcome"]
    assert [c["class"] for c in outcome["classes"]] == ["1", "2", "3", "4"]
    assert sum(c["n"] for c in outcome["classes"]) == outcome["n"] == frame.height
    ridge = found["models"][1]
    nested = ridge["performance"]["nested_cv"]
    assert set(nested) == {"auc", "rps", "log_loss"}
    assert nested["auc"]["estimate"] > 0.6
    assert 0 < nested["rps"]["interval"][0] < nested["rps"]["interval"][1] < 1
    assert {c["class"] for c in ridge["coefficients"]} == {None}
    assert max(ridge["coefficients"], key=lambda c: c["estimate"])["term"] == "n_segments"
    assert [c["class"] for c in ridge["curves"]["by_class"]] == ["above 1", "above 2", "above 3"]
    centres = ridge["performance"]["internal_external"]["by_centre"]
    assert {"auc", "rps", "log_loss"} <= set(centres[0])
    assert set(found["comparison"]["difference"]) == {"auc", "rps", "log_loss"}


def test_grades_give_the_same_bytes_in_any_order_of_rows(
    grades_plan: Plan, grades_run: AnalysisRun, frame: pl.DataFrame, run: Run
) -> None:
    shuffled = _graded(frame).sample(fraction=1.0, shuffle=True, seed=3)
    assert to_json(run(shuffled, plan=grades_plan).results) == to_json(grades_run.results)


def test_the_model_file_of_grades_predicts_them(
    grades_run: AnalysisRun, frame: pl.DataFrame
) -> None:
    again = load(save(grades_run.model))
    cases = frame.select("age_years", "n_segments", "margin", "cap_sign")
    risk = again.predict_proba(cases)
    assert risk.shape == (frame.height, 4)
    assert risk.sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("audience", ["simulated", "registry"])
def test_the_report_names_grades_and_no_group(grades_run: AnalysisRun, audience: str) -> None:
    results: Any = grades_run.results
    results["cohort"]["provenance"] = results["plan"]["population"]["provenance"] = audience
    page = render_report(results)
    text = page if isinstance(page, str) else page.decode()
    assert "Concordance (telling grades apart)" in text
    assert "Ranked probability score" in text
    assert "Proportional-odds regression with an L2 penalty" in text
    assert "smallest group" not in text
    assert "Above 2 against all other" in text


def test_permuted_grades_give_chance(grades_plan: Plan, frame: pl.DataFrame, run: Run) -> None:
    permuted = _graded(frame).with_columns(pl.col("grade").shuffle(seed=4))
    found = run(permuted, plan=grades_plan).results["models"][1]["performance"]["nested_cv"]
    low, high = found["auc"]["interval"]
    assert low < 0.5 < high


def test_rare_grades_join_their_neighbour_and_the_results_say_so(
    grades_plan: Plan, frame: pl.DataFrame, run: Run
) -> None:
    rare = _graded(frame, (-0.5, 1.0, 2.6, 5.0, 5.4))
    sizes = dict(rare["grade"].value_counts().rows())
    outcome = run(rare, plan=grades_plan).results["outcome"]
    assert [c["class"] for c in outcome["classes"]][:3] == ["1", "2", "3"]
    assert outcome["classes"][-1]["class"].startswith("4 to ")
    assert outcome["merged"] == [
        {"class": str(grade), "n": sizes[grade]} for grade in sorted(sizes) if grade >= 4
    ]


def test_a_frozen_model_of_grades_scores_another_table(
    grades_run: AnalysisRun, frame: pl.DataFrame
) -> None:
    kept = grades_run.results
    data = save(grades_run.model)
    assert grades_run.training is not None
    described = describe_model(
        kept, name="ridge", training=grades_run.training, pipeline=grades_run.model, data=data
    )
    assert len(described["intercept"]) == 3  # the thresholds
    table, risk = score(described, load(data), frame)
    assert [c for c in table.columns if c.startswith("risk")] == [f"risk: {k}" for k in range(1, 5)]
    place, codes = outcome_known(
        Outcome("ordinal", "grade"), _graded(frame), described["outcome"]["classes"]
    )
    groups = frame["patient_id"].to_numpy().astype(str)
    found = external_performance(described, codes, risk[place], groups[place])
    assert set(found["performance"]) == {"auc", "rps", "log_loss"}
    assert found["recalibration"] is None


def test_a_known_grade_finds_the_grades_it_stands_with() -> None:
    given = pl.DataFrame({"grade": [1, 4, 5, None]})
    place, codes = outcome_known(Outcome("ordinal", "grade"), given, ("1", "2", "3 to 5"))
    assert (place.tolist(), codes.tolist()) == ([0, 1, 2], [0.0, 2.0, 2.0])
    with pytest.raises(UsageError, match="1 of its values are no outcome"):
        outcome_known(
            Outcome("ordinal", "grade"), pl.DataFrame({"grade": [6]}), ("1", "2", "3 to 5")
        )


def test_the_refits_of_grades_take_the_measures_of_grades() -> None:
    rng = np.random.default_rng(3)
    outcome = np.repeat([0.0, 1.0, 2.0], 20)
    risk = rng.dirichlet([2, 2, 2], 60)
    refits = rng.dirichlet([2, 2, 2], (30, 60))
    weights = rng.multinomial(60, np.full(60, 1 / 60), 30).astype(float)
    found = bootstrap_632plus(outcome, risk, refits, weights, n_classes=3, is_ordered=True)
    assert set(found) == {"auc", "rps", "log_loss"}
    left = weights == 0
    rows = [
        rps_many(outcome, r, out[None, :].astype(float))[0]
        for r, out in zip(refits, left, strict=True)
    ]
    assert found["rps"] is not None
    assert found["rps"]["out_of_bag"] == pytest.approx(np.mean(rows), abs=0.02)


def test_texts_are_no_grades(grades_plan: Plan, frame: pl.DataFrame, run: Run) -> None:
    words = frame.with_columns(grade=pl.lit("poor"))
    with pytest.raises(UsageError, match="'grade' holds texts that are no numbers"):
        run(words, plan=grades_plan)


def test_two_grades_are_described_not_modelled(
    grades_plan: Plan, frame: pl.DataFrame, run: Run
) -> None:
    """They ended in a traceback: risks of two classes have one column, those of grades several."""
    found = run(_graded(frame, (1.0,)), plan=grades_plan).results
    assert found["verdict"]["level"] == "describe_only"
    assert any("There are 2 grades, and 3 are the least" in r for r in found["verdict"]["reasons"])


def test_the_verdict_counts_the_split_nearest_to_half() -> None:
    """The example of the specification: 452 patients for six parameters."""
    assert middle_split((45, 33, 15, 5, 2)) == (1, 45)
    found = decide(
        Counts(classes=(180, 132, 60, 20, 8), parameters=6, outer_folds=4, is_ordered=True)
    )
    assert (found["events"], found["minimum_n"]) == (180, 452)
    assert found["level"] == "penalised_only"
    rare = decide(
        Counts(classes=(180, 132, 60, 20, 7), parameters=6, outer_folds=4, is_ordered=True)
    )
    assert rare["level"] == "describe_only"
    assert "7 patients in the rarest grade are below 8" in rare["reasons"][0]


@pytest.mark.parametrize(
    ("sizes", "together"),
    [
        ((45, 33, 15, 5, 2), [(0,), (1,), (2, 3, 4)]),
        ((3, 40, 30, 20), [(0, 1), (2,), (3,)]),
        ((2, 3, 2, 1, 2), [(0, 1), (2, 3), (4,)]),  # three are left, however few they are
    ],
)
def test_grades_are_merged_towards_the_middle(
    sizes: tuple[int, ...], together: list[tuple[int, ...]]
) -> None:
    names = tuple(str(place + 1) for place in range(len(sizes)))
    assert merge_grades(names, sizes, 10) == together
