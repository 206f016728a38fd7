"""Real results of a small simulated cohort: several classes, a forest, centres left out, nobody.

Belongs here: results as `run_plan` gives them, for the tests of the report.
Does not belong here: made-up results (`tests.analyses.report_fixture`).
"""

import copy
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from analyses.plan import parse_plan
from analyses.protocol import run_plan

_PLAN = """
title: {title}
data: {{id: case_id, group: patient_id, centre: site_id}}
population: {{provenance: simulated}}
outcome: {outcome}
predictors: [age_years, n_segments, margin, cap_sign, cord_region]
baseline: [age_years]
models: [ridge, random_forest]
resampling:
  {{outer_folds: 5, inner_folds: 3, repeats: 1, bootstraps: 8, challenger_bootstraps: 2, seed: 1}}
permutation: 3
conformal: 0.9
subgroups: [age_years, cord_region]
sensitivity: [before_surgery]
"""
_OUTCOMES = {
    "classes": "{kind: multiclass, column: histology_group, rest: other}",
    "centres": '{kind: binary, column: gross_total_resection, positive: "yes"}',
    "times": "{kind: survival, time: pfs_months, event: pfs_end, event_value: progression, "
    "competing_value: death, horizons: [24, 60]}",
    "nobody": '{kind: binary, column: functional_decline, positive: "yes"}',
}
CASES = ("classes", "centres", "nobody", "classes_registry", "centres_registry")
#: Neither permutations nor prediction sets belong to a time to an event.
_NOT_OF_TIMES = ("permutation: 3\n", "conformal: 0.9\n", ", random_forest")


def real(case: str) -> dict[str, Any]:
    """A fresh copy of the results of one case; `_registry` is the same as confidential rows."""
    kind, _, provenance = case.partition("_")
    found = copy.deepcopy(_run(kind))
    if provenance:
        found["cohort"]["provenance"] = provenance
        found["plan"]["population"]["provenance"] = provenance
    return found


@cache
def _run(kind: str) -> dict[str, Any]:
    """Run the plan once per session."""
    text = _PLAN.format(title=f"Test of {kind}", outcome=_OUTCOMES[kind])
    for part in _NOT_OF_TIMES if kind == "times" else ():
        text = text.replace(part, "")
    plan = parse_plan(text, name=f"{kind}.yaml")
    frame = cohort()
    stamp = {"snapshot": "0f" * 8, "code": "c0" * 32, "lock": "10" * 32}
    return run_plan(plan, frame, availability=None, stamp=stamp).results


def cohort(n: int = 260) -> pl.DataFrame:
    """Cases of four centres; histology hangs on age, margin and cap sign."""
    rng = np.random.default_rng(8)
    groups = ["ependymoma", "astrocytic", "haemangioblastoma", "other", "vascular"]
    group = rng.choice(5, n, p=[0.44, 0.24, 0.165, 0.14, 0.015])
    sharp = rng.random(n) < np.array([0.8, 0.3, 0.9, 0.5, 0.5])[group]
    hazards = np.array([0.01, 0.004])[:, None] * np.exp(0.9 * ~sharp)
    waits = np.random.default_rng(9).exponential(1 / hazards)
    followed = np.random.default_rng(10).uniform(6, 120, n)
    total = np.where(rng.random(n) < 0.2 + 0.6 * sharp, "yes", "no")
    return pl.DataFrame(
        {
            "case_id": [f"C{i:04d}" for i in range(n)],
            "patient_id": [f"P{i - (i % 25 == 1):04d}" for i in range(n)],
            "site_id": rng.choice(["SIM_A", "SIM_B", "SIM_C", "SIM_D"], n, p=[0.4, 0.3, 0.2, 0.1]),
            "provenance": ["simulated"] * n,
            "age_years": (np.array([42, 28, 38, 45, 40])[group] + rng.normal(0, 12, n)).round(),
            "n_segments": rng.integers(1, 8, n),
            "margin": np.where(sharp, "well_defined", "ill_defined"),
            "cap_sign": rng.choice(["present", "absent", "not_assessable"], n, p=[0.2, 0.5, 0.3]),
            "cord_region": rng.choice(["cervical", "thoracic", "conus"], n),
            "histology_group": [groups[g] for g in group],
            "gross_total_resection": total,
            "pfs_months": np.ceil(np.minimum(waits.min(axis=0), followed)),
            "pfs_end": np.where(
                waits.min(axis=0) > followed,
                "none",
                np.where(waits[0] < waits[1], "progression", "death"),
            ),
            "functional_decline": pl.Series([None] * n, dtype=pl.String),
            "functional_decline_exclusion": ["no McCormick grade before surgery"] * n,
        }
    )
