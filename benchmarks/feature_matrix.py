"""How long a feature matrix takes to read, beside `numpy.load` of the same numbers.

Belongs here: the ratio, runs in turn so that a busy machine slows both; the hash by itself.
Does not belong here: whether the numbers are right (`tests/warehouse/test_features.py`).
Asked for: 100,000 x 1,000 float32 in at most 1.5 times `numpy.load`. Measured on two busy cores:
0.83 times (0.21 s beside 0.25 s), and 0.52 s for the hash, taken once in a process.
Run: PYTHONPATH=. python benchmarks/feature_matrix.py [--rows 100000] [--features 1000] [--runs 5]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

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
        spent: dict[str, list[float]] = {"numpy.load": [], "feature_matrix": [], "hash": []}
        path = features.feature_path(home, kept.sha256)
        features.feature_matrix(home, [kept.sha256], studies, structure="tumour")
        for _ in range(asked.runs):
            loaded = _timed(spent["numpy.load"], lambda: np.load(array))
            _timed(spent["hash"], lambda: features.check_feature_file(path))
            read = _timed(
                spent["feature_matrix"],
                lambda: features.feature_matrix(home, [kept.sha256], studies, structure="tumour"),
            )
            assert np.array_equal(read.values, loaded)
            del loaded, read
        middle = {what: median(seconds) for what, seconds in spent.items()}
        print(", ".join(f"{what} {seconds:.3f} s" for what, seconds in middle.items()))
        print(f"feature_matrix / numpy.load: {middle['feature_matrix'] / middle['numpy.load']:.2f}")


def _timed(spent: list[float], call: Callable[[], Any]) -> Any:
    """The result of a call, its seconds noted."""
    started = time.perf_counter()
    result = call()
    spent.append(time.perf_counter() - started)
    return result


if __name__ == "__main__":
    main()
