"""Rule V4: the difference of two models on the same folds, and when nothing is compared."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.claims import CLAIMS
from analyses.ledger.added_value import (
    COMPARISONS,
    TOO_FEW,
    added_columns,
    added_values,
    p_of,
    plan_of,
)
from analyses.plan import shipped_plans
from analyses.protocol import run_plan

CLINICAL = ("age_years", "sex", "symptom_duration_months", "symptom_motor")
BEFORE = ("mccormick_preoperative",)
Found = dict[tuple[str, int], dict[str, Any]]


def availability() -> dict[str, str]:
    """When each predictor of the shipped plans becomes known."""
    found = {"choline_naa_ratio": "preoperative_imaging"}
    found |= {"diffusion_restriction": "preoperative_imaging"}
    for plan in shipped_plans().values():
        for name in plan.predictors.names or ():
            is_clinical = name in (*CLINICAL, *BEFORE)
            found[name] = "preoperative_clinical" if is_clinical else "preoperative_imaging"
    return found


def cohort(n: int = 120, provenance: str = "simulated") -> pl.DataFrame:
    """Cases whose resection hangs on the margin, whose grade on nothing; a third without ADC."""
    rng = np.random.default_rng(4)
    sharp = rng.random(n) < 0.5
    removed = rng.random(n) < np.where(sharp, 0.9, 0.2)
    frame: dict[str, Any] = {
        "case_id": [f"C{i:04d}" for i in range(n)],
        "patient_id": [f"P{i:04d}" for i in range(n)],
        "provenance": [provenance] * n,
        "histology_group": rng.choice(["ependymoma", "astrocytic", "other"], n),
        "high_grade": np.where(rng.random(n) < 0.4, "yes", "no"),
        "gross_total_resection": np.where(removed, "yes", "no"),
        "functional_decline": np.where(rng.random(n) < 0.3, "yes", "no"),
        "mccormick_12m": rng.choice(["1", "2", "3"], n),
        "pfs_months": rng.exponential(40, n).round(1) + 0.1,
        "pfs": np.where(rng.random(n) < 0.5, "yes", "no"),
    }
    for name in availability():
        numeric = name.endswith(("years", "months", "segments", "mm", "s", "ratio"))
        frame[name] = rng.normal(10, 3, n) if numeric else rng.choice(["present", "absent"], n)
    frame["syrinx"] = rng.choice(["present", "absent"], n)
    frame["margin"] = np.where(sharp, "well_defined", "ill_defined")
    third = np.arange(n) % 3 == 0
    frame["adc_mean_1e6_mm2_s"] = np.where(third, np.nan, rng.normal(1200, 200, n))
    frame["choline_naa_ratio"] = np.full(n, np.nan)
    frame["diffusion_restriction"] = np.where(third, "not_assessable", "absent")
    made = pl.DataFrame(frame)
    return made.with_columns(pl.col("adc_mean_1e6_mm2_s", "choline_naa_ratio").fill_nan(None))


@pytest.fixture(scope="module")
def found() -> Found:
    both = pl.concat([cohort(provenance="registry"), cohort()])  # the other cohort takes no part
    # two processes: beside run_plan below, which has one, nothing may differ
    return added_values(both, provenance="simulated", availability=availability(), processes=2)


def test_every_statistic_under_v4_is_compared_and_no_other() -> None:
    declared = {
        (claim.id, place)
        for claim in CLAIMS
        for place, statistic in enumerate(claim.statistics)
        if statistic.rule == "V4"
    }
    assert {(asked.claim, asked.place) for asked in COMPARISONS} == declared
    assert len(declared) == len(COMPARISONS) == 6


def test_a_comparison_is_the_plan_that_the_protocol_would_run(found: Found) -> None:
    """The same folds and fits as the whole protocol, and so the same difference and interval."""
    known, asked = availability(), next(c for c in COMPARISONS if c.claim == "C21")
    plan = plan_of(asked, "simulated", known)
    whole = run_plan(plan, cohort(), availability=known, stamp={}).results
    mine, theirs = found["C21", 0], whole["comparison"]["difference"]["auc"]
    assert mine["plan"] == {"name": plan.name, "sha256": whole["plan"]["sha256"]}
    assert [mine["estimate"], mine["interval"]] == [theirs["estimate"], theirs["interval"]]
    assert mine["p"] == pytest.approx(p_of(theirs["estimate"], theirs["se"], 9))
    nested = {m["role"]: m["performance"]["nested_cv"] for m in whole["models"]}
    assert [row["value"] for row in mine["models"]] == pytest.approx(
        [
            nested["baseline"]["auc"]["estimate"],
            nested["primary"]["auc"]["estimate"],
            nested["primary"]["calibration_slope"]["estimate"],
        ]
    )


def test_what_decides_is_found_and_chance_is_not(found: Found) -> None:
    resection, types = found["C21", 0], found["C08", 0]
    assert resection["estimate"] > 0.1
    assert resection["p"] < 0.05
    assert types["interval"][0] < 0 < types["interval"][1]
    assert found["C22", 2]["models"][0]["label"] == "C without"


def test_only_cases_in_which_an_added_column_says_something_take_part(found: Found) -> None:
    diffusion = found["C19", 0]
    assert (diffusion["assessable"], diffusion["not_assessable"]) == (80, 40)
    assert sum(group["n"] for group in diffusion["groups"]) == 80
    assert diffusion["adds"]["columns"] == [
        "diffusion_restriction", "adc_mean_1e6_mm2_s", "choline_naa_ratio"
    ]  # fmt: skip
    assert not {"adc_mean_1e6_mm2_s", "margin"} <= set(diffusion["adds"]["to"])
    assert "margin" in diffusion["adds"]["to"]


def test_clinical_columns_stand_alone_and_imaging_ones_are_added() -> None:
    for asked in COMPARISONS[2:]:
        plan = plan_of(asked, "published", availability())
        assert set(plan.baseline) <= {*CLINICAL, *BEFORE}
        assert {"margin", "n_segments"} <= set(added_columns(plan))
        assert ("mccormick_preoperative" in plan.baseline) == (asked.claim == "C22")


@pytest.mark.parametrize("n", [0, 7])
def test_few_cases_are_not_compared_and_no_count_is_in_the_sentence(n: int) -> None:
    frame = cohort().head(n)
    found = added_values(frame, provenance="simulated", availability=availability())
    for statistic in found.values():
        assert [statistic[k] for k in ("estimate", "interval", "p")] == [None] * 3
        assert statistic["reason"] == TOO_FEW
    assert found["C21", 0]["assessable"] == n


def test_equal_models_have_p_1() -> None:
    assert p_of(0.0, 0.0, 9) == 1.0
    assert p_of(0.1, 0.0, 9) == 0.0
