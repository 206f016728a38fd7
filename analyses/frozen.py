"""Frozen models: what stands beside a model file, in plain sight.

Belongs here: the description of a model: what it reads, what it was made from, its limits.
Does not belong here: bytes of a model file (`analyses.model_files`), its risks for other cases
(`analyses.applying`).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from sklearn.pipeline import Pipeline

from analyses.metrics import Floats
from analyses.models import Training
from analyses.preprocessing import MISSING_STATES, is_text
from analyses.survival.said import null_risks

SCHEMA = "imsct.model/1"
NOT_FOR_USE = "Research use only; not for clinical use."
INTENDED_USE = "To be evaluated on cases of another centre. " + NOT_FOR_USE
_NONE_MADE = "None was made."
_OFFERED = (
    " 'imsct apply' on a table with known outcomes offers an intercept and a slope for that "
    "centre, apart from the risks of the model as it is."
)
#: So many training cases lie at or beyond each end of a range, so that an end is no one's value.
_AT_THE_ENDS = 5


def describe_model(
    results: Mapping[str, Any], *, name: str, training: Training, pipeline: Pipeline, data: bytes
) -> dict[str, Any]:
    """What a person must know of a model before using it.

    Parameters
    ----------
    results
        Of the analysis that made it.
    name
        Its name among the models of the results.
    training
        The rows it was fitted on.
    pipeline
        The fitted model.
    data
        The bytes of its file.
    """
    entry = next(model for model in results["models"] if model["name"] == name)
    digest = hashlib.sha256(data).hexdigest()
    outcome, plan = results["outcome"], results["plan"]
    shares = np.bincount(training.outcome.astype(int), minlength=training.n_classes)
    model = pipeline["model"]
    # of grades the thresholds between them
    intercept = getattr(model, "intercept_", getattr(model, "thresholds_", None))
    return {
        "schema": SCHEMA,
        "id": digest[:16],
        "sha256": digest,
        "model": name,
        "title": results["title"],
        "plan": {"name": plan["name"], "sha256": plan["sha256"]},
        "provenance": {**results["provenance"], "data": results["data"]["sha256"]},
        "training_sha256": hash_cases(training.frame, training.truth),
        "population": results["cohort"]["provenance"],
        "verdict": results["verdict"]["level"],
        "outcome": {
            "kind": outcome["kind"],
            "column": outcome["column"],
            "positive": plan["outcome"]["positive"],
            "rest": plan["outcome"]["rest"],
            "classes": [each["class"] for each in outcome["classes"] or ()],
            "shares": [float(share) for share in shares / shares.sum()],
            "follow_up": _follow_up(plan["outcome"], training),
        },
        "id_column": plan["data"]["id"],
        "group_column": plan["data"]["group"],
        "harmonised": _harmonised(results),
        "missing": list(plan["data"]["missing"]),
        "n": results["data"]["used"],
        "predictors": [_described(training.frame[column]) for column in entry["predictors"]],
        "coefficients": entry["coefficients"],
        "intercept": None if intercept is None else [float(each) for each in intercept],
        "performance": entry["performance"]["nested_cv"],
        "sets": _sets(results, name),
        "recalibration": _NONE_MADE + ("" if training.follow_up is not None else _OFFERED),
        "intended_use": INTENDED_USE,
        "limits": _limits(results),
    }


def _follow_up(outcome: Mapping[str, Any], training: Training) -> dict[str, Any] | None:
    """The columns and values of a time to an event, its horizons, risks without predictors."""
    if training.follow_up is None:
        return None
    columns = ("time", "event_value", "competing_value", "entry", "horizons", "landmark")
    risks = null_risks(training.follow_up, training.horizons)
    # nothing is known of a horizon that nobody was followed to
    known = [float(risk) if np.isfinite(risk) else None for risk in risks]
    return {name: outcome[name] for name in columns} | {"null_risks": known}


def hash_cases(frame: pl.DataFrame, outcome: Floats) -> str:
    """SHA-256 of cases in the columns of a model with their outcomes, whatever their order."""
    columns = [
        frame[name].cast(pl.String if is_text(frame[name].dtype) else pl.Float64).to_list()
        for name in sorted(frame.columns)
    ]
    cases = sorted(map(repr, zip(*columns, outcome.tolist(), strict=True)))
    return hashlib.sha256("\n".join(cases).encode("utf-8")).hexdigest()


def _harmonised(results: Mapping[str, Any]) -> dict[str, Any] | None:
    """The column that names the centre, and the centres with parameters; None: no part of it."""
    found = (results.get("preparation") or {}).get("harmonise")
    if found is None:
        return None
    return {"centre_column": results["plan"]["data"]["centre"], "centres": found["centres"]}


def _sets(results: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """Thresholds of the prediction sets of this model; None where none are offered."""
    found = results["prediction_sets"]
    if found is None or found["model"] != name or found["reason"] is not None:
        return None
    kept = ("class", "threshold", "patients", "coverage", "interval", "reason")
    return {
        "level": found["level"],
        "classes": [{key: row[key] for key in kept} for row in found["classes"]],
        "note": "A class is in the set of a case if its risk is at least the threshold. Measured "
        "on unseen cases of the centres the model was made from; of another centre no coverage is "
        "known. A class without a threshold is never ruled out.",
    }


def _described(series: pl.Series) -> dict[str, Any]:
    """One predictor: its kind and the values that the model has seen."""
    column = {"column": series.name}
    if is_text(series.dtype):
        seen = series.drop_nulls().cast(pl.String).value_counts(name="n")
        levels = [text for text, n in seen.rows() if n >= _AT_THE_ENDS or text in MISSING_STATES]
        return {**column, "kind": "text", "levels": sorted(levels), "range": None}
    values = series.cast(pl.Float64).drop_nulls().drop_nans().sort()
    ends = None
    if len(values) >= 2 * _AT_THE_ENDS:
        ends = [float(values[_AT_THE_ENDS - 1]), float(values[-_AT_THE_ENDS])]
    return {**column, "kind": "number", "levels": None, "range": ends}


def _limits(results: Mapping[str, Any]) -> list[str]:
    """What the model must not be taken for."""
    found = [
        f"Made from {results['data']['used']} cases; the verdict on this number was "
        f"'{results['verdict']['level']}'.",
        *results["verdict"]["reasons"],
        *(warning["message"] for warning in results["warnings"]),
    ]
    if results["cohort"]["provenance"] == "simulated":
        found.insert(0, "Made from simulated cases: it says nothing about patients.")
    return found
