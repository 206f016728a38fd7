"""Centres: the whole pipeline without one centre, tested on that centre, for each in turn.

Belongs here: internal-external validation, what it gives at each centre and over all of them.
Does not belong here: pooling (`analyses.pooling`), folds of patients (`analyses.evaluation`).
A centre with few events is shown with its numbers, and left out of the pooled ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses import metrics
from analyses.evaluation import entry
from analyses.intervals import LEAST_SHARE, Z, percentile_interval
from analyses.learners import Learner
from analyses.metrics import Floats
from analyses.models import Training
from analyses.panel import Panel, panel_of, whole
from analyses.plan_parts import Resampling
from analyses.pooling import LEAST_CENTRES, Pooled, pool
from analyses.prepared import NO_CENTRE
from analyses.resampled import Resample, refit_many
from analyses.resampling import Stage
from analyses.standard_errors import auc_error, intercept_error, log_ratio_error, slope_error
from analyses.verdict import middle_split

#: A centre enters the pool with at least so many events, and so many cases without (a convention).
LEAST_EVENTS = 10
TOO_FEW = f"fewer than {LEAST_EVENTS} events or {LEAST_EVENTS} cases without"
NOT_ONE = "no centre is named: these cases come from several"
#: Pooled on the logit scale.
_AREAS = ("auc", "c_index")
ONE_CLASS_LEFT = "without this centre only one class is left to learn from"


@dataclass(frozen=True)
class LeftOut:
    """Every case predicted by a model made without its centre.

    `risk` has shape (n,), or (n, K) for K > 2 classes, nan where no model could be made (of a time
    to an event as in `analyses.survival.said`); `centres` names the centre of each row.
    """

    risk: Floats
    centres: NDArray[np.str_]

    @property
    def names(self) -> list[str]:
        """The centres by name."""
        return [str(name) for name in np.unique(self.centres)]


def leave_one_centre_out(
    training: Training,
    centres: NDArray[np.str_],
    *,
    learner: Learner,
    resampling: Resampling,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> LeftOut | None:
    """Predict the cases of each centre from all others; None with fewer than three centres.

    Parameters
    ----------
    training
        All eligible rows.
    centres
        Shape (n,). Centre of each row.
    learner, resampling, processes, progress
        As in nested cross-validation.
    """
    names = np.unique(centres)
    if len(names) < LEAST_CENTRES:
        return None
    possible = [place for place, name in enumerate(names) if training.can_learn(centres != name)]
    found = refit_many(
        training,
        [
            Resample((centres != names[place]).astype(np.float64), (Stage.CENTRES, place))
            for place in possible
        ],
        learner=learner,
        resampling=resampling,
        processes=processes,
        progress=progress,
    )
    risk = np.full((len(centres), *found[0].risk.shape[1:]) if found else len(centres), np.nan)
    for place, refit in zip(possible, found, strict=True):
        here = centres == names[place]
        risk[here] = refit.risk[here]
    return LeftOut(risk, centres)


def internal_external(
    training: Training, predicted: LeftOut | None, weights: Floats
) -> dict[str, Any] | None:
    """What a model does at each centre that it was made without, and over all centres.

    Parameters
    ----------
    training
        All eligible rows.
    predicted
        From `leave_one_centre_out`.
    weights
        Shape (b, n). Bootstrap weights of patients.

    Returns
    -------
    dict[str, Any] or None
        `by_centre`: `centre`, `n`, `events` (cases of the smallest class; grades: on
        the smaller side of their middle; of a time to an event those seen), `in_pool`, `reason`,
        and each measure; `pooled`: each measure with `interval` and `prediction_interval` (None
        with fewer than three centres); `centres_pooled`.
    """
    if predicted is None:
        return None
    rows, values = [], []
    for name in predicted.names:
        here = predicted.centres == name
        row, pooled_values = _centre(training, predicted.risk, here, weights)
        if name == NO_CENTRE:
            row |= {"in_pool": False, "reason": NOT_ONE}
        rows.append({"centre": name, **row})
        values.append(pooled_values if row["in_pool"] else {})
    pooled = _pooled(values)
    return {
        "by_centre": rows,
        "pooled": pooled or None,
        "centres_pooled": sum(row["in_pool"] for row in rows),
    }


def wins_by_centre(
    outcome: Floats,
    one: LeftOut,
    other: LeftOut,
    poolable: Sequence[str],
    *,
    n_classes: int,
    is_ordered: bool = False,
    horizons: tuple[float, ...] = (),
) -> int:
    """At how many of the centres the first model has the lower loss."""
    loss = panel_of(n_classes, is_ordered=is_ordered, horizons=horizons).loss()
    wins = 0
    for name in poolable:
        here = one.centres == name
        ones = np.ones((1, int(here.sum())))
        mine = loss.many(outcome[here], one.risk[here], ones)[0]
        theirs = loss.many(outcome[here], other.risk[here], ones)[0]
        wins += bool(mine < theirs)
    return wins


def _centre(
    training: Training, risk: Floats, here: NDArray[np.bool_], weights: Floats
) -> tuple[dict[str, Any], dict[str, tuple[float, float]]]:
    """One centre: its row, and each measure to be pooled with its error."""
    outcome, found = training.truth[here], risk[here]
    counts = np.bincount(training.outcome[here].astype(int), minlength=training.n_classes)
    panel = panel_of(**training.kind)
    n, events = len(outcome), _events(training, counts.tolist())
    enough = min(events, n - events) >= LEAST_EVENTS
    row: dict[str, Any] = {
        "n": n,
        "events": events,
        "in_pool": enough,
        "reason": None if enough else TOO_FEW,
    }
    if np.isnan(found).any():
        return row | {"in_pool": False, "reason": ONE_CLASS_LEFT}, {}
    drawn = weights[:, here]
    is_binary = training.n_classes == 2 and training.follow_up is None
    values = _binary_values(outcome, found) if is_binary else {}
    if not is_binary or len(np.unique(training.groups[here])) < n:
        # no closed form, or rows of one patient, which are not independent
        values |= _auc_by_bootstrap(panel, outcome, found, drawn)
    if training.follow_up is not None:
        values |= _ratio_by_bootstrap(panel, outcome, found, drawn)
    row[panel.concordance] = _with_limits(panel.concordance, values)
    for measure in (*panel.at_horizon, *panel.pooled):
        if measure.name in values:
            row[measure.name] = _with_limits(measure.name, values)
        elif measure.name != "pdi":  # a centre seldom holds every class
            alone = float(measure.many(outcome, found, np.ones((1, n)))[0])
            limits = percentile_interval(
                measure.many(outcome, found, drawn),
                low=measure.low,
                high=measure.high,
                estimate=alone,
            )
            row[measure.name] = entry(alone, limits)
    return row, _poolable(values)


def _auc_by_bootstrap(
    panel: Panel, outcome: Floats, risk: Floats, drawn: Floats
) -> dict[str, tuple[float, float]]:
    """AUC with the standard deviation of its bootstrap values; empty where there is none."""
    auc, parts = panel.auc, whole(len(outcome))
    estimate = float(auc(outcome, risk, np.ones((1, len(outcome))), parts)[0])
    draws = auc(outcome, risk, drawn, parts)
    known = draws[np.isfinite(draws)]
    if not np.isfinite(estimate) or len(known) < LEAST_SHARE * len(draws):
        return {}
    return {panel.concordance: (estimate, float(known.std(ddof=1)))}


def _ratio_by_bootstrap(
    panel: Panel, outcome: Floats, risk: Floats, drawn: Floats
) -> dict[str, tuple[float, float]]:
    """Observed over expected with the deviation of its logarithm; empty where there is none."""
    many = next(measure.many for measure in panel.pooled if measure.name == "o_e_ratio")
    estimate = float(many(outcome, risk, np.ones((1, len(outcome))))[0])
    draws = many(outcome, risk, drawn)
    known = draws[np.isfinite(draws) & (draws > 0)]
    if not estimate > 0 or len(known) < LEAST_SHARE * len(draws):
        return {}
    return {"o_e_ratio": (estimate, float(np.log(known).std(ddof=1)))}


def _events(training: Training, counts: list[int]) -> int:
    """Cases of the smallest class, on the smaller side of the middle grade, or with the event."""
    if training.follow_up is not None:
        return counts[1]
    return middle_split(counts)[1] if training.is_ordered else min(counts)


def _with_limits(name: str, values: dict[str, tuple[float, float]]) -> dict[str, Any]:
    """A measure of one centre with limits made on the scale on which it is pooled."""
    if name not in values:
        return entry(np.nan, None)
    value, error = values[name]
    scaled = _poolable({name: (value, error)}).get(name)
    if scaled is None:
        return entry(value, None)
    low, high = scaled[0] - Z * scaled[1], scaled[0] + Z * scaled[1]
    return entry(value, [_back(name, low), _back(name, high)])


def _binary_values(outcome: Floats, risk: Floats) -> dict[str, tuple[float, float]]:
    """Estimate and standard error of each measure of one centre that has both."""
    intercept, slope = metrics.recalibration(outcome, risk)
    in_the_large = metrics.calibration_intercept(outcome, risk).estimate
    events, expected = float(outcome.sum()), float(risk.sum())
    found = {
        "auc": (metrics.auc(outcome, risk).estimate, auc_error(outcome, risk)),
        "calibration_slope": (
            slope,
            slope_error(outcome, risk, intercept=intercept, slope=slope)
            if np.isfinite(slope)
            else None,
        ),
        "calibration_intercept": (
            in_the_large,
            None if in_the_large is None else intercept_error(risk, intercept=in_the_large),
        ),
        "o_e_ratio": (
            events / expected if expected > 0 else None,
            log_ratio_error(events, len(outcome)),
        ),
    }
    return {
        name: (value, error)
        for name, (value, error) in found.items()
        if value is not None and error is not None and np.isfinite([value, error]).all()
    }


def _poolable(values: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The values on the scale on which they are pooled; what has no place on it is left out."""
    found = {}
    for name, (value, error) in values.items():
        if name in _AREAS and 0 < value < 1:
            found[name] = (float(np.log(value / (1 - value))), error / (value * (1 - value)))
        elif name == "o_e_ratio" and value > 0:
            found[name] = (float(np.log(value)), error)
        elif name not in (*_AREAS, "o_e_ratio"):
            found[name] = (value, error)
    return {name: (value, error) for name, (value, error) in found.items() if error > 0}


def _pooled(values: Sequence[dict[str, tuple[float, float]]]) -> dict[str, Any]:
    """Each measure over the centres that have it."""
    found = {}
    for name in sorted({name for centre in values for name in centre}):
        pairs = [centre[name] for centre in values if name in centre]
        over_all = pool([value for value, _ in pairs], [error for _, error in pairs])
        if over_all is not None:
            found[name] = _pooled_entry(name, over_all) | {"centres": len(pairs)}
    return found


def _pooled_entry(name: str, pooled: Pooled) -> dict[str, Any]:
    """A pooled measure on its own scale."""
    return entry(_back(name, pooled.estimate), [_back(name, x) for x in pooled.interval]) | {
        "prediction_interval": [round(_back(name, x), 10) for x in pooled.prediction]
    }


def _back(name: str, value: float) -> float:
    """From the scale of pooling to that of the measure."""
    if name in _AREAS:
        return float(1 / (1 + np.exp(-value)))
    return float(np.exp(value)) if name == "o_e_ratio" else value
