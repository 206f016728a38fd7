"""How long the panel of measures with its 2000 bootstraps takes, beside one pass without them.

Belongs here: the ratio within one run. Does not belong here: whether the intervals are right.
Run: python benchmarks/interval_panel.py
"""

import time

import numpy as np

from analyses.evaluation import OutOfFold, performance
from analyses.resampling import bootstrap_weights, generator

CASES, REPEATS, DRAWS = 300, 10, 2000


def main() -> None:
    """Print CPU seconds with and without the bootstraps, and their ratio."""
    rng = np.random.default_rng(0)
    outcome = (rng.random(CASES) < 0.6).astype(float)
    risk = np.clip(0.5 * rng.random((REPEATS, CASES)) + 0.3 * outcome, 0.01, 0.99)
    folds = rng.integers(0, 5, (REPEATS, CASES))
    predicted = OutOfFold(risk, np.full((REPEATS, CASES), 0.6), folds, ())
    spent = []
    for draws in (1, DRAWS):
        patients = np.arange(CASES).astype(str)
        weights = bootstrap_weights(patients, n_draws=draws, rng=generator(1, 3))
        started = time.process_time()
        performance(outcome, predicted, weights)
        spent.append(time.process_time() - started)
    print(
        f"n={CASES}, repeats={REPEATS}: 1 draw {spent[0]:.3f} CPU s, {DRAWS} draws "
        f"{spent[1]:.3f} CPU s, ratio {spent[1] / spent[0]:.1f}"
    )


if __name__ == "__main__":
    main()
