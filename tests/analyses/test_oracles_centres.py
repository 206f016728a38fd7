"""Harmonised centres and agreement of readers against R (`tests/oracles/README.md`)."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.agreement import icc_agreement
from analyses.combat import ComBat, apply_combat, learn_combat
from analyses.kappas import cohen_kappa, six_iccs
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


def test_icc_of_many_features_at_once() -> None:
    reads = pl.read_csv(FOLDER / "icc.csv").to_numpy()
    expected = REFERENCE["R1_reader"]["values"]["icc"]["ICC2"]
    # beside a feature with gaps and one without any variation, which change nothing
    gap = reads.copy()
    gap[0, 1] = np.nan
    found = icc_agreement(np.stack([gap, reads, np.ones_like(reads)], axis=2))
    assert found[:, 1] == near([expected["est"], expected["lo"], expected["hi"]], "R1_reader")
    assert found[:, 0] == pytest.approx(icc_agreement(reads[1:, :, None])[:, 0], abs=1e-12)
    assert np.isnan(found[:, 2]).all()


def test_R1_reader() -> None:  # noqa: N802 - named as the oracle entry
    expected = REFERENCE["R1_reader"]["values"]
    iccs = six_iccs(pl.read_csv(FOLDER / "icc.csv").to_numpy())
    assert set(iccs) == set(expected["icc"])
    for name, wanted in expected["icc"].items():
        assert iccs[name] == near((wanted["est"], wanted["lo"], wanted["hi"]), "R1_reader")
    grades = pl.read_csv(FOLDER / "kappa.csv").to_numpy() - 1
    first, second = grades.T
    plain, linear, quadratic = (
        cohen_kappa(first, second, levels=4, weights=w) for w in ("none", "linear", "quadratic")
    )
    (low, estimate, high), of_psych = expected["kappa_ci"]
    assert (plain.low, plain.estimate, plain.high) == near((low, estimate, high), "R1_reader")
    assert plain.estimate == near(expected["kappa"], "R1_reader")
    assert linear.estimate == near(expected["kappa_linear"], "R1_reader")
    assert quadratic.estimate == near(expected["kappa_quadratic"], "R1_reader")
    assert _limits_of_psych(first, second) == near(tuple(of_psych), "R1_reader")
    # the variance of Fleiss, Cohen and Everitt is larger than what psych makes of it
    assert quadratic.low is not None
    assert quadratic.low == pytest.approx(0.824996127511388, abs=1e-9)
    assert quadratic.low < of_psych[0]


def _limits_of_psych(first: Any, second: Any) -> tuple[float, float, float]:
    """Quadratic kappa with the limits of psych::cohen.kappa, margins as coded there."""
    table = np.zeros((4, 4))
    np.add.at(table, (first, second), 1 / len(first))
    worth = 1 - np.subtract.outer(np.arange(4), np.arange(4)) ** 2 / 9
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    seen, chance = (worth * table).sum(), (worth * np.outer(rows, columns)).sum()
    margins = np.add.outer(worth @ columns, rows * worth.sum(axis=1))
    spread = (table * (worth * (1 - chance) - margins * (1 - seen)) ** 2).sum()
    spread -= (seen * chance - 2 * chance + seen) ** 2
    half = 1.959963984540054 * np.sqrt(spread / len(first)) / (1 - chance) ** 2
    kappa = (seen - chance) / (1 - chance)
    return kappa - half, kappa, kappa + half


def test_kappa_where_it_is_not_defined() -> None:
    same = np.zeros(20, dtype=np.int64)
    assert cohen_kappa(same, same, levels=2).estimate is None
    assert cohen_kappa(same[:0], same[:0], levels=2).reason == "nobody was read by both"
    other = np.array([0] * 10 + [1] * 10)
    whole = cohen_kappa(other, other, levels=2)
    assert whole.estimate == pytest.approx(1)
    assert (whole.low, whole.high) == (None, None), (
        "twenty cases do not prove that they never differ"
    )
    assert cohen_kappa(other, 1 - other, levels=2).estimate == pytest.approx(-1)
