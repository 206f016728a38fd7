"""Measures of predictions: one function each, arrays in, a number or the reason for none out.

Belongs here: discrimination, overall error and calibration in the large and weak sense.
Does not belong here: intervals (`analyses.intervals`), curves (`analyses.curves`), any fitting of
models.
Every measure takes row weights, and a weight of 2 is the same as the row twice. `*_many` take one
row of weights per bootstrap sample and give nan where a sample has no value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.errors import UsageError

Floats = NDArray[np.float64]
#: Test folds, each as a mask of rows.
Parts = Sequence[NDArray[np.bool_]]

#: Risks are kept this far from 0 and 1 before a logarithm is taken.
SMALLEST_RISK = 1e-12
_MAX_STEPS = 50
_STEP_TOLERANCE = 1e-10


class Value(NamedTuple):
    """A measure, or None and the reason why there is none."""

    estimate: float | None
    reason: str | None = None


def auc(outcome: Floats, risk: Floats, weights: Floats | None = None) -> Value:
    """Area under the ROC curve: how often an event has the higher risk; a tie counts half.

    Parameters
    ----------
    outcome
        Shape (n,). 1 where the event happened, else 0.
    risk
        Shape (n,). Predicted risk, 0 to 1.
    weights
        Shape (n,). Weight of each row, 1 by default.

    Notes
    -----
    Source: Hanley JA, McNeil BJ. Radiology 1982;143:29. doi:10.1148/radiology.143.1.7063747

    Examples
    --------
    >>> auc(np.array([0.0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8])).estimate
    0.875
    >>> auc(np.array([1.0, 1]), np.array([0.1, 0.4]))
    Value(estimate=None, reason='every case has the same outcome')
    """
    return _single(auc_many, outcome, risk, weights)


def brier(outcome: Floats, risk: Floats, weights: Floats | None = None) -> Value:
    """Brier score: mean squared distance of the risk from the outcome.

    Examples
    --------
    >>> round(brier(np.array([0.0, 1.0]), np.array([0.2, 0.6])).estimate, 6)
    0.1
    """
    return _single(brier_many, outcome, risk, weights)


def log_loss(outcome: Floats, risk: Floats, weights: Floats | None = None) -> Value:
    """Mean negative log-likelihood of the outcome, natural logarithm.

    Examples
    --------
    >>> round(log_loss(np.array([0.0, 1.0]), np.array([0.5, 0.5])).estimate, 6)
    0.693147
    """
    return _single(log_loss_many, outcome, risk, weights)


def ipa(
    outcome: Floats, risk: Floats, weights: Floats | None = None, *, null_risk: Floats | None = None
) -> Value:
    """Index of prediction accuracy: 1 - Brier score over that of a model without predictors.

    Parameters
    ----------
    outcome, risk, weights
        As in `auc`.
    null_risk
        Shape (n,). Share of events among the rows each case was predicted from; by default the
        share among these rows.

    Notes
    -----
    Below 0 means worse than no model. Source: Kattan MW, Gerds TA. Diagn Progn Res 2018;2:7.
    doi:10.1186/s41512-018-0029-2

    Examples
    --------
    >>> round(ipa(np.array([0.0, 1.0]), np.array([0.2, 0.6])).estimate, 6)
    0.6
    """
    _check(outcome, risk, weights)
    w = _row(weights, len(outcome))
    if null_risk is None:
        null_risk = np.full(len(outcome), float((w @ outcome)[0] / w.sum()))
    return _value(ipa_many(outcome, risk, w, null_risk=null_risk), outcome, w, risk)


def o_e_ratio(outcome: Floats, risk: Floats, weights: Floats | None = None) -> Value:
    """Observed over expected number of events.

    Examples
    --------
    >>> o_e_ratio(np.array([0.0, 1.0]), np.array([0.25, 0.25])).estimate
    2.0
    """
    return _single(o_e_ratio_many, outcome, risk, weights)


def calibration_slope(outcome: Floats, risk: Floats, weights: Floats | None = None) -> Value:
    """Slope of a logistic regression of the outcome on the logit of the risk; 1 is ideal.

    Notes
    -----
    Below 1: the risks are too extreme. Source: Cox DR. Biometrika 1958;45:562.
    doi:10.1093/biomet/45.3-4.562

    Examples
    --------
    >>> y = np.array([0.0, 1, 0, 1, 0, 1, 0, 1])
    >>> calibration_slope(y, np.full(8, 0.3)).reason
    'all risks are equal'
    """
    return _single(calibration_slope_many, outcome, risk, weights)


def calibration_intercept(outcome: Floats, risk: Floats, weights: Floats | None = None) -> Value:
    """Intercept of a logistic regression with the logit of the risk as offset; 0 is ideal.

    Examples
    --------
    >>> y = np.array([0.0, 1, 0, 1])
    >>> round(calibration_intercept(y, np.array([0.5, 0.5, 0.5, 0.5])).estimate, 6)
    0.0
    """
    return _single(calibration_intercept_many, outcome, risk, weights)


def auc_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """AUC under each row of weights; shape (b,) for weights of shape (b, n), n may be 0."""
    if len(risk) == 0:
        return np.full(len(weights), np.nan)
    order = np.argsort(risk, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(risk[order]) != 0])  # first row of each tie
    sorted_weights = weights[:, order]
    events = np.add.reduceat(sorted_weights * outcome[order], starts, axis=1)
    others = np.add.reduceat(sorted_weights * (1 - outcome[order]), starts, axis=1)
    below = np.cumsum(others, axis=1) - others / 2  # ties count half
    return _ratio((events * below).sum(axis=1), events.sum(axis=1) * others.sum(axis=1))


def brier_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Brier score under each row of weights."""
    return _ratio(weights @ (risk - outcome) ** 2, weights.sum(axis=1))


