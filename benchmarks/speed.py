"""How fast thousands of refits are, beside plain scikit-learn and, where it is installed, R.

Belongs here: the three timing tasks of the statistics, both sides in one run, and whether the
faster answer is the same. Does not belong here: the fits themselves.
Run: python benchmarks/speed.py [--full] [--r]

A: nested cross-validation, 10 repeats of 5 x 5 folds, 10 penalties, n = 300, p = 120 (2,550 fits).
B: 500 bootstraps, each tuned in 5 folds of original rows (25,500 fits).
C: six predictors without penalty, 500 bootstraps with AUC, Brier score, slope and intercept.
Every draw is that of the reference, so that choices and scores can be compared. CPU seconds of one
process with one BLAS thread; the plain way is measured on a part and scaled (--full: on all).
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    PredefinedSplit,
    RepeatedStratifiedKFold,
    StratifiedKFold,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from analyses.batched import Problem, SharedMetric, expit, ridge_path_many
from analyses.bootstraps import optimism_corrected
from analyses.metrics import Floats
from analyses.models import GRID
from analyses.resampled import INNER_TOLERANCE, tune_and_fit
from analyses.row_scores import auc_rows
from analyses.shared_cases import share_cases
from analyses.unpenalised import maximum_likelihood_many

ORACLES = Path(__file__).parent.parent / "tests" / "oracles"
SMALL = ["age", "central", "illdef", "cap", "seg", "mcc"]
#: Resamples of one batch.
BATCH = 20


def data() -> tuple[Floats, Floats]:
    """The rows of tasks A and B."""
    stored = np.load(ORACLES / "speed.npz")
    return stored["X"], stored["y"].astype(np.float64)


def small_data() -> tuple[Floats, Floats]:
    """The rows of task C."""
    cohort = pl.read_csv(ORACLES / "cohort.csv")
    return cohort[SMALL].to_numpy().astype(np.float64), cohort["gtr"].to_numpy().astype(np.float64)


def outer_splits(X: Floats, y: Floats) -> list[tuple[Any, Any]]:
    """Training and test rows of task A."""
    splitter = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)
    return list(splitter.split(X, y))


def inner_splits() -> StratifiedKFold:
    """Inner folds of task A."""
    return StratifiedKFold(5, shuffle=True, random_state=1)


def drawn(b: int, n: int) -> tuple[Any, Any]:
    """Rows of a bootstrap of task B, and the inner fold of every original row."""
    rows = np.random.default_rng(b).integers(0, n, n)
    return rows, np.random.default_rng(b + 10**6).permutation(n) % 5


# The faster way


def nested(X: Floats, y: Floats) -> list[dict[str, float]]:
    """Task A: chosen C and AUC of every outer fold."""
    weights, folds, tests = [], [], []
    for train, test in outer_splits(X, y):
        fold = np.full(len(y), -1)
        for place, (_, inner) in enumerate(inner_splits().split(X[train], y[train])):
            fold[train[inner]] = place
        weights.append(np.bincount(train, minlength=len(y)).astype(np.float64))
        folds.append(fold)
        tests.append(np.isin(np.arange(len(y)), test).astype(np.float64))
    found = []
    for c, risk, at in _tuned(X, y, weights, folds):
        for choice, area in zip(c, auc_rows(y, risk, np.stack(tests[at])), strict=True):
            found.append({"C": choice, "auc": float(area)})
    return found


def bootstraps(X: Floats, y: Floats) -> list[dict[str, float]]:
    """Task B: chosen C, and AUC on the resample, on all rows and on those not drawn."""
    n = len(y)
    draws = [drawn(b, n) for b in range(500)]
    weights = [np.bincount(rows, minlength=n).astype(np.float64) for rows, _ in draws]
    found = []
    for c, risk, at in _tuned(X, y, weights, [fold for _, fold in draws]):
        w = np.stack(weights[at])
        areas = [auc_rows(y, risk, v) for v in (w, np.ones_like(w), (w == 0).astype(np.float64))]
        for values in zip(c, *areas, strict=True):
            named = zip(("C", "resample", "original", "out_of_bag"), values, strict=True)
            found.append({name: float(value) for name, value in named})
    return found


def _tuned(X: Floats, y: Floats, weights: list[Floats], folds: list[Any]) -> Any:
    """Chosen C and risks, batch after batch."""
    frame = pl.DataFrame({f"x{j}": column for j, column in enumerate(X.T)})
    cases = share_cases(frame, np.arange(len(y)).astype(np.str_))
    for start in range(0, len(weights), BATCH):
        at = slice(start, start + BATCH)
        fitted = tune_and_fit(cases, y, np.stack(weights[at]), folds[at])
        if not fitted.is_exact.all():
            raise SystemExit("a resample has columns that rounding could tell to be constant")
        yield [choice.c for choice in fitted.choices], fitted.risk, at


def small(X: Floats, y: Floats) -> dict[str, float]:
    """Task C: corrected measures."""
    n = len(y)
    rows = np.random.default_rng(0).integers(0, n, (500, n))
    weights = np.stack([np.bincount(r, minlength=n) for r in rows]).astype(np.float64)
    fitted = maximum_likelihood_many(X, y, np.vstack([np.ones(n), weights]))
    risk = expit(fitted.beta[:, 1:] @ X.T + fitted.beta[:, :1])
    found = optimism_corrected(y, risk[0], risk[1:], weights)
    return {
        name: found[name]["estimate"]
        for name in ("auc", "brier", "calibration_slope", "calibration_intercept")
    }


# The plain way


def plain_search(X: Floats, y: Floats, cv: Any) -> Any:
    """Scaler and ridge, the penalty by grid search, with scikit-learn's defaults."""
    steps = [("scale", StandardScaler()), ("model", LogisticRegression(max_iter=2000))]
    search = GridSearchCV(Pipeline(steps), {"model__C": GRID}, scoring="neg_log_loss", cv=cv)
    return search.fit(X, y)


