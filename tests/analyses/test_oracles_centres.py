"""Harmonised centres and agreement of readers against R (`tests/oracles/README.md`)."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.agreement import icc_agreement
from analyses.combat import ComBat, apply_combat, learn_combat
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near

FEATURES = ["f1", "f2", "f3", "f4", "f5"]


def test_H1_combat() -> None:  # noqa: N802 - named as the oracle entry
    scans = pl.read_csv(FOLDER / "combat.csv")
    values, centre = scans[FEATURES].to_numpy(), scans["batch"].to_numpy() - 1
    age: dict[str, Any] = {"covariates": scans[["age"]].to_numpy()}
    ways: dict[str, dict[str, Any]] = {
        "plain": {},
        "age": age,
        "age_mean_only": {**age, "is_mean_only": True},
        "age_ref1": {**age, "reference": 0},
        "age_nonparam": {**age, "is_parametric": False},
    }
    expected = REFERENCE["H1_combat"]["values"]
    assert set(ways) == set(expected)
    for name, way in ways.items():
        learned = learn_combat(values, centre, **way)
        found = apply_combat(learned, values, centre, covariates=way.get("covariates"))
        assert found == near(np.array(expected[name]), "H1_combat")
    step = ComBat().fit(np.column_stack([values, centre]))
    found = step.transform(np.column_stack([values, centre]))
    assert found == near(np.array(expected["plain"]), "H1_combat")


def test_icc_of_r1_reader() -> None:
    reads = pl.read_csv(FOLDER / "icc.csv").to_numpy()
    expected = REFERENCE["R1_reader"]["values"]["icc"]["ICC2"]
    # beside a feature with gaps and one without any variation, which change nothing
    gap = reads.copy()
    gap[0, 1] = np.nan
    found = icc_agreement(np.stack([gap, reads, np.ones_like(reads)], axis=2))
    assert found[:, 1] == near([expected["est"], expected["lo"], expected["hi"]], "R1_reader")
    assert found[:, 0] == pytest.approx(icc_agreement(reads[1:, :, None])[:, 0], abs=1e-12)
    assert np.isnan(found[:, 2]).all()
