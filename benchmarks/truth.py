"""Whether the reported AUC is the one that new cases would show, on cohorts whose truth is known.

Belongs here: simulated cohorts (n = 300, p = 120, eight true effects), nested AUC beside that of
the kept model on 100,000 new cases, and what is reported when outcomes are permuted.
Does not belong here: a cheap version of the same (`tests/analyses/test_truth.py`), times.
Run: python benchmarks/truth.py [--truth 20] [--permuted 100] [--first 0] [--out FILE]

Every figure is made as `imsct analyse` makes it: folds, tuned ridge regression and interval are the
functions behind `nested_cv` of results.json, with their defaults (5 x 5 folds, 10 repeats, 2000
bootstraps of patients). A cohort is drawn as `tests/oracles/speed.npz`, which is seed 0.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from analyses.evaluation import DRAWS, averaged, nested_cross_validation, outer_folds
from analyses.learners import learn_ridge
from analyses.metrics import Floats, auc
from analyses.models import Training, predict_risk
from analyses.panel import panel_of
from analyses.plan_parts import Resampling
from analyses.resampling import Stage, bootstrap_weights, generator

CASES, COLUMNS, EFFECTS = 300, 120, 8
#: Slope of each true effect, and intercept: .45 of the cases have the event.
SLOPE, INTERCEPT = 0.5, -0.5
NEW_CASES = 100_000
_APART = np.abs(np.subtract.outer(range(COLUMNS), range(COLUMNS)))
_ROOT = np.linalg.cholesky(0.4**_APART)

Row = dict[str, float]


def draw_cases(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Columns, correlated .4 with neighbours, and an outcome that hangs on the first eight."""
    X = rng.normal(size=(n, COLUMNS)) @ _ROOT.T
    risk = 1 / (1 + np.exp(-(SLOPE * X[:, :EFFECTS].sum(axis=1) + INTERCEPT)))
    return X, (rng.random(n) < risk).astype(np.float64)


def framed(X: Floats) -> pl.DataFrame:
    """The columns by name."""
    return pl.DataFrame({f"x{j:03d}": column for j, column in enumerate(X.T)})


def reported(training: Training, resampling: Resampling) -> Row:
    """Nested AUC with its interval as results.json has it."""
    folds = outer_folds(training, resampling)
    predicted = nested_cross_validation(training, folds, learner=learn_ridge, resampling=resampling)
    rng = generator(resampling.seed, Stage.INTERVALS)
    weights = bootstrap_weights(training.groups, n_draws=DRAWS, rng=rng)
    found = averaged(panel_of(2).auc, training.outcome, predicted, weights, is_fixed=False)
    low, high = found["interval"]
    return {"nested": found["estimate"], "low": low, "high": high}


def cohort(seed: int) -> tuple[Training, np.random.Generator]:
    """A cohort, and the generator that goes on from it."""
    rng = np.random.default_rng(seed)
    X, y = draw_cases(rng, CASES)
    return Training(framed(X), y, np.array([f"P{i:03d}" for i in range(CASES)])), rng


def beside_truth(seed: int, *, repeats: int = 10, n_new: int = NEW_CASES) -> Row:
    """What is reported of a cohort, and the AUC of the kept model on new cases."""
    training, rng = cohort(seed)
    resampling = Resampling(seed=seed, repeats=repeats)
    found = reported(training, resampling)
    kept = learn_ridge(training, resampling, (Stage.FINAL,)).pipeline
    X, y = draw_cases(rng, n_new)
    truth = auc(y, predict_risk(kept, framed(X))).estimate
    apparent = auc(training.outcome, predict_risk(kept, training.frame)).estimate
    assert truth is not None  # both outcomes are there
    assert apparent is not None
    return {"seed": seed, **found, "truth": truth, "apparent": apparent}


def permuted_cohort(seed: int) -> Training:
    """A cohort whose outcomes were dealt out anew: nothing can be learned."""
    training, rng = cohort(seed)
    return Training(training.frame, rng.permutation(training.outcome), training.groups)


def with_permuted_outcome(seed: int) -> Row:
    """What is reported of a cohort with permuted outcomes."""
    return {"seed": seed, **reported(permuted_cohort(seed), Resampling(seed=seed))}


def covered(rows: Sequence[Row], truth: Sequence[float]) -> int:
    """In how many rows the interval holds the truth."""
    return sum(row["low"] <= t <= row["high"] for row, t in zip(rows, truth, strict=True))


def say_truth(rows: Sequence[Row]) -> None:
    """Means, the mean difference with its error, and the coverage."""
    off = np.array([row["nested"] - row["truth"] for row in rows])
    spread = off.std(ddof=1) if len(off) > 1 else np.nan
    means = {key: np.mean([row[key] for row in rows]) for key in ("truth", "nested", "apparent")}
    print(f"{len(rows)} cohorts: " + ", ".join(f"{key} {m:.4f}" for key, m in means.items()))
    print(
        f"nested minus truth {off.mean():+.4f} (standard error {spread / np.sqrt(len(off)):.4f}, "
        f"of one cohort {spread:.4f}, largest {np.abs(off).max():.4f})"
    )
    n = covered(rows, [row["truth"] for row in rows])
    print(f"the 95 % interval holds the truth in {n} of {len(rows)}")


def say_permuted(rows: Sequence[Row]) -> None:
    """Mean AUC and how often its interval holds .5."""
    found = np.array([row["nested"] for row in rows])
    below = sum(row["high"] < 0.5 for row in rows)
    above = sum(row["low"] > 0.5 for row in rows)
    print(
        f"{len(rows)} permuted: mean AUC {found.mean():.4f} (SD {found.std(ddof=1):.4f}); the 95 % "
        f"interval holds .5 in {covered(rows, [0.5] * len(rows))}, lies above in {above}, below in "
        f"{below}"
    )


def main() -> None:
    """Print the figures; each cohort's own go to a file, from which a stopped run goes on."""
    parser = argparse.ArgumentParser(description="reported AUC against the truth")
    parser.add_argument("--truth", type=int, default=20, help="cohorts with their own outcome")
    parser.add_argument("--permuted", type=int, default=100, help="cohorts with a permuted one")
    parser.add_argument("--first", type=int, default=0, help="seed of the first cohort")
    parser.add_argument("--out", type=Path, help="a line of JSON for each cohort; read if there")
    options = parser.parse_args()
    lines = options.out.read_text().splitlines() if options.out and options.out.exists() else []
    done = {(row.pop("kind"), row["seed"]): row for row in map(json.loads, lines)}
    kinds = {"truth": (beside_truth, say_truth), "permuted": (with_permuted_outcome, say_permuted)}
    with threadpool_limits(1):
        for kind, (make, say) in kinds.items():
            rows = []
            for seed in range(options.first, options.first + getattr(options, kind)):
                if (kind, seed) not in done:
                    done[kind, seed] = make(seed)
                    if options.out:
                        with options.out.open("a") as file:
                            file.write(json.dumps({"kind": kind, **done[kind, seed]}) + "\n")
                rows.append(done[kind, seed])
            if rows:
                say(rows)


if __name__ == "__main__":
    main()
