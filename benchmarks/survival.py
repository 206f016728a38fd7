"""How fast refits of a Cox model are, beside R, and how long a whole survival plan takes.

Belongs here: both sides in one run, whether the faster answer is the same, the plan of the goal.
Does not belong here: the fits themselves, times of logistic regression (`benchmarks/speed.py`).
Run: python benchmarks/survival.py [--draws 20] [--few 2] [--processes 2]

One task is a resample of 300 rows with 20 columns and times in whole months: its penalty tuned over
10 values in 5 folds by the cross-validated partial likelihood (50 fits). R does the same by
`coxph(ridge())` in a loop (a part of the draws, --few) and, as the fastest that it has, by
`cv.glmnet` (Breslow's ties, its own path), at its default and at the threshold at which its
coefficients are right to 1e-6. CPU seconds of one process with one BLAS thread.
The plan has the same rows, in four centres: 5 x 5 folds, 10 repeats, leave one centre out, 200
bootstraps, each tuned, and the baseline; its goal is 60 seconds of a clock on two processors.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from analyses.models import GRID
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.survival.cox import partial_loglik, ridge_cox_path

CASES, COLUMNS, FOLDS = 300, 20, 5
PLAN = """
title: How long a survival plan takes
data: {id: case, centre: centre}
outcome: {kind: survival, time: months, event: end, event_value: progression, horizons: [24, 60]}
predictors: {prefix: [x]}
baseline: [x00]
models: [ridge]
resampling: {outer_folds: 5, inner_folds: 5, repeats: 10, bootstraps: 200, seed: 1}
"""
THETAS = [1 / c for c in GRID]


def draw_cases() -> tuple[Any, Any, Any]:
    """Columns, of which four have an effect, times in months, and whether the event came."""
    rng = np.random.default_rng(8)
    X = rng.normal(size=(CASES, COLUMNS))
    event = rng.exponential(40 * np.exp(-0.5 * X[:, :4].sum(axis=1)))
    end = rng.uniform(6, 90, size=CASES)
    return X, np.ceil(np.minimum(event, end)), (event <= end).astype(np.float64)


def tuned(X: Any, time_: Any, is_event: Any, fold: Any) -> tuple[Any, Any]:
    """Mean loss of each penalty, and the path of the first fold."""
    losses, first = [], None
    for place in range(FOLDS):
        train = fold != place
        mean, spread = X[train].mean(axis=0), X[train].std(axis=0)
        Z = (X - mean) / spread
        part = (Z[train], time_[train], is_event[train])
        path = ridge_cox_path(*part, THETAS)
        first = path if first is None else first
        losses.append(partial_loglik(*part, path) - partial_loglik(Z, time_, is_event, path))
    return np.mean(losses, axis=0), first


def run_r(draws: Any, fold: Any, cases: tuple[Any, Any, Any], few: int) -> tuple[Any, Any, str]:
    """Losses and first path of R, and what it says of its times."""
    X, time_, is_event = cases
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        header = ",".join([*(f"x{j}" for j in range(COLUMNS)), "time", "event"])
        rows = np.column_stack([X, time_, is_event])
        np.savetxt(
            folder / "rows.csv", rows, delimiter=",", header=header, comments="", fmt="%.17g"
        )
        np.savetxt(folder / "draws.csv", draws, delimiter=",", fmt="%d")
        np.savetxt(folder / "folds.csv", fold, fmt="%d")
        np.savetxt(folder / "thetas.csv", THETAS, fmt="%.17g")
        script = Path(__file__).with_name("survival.R").resolve()
        ran = subprocess.run(
            ["Rscript", str(script), str(few)],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        losses = np.atleast_2d(np.loadtxt(folder / "losses.csv", delimiter=","))
        return losses, np.loadtxt(folder / "first.csv", delimiter=","), ran.stdout


def whole_plan(cases: tuple[Any, Any, Any], processes: int) -> tuple[float, float]:
    """Seconds of a clock for the plan, and CPU seconds of this process."""
    X, time_, is_event = cases
    frame = pl.DataFrame(
        {f"x{j:02d}": column for j, column in enumerate(X.T)}
        | {
            "case": [f"c{i:03d}" for i in range(CASES)],
            "centre": [f"s{i % 4}" for i in range(CASES)],
            "months": time_,
            "end": np.where(is_event == 1, "progression", "none"),
        }
    )
    plan = parse_plan(PLAN, name="survival.yaml")
    begun, begun_cpu = time.perf_counter(), time.process_time()
    run_plan(plan, frame, availability=None, stamp={}, processes=processes)
    return time.perf_counter() - begun, time.process_time() - begun_cpu


def main() -> None:
    """Both sides, their ratios, and whether the answers agree."""
    parser = argparse.ArgumentParser(description="timing of Cox models")
    parser.add_argument("--draws", type=int, default=20, help="resamples that are measured")
    parser.add_argument("--few", type=int, default=2, help="of them in R's loop")
    parser.add_argument("--processes", type=int, default=2, help="of the plan")
    options = parser.parse_args()
    X, time_, is_event = cases = draw_cases()
    rng = np.random.default_rng(1)
    draws = rng.integers(0, CASES, size=(options.draws, CASES))
    fold = rng.permutation(CASES) % FOLDS
    with threadpool_limits(1):
        tuned(X, time_, is_event, fold)  # once, unmeasured: the first call pays for imports
        begun = time.process_time()
        found = [tuned(X[rows], time_[rows], is_event[rows], fold[rows]) for rows in draws]
        mine = (time.process_time() - begun) / options.draws
    print(f"own          {1000 * mine:8.1f} CPU ms a tuned resample (50 fits)")
    print(f"whole plan   {whole_plan(cases, 1)[1]:8.1f} CPU s with one process")
    took = whole_plan(cases, options.processes)[0]
    print(f"whole plan   {took:8.1f} s of a clock with {options.processes} processes")
    if shutil.which("Rscript") is None:
        print("R: not installed (Debian: r-base-core r-cran-survival r-cran-glmnet)")
        return
    losses, first, said = run_r(draws, fold, cases, options.few)
    for line in said.splitlines():
        name, seconds = line.split()
        print(f"{name:17s} {1000 * float(seconds):8.1f} CPU ms: {float(seconds) / mine:6.1f} times")
    apart = np.abs(first - found[0][1]).max()
    same = [int(losses[k].argmin()) == int(found[k][0].argmin()) for k in range(options.few)]
    worst = max(np.abs(losses[k] - found[k][0]).max() for k in range(options.few))
    print(f"largest distance from coxph: coefficient {apart:.1e}, loss {worst:.1e}")
    if apart > 1e-6 or not all(same):
        sys.exit(1)


if __name__ == "__main__":
    main()