def log_loss_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Log-loss under each row of weights."""
    p = np.clip(risk, SMALLEST_RISK, 1 - SMALLEST_RISK)
    losses = -(outcome * np.log(p) + (1 - outcome) * np.log1p(-p))
    return _ratio(weights @ losses, weights.sum(axis=1))


def ipa_many(outcome: Floats, risk: Floats, weights: Floats, *, null_risk: Floats) -> Floats:
    """IPA under each row of weights; the risks without predictors are given."""
    null = weights @ (null_risk - outcome) ** 2
    return 1 - _ratio(weights @ (risk - outcome) ** 2, null)


def o_e_ratio_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Observed over expected under each row of weights."""
    return _ratio(weights @ outcome, weights @ risk)


def recalibration(outcome: Floats, risk: Floats) -> tuple[float, float]:
    """Intercept and slope of the logistic regression of the outcome on the logit of the risk.

    Both are nan where there is no finite fit.
    """
    x = logit(risk)
    centre = float(x.mean())
    ones = np.ones((1, len(x)))
    shifted, slope = _logistic_many(x - centre, outcome, ones, start=np.zeros(2))[0]
    return float(shifted - slope * centre), float(slope)


def calibration_slope_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Calibration slope under each row of weights."""
    x = logit(risk)
    x = x - x.mean()  # the slope does not change, the steps are better conditioned
    start = np.zeros(2)
    if len(weights) > 1:  # bootstrap samples lie around the solution of all rows
        whole = _logistic_many(x, outcome, np.ones((1, len(x))), start=start)[0]
        start = np.where(np.isfinite(whole), whole, 0.0)
    return _in_blocks(lambda w: _logistic_many(x, outcome, w, start=start)[:, 1], weights)


def calibration_intercept_many(outcome: Floats, risk: Floats, weights: Floats) -> Floats:
    """Calibration intercept (slope 1) under each row of weights."""
    x = logit(risk)
    return _in_blocks(lambda w: _offset_many(x, outcome, w), weights)


@dataclass(frozen=True)
class Measure:
    """A measure as the panel uses it: its range and its bootstrap version."""

    name: str
    many: Callable[[Floats, Floats, Floats], Floats]
    low: float = -np.inf
    high: float = np.inf


#: The measures of pooled predictions; `auc` is taken within folds and `ipa` needs null risks.
POOLED = (
    Measure("brier", brier_many, 0.0, 1.0),
    Measure("log_loss", log_loss_many, 0.0),
    Measure("calibration_slope", calibration_slope_many),
    Measure("calibration_intercept", calibration_intercept_many),
    Measure("o_e_ratio", o_e_ratio_many, 0.0),
)


def mean_known(values: Sequence[Floats]) -> Floats:
    """Mean over a list of arrays, nan left out; nan where nothing is left.

    Examples
    --------
    >>> mean_known([np.array([1.0, np.nan]), np.array([3.0, np.nan])]).tolist()
    [2.0, nan]
    """
    stacked = np.stack(values)
    known = np.isfinite(stacked)
    result = np.full(stacked.shape[1], np.nan)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    np.divide(total, known.sum(axis=0), out=result, where=known.any(axis=0))
    return result


def _logistic_many(x: Floats, outcome: Floats, weights: Floats, *, start: Floats) -> Floats:
    """Intercept and slope of weighted logistic regressions; shape (b, 2), nan where none exists."""
    beta = np.tile(start, (len(weights), 1))
    square = x * x
    weighted_outcome = np.column_stack([weights @ outcome, weights @ (outcome * x)])
    spread = (weights @ square) * weights.sum(axis=1) - (weights @ x) ** 2
    alive = spread > 1e-9 * np.maximum(weights.sum(axis=1), 1) ** 2
    for _ in range(_MAX_STEPS):
        mu = 1 / (1 + np.exp(-np.clip(beta[:, :1] + beta[:, 1:] * x, -500, 500)))
        fitted = weights * mu
        gradient = weighted_outcome - np.column_stack([fitted.sum(axis=1), fitted @ x])
        fitted -= fitted * mu
        a, b, c = fitted.sum(axis=1), fitted @ x, fitted @ square
        determinant = a * c - b * b
        alive &= determinant > 1e-12  # a vanishing curvature: the sample is separated
        safe = np.where(alive, determinant, 1.0)
        step = np.column_stack(
            [
                (c * gradient[:, 0] - b * gradient[:, 1]) / safe,
                (a * gradient[:, 1] - b * gradient[:, 0]) / safe,
            ]
        )
        step[~alive] = 0
        beta += np.clip(step, -5, 5)
        size = np.abs(step).max(axis=1)
        if (size <= _STEP_TOLERANCE * np.maximum(1, np.abs(beta).max(axis=1))).all():
            break
    else:
        alive &= size <= 1e-6
    beta[~alive] = np.nan
    return beta


def _offset_many(x: Floats, outcome: Floats, weights: Floats) -> Floats:
    """Intercepts of weighted logistic regressions with offset x; nan where none is finite."""
    events, total = weights @ outcome, weights.sum(axis=1)
    alive = (events > 0) & (events < total)
    intercept = np.zeros(len(weights))
    for _ in range(_MAX_STEPS):
        mu = 1 / (1 + np.exp(-np.clip(intercept[:, None] + x, -500, 500)))
        fitted = weights * mu
        gradient = events - fitted.sum(axis=1)
        fitted -= fitted * mu
        step = np.where(alive, gradient / np.maximum(fitted.sum(axis=1), 1e-12), 0.0)
        intercept += np.clip(step, -2, 2)
        if (np.abs(step) <= _STEP_TOLERANCE * np.maximum(1, np.abs(intercept))).all():
            break
    else:
        alive &= np.abs(step) <= 1e-6
    intercept[~alive] = np.nan
    return intercept


def _in_blocks(fit: Callable[[Floats], Floats], weights: Floats, size: int = 250) -> Floats:
    """Apply `fit` to blocks of rows: small blocks stay in the processor's cache."""
    blocks = [fit(weights[start : start + size]) for start in range(0, len(weights), size)]
    return np.concatenate(blocks)


