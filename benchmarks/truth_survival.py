"""Whether the reported C, Brier score and their intervals are those of new cases, truth known.

Belongs here: simulated times to an event (n = 200, p = 20, eight true effects, a third censored),
nested C beside that of the kept model on 20,000 new cases, and what permuted outcomes give.
Does not belong here: a cheap version of the same (`tests/analyses/test_protocol_survival.py`).
Run: python benchmarks/truth_survival.py [--cohorts 100] [--repeats 3]

The interval of C is taken both ways: with the bootstrap over fixed predictions, and with twice the
variance of one repeat (docs/decisions/reported-auc.md).
"""

import argparse

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from analyses.evaluation import DRAWS, averaged, nested_cross_validation, outer_folds
from analyses.learners import learn_ridge
from analyses.metrics import Floats
from analyses.models import Training
from analyses.panel import panel_of
from analyses.plan_parts import Resampling
from analyses.resampling import Stage, bootstrap_weights, generator
from analyses.survival.concordance import harrell_c_many

CASES, COLUMNS, EFFECTS, SLOPE, NEW_CASES = 200, 20, 8, 0.35, 20_000
HORIZONS = (12.0, 36.0)

Row = dict[str, float]


def draw_cases(rng: np.random.Generator, n: int) -> tuple[pl.DataFrame, Floats]:
    """Columns, and exponential times that hang on the first eight; censored from month 10 to 80."""
    X = rng.normal(size=(n, COLUMNS))
    time = rng.exponential(30 / np.exp(SLOPE * X[:, :EFFECTS].sum(axis=1)))
    end = rng.uniform(10, 80, n)
    follow_up = np.column_stack([np.minimum(time, end), time <= end]).astype(np.float64)
    return pl.DataFrame({f"x{j:02d}": X[:, j] for j in range(COLUMNS)}), follow_up


def reported(training: Training, resampling: Resampling) -> Row:
    """Nested C with its interval, both ways."""
    folds = outer_folds(training, resampling)
    predicted = nested_cross_validation(training, folds, learner=learn_ridge, resampling=resampling)
    rng = generator(resampling.seed, Stage.INTERVALS)
    weights = bootstrap_weights(training.groups, n_draws=DRAWS, rng=rng)
    within = panel_of(**training.kind).auc
    found = {}
    for name, is_fixed in (("plain", True), ("twice", False)):
        each = averaged(within, training.truth, predicted, weights, is_fixed=is_fixed)
        found |= {f"{name}_low": each["interval"][0], f"{name}_high": each["interval"][1]}
    return {"nested": each["estimate"], **found}


def cohort(seed: int, *, repeats: int) -> tuple[Row, Row]:
    """What is reported of a cohort beside the truth, and of the same with permuted outcomes."""
    rng = np.random.default_rng(seed)
    frame, follow_up = draw_cases(rng, CASES)
    groups = np.array([f"P{i:03d}" for i in range(CASES)])
    training = Training(frame, follow_up[:, 1], groups, follow_up=follow_up, horizons=HORIZONS)
    resampling = Resampling(seed=seed, repeats=repeats)
    kept = learn_ridge(training, resampling, (Stage.FINAL,)).pipeline
    new, known = draw_cases(rng, NEW_CASES)
    ones, codes = np.ones((1, NEW_CASES)), known[:, 1].astype(np.int64)
    truth = float(harrell_c_many(known[:, 0], codes, kept.predict(new), ones)[0])
    permuted = training.with_outcomes_of(rng.permutation(CASES))
    return (
        {"truth": truth, **reported(training, resampling)},
        {"truth": 0.5, **reported(permuted, resampling)},
    )


def say(kind: str, rows: list[Row]) -> None:
    """Means, and how often each interval holds the truth."""
    off = np.array([row["nested"] - row["truth"] for row in rows])
    error = off.std(ddof=1) / np.sqrt(len(off))
    print(f"{kind}: {len(rows)} cohorts, truth {np.mean([row['truth'] for row in rows]):.4f}")
    print(f"    nested minus truth {off.mean():+.4f} (standard error {error:.4f})")
    for way in ("plain", "twice"):
        held = sum(row[f"{way}_low"] <= row["truth"] <= row[f"{way}_high"] for row in rows)
        width = np.mean([row[f"{way}_high"] - row[f"{way}_low"] for row in rows])
        print(f"    interval {way}: holds it in {held}, mean width {width:.3f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="reported C against the truth")
    parser.add_argument("--cohorts", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with threadpool_limits(1):
        both = [cohort(seed, repeats=options.repeats) for seed in range(options.cohorts)]
    say("own outcome", [own for own, _ in both])
    say("permuted outcome", [permuted for _, permuted in both])


if __name__ == "__main__":
    main()
