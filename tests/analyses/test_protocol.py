"""The whole protocol: what the results hold, leakage, determinism, describe only."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import analyses
from analyses import cautions, learners
from analyses.evaluation import nested_cross_validation, outer_folds, performance
from analyses.learners import Learned, learn_ridge
from analyses.model_files import load, save
from analyses.models import Training, fit_pipeline
from analyses.plan import Plan, Resampling, parse_plan
from analyses.preprocessing import with_categories
from analyses.protocol import AnalysisRun, run_plan
from analyses.resampled import Resample, refit_many
from analyses.resampling import bootstrap_weights, generator
from analyses.results import to_json
from schemas.errors import UsageError

Run = Callable[..., AnalysisRun]


def _codes(found: AnalysisRun) -> list[str]:
    return [warning["code"] for warning in found.results["warnings"]]


def test_results_hold_every_key(run: Run, frame: pl.DataFrame, plan: Plan) -> None:
    told: list[str] = []
    found = run(frame, progress=told.append)
    results = json.loads(to_json(found.results))
    assert set(results) == {
        "schema", "title", "name", "plan", "data", "provenance", "outcome", "verdict", "warnings",
        "cohort", "models", "comparison", "inference", "survival", "permutation",
        "prediction_sets", "subgroups", "sensitivity", "proportionality", "preparation",
    }  # fmt: skip
    assert results["plan"]["sha256"] == plan.sha256
    assert results["data"]["rows"] == results["data"]["used"] == 120
    assert results["verdict"]["n"] == 108  # every tenth patient has two cases
    assert [m["role"] for m in results["models"]] == ["baseline", "primary"]
    panel = {
        "auc", "brier", "ipa", "log_loss", "calibration_slope", "calibration_intercept",
        "o_e_ratio", "ici",
    }  # fmt: skip
    for model in results["models"]:
        nested = model["performance"]["nested_cv"]
        assert set(nested) == set(model["performance"]["apparent"]) == panel
        for entry in nested.values():
            low, high = entry["interval"]
            assert low <= entry["estimate"] <= high
        assert set(model["performance"]["bootstrap_632plus"]) == {"auc", "brier", "log_loss"}
        assert model["instability"]["resamples"] == 11
        assert len(model["tuning"]["spread"]) == 6
        histogram = model["curves"]["calibration"]["histogram"]
        assert sum(bar["events"] + bar["non_events"] for bar in histogram) == 120
        assert len(model["curves"]["roc"]) <= 100
        assert [point["threshold"] for point in model["curves"]["decision"]] == [0.3, 0.5]
    assert results["cohort"]["centres"][0]["centre"] == "A"
    assert told[0] == "eor: baseline, nested cross-validation: done"
    assert re.fullmatch(r"eor: baseline, 11 bootstraps: 50 %, about \d+ (s|min) left", told[2])


def test_learnable_outcome_beats_the_baseline(run: Run, make_frame: Any) -> None:
    found = run(make_frame(n=300, strength=2.0)).results
    comparison = found["comparison"]
    assert comparison["best"] == "ridge"
    assert comparison["difference"]["log_loss"]["interval"][1] < 0
    assert comparison["beats_baseline"] is True


@pytest.mark.parametrize("shuffle", ["rows", "columns"])
def test_order_of_the_table_changes_no_byte(run: Run, frame: pl.DataFrame, shuffle: str) -> None:
    first = to_json(run(frame).results)
    if shuffle == "rows":
        changed = frame.sample(fraction=1, shuffle=True, seed=3)
    else:
        changed = frame.select(reversed(frame.columns))
    assert to_json(run(changed).results) == first


SCRIPT = """
import hashlib, sys
import polars as pl
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.results import to_json
from analyses.model_files import save
plan = parse_plan(open(sys.argv[1], encoding="utf-8").read(), name="eor.yaml")
run = run_plan(plan, pl.read_ipc(sys.argv[2]), availability=None, stamp={})
print(hashlib.sha256(to_json(run.results) + save(run.model)).hexdigest())
"""


def test_hash_seed_and_process_change_no_byte(
    plan_text: str, plan: Plan, frame: pl.DataFrame, tmp_path: Path
) -> None:
    (tmp_path / "plan.yaml").write_text(plan_text, encoding="utf-8")
    frame.write_ipc(tmp_path / "frame.arrow")
    here = run_plan(plan, frame, availability=None, stamp={})
    expected = hashlib.sha256(to_json(here.results) + save(here.model)).hexdigest()
    root = str(Path(analyses.__file__).parent.parent)
    for seed in ("1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, tmp_path / "plan.yaml", tmp_path / "frame.arrow"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected


@pytest.mark.parametrize("processes", [2, 4])
def test_number_of_processes_changes_no_byte(run: Run, frame: pl.DataFrame, processes: int) -> None:
    assert to_json(run(frame, processes=processes).results) == to_json(run(frame).results)


def test_model_file_round_trip_is_bit_equal(run: Run, frame: pl.DataFrame) -> None:
    model = run(frame).model
    assert model is not None
    again = load(save(model))
    assert (again.predict_proba(frame) == model.predict_proba(frame)).all()
    assert save(again) == save(model)


def test_too_few_cases_are_described_only(run: Run, make_frame: Any) -> None:
    found = run(make_frame(n=30))
    results = json.loads(to_json(found.results))
    assert found.model is None
    assert results["models"] == []
    assert results["verdict"]["level"] == "describe_only"
    assert results["cohort"]["table_one"]
    assert results["comparison"]["beats_baseline"] is None


@pytest.mark.parametrize("value", ["yes", "no", None])
def test_one_class_or_no_outcome_is_described_only(
    run: Run, frame: pl.DataFrame, value: str | None
) -> None:
    same = frame.with_columns(gross_total_resection=pl.lit(value, dtype=pl.String))
    results = json.loads(to_json(run(same).results))
    assert results["verdict"]["level"] == "describe_only"
    assert results["outcome"]["n"] == (0 if value is None else 120)


def test_constant_predictors_are_described_only(run: Run, frame: pl.DataFrame) -> None:
    flat = frame.with_columns(
        age_years=pl.lit(50), n_segments=pl.lit(3), margin=pl.lit("well_defined"),
        cap_sign=pl.lit("unknown"), enhancement_pattern=pl.lit("rim"),
    )  # fmt: skip
    results = run(flat).results
    assert results["verdict"]["level"] == "describe_only"
    assert results["verdict"]["reasons"] == ["0 predictors vary; at least 1 must."]


def test_constant_baseline_gives_null_with_reason(run: Run, frame: pl.DataFrame) -> None:
    results = run(frame.with_columns(age_years=pl.lit(50))).results
    slope = results["models"][0]["performance"]["nested_cv"]["calibration_slope"]
    to_json(results)
    assert slope["estimate"] is None or abs(slope["estimate"]) < 1e6


def test_separated_outcome_stays_finite_and_warns(run: Run, frame: pl.DataFrame) -> None:
    separated = frame.with_columns(
        gross_total_resection=pl.when(pl.col("n_segments") > 4)
        .then(pl.lit("yes"))
        .otherwise(pl.lit("no"))
    )
    found = run(separated)
    to_json(found.results)
    assert "suspected_leak" in _codes(found)


def test_published_cases_carry_their_warning_and_no_centre(
    plan_text: str, run: Run, frame: pl.DataFrame
) -> None:
    plan = parse_plan(plan_text.replace("simulated", "published"), name="eor.yaml")
    found = run(frame.with_columns(provenance=pl.lit("published")), plan=plan)
    assert "published_selection" in _codes(found)
    assert found.results["cohort"]["centres"] == []
    assert "published_selection" not in _codes(run(frame))


def test_mostly_missing_predictor_warns(run: Run, frame: pl.DataFrame) -> None:
    sparse = frame.with_columns(
        cap_sign=pl.when(pl.int_range(pl.len()) < 100)
        .then(pl.lit("not_reported"))
        .otherwise(pl.col("cap_sign"))
    )
    messages = [
        w["message"] for w in run(sparse).results["warnings"] if w["code"] == "mostly_missing"
    ]
    assert len(messages) == 1
    assert re.findall(r"(\w+) \(\d+ %\)", messages[0]) == ["cap_sign"]


def test_free_table_without_patients_and_centres(frame: pl.DataFrame, plan_text: str) -> None:
    text = plan_text.replace(
        "{id: case_id, group: patient_id, centre: site_id}", '{id: case_id, missing: ["NA"]}'
    ).replace("population: {provenance: simulated}\n", "")
    free = frame.drop("provenance", "site_id", "patient_id").with_columns(
        cap_sign=pl.when(pl.col("cap_sign") == "not_reported")
        .then(pl.lit("NA"))
        .otherwise(pl.col("cap_sign"))
    )
    found = run_plan(parse_plan(text, name="eor.yaml"), free, availability=None, stamp={}).results
    assert found["verdict"]["n"] == 120
    assert found["cohort"]["centres"] == []
    states = {row["column"]: row["states"] for row in found["cohort"]["missingness"]}["cap_sign"]
    assert "empty" in [state["state"] for state in states]
    assert "NA" not in [state["state"] for state in states]


def test_indicators_of_one_and_the_same_gap_are_one_parameter(
    run: Run, frame: pl.DataFrame
) -> None:
    without_study = frame.with_columns(
        pl.when(pl.int_range(pl.len()) < 20).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("cap_sign", "enhancement_pattern", "n_segments")
    )
    before = run(frame).results["verdict"]["parameters"]
    assert run(without_study).results["verdict"]["parameters"] == before + 1


# Leakage


def test_permuted_outcome_gives_chance() -> None:
    rng = np.random.default_rng(11)
    n, aucs = 100, []
    frame = pl.DataFrame({f"x{j}": rng.normal(size=n) for j in range(30)})
    groups = np.array([f"P{i:03d}" for i in range(n)])
    resampling = Resampling(outer_folds=4, inner_folds=3, repeats=1)
    weights = bootstrap_weights(groups, n_draws=200, rng=generator(1, 3))
    covered = 0
    for _ in range(20):
        training = Training(frame, rng.permutation(np.r_[np.ones(45), np.zeros(55)]), groups)
        predicted = nested_cross_validation(
            training,
            outer_folds(training, resampling),
            learner=learn_ridge,
            resampling=resampling,
        )
        found = performance(training.outcome, predicted, weights)["auc"]
        aucs.append(found["estimate"])
        covered += found["interval"][0] <= 0.5 <= found["interval"][1]
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.03)
    assert covered >= 17


def test_copy_of_the_outcome_is_refused_by_its_time(
    plan_text: str, run: Run, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    leak = frame.with_columns(residual_volume_mm3=pl.col("gross_total_resection"))
    plan = parse_plan(plan_text.replace("[age_years,", "[residual_volume_mm3,"), name="eor.yaml")
    with pytest.raises(UsageError, match="becomes known postoperatively") as caught:
        run(leak, plan=plan)
    assert caught.value.exit_code == 2


def test_smuggled_copy_of_the_outcome_is_suspected(run: Run, frame: pl.DataFrame) -> None:
    smuggled = frame.with_columns(
        cap_sign=pl.when(pl.col("gross_total_resection") == "yes")
        .then(pl.lit("present"))
        .otherwise(pl.lit("absent"))
    )
    found = run(smuggled)
    messages = [w["message"] for w in found.results["warnings"] if w["code"] == "suspected_leak"]
    assert any(message.startswith("cap_sign alone") for message in messages)
    assert any(message.startswith("Model ridge") for message in messages)
    assert "suspected_leak" not in _codes(run(frame))


@pytest.mark.parametrize("disguise", ["in_some", "far_out", "two_words_each", "blank", "none"])
def test_an_outcome_in_disguise_is_suspected_by_itself(disguise: str) -> None:
    """Found in no ridge model and in no column by itself: it is looked for column by column."""
    rng = np.random.default_rng(3)
    outcome = (rng.random(120) < 0.4).astype(np.float64)
    values: list[object] = rng.normal(size=120).tolist()
    if disguise == "in_some":
        values = [y if rng.random() < 0.5 else None for y in outcome]
    elif disguise == "far_out":
        values = [float(rng.choice([-1, 1]) * (2 * y + rng.random())) for y in outcome]
    elif disguise == "two_words_each":
        values = [str(rng.choice(["a", "b"] if y else ["c", "d"])) for y in outcome]
    elif disguise == "blank":
        values = [None if y else 1.5 for y in outcome]
    frame = pl.DataFrame({"x": values, "z": rng.choice(list("abcdefghijkl"), 120)})
    training = Training(frame=frame, outcome=outcome, groups=np.arange(120).astype(np.str_))
    said = [w["message"].split()[0] for w in cautions.suspected_leak(training, {})]
    assert said == ([] if disguise == "none" else ["x"])


@pytest.mark.parametrize("spoil", ["missing", "huge", "permuted", "new_level"])
def test_test_rows_change_nothing_that_is_learned(
    frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    columns = ["age_years", "n_segments", "margin", "cap_sign"]
    outcome = (frame["gross_total_resection"] == "yes").to_numpy().astype(float)
    groups = frame["patient_id"].to_numpy().astype(np.str_)
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=1)
    clean = Training(frame.select(columns), outcome, groups)
    folds = outer_folds(clean, resampling)
    test = pl.Series(folds[0] == 1)

    def fitted_without_fold_one(predictors: pl.DataFrame) -> tuple[Any, Any]:
        pipelines: list[Any] = []

        def recording(training: Training, c: float) -> Any:
            pipelines.append(fit_pipeline(training, c))
            return pipelines[-1]

        monkeypatch.setattr(learners, "fit_pipeline", recording)
        training = Training(with_categories(predictors, columns), outcome, groups)

        def one_by_one(*task: Any) -> Learned:  # not all folds together, see the next test
            return learn_ridge(*task)

        predicted = nested_cross_validation(
            training, folds, learner=one_by_one, resampling=resampling
        )
        return pipelines[1], predicted.choices[1]

    pipeline, choice = fitted_without_fold_one(frame.select(columns))
    spoiled, spoiled_choice = fitted_without_fold_one(_spoiled(frame.select(columns), test, spoil))
    assert spoiled_choice == choice
    assert spoiled["encode"].codes_ == pipeline["encode"].codes_
    assert (spoiled["impute"].statistics_ == pipeline["impute"].statistics_).all()
    assert (spoiled["scale"].mean_ == pipeline["scale"].mean_).all()
    assert (spoiled["scale"].scale_ == pipeline["scale"].scale_).all()
    assert (spoiled["model"].coef_ == pipeline["model"].coef_).all()
    assert (spoiled["model"].intercept_ == pipeline["model"].intercept_).all()


@pytest.mark.parametrize("spoil", ["missing", "huge", "permuted", "new_level"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_test_rows_change_nothing_on_the_fast_path(
    frame: pl.DataFrame, spoil: str, n_classes: int
) -> None:
    columns = ["age_years", "n_segments", "margin", "cap_sign"]
    outcome = (frame["gross_total_resection"] == "yes").to_numpy().astype(float)
    if n_classes == 3:
        outcome = np.where(np.arange(frame.height) % 3 == 0, 2.0, outcome)
    groups = frame["patient_id"].to_numpy().astype(np.str_)
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=1)
    folds = outer_folds(Training(frame.select(columns), outcome, groups, n_classes), resampling)
    part = (folds[0] != 1).astype(float)
    test = pl.Series(folds[0] == 1)

    def learned(predictors: pl.DataFrame) -> Any:
        training = Training(with_categories(predictors, columns), outcome, groups, n_classes)
        return refit_many(
            training, [Resample(part, (1, 0, 0))], learner=learn_ridge, resampling=resampling
        )[0]

    clean = learned(frame.select(columns))
    spoiled = learned(_spoiled(frame.select(columns), test, spoil))
    assert spoiled.choice.c == clean.choice.c
    # the shared matrix is shifted by all rows, for the sake of rounding only: not bit-equal; and a
    # level of the test rows may change the name of a term
    for one, other in zip(spoiled.slopes.values(), clean.slopes.values(), strict=True):
        assert one == pytest.approx(other, rel=0, abs=1e-8)
    trained = part > 0
    assert spoiled.risk[trained] == pytest.approx(clean.risk[trained], rel=0, abs=1e-8)
    assert spoiled.choice.losses == pytest.approx(clean.choice.losses, rel=0, abs=1e-7)


def _spoiled(frame: pl.DataFrame, test: pl.Series, how: str) -> pl.DataFrame:
    """The frame with its test rows destroyed."""
    numbers, texts = ["age_years", "n_segments"], ["margin", "cap_sign"]
    if how == "permuted":
        rows = np.flatnonzero(test.to_numpy())
        order = np.arange(frame.height)
        order[rows] = rows[::-1]
        return frame[order]
    value = {"missing": None, "huge": 1e9, "new_level": 0.0}[how]
    text = {"missing": None, "huge": "present", "new_level": "aaa_unseen"}[how]
    return frame.with_columns(
        *(
            pl.when(test).then(pl.lit(value, dtype=pl.Float64)).otherwise(pl.col(name)).alias(name)
            for name in numbers
        ),
        *(
            pl.when(test).then(pl.lit(text, dtype=pl.String)).otherwise(pl.col(name)).alias(name)
            for name in texts
        ),
    )


def test_duplicated_patient_is_never_on_both_sides(run: Run, frame: pl.DataFrame) -> None:
    twice = pl.concat([frame, frame.with_columns(case_id=pl.col("case_id") + "b")])
    training = Training(
        twice.select("age_years"),
        (twice["gross_total_resection"] == "yes").to_numpy().astype(float),
        twice["patient_id"].to_numpy().astype(np.str_),
    )
    once = Training(
        frame.select("age_years"), training.outcome[: frame.height], training.groups[: frame.height]
    )
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=2)
    folds = outer_folds(training, resampling)
    assert (folds[:, : frame.height] == folds[:, frame.height :]).all()
    assert (folds[:, : frame.height] == outer_folds(once, resampling)).all()
    assert run(twice).results["verdict"]["n"] == run(frame).results["verdict"]["n"]
