"""Reported AUC against the truth on simulated cohorts; all of it: `benchmarks/truth.py`."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, norm
from threadpoolctl import threadpool_limits

from analyses.models import Training
from analyses.plan_parts import Resampling
from analyses.standard_errors import auc_error
from benchmarks.truth import CASES, beside_truth, cohort, permuted_cohort, reported

SEEDS = range(4)
PERMUTED = range(12)
#: A right interval holds .5 less often than this in 1 of 200 runs.
LEAST_COVERED = int(binom.ppf(0.005, len(PERMUTED), 0.95))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def _chosen_on_all_rows(training: Training, n: int = 20) -> Training:
    """The planted leak: the columns that go best with the outcome, test rows included."""
    X = training.frame.to_numpy()
    together = np.abs((X - X.mean(axis=0)).T @ (training.outcome - training.outcome.mean()))
    names = [training.frame.columns[j] for j in np.sort(np.argsort(-together)[:n])]
    return replace(training, frame=training.frame.select(names))


def _bound(truth: float) -> float:
    """Within which the mean difference of the seeds lies in 99 of 100 runs without any bias.

    The variance of an AUC of as many cases, twice: each is tested, and trains the others' models.
    """
    rng = np.random.default_rng(0)
    outcome = (np.arange(CASES) < 0.45 * CASES).astype(np.float64)
    apart = np.sqrt(2) * norm.ppf(truth)
    risk = norm.cdf(rng.normal(size=CASES) + apart * outcome)
    error = auc_error(outcome, risk)
    assert error is not None
    return float(norm.ppf(0.995) * np.sqrt(2 * error**2 / len(SEEDS)))


def test_reported_auc_is_that_of_new_cases_and_a_planted_leak_is_not() -> None:
    rows = [beside_truth(seed, repeats=1, n_new=20_000) for seed in SEEDS]
    truth = float(np.mean([row["truth"] for row in rows]))
    bound = _bound(truth)
    assert abs(np.mean([row["nested"] for row in rows]) - truth) < bound < 0.06
    assert np.mean([row["apparent"] for row in rows]) - truth > 2 * bound
    leaking = [
        reported(_chosen_on_all_rows(cohort(seed)[0]), Resampling(seed=seed, repeats=1))["nested"]
        for seed in SEEDS
    ]
    assert np.mean(leaking) - truth > bound


def test_permuted_outcome_is_reported_as_chance_and_a_planted_leak_is_not() -> None:
    def covered(cohorts: list[Training]) -> int:
        rows = [reported(one, Resampling(seed=1, repeats=1)) for one in cohorts]
        return sum(row["low"] <= 0.5 <= row["high"] for row in rows)

    permuted = [permuted_cohort(seed) for seed in PERMUTED]
    assert covered(permuted) >= LEAST_COVERED
    assert covered([_chosen_on_all_rows(one) for one in permuted]) < LEAST_COVERED
