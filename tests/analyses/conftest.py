"""Small simulated frames for the tests of `analyses`; no patient is behind any row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.plan import Plan, parse_plan
from analyses.protocol import AnalysisRun, run_plan

PLAN = """
title: Test of the line
data: {id: case_id, group: patient_id, centre: site_id}
population: {provenance: simulated}
outcome: {kind: binary, column: gross_total_resection, positive: "yes"}
predictors: [age_years, n_segments, margin, cap_sign, enhancement_pattern]
baseline: [age_years]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 2, bootstraps: 11, seed: 1}
thresholds: [0.3, 0.5]
"""
AVAILABILITY = {
    "case_id": "key",
    "patient_id": "key",
    "site_id": "key",
    "provenance": "admin",
    "age_years": "preoperative_clinical",
    "n_segments": "preoperative_imaging",
    "margin": "preoperative_imaging",
    "cap_sign": "preoperative_imaging",
    "enhancement_pattern": "preoperative_imaging",
    "growth_type": "intraoperative",
    "histology": "pathology",
    "residual_volume_mm3": "postoperative",
    "vital_status": "follow_up",
}
STAMP = {"snapshot": "s1", "code": "c1", "lock": "l1"}


def _simulated_frame(n: int = 120, seed: int = 5, strength: float = 1.0) -> pl.DataFrame:
    """Cases whose outcome hangs on margin and length; signs with states, some repeated patients."""
    rng = np.random.default_rng(seed)
    states = ["present", "absent", "not_assessable", "not_reported"]
    sign = rng.choice(states, n, p=[0.3, 0.4, 0.2, 0.1])
    margin = rng.choice(["well_defined", "ill_defined", "not_assessable"], n, p=[0.5, 0.4, 0.1])
    segments = rng.integers(1, 9, n)
    logit = 1.2 * (margin == "well_defined") - 0.25 * (segments - 4) + 0.3 * (sign == "present")
    event = rng.random(n) < 1 / (1 + np.exp(-strength * logit))
    age = np.where(rng.random(n) < 0.1, np.nan, rng.normal(44, 15, n).round())
    ids = [f"C{place:04d}" for place in range(n)]
    # every tenth patient has two cases
    patients = [f"P{place - (place % 10 == 1):04d}" for place in range(n)]
    return pl.DataFrame(
        {
            "case_id": ids,
            "patient_id": patients,
            "site_id": rng.choice(["A", "B", "C"], n),
            "provenance": ["simulated"] * n,
            "age_years": age,
            "n_segments": segments,
            "margin": margin,
            "cap_sign": sign,
            "enhancement_pattern": rng.choice(["homogeneous", "rim", "not_applicable"], n),
            "gross_total_resection": np.where(event, "yes", "no"),
        }
    ).with_columns(pl.col("age_years").fill_nan(None))


@pytest.fixture
def make_frame() -> Callable[..., pl.DataFrame]:
    return _simulated_frame


@pytest.fixture
def frame() -> pl.DataFrame:
    return _simulated_frame()


@pytest.fixture
def plan() -> Plan:
    return parse_plan(PLAN, name="eor.yaml")


@pytest.fixture
def plan_text() -> str:
    return PLAN


@pytest.fixture
def availability() -> dict[str, str]:
    return dict(AVAILABILITY)


@pytest.fixture
def stamp() -> dict[str, Any]:
    return dict(STAMP)


@pytest.fixture
def run(
    plan: Plan, availability: dict[str, str], stamp: dict[str, Any]
) -> Callable[..., AnalysisRun]:
    def _run(frame: pl.DataFrame, plan: Plan = plan, **kwargs: Any) -> AnalysisRun:
        return run_plan(plan, frame, availability=availability, stamp=stamp, **kwargs)

    return _run
