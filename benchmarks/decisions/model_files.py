"""What opening a model file that a stranger made does: pickle, joblib, skops, our loader.

Belongs here: one harmless piece of code in a file, and who runs it.
Does not belong here: our model files (`tests/analyses/test_models.py`).
Run: python benchmarks/decisions/model_files.py
"""

import io
import os
import pickle
from collections.abc import Callable

import joblib
import skops.io
from _setting import say_setting
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skops.io.exceptions import UntrustedTypesFoundException

from analyses.model_files import load
from schemas.errors import IntegrityError


class Step:
    """A step of a pipeline whose file sets a variable of the environment when it is opened."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return _mark, ("opened", "yes")


def _mark(name: str, value: str) -> "Step":
    """The harmless code; a stranger's would not be."""
    os.environ[name] = value
    return Step()


def opened(name: str, read: Callable[[bytes], object], data: bytes) -> None:
    """Open a file and say whether the code in it ran."""
    os.environ.pop("opened", None)
    try:
        read(data)
        ended = "opened"
    except (UntrustedTypesFoundException, IntegrityError) as error:
        ended = f"refused ({type(error).__name__})"
    ran = "the code ran" if "opened" in os.environ else "the code did not run"
    print(f"{name}: {ended}; {ran}")


def main() -> None:
    """Print what each way of opening a file did."""
    say_setting("scikit-learn", "joblib", "skops")
    model = make_pipeline(Step(), LogisticRegression())
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    opened("pickle", pickle.loads, pickle.dumps(model))
    opened("joblib", lambda data: joblib.load(io.BytesIO(data)), buffer.getvalue())
    opened("skops", lambda data: skops.io.loads(data), skops.io.dumps(model))
    opened("our loader", load, skops.io.dumps(model))


if __name__ == "__main__":
    main()
