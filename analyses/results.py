"""Results: the one document that every page and report is made from.

Belongs here: its form, every key present, and its canonical bytes.
Does not belong here: computing (`analyses.protocol`), showing (`analyses.report`).
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from analyses import curves
from analyses.bootstraps import slope_spread
from analyses.evaluation import OutOfFold
from analyses.learners import Learned
from analyses.metrics import Floats
from analyses.models import GRID, Training
from analyses.stability import Stability
from analyses.written_out import write_out

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
    training: Training,
    learned: Learned,
    performance: Mapping[str, Any],
    one_se: Mapping[str, Any] | None,
    stable: Stability,
    predicted: OutOfFold,
    classes: Sequence[str],
    thresholds: Sequence[float],
    horizons: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """One entry of `models`; `not_computed` says why a part of it is null.

    The curves show the out-of-fold predictions of the first repeat.
    """
    return {
        "name": name,
        "role": role,
        "predictors": list(training.frame.columns),
        "coefficients": _coefficients(learned.pipeline, classes, stable),
        "specification": write_out(learned.pipeline, training, classes),
        "performance": {
            "bootstrap_632plus": stable.bootstrap_632plus,
            "optimism_corrected": stable.optimism_corrected,
            **performance,
        },
        "not_computed": stable.reasons,
        "tuning": None
        if learned.choice is None
        else {
            "chosen": learned.choice.c,
            "one_se": learned.choice.one_se,
            "spread": [fold.c for fold in predicted.choices],
            "grid": list(GRID),
            "one_se_nested_cv": one_se,
            "bootstrap_quantiles": stable.penalties,
        },
        "curves": _curves_of(training, predicted.risk[0], classes, thresholds),
        "instability": stable.instability,
        "horizons": list(horizons),
    }


def _coefficients(
    pipeline: Pipeline, classes: Sequence[str], stable: Stability
) -> list[dict[str, Any]]:
    """Slopes of standardised columns; of several classes one vector each; a forest has none.

    Intervals are quantiles over the refits, and say how a slope moves, not where the truth is.
    """
    found = getattr(pipeline["model"], "coef_", None)
    if found is None:
        return []
    slopes = np.atleast_2d(found)  # grades share one vector
    names = list(classes) if len(slopes) > 1 else [None]
    none = {"interval": None, "selected": None, "same_sign": None}
    return [
        {
            "term": str(term),
            "class": name,
            "estimate": float(slope),
            **(slope_spread(str(term), k, slope, stable.refits) if stable.refits else none),
        }
        for k, (name, vector) in enumerate(zip(names, slopes, strict=True))
        for term, slope in zip(pipeline[:-1].get_feature_names_out(), vector, strict=True)
    ]


def _curves_of(
    training: Training, risk: Floats, classes: Sequence[str], thresholds: Sequence[float]
) -> dict[str, Any]:
    """The curves of a kind of outcome; those of a time to an event stand under its horizons."""
    if training.follow_up is not None:
        return dict.fromkeys(("calibration", "roc", "decision", "by_class"))
    if training.is_ordered:
        return _curves_of_cuts(training.outcome, risk, classes)
    return _curves(training.outcome, risk, classes, thresholds)


def _curves(
    outcome: Floats, risk: Floats, classes: Sequence[str], thresholds: Sequence[float]
) -> dict[str, Any]:
    """Calibration, ROC and decision curve; of several classes each against the others."""
    if len(classes) <= 2:
        return {
            "calibration": curves.calibration_curve(outcome, risk),
            "roc": curves.roc_curve(outcome, risk),
            "decision": curves.decision_curve(outcome, risk, thresholds),
            "by_class": None,
        }
    return _one_by_one(
        (name, (outcome == k).astype(np.float64), risk[:, k]) for k, name in enumerate(classes)
    )


def _curves_of_cuts(outcome: Floats, risk: Floats, classes: Sequence[str]) -> dict[str, Any]:
    """Calibration and ROC of grades: at each cut, worse than it against the others."""
    at_most = np.cumsum(risk, axis=1)
    return _one_by_one(
        (f"above {name}", (outcome > k).astype(np.float64), np.clip(1 - at_most[:, k], 0, 1))
        for k, name in enumerate(classes[:-1])
    )


def _one_by_one(parts: Iterable[tuple[str, Floats, Floats]]) -> dict[str, Any]:
    """Curves of several two-valued outcomes, each with its name, outcome and risk."""
    by_class = [
        {
            "class": name,
            "calibration": curves.calibration_curve(happened, risk),
            "roc": curves.roc_curve(happened, risk),
        }
        for name, happened, risk in parts
    ]
    return {"calibration": None, "roc": None, "decision": None, "by_class": by_class}


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
