"""How long a feature matrix takes to read, beside `numpy.load` of the same numbers.

Belongs here: the ratio, runs in turn so that a busy machine slows both; the hash by itself.
Does not belong here: whether the numbers are right (`tests/warehouse/test_features.py`).
Asked for: 100,000 x 1,000 float32 in at most 1.5 times `numpy.load`. Measured on two busy cores,
medians of five: 0.9 to 1.2 times the processor seconds (0.08 beside 0.09), 0.5 to 1.8 times the
seconds. The hash takes 0.25 processor seconds more, once in a process.
Run: PYTHONPATH=. python benchmarks/feature_matrix.py [--rows 100000] [--features 1000] [--runs 5]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from warehouse import features
from warehouse.home import Home
from warehouse.ledger import Ledger


def main() -> None:
    """Print the medians of reading both ways, of the hash, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--features", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name))
        home.create()
        numbers = np.random.default_rng(1).standard_normal(
            (asked.rows, asked.features), dtype=np.float32
        )
        array = home.path / "same.npy"
        np.save(array, numbers)
        studies = [f"S{n:07d}" for n in range(asked.rows)]
        wide = pl.DataFrame(numbers, schema=[f"feature_{n}" for n in range(asked.features)])
        table = wide.select(
            pl.Series("study_id", studies), pl.lit("tumour").alias("structure"), "*"
        )
        kept = features.keep_set(home, Ledger.open(home.ledger), table)
        del wide, table
        path = features.feature_path(home, kept.sha256)

        def read() -> features.FeatureMatrix:
            return features.feature_matrix(home, [kept.sha256], studies, structure="tumour")

        assert np.array_equal(read().values, numbers)
        del numbers
        spent: dict[str, list[tuple[float, float]]] = {
            "numpy.load": [],
            "feature_matrix": [],
            "hash": [],
        }
        for _ in range(asked.runs):  # what a run gave is let go: memory is as free for the other
            _timed(spent["numpy.load"], lambda: np.load(array))
            _timed(spent["feature_matrix"], read)
            _timed(spent["hash"], lambda: features.check_feature_file(path))
        for place, kind in enumerate(("seconds", "processor seconds")):
            middle = {what: median(run[place] for run in runs) for what, runs in spent.items()}
            ratio = middle["feature_matrix"] / middle["numpy.load"]
            said = ", ".join(f"{what} {seconds:.3f}" for what, seconds in middle.items())
            print(f"{kind}: {said}; feature_matrix / numpy.load {ratio:.2f}")


def _timed(spent: list[tuple[float, float]], call: Callable[[], object]) -> None:
    """Note the seconds and processor seconds of a call."""
    started, used = time.perf_counter(), time.process_time()
    call()
    spent.append((time.perf_counter() - started, time.process_time() - used))


if __name__ == "__main__":
    main()
