"""Scores at a horizon: predicted risks by a time against what is known of that time.

Belongs here: weights for lost follow-up, Brier score, IPA, AUC and O:E at a horizon.
Does not belong here: concordance over all times (`analyses.survival.concordance`), calibration
curves (`analyses.survival.calibration_at`).
`event` is 0 censored, 1 the event, 2 a competing event. A case without the event by the horizon is
none, whether it is still followed or had a competing event before.
"""

import numpy as np

from analyses import metrics
from analyses.metrics import Floats
from analyses.survival.steps import Codes, StepFunction, is_marked, share

#: The curve of the censoring among the rows a model was trained on; or, where rows come from
#: several trainings, by row the share still observed just before its time, and at the horizon.
Censoring = StepFunction | tuple[Floats, Floats]


def observation_weights(time: Floats, event: Codes, censoring: Censoring, *, at: float) -> Floats:
    """Weight of each row at a horizon: 0 where follow-up ended before it without an event.

    Parameters
    ----------
    time, event
        Shape (n,). Times and codes.
    censoring
        `analyses.survival.kaplan_meier.censoring` of the training rows, or what it gives by row.
    at
        The horizon. An event at the horizon itself has happened by it.

    Returns
    -------
    Floats
        1/G(T-) for an event by the horizon, 1/G(at) for who is followed beyond; nan where that is
        1/0.

    Notes
    -----
    Source: Graf E et al. Stat Med 1999;18:2529. doi:10.1002/(sici)1097-0258(19990915/30)18:17/18

    Examples
    --------
    >>> g = (np.array([1.0, 0.5, 0.5]), np.array([0.5, 0.5, 0.5]))
    >>> observation_weights(np.array([1.0, 2, 5]), np.array([1, 0, 1]), g, at=3.0).tolist()
    [1.0, 0.0, 2.0]
    """
    happened = (time <= at) & is_marked(event)
    if isinstance(censoring, StepFunction):
        g = np.where(happened, censoring.before(time), censoring.at(at))
    else:
        g = np.where(happened, *censoring)
    inverse = np.full(len(time), np.nan)
    np.divide(1.0, g, out=inverse, where=g > 0)
    return np.where(happened | (time > at), inverse, 0.0)


def brier_many(
    time: Floats,
    event: Codes,
    risk: Floats,
    weights: Floats,
    *,
    at: float,
    censoring: Censoring,
) -> Floats:
    """Brier score at a horizon under each row of weights; shape (b,).

    Parameters
    ----------
    time, event
        Shape (n,). Times and codes.
    risk
        Shape (n,). Predicted risk of the event by the horizon.
    weights
        Shape (b, n).
    at, censoring
        As in `observation_weights`.

    Examples
    --------
    >>> g = (np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    >>> brier_many(np.array([1.0, 5]), np.array([1, 0]), np.array([0.6, 0.2]), np.ones((1, 2)),
    ...            at=3.0, censoring=g).round(6)
    array([0.1])
    """
    known = observation_weights(time, event, censoring, at=at)
    return _mean(known * (risk - is_case(time, event, at=at)) ** 2, weights)


def ipa_many(
    time: Floats,
    event: Codes,
    risk: Floats,
    weights: Floats,
    *,
    null_risk: Floats,
    at: float,
    censoring: Censoring,
) -> Floats:
    """1 - Brier score over that of the risk without predictors, under each row of weights.

    `null_risk`, shape (n,): Kaplan-Meier (Aalen-Johansen) risk by the horizon of the rows each case
    was predicted from.
    """
    ours = brier_many(time, event, risk, weights, at=at, censoring=censoring)
    null = brier_many(time, event, null_risk, weights, at=at, censoring=censoring)
    result = np.full(len(weights), np.nan)
    np.divide(ours, null, out=result, where=null > 0)
    return 1 - result


def auc_many(
    time: Floats,
    event: Codes,
    risk: Floats,
    weights: Floats,
    *,
    at: float,
    censoring: Censoring,
) -> Floats:
    """How often a case with the event by the horizon has a higher risk than one without.

    Arguments as in `brier_many`; `risk` may be any number that grows with the risk.

    Notes
    -----
    Source: Blanche P et al. Stat Med 2013;32:5381. doi:10.1002/sim.5958 (estimator (ii) for
    competing events: who had one before the horizon is a control).
    """
    known = observation_weights(time, event, censoring, at=at)
    if np.isnan(known).any():
        return np.full(len(weights), np.nan)
    return metrics.auc_many(is_case(time, event, at=at), risk, weights * known)


def o_e_ratio_many(
    time: Floats, event: Codes, risk: Floats, weights: Floats, *, at: float
) -> Floats:
    """Observed over mean predicted risk by the horizon, under each row of weights.

    Notes
    -----
    Observed: Kaplan-Meier, with competing events Aalen-Johansen; nan where nobody at risk is
    followed until the horizon.
    """
    expected = _mean(risk, weights)
    result = np.full(len(weights), np.nan)
    observed = observed_risk_many(time, event, weights, at=at)
    np.divide(observed, expected, out=result, where=expected > 0)
    return result


def observed_risk_many(time: Floats, event: Codes, weights: Floats, *, at: float) -> Floats:
    """Kaplan-Meier (Aalen-Johansen) risk of the event by the horizon, for each row of weights.

    Examples
    --------
    >>> observed_risk_many(np.array([1.0, 2, 3]), np.array([1, 2, 0]), np.ones((1, 3)), at=2.0)
    array([0.33333333])
    """
    if not len(time):
        return np.full(len(weights), np.nan)
    order = np.argsort(time, kind="stable")
    times, codes, w = time[order], np.asarray(event)[order], weights[:, order]
    starts = np.flatnonzero(np.concatenate([[True], np.diff(times) > 0]))
    leaving = np.add.reduceat(w, starts, axis=1)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    any_event = share(np.add.reduceat(w * (codes > 0), starts, axis=1), at_risk)
    of_interest = share(np.add.reduceat(w * (codes == 1), starts, axis=1), at_risk)
    free = np.cumprod(1 - any_event, axis=1)
    free_before = np.concatenate([np.ones((len(w), 1)), free[:, :-1]], axis=1)
    passed = times[starts] <= at
    risk = (free_before * of_interest)[:, passed].sum(axis=1)
    still = leaving[:, times[starts] >= at].sum(axis=1) > 0
    over = (free[:, passed][:, -1] <= 0) if passed.any() else np.zeros(len(w), dtype=bool)
    return np.where(still | over, risk, np.nan)


def is_case(time: Floats, event: Codes, *, at: float) -> Floats:
    """1 where the event of interest happened by the horizon, else 0."""
    happened: Floats = ((time <= at) & (np.asarray(event) == 1)).astype(np.float64)
    return happened


def _mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean over the rows, for each row of weights; nan where nothing weighs."""
    total = weights.sum(axis=1)
    result = np.full(len(weights), np.nan)
    np.divide(weights @ values, total, out=result, where=total > 0)
    return result
