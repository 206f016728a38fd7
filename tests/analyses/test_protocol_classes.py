"""The protocol on several classes, on classes that are too small, and on nobody."""

from collections.abc import Callable

import polars as pl
import pytest

from analyses.plan import Plan, parse_plan
from analyses.protocol import AnalysisRun
from analyses.results import to_json

Run = Callable[..., AnalysisRun]


@pytest.fixture
def classes_plan() -> Plan:
    return parse_plan(
        """
title: Histology
data: {id: case_id, group: patient_id, centre: site_id}
population: {provenance: simulated}
outcome: {kind: multiclass, column: histology_group, rest: other}
predictors: [age_years, n_segments, margin, cap_sign]
baseline: [age_years]
models: [ridge, random_forest]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 0, seed: 1}
""",
        name="histology.yaml",
    )


@pytest.fixture
def classes_run(classes_plan: Plan, frame: pl.DataFrame, run: Run) -> AnalysisRun:
    return run(_three_groups(frame), plan=classes_plan)


def _three_groups(frame: pl.DataFrame) -> pl.DataFrame:
    by_margin = {"well_defined": "ependymoma", "ill_defined": "astrocytic"}
    place = pl.int_range(pl.len())
    return frame.with_columns(
        histology_group=pl.when(place % 4 == 0)
        .then(pl.lit("other"))
        .otherwise(pl.col("margin").replace_strict(by_margin, default="other"))
    )


def test_classes_go_the_same_way(classes_run: AnalysisRun, frame: pl.DataFrame) -> None:
    found = classes_run.results
    outcome = found["outcome"]
    assert [c["class"] for c in outcome["classes"]] == ["astrocytic", "ependymoma", "other"]
    assert sum(c["n"] for c in outcome["classes"]) == outcome["n"] == frame.height
    assert outcome["events"] is None
    assert [m["name"] for m in found["models"]] == ["baseline", "ridge", "random_forest"]
    ridge = found["models"][1]
    assert set(ridge["performance"]["nested_cv"]) == {"auc", "pdi", "log_loss", "brier"}
    assert ridge["performance"]["nested_cv"]["auc"]["estimate"] > 0.7
    assert {c["class"] for c in ridge["coefficients"]} == {"astrocytic", "ependymoma", "other"}
    assert [c["class"] for c in ridge["curves"]["by_class"]] == [
        "astrocytic",
        "ependymoma",
        "other",
    ]
    forest = found["models"][2]
    assert (forest["tuning"], forest["coefficients"]) == (None, [])
    centres = ridge["performance"]["internal_external"]["by_centre"]
    assert [(c["centre"], c["n"]) for c in centres] == [
        (c["centre"], c["n"]) for c in found["cohort"]["centres"]
    ]


def test_classes_give_the_same_bytes_in_any_order_of_rows(
    classes_plan: Plan, classes_run: AnalysisRun, frame: pl.DataFrame, run: Run
) -> None:
    shuffled = _three_groups(frame).sample(fraction=1.0, shuffle=True, seed=3)
    assert to_json(run(shuffled, plan=classes_plan).results) == to_json(classes_run.results)


def test_permuted_classes_give_chance(classes_plan: Plan, frame: pl.DataFrame, run: Run) -> None:
    cases = _three_groups(frame)
    permuted = cases.with_columns(
        histology_group=pl.col("histology_group").shuffle(seed=4),
    )
    found = run(permuted, plan=classes_plan).results["models"][1]["performance"]["nested_cv"]
    low, high = found["auc"]["interval"]
    assert low < 0.5 < high
    low, high = found["pdi"]["interval"]
    assert low < 1 / 3 < high


def test_a_class_that_is_too_small_ends_in_a_description(
    classes_plan: Plan, frame: pl.DataFrame, run: Run
) -> None:
    few = _three_groups(frame).with_columns(
        histology_group=pl.when(pl.int_range(pl.len()) < 5)
        .then(pl.lit("other"))
        .otherwise(pl.lit("ependymoma"))
    )
    found = run(few, plan=classes_plan).results
    assert found["verdict"]["level"] == "describe_only"
    assert found["models"] == []


def test_nobody_eligible_is_described(frame: pl.DataFrame, run: Run) -> None:
    none = frame.with_columns(
        gross_total_resection=pl.lit(None, dtype=pl.String),
        gross_total_resection_exclusion=pl.lit("not operated"),
    )
    found = run(none).results
    assert found["verdict"]["level"] == "describe_only"
    assert found["data"]["used"] == 0
    assert found["data"]["excluded"] == [{"reason": "not operated", "n": frame.height}]


def test_two_classes_are_described_not_modelled(
    classes_plan: Plan, frame: pl.DataFrame, run: Run
) -> None:
    """Their coefficients, those of the last class, stood under the name of the first."""
    two = _three_groups(frame).filter(pl.col("histology_group") != "astrocytic")
    found = run(two, plan=classes_plan).results
    assert (found["verdict"]["level"], found["models"]) == ("describe_only", [])
    assert "There are 2 classes, and 3 are the least" in found["verdict"]["reasons"][0]
