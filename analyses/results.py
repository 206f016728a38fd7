"""Results: the one document that every page and report is made from.

Belongs here: its form, every key present, and its canonical bytes.
Does not belong here: computing (`analyses.protocol`), showing (`analyses.report`).
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from analyses import curves
from analyses.evaluation import OutOfFold
from analyses.metrics import Floats
from analyses.models import GRID, Choice

SCHEMA = "imsct.results/1"
#: Digits that two machines agree on; the last ones of a float they may not.
SIGNIFICANT_DIGITS = 10


def to_json(results: Mapping[str, Any]) -> bytes:
    r"""Canonical bytes: sorted keys, 10 significant digits, no nan, a newline at the end.

    Raises
    ------
    ValueError
        If a number is nan or infinite; a missing result must be null with its reason.

    Examples
    --------
    >>> to_json({"b": 1 / 3, "a": [1, None]})
    b'{\n "a": [\n  1,\n  null\n ],\n "b": 0.3333333333\n}\n'
    """
    plain = _rounded(results, "results")
    text = json.dumps(plain, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def model_entry(
    *,
    name: str,
    role: str,
    predictors: Sequence[str],
    pipeline: Pipeline,
    nested: Mapping[str, Any],
    apparent: Mapping[str, Any],
    choice: Choice,
    predicted: OutOfFold,
    outcome: Floats,
    thresholds: Sequence[float],
) -> dict[str, Any]:
    """One entry of `models`; what later work brings is null.

    The curves show the out-of-fold predictions of the first repeat.
    """
    risk = predicted.risk[0]
    terms = pipeline["encode"].get_feature_names_out()
    return {
        "name": name,
        "role": role,
        "predictors": list(predictors),
        "coefficients": [
            {"term": str(term), "estimate": float(slope), "interval": None}
            for term, slope in zip(terms, pipeline["model"].coef_[0], strict=True)
        ],
        "performance": {
            "apparent": dict(apparent),
            "nested_cv": dict(nested),
            "bootstrap_632plus": None,
            "optimism_corrected": None,
            "internal_external": None,
        },
        "tuning": {
            "chosen": choice.c,
            "one_se": choice.one_se,
            "spread": [fold.c for fold in predicted.choices],
            "grid": list(GRID),
            "bootstrap_quantiles": None,
        },
        "curves": {
            "calibration": curves.calibration_curve(outcome, risk),
            "roc": curves.roc_curve(outcome, risk),
            "decision": curves.decision_curve(outcome, risk, thresholds),
        },
        "instability": None,
    }


def _rounded(value: Any, path: str) -> Any:
    """Plain JSON values with rounded numbers."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise ValueError(f"{path} is not finite; a missing result must be null")
        short = float(f"{float(value):.{SIGNIFICANT_DIGITS}g}")
        return 0.0 if short == 0 else short  # no negative zero
    if isinstance(value, Mapping):
        return {str(key): _rounded(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_rounded(item, f"{path}[{place}]") for place, item in enumerate(value)]
    raise TypeError(f"{path} is of type {type(value).__name__}, which results cannot hold")