def plain_nested(X: Floats, y: Floats, repeats: int) -> None:
    """Task A, some of its repeats."""
    for train, test in outer_splits(X, y)[: 5 * repeats]:
        model = plain_search(X[train], y[train], inner_splits())
        roc_auc_score(y[test], model.predict_proba(X[test])[:, 1])


def plain_bootstraps(X: Floats, y: Floats, count: int) -> None:
    """Task B, some of its bootstraps."""
    for b in range(count):
        rows, fold = drawn(b, len(y))
        model = plain_search(X[rows], y[rows], PredefinedSplit(fold[rows]))
        left = np.setdiff1d(np.arange(len(y)), rows)
        for part in (rows, np.arange(len(y)), left):
            roc_auc_score(y[part], model.predict_proba(X[part])[:, 1])


def plain_small(X: Floats, y: Floats, count: int) -> None:
    """Task C, some of its bootstraps."""
    for rows in np.random.default_rng(0).integers(0, len(y), (500, len(y)))[:count]:
        model = Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(C=np.inf))])
        model.fit(X[rows], y[rows])
        for part in (rows, np.arange(len(y))):
            p = model.predict_proba(X[part])[:, 1]
            logit = np.log(p / (1 - p))
            roc_auc_score(y[part], p), brier_score_loss(y[part], p)
            LogisticRegression(C=np.inf).fit(logit[:, None], y[part])


# Both


