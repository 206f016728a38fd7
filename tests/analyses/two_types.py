"""Simulated ependymomas and astrocytic tumours with the signs that were published of them.

Belongs here: one small cohort and its plan, for tests of what stands beside the literature.
Does not belong here: the simulated registry (`analyses.simulation`).
"""

import numpy as np
import polars as pl

PLAN = """
title: Ependymoma or astrocytic tumour
data: {id: case_id, group: patient_id, centre: site_id}
population: {provenance: each}
outcome: {kind: binary, column: ependymoma_vs_astrocytoma, positive: "yes"}
predictors: [age_years, margin, polar_cyst, haemorrhage, syrinx, enhancement_pattern]
baseline: [age_years]
models: [ridge]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 0, seed: 1}
"""
#: Share of the sign in ependymoma and in astrocytic tumours.
_SHARES = {"polar_cyst": (0.7, 0.25), "haemorrhage": (0.3, 0.15), "syrinx": (0.7, 0.4)}


def two_types(n: int = 200, seed: int = 3) -> pl.DataFrame:
    """Cases of three sites; one in eight signs is not reported."""
    rng = np.random.default_rng(seed)
    type_ = rng.random(n) < 0.6

    def drawn(shares: tuple[float, float], values: tuple[str, str]) -> np.ndarray:
        has = rng.random(n) < np.where(type_, *shares)
        texts = np.where(has, *values).astype(object)
        texts[rng.random(n) < 0.125] = "not_reported"
        return texts

    return pl.DataFrame(
        {
            "case_id": [f"C{place:04d}" for place in range(n)],
            "patient_id": [f"P{place:04d}" for place in range(n)],
            "site_id": rng.choice(["A", "B", "C"], n),
            "provenance": ["simulated"] * n,
            "age_years": rng.normal(np.where(type_, 44, 36), 12).round(),
            "margin": drawn((0.85, 0.3), ("well_defined", "ill_defined")),
            **{name: drawn(of, ("present", "absent")) for name, of in _SHARES.items()},
            "syrinx_definition": rng.choice(["any_cavity", "strict"], n),
            "enhancement_pattern": drawn((0.6, 0.3), ("homogeneous", "rim")),
            "ependymoma_vs_astrocytoma": np.where(type_, "yes", "no"),
            "histology_group": np.where(type_, "ependymoma", "astrocytic"),
        }
    )
