"""Written out: a fitted model as numbers from which anybody can compute its prediction by hand.

Belongs here: constants and coefficients in the units of the columns, what fills a gap, one invented
patient; the arithmetic from values to risks.
Does not belong here: fitting (`analyses.models`), standardised coefficients (`analyses.results`),
words (`analyses.report.specification`).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from analyses.elastic_net import ElasticNetLogistic
from analyses.models import Training, predict_risk
from analyses.preprocessing import EMPTY, TWO_VALUED, ColumnCode, is_missing, is_text
from analyses.proportional_odds import ProportionalOdds
from analyses.survival.estimators import CauseSpecificCox
from analyses.survival.said import scores_and_risks
from analyses.survival.steps import StepFunction

#: Why a model has no formula; the report says each in words.
NO_COEFFICIENTS, HARMONISED = "no_coefficients", "harmonised"
#: So many cases lie at or beyond each end of a range, so that an end is no one's value.
_AT_THE_ENDS = 5
_ONE = ("present", "yes")
Numbers = list[float]


def write_out(pipeline: Pipeline, training: Training, classes: Sequence[str]) -> dict[str, Any]:
    """The formula of a fitted pipeline, for `models[].specification`.

    Parameters
    ----------
    pipeline
        Fitted on `training`.
    training
        Its rows: they give references, ranges and the invented patient.
    classes
        Names of the classes; none for a binary outcome.

    Returns
    -------
    dict[str, Any]
        `reason` (None: there is a formula, and the keys below), `link` (logit, softmax, odds,
        cox), `scores` (what each score is of), `constants` (one for each score; of grades one for
        each cut), `columns`, `gaps` (constant or modelled), `baseline` (cumulative hazards at the
        horizons where all scores are 0), `example`.
    """
    model = pipeline["model"]
    if "harmonise" in pipeline.named_steps:
        return {"reason": HARMONISED}
    is_known = (LogisticRegression, ElasticNetLogistic, ProportionalOdds, CauseSpecificCox)
    if not isinstance(model, is_known):
        return {"reason": NO_COEFFICIENTS}
    found = {"reason": None, **_kind(model, classes, training.horizons)}
    constants, slopes = _unscaled(pipeline, found.pop("raw"))
    columns = _columns(pipeline, training, slopes, n_scores=len(found["scores"]))
    found |= {"constants": constants, "columns": columns}
    found["gaps"] = "constant" if hasattr(pipeline["impute"], "statistics_") else "modelled"
    found["example"] = _example(pipeline, training, columns)
    return found


def _kind(model: Any, classes: Sequence[str], horizons: Sequence[float]) -> dict[str, Any]:
    """The form of the formula; `raw` are constants and vectors on the scale of the model."""
    if isinstance(model, ProportionalOdds):
        # a higher score is a worse grade: the thresholds move against the constant
        return {
            "link": "odds",
            "scores": [None],
            "cuts": list(classes[:-1]),
            "raw": (model.thresholds_, [model.coef_], -1.0),
            "baseline": None,
        }
    if isinstance(model, CauseSpecificCox):
        hazards = [StepFunction(model.times_, model.hazard_, 0.0)]
        vectors = [model.coef_]
        if len(model.competing_times_):
            hazards.append(StepFunction(model.competing_times_, model.competing_hazard_, 0.0))
            vectors.append(model.competing_coef_)
        at = np.asarray(horizons, dtype=np.float64)
        values = [hazard.at(at).tolist() for hazard in hazards]
        return {
            "link": "cox",
            "scores": ["event", "competing"][: len(vectors)],
            "cuts": None,
            "raw": ([0.0] * len(vectors), vectors, 1.0),
            "baseline": [
                {"at": float(t), "hazards": [v[k] for v in values]} for k, t in enumerate(at)
            ],
        }
    vectors = list(np.atleast_2d(model.coef_))
    return {
        "link": "logit" if len(vectors) == 1 else "softmax",
        "scores": [None] if len(vectors) == 1 else list(classes),
        "cuts": None,
        "raw": (np.atleast_1d(model.intercept_), vectors, 1.0),
        "baseline": None,
    }


def _unscaled(pipeline: Pipeline, raw: tuple[Any, Any, float]) -> tuple[Numbers, dict[str, Any]]:
    """Constants and, by term, the coefficient of each score, in the units of the columns."""
    constants, vectors, sign = raw
    scale = pipeline["scale"]
    per_unit = [vector / scale.scale_ for vector in vectors]
    shifts = [float(slopes @ scale.mean_) for slopes in per_unit]
    if len(shifts) < len(constants):  # grades: every cut has the one vector
        shifts = shifts * len(constants)
    names = [str(name) for name in pipeline[:-1].get_feature_names_out()]
    by_term = {name: [float(s[j]) for s in per_unit] for j, name in enumerate(names)}
    return [float(c - sign * s) for c, s in zip(constants, shifts, strict=True)], by_term


def _columns(
    pipeline: Pipeline, training: Training, slopes: Mapping[str, Numbers], *, n_scores: int
) -> list[dict[str, Any]]:
    """Each predictor: its kind, what fills a gap, the values seen, a coefficient for each term."""
    encoder = pipeline["encode"]
    medians = getattr(pipeline["impute"], "statistics_", None)
    places = {str(name): j for j, name in enumerate(encoder.get_feature_names_out())}
    none = [0.0] * n_scores  # a filter took the term out
    found = []
    for name, code in zip(training.frame.columns, encoder.codes_, strict=True):
        series = training.frame[name]
        terms = [
            {"level": level, "coefficients": slopes.get(_term(name, level), none)}
            for level in _levels(code)
        ]
        entry: dict[str, Any] = {"column": name, "kind": code["kind"], "terms": terms}
        if code["kind"] == "number":
            fill = None if medians is None else _finite(medians[places[name]])
            entry |= {"fill": fill, "levels": None, "range": _range(series)}
        else:
            fill = None if medians is None else code["fill"] or None
            entry |= {"fill": fill, "levels": _values(series, code), "range": None}
        found.append(entry)
    return found


def _levels(code: ColumnCode) -> list[str | None]:
    """The terms of one predictor: None is its value (of a sign 1 or 0), else a level or state."""
    has_value = code["kind"] == "number" or (code["kind"] == "sign" and code["fill"])
    found: list[str | None] = [None] if has_value else []
    return [*found, *code["levels"], *code["own"], *(["missing"] if code["joint"] else [])]


def _term(name: str, level: str | None) -> str:
    """Name of a term as the coding step gives it."""
    return name if level is None else f"{name}: {level}"


def _values(series: pl.Series, code: ColumnCode) -> list[str]:
    """The values that a text can have, the reference first."""
    if code["kind"] == "sign":
        return next((list(pair) for pair in TWO_VALUED if code["fill"] in pair), [])
    texts = series.drop_nulls().cast(pl.String).unique().to_list()
    return sorted(text for text in texts if text and not is_missing(text))


def _range(series: pl.Series) -> Numbers | None:
    """Between which values nearly all cases lie; None with few."""
    values = series.cast(pl.Float64).drop_nulls().drop_nans().sort()
    if len(values) < 4 * _AT_THE_ENDS:
        return None
    return [float(values[_AT_THE_ENDS - 1]), float(values[-_AT_THE_ENDS])]


def _finite(value: float) -> float | None:
    """A number, or None for none."""
    return float(value) if math.isfinite(value) else None


def _example(
    pipeline: Pipeline, training: Training, columns: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """An invented patient of medians and most frequent values, and what the model says of it."""
    values = {str(c["column"]): _typical(training.frame[c["column"]]) for c in columns}
    row = pl.DataFrame(
        [
            pl.Series(name, [value], dtype=pl.String)
            if is_text(training.frame[name].dtype)
            else pl.Series(name, [value], dtype=pl.Float64)
            for name, value in values.items()
        ]
    )
    if training.follow_up is not None:
        risks = scores_and_risks(pipeline, row, training.horizons)[0, 1:]
    else:
        risks = np.atleast_1d(predict_risk(pipeline, row, n_classes=training.n_classes)[0])
    return {"values": values, "risks": [float(risk) for risk in risks]}


def _typical(series: pl.Series) -> float | str | None:
    """Median, rounded to three digits, or the most frequent value; None where nothing is known."""
    if is_text(series.dtype):
        texts = [t for t in series.drop_nulls().cast(pl.String).to_list() if t]
        counts = Counter(sorted(text for text in texts if not is_missing(text)))
        return counts.most_common(1)[0][0] if counts else None
    values = series.cast(pl.Float64).drop_nulls().drop_nans()
    middle = values.median()
    if not isinstance(middle, float):
        return None
    is_whole = bool((values == values.round()).all())
    return float(round(middle)) if is_whole else float(f"{middle:.3g}")


def contributions(
    specification: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[str, Any, Numbers]]:
    """For each predictor its name, the value read and what it adds to each score.

    Parameters
    ----------
    specification
        As `write_out` gives it, `gaps` constant.
    values
        By column; None, or a state such as "not_assessable", is a missing value.

    Examples
    --------
    >>> column = {"column": "age", "kind": "number", "fill": 40.0, "levels": None, "terms": [
    ...     {"level": None, "coefficients": [0.1]}, {"level": "missing", "coefficients": [-1.0]}]}
    >>> [p for _, _, p in contributions({"scores": [None], "columns": [column]}, {"age": 50.0})]
    [[5.0]]
    >>> [p for _, _, p in contributions({"scores": [None], "columns": [column]}, {"age": None})]
    [[3.0]]
    """
    found = []
    for column in specification["columns"]:
        value = values[column["column"]]
        sums = [0.0] * len(specification["scores"])
        for term in column["terms"]:
            times = _times(column, term["level"], value)
            sums = [s + times * b for s, b in zip(sums, term["coefficients"], strict=True)]
        found.append((column["column"], value, sums))
    return found


def _times(column: Mapping[str, Any], level: str | None, value: Any) -> float:
    """By what the coefficient of a term is multiplied."""
    is_gap = value is None or (isinstance(value, str) and is_missing(value or EMPTY))
    read = column["fill"] if is_gap else value
    if level is None:
        if column["kind"] == "sign":
            return float(read in _ONE)
        return 0.0 if read is None else float(read)
    state = (value or EMPTY) if is_gap else None
    if level == "missing":
        return float(is_gap and state not in {term["level"] for term in column["terms"]})
    return float(level in (read, state))


def risks_of(specification: Mapping[str, Any], scores: Sequence[float]) -> Numbers:
    """Risks from scores that hold their constants (of grades the score without the thresholds).

    Notes
    -----
    With a competing event the hazards of both causes are taken to be in the same ratio at all times
    up to the horizon; the model itself goes from event to event, and the two differ a little.

    Examples
    --------
    >>> risks_of({"link": "logit"}, [0.0])
    [0.5]
    """
    link = specification["link"]
    if link == "logit":
        return [_expit(scores[0])]
    if link == "softmax":
        largest = max(scores)
        powers = [math.exp(score - largest) for score in scores]
        return [power / sum(powers) for power in powers]
    if link == "odds":
        at_most = [_expit(cut - scores[0]) for cut in specification["constants"]]
        edges = [0.0, *at_most, 1.0]
        return [high - low for low, high in pairwise(edges)]
    found = []
    for row in specification["baseline"]:
        hazards = [h * math.exp(s) for h, s in zip(row["hazards"], scores, strict=True)]
        total = sum(hazards)
        found.append(0.0 if total == 0 else -math.expm1(-total) * hazards[0] / total)
    return found


def _expit(score: float) -> float:
    """1 / (1 + exp(-score)), also far out."""
    return 1 / (1 + math.exp(-score)) if score > -700 else 0.0