def logit(risk: Floats) -> Floats:
    """Log odds, risks kept away from 0 and 1."""
    p = np.clip(risk, SMALLEST_RISK, 1 - SMALLEST_RISK)
    logits: Floats = np.log(p) - np.log1p(-p)
    return logits


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Division with nan where there is nothing to divide by."""
    result = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result


def _single(
    many: Callable[[Floats, Floats, Floats], Floats],
    outcome: Floats,
    risk: Floats,
    weights: Floats | None,
) -> Value:
    """One set of weights, a number or a reason."""
    _check(outcome, risk, weights)
    w = _row(weights, len(outcome))
    return _value(many(outcome, risk, w), outcome, w, risk)


def _value(result: Floats, outcome: Floats, weights: Floats, risk: Floats) -> Value:
    """A finite number, or the reason why there is none."""
    number = float(result[0])
    if np.isfinite(number):
        return Value(number)
    counted = weights[0] > 0
    if len(np.unique(outcome[counted])) < 2:
        return Value(None, "every case has the same outcome")
    if len(np.unique(risk[counted])) < 2:
        return Value(None, "all risks are equal")
    return Value(None, "no finite value: the risks separate the outcomes, or are all 0")


def _row(weights: Floats | None, n: int) -> Floats:
    """Weights of shape (1, n)."""
    return np.ones((1, n)) if weights is None else np.asarray(weights, dtype=np.float64)[None, :]


def _check(outcome: Floats, risk: Floats, weights: Floats | None) -> None:
    """Refuse what no measure can be taken of."""
    lengths = {len(outcome), len(risk), len(outcome if weights is None else weights)}
    if len(lengths) > 1 or 0 in lengths:
        raise UsageError(
            f"outcome, risk and weights must have one length above 0, found {sorted(lengths)}."
        )
    if not (np.isfinite(risk).all() and risk.min() >= 0 and risk.max() <= 1):
        raise UsageError("a risk must lie between 0 and 1; missing values are not allowed.")
    if not np.isin(outcome, (0, 1)).all():
        raise UsageError("an outcome must be 0 or 1; missing values are not allowed.")
    if weights is not None and not (np.isfinite(weights).all() and min(weights) >= 0):
        raise UsageError("a weight must be a finite number, 0 or above.")
