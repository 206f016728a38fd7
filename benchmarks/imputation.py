"""What multiple imputation costs, and whether its limits cover the truth.

Run: `PYTHONPATH=. python benchmarks/imputation.py [tables]`. Cost: twenty completed tables of 1,000
cases with 60 columns, half of them signs, 30 % missing in each. Coverage: logistic regression of
250 cases, 30 % missing in two of three columns, completely at random or depending on the outcome
and the third column; 95 % limits by Rubin's rules, of complete cases, and of one filled table.
"""

import sys
import time

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_limits

from analyses.chained import Block, chain
from analyses.models import fit_logistic, predict_risk
from analyses.rubin import pool_fits

Floats = NDArray[np.float64]
TRUTH = np.array([-0.3, 0.8, 1.0, -0.6])


def cost(n: int = 1000, p: int = 60, m: int = 20) -> float:
    """Seconds of a processor for m completed tables."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, 8)) @ rng.normal(size=(8, p)) + 1.5 * rng.normal(size=(n, p))
    X[:, 1::2] = X[:, 1::2] > 0
    blocks = [Block((j,), is_number=j % 2 == 0) for j in range(p)]
    X[rng.random((n, p)) < 0.3] = np.nan
    began = time.process_time()
    for k in range(m):
        chain(X, blocks, rng=np.random.default_rng(k), is_kept=False)
    return time.process_time() - began


def cases(rng: np.random.Generator, how: str, n: int = 250) -> tuple[Floats, Floats]:
    """Columns with gaps (number, sign, complete number) and outcome."""
    z = rng.normal(size=n)
    x = 0.5 * z + rng.normal(size=n)
    sign = (rng.random(n) < expit(0.7 * z + 0.5 * x)).astype(float)
    X = np.column_stack([x, sign, z])
    y = (rng.random(n) < expit(TRUTH[0] + X @ TRUTH[1:])).astype(float)
    chance = np.full(n, 0.3) if how == "mcar" else expit(-1.6 + 1.2 * y + 0.8 * z)
    for j in (0, 1):
        X[rng.random(n) < chance, j] = np.nan
    return X, y


def fit(X: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coefficients of maximum likelihood, intercept first, and their variances."""
    model = fit_logistic(X, y, np.inf)
    design, risk = np.column_stack([np.ones(len(X)), X]), predict_risk(model, X)
    information = design.T @ (design * (risk * (1 - risk))[:, None])
    return np.r_[model.intercept_, model.coef_[0]], np.diag(np.linalg.inv(information))


def pooled(X: Floats, y: Floats, *, m: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Estimates and limits by Rubin's rules."""
    blocks = [Block((0,)), Block((1,), is_number=False), Block((2,))]
    fits = []
    for k in range(m):
        rng = np.random.default_rng([seed, k])
        filled, _ = chain(np.column_stack([X, y]), blocks, rng=rng, complete=(3,), is_kept=False)
        fits.append(fit(filled[:, :3], y))
    found = pool_fits(*zip(*fits, strict=True), freedom=len(y) - 4)
    return found.estimate, found.low, found.high


def coverage(how: str, *, tables: int, m: int = 20) -> dict[str, tuple[Floats, Floats]]:
    """Bias and coverage of each coefficient under each way."""
    ways: dict[str, list[tuple[Floats, Floats, Floats]]] = {
        "multiple": [],
        "complete": [],
        "once": [],
    }
    for seed in range(tables):
        X, y = cases(np.random.default_rng([seed, how == "mcar"]), how)
        ways["multiple"].append(pooled(X, y, m=m, seed=seed))
        whole = ~np.isnan(X).any(axis=1)
        once = np.where(np.isnan(X), np.nanmedian(X, axis=0), X)
        for name, data in (("complete", (X[whole], y[whole])), ("once", (once, y))):
            estimate, variance = fit(*data)
            reach = 1.96 * np.sqrt(variance)
            ways[name].append((estimate, estimate - reach, estimate + reach))
    found = {}
    for name, results in ways.items():
        estimate, low, high = (np.array([one[k] for one in results]) for k in range(3))
        found[name] = estimate.mean(axis=0) - TRUTH, ((low <= TRUTH) & (high >= TRUTH)).mean(axis=0)
    return found


def main() -> None:
    """Print both."""
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with threadpool_limits(1):
        print(f"20 completed tables of 1,000 x 60: {cost():.1f} s of a processor")
        for how in ("mcar", "mar"):
            for way, (bias, covers) in coverage(how, tables=tables).items():
                print(f"{how} {way:9} bias {bias.round(3)} coverage {covers.round(3)}")


if __name__ == "__main__":
    main()
