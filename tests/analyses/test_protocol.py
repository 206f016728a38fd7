"""The whole protocol: what the results hold, determinism, describe only."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import analyses
from analyses.model_files import load, save
from analyses.plan import Plan, parse_plan
from analyses.protocol import AnalysisRun, run_plan
from analyses.results import to_json

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
        "associations", "literature", "prior", "readers",
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