def worst_coefficient(X: Floats, y: Floats) -> float:
    """Largest distance from scikit-learn's exact solver, over all inner fits of two bootstraps."""
    n, worst = len(y), 0.0
    frame = pl.DataFrame({f"x{j}": column for j, column in enumerate(X.T)})
    cases = share_cases(frame, np.arange(n).astype(np.str_))
    counts = [
        (np.bincount(rows, minlength=n), fold) for rows, fold in (drawn(b, n) for b in (0, 1))
    ]
    weights = np.stack([count * (fold != k) for count, fold in counts for k in range(5)])
    weights = weights.astype(np.float64)
    metric = SharedMetric.of(cases.coding(np.ones((1, n)))[0].columns(cases.matrix, 0))
    problem = Problem(cases.matrix, y, weights, cases.coding(weights)[0])
    path, arrived = ridge_path_many(problem, metric, GRID, tolerance=INNER_TOLERANCE)
    for fit, weight in enumerate(weights):
        rows = np.repeat(np.arange(n), weight.astype(int))
        Z = StandardScaler().fit_transform(X[rows])
        for place, c in enumerate(GRID):
            model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-10, max_iter=1000)
            model.fit(Z, y[rows])
            gap = np.abs(np.r_[model.intercept_, model.coef_[0]] - path[place, fit]).max()
            worst = max(worst, float(gap))
    print(
        f"arrived: {arrived.mean():.4f} of the fits; largest distance of a coefficient {worst:.1e}"
    )
    return worst


def same_as_reference(a: Any, b: Any, c: Any) -> bool:
    """Whether choices are equal and scores within 1e-6 of the reference."""
    reference = json.loads((ORACLES / "speed_reference.json").read_text())
    expected = reference["nested_repeat_1"] + reference["bootstraps_0_to_4"]
    expected.append(reference["small_500"])
    return all(
        abs(one[key] - other[key]) < (1e-12 if key == "C" else 1e-6)
        for one, other in zip([*a[:5], *b[:5], c], expected, strict=True)
        for key in other
    )


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Result and CPU seconds."""
    started = time.process_time()
    return work(), time.process_time() - started


def run_r(X: Floats, y: Floats) -> None:
    """The same in R, if `Rscript` with glmnet and rms is there."""
    if shutil.which("Rscript") is None:
        print("R: not installed (Debian: r-base-core r-cran-glmnet r-cran-rms)")
        return
    with tempfile.TemporaryDirectory() as folder:
        frame = pl.DataFrame(
            {f"x{j}": column for j, column in enumerate(X.T)} | {"y": y.astype(int)}
        )
        frame.write_csv(Path(folder) / "speed.csv")
        shutil.copy(ORACLES / "cohort.csv", folder)
        script = Path(__file__).with_name("speed.R").resolve()
        subprocess.run(["Rscript", str(script)], cwd=folder, check=True)


def main() -> None:
    """Both sides of every task, their ratios, and whether the answers agree."""
    parser = argparse.ArgumentParser(description="timing of the refits")
    parser.add_argument("--full", action="store_true", help="the plain way on everything")
    parser.add_argument("--r", action="store_true", help="R as well")
    options = parser.parse_args()
    (X, y), (Xs, ys) = data(), small_data()
    repeats, count, few = (10, 500, 500) if options.full else (1, 4, 50)
    with threadpool_limits(1):
        worst = worst_coefficient(X, y)
        small(Xs, ys)  # once, unmeasured: the first call of a process pays for imports
        a, time_a = timed(lambda: nested(X, y))
        b, time_b = timed(lambda: bootstraps(X, y))
        c, time_c = timed(lambda: small(Xs, ys))
        plain_a = timed(lambda: plain_nested(X, y, repeats))[1] * 10 / repeats
        plain_b = timed(lambda: plain_bootstraps(X, y, count))[1] * 500 / count
        plain_c = timed(lambda: plain_small(Xs, ys, few))[1] * 500 / few
    same = same_as_reference(a, b, c)
    print(f"chosen penalties and scores as in the reference: {'yes' if same else 'NO'}")
    for task, mine, plain in (
        ("A nested", time_a, plain_a),
        ("B bootstraps", time_b, plain_b),
        ("A + B", time_a + time_b, plain_a + plain_b),
        ("C small", time_c, plain_c),
    ):
        print(f"{task:13s} {mine:8.2f} CPU s, plain {plain:7.1f} CPU s: {plain / mine:5.1f} times")
    if options.r:
        run_r(X, y)
    if worst > 1e-6 or not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
