"""Measures of what a model of a time to an event says, in the form that the panel takes them.

Belongs here: C within test folds, scores at a horizon, the parts of .632+ of the Brier score.
Does not belong here: the statistics themselves (`analyses.survival.concordance`,
`analyses.survival.horizon_scores`, `analyses.survival.calibration_at`).
`outcome` is the follow-up (time, code, entry), shape (n, 2) or (n, 3), `said` what the model says
of each row (`analyses.survival.said`), `weights` have shape (b, n). Entry is not used: a case that
entered late counts as observed from the start.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.metrics import mean_known
from analyses.survival import horizon_scores
from analyses.survival.calibration_at import ici_at
from analyses.survival.concordance import harrell_c_many, uno_c_many
from analyses.survival.horizon_scores import is_case, observation_weights
from analyses.survival.said import g_at, g_before, risk_at, score

Floats = NDArray[np.float64]
Parts = Sequence[NDArray[np.bool_]]


def c_index_in_parts(outcome: Floats, said: Floats, weights: Floats, parts: Parts) -> Floats:
    """Mean of Harrell's C over the test folds."""
    return mean_known(
        [
            harrell_c_many(*_known(outcome[rows]), score(said[rows]), weights[:, rows])
            for rows in parts
        ]
    )


def uno_c_in_parts(
    outcome: Floats, said: Floats, weights: Floats, parts: Parts, *, tau: float
) -> Floats:
    """Mean of Uno's C over the test folds, events up to `tau`."""
    return mean_known(
        [
            uno_c_many(
                *_known(outcome[rows]),
                score(said[rows]),
                weights[:, rows],
                censoring=g_before(said[rows]),
                tau=tau,
            )
            for rows in parts
        ]
    )


def auc_many(outcome: Floats, said: Floats, weights: Floats, *, at: float, place: int) -> Floats:
    """AUC of those with the event by the horizon against those without."""
    if not _is_reached(outcome, at):
        return np.full(len(weights), np.nan)
    return horizon_scores.auc_many(*_scored(outcome, said, weights, place), **_at(said, at, place))


def brier_many(outcome: Floats, said: Floats, weights: Floats, *, at: float, place: int) -> Floats:
    """Brier score at the horizon."""
    if not _is_reached(outcome, at):
        return np.full(len(weights), np.nan)
    scored = _scored(outcome, said, weights, place)
    return horizon_scores.brier_many(*scored, **_at(said, at, place))


def o_e_ratio_many(
    outcome: Floats, said: Floats, weights: Floats, *, at: float, place: int
) -> Floats:
    """Observed over expected at the horizon."""
    return horizon_scores.o_e_ratio_many(*_scored(outcome, said, weights, place), at=at)


def ipa_many(
    outcome: Floats, said: Floats, weights: Floats, null: Floats, *, at: float, place: int
) -> Floats:
    """1 - Brier score over that of a model without predictors."""
    if not _is_reached(outcome, at):
        return np.full(len(weights), np.nan)
    scored = _scored(outcome, said, weights, place)
    with_null = {"null_risk": risk_at(null, place), **_at(said, at, place)}
    return horizon_scores.ipa_many(*scored, **with_null)


def ici_many(outcome: Floats, said: Floats, weights: Floats, *, at: float, place: int) -> Floats:
    """Mean distance of the smooth calibration curve; of one row of weights only, else none.

    A curve is a Cox model of its own: 2000 of them for each repeat would take minutes.
    """
    if len(weights) > 1:
        return np.empty(0)
    found = ici_at(*_known(outcome), risk_at(said, place), at=at, weights=weights[0])
    return np.array([np.nan if found is None else found])


def _row_losses(outcome: Floats, said: Floats, at: float) -> Floats:
    """What each row adds to the Brier score at the first horizon."""
    time, code = _known(outcome)
    weight = observation_weights(time, code, (g_before(said), g_at(said, 0)), at=at)
    losses: Floats = weight * (is_case(time, code, at=at) - risk_at(said, 0)) ** 2
    return losses


def brier_parts(
    outcome: Floats, said: Floats, refits: Floats, left: NDArray[np.bool_], *, at: float
) -> tuple[float, float, float] | None:
    """Brier score at the first horizon: apparent, on rows not drawn, and by chance.

    Parameters
    ----------
    outcome, said
        All rows, and what the model of all rows says.
    refits
        Shape (b, n, columns). What the model of each resample says.
    left
        Shape (b, n). Rows that a resample lacks.
    at
        The horizon.
    """
    times = left.sum(axis=0)
    if not times.any():
        return None
    losses = np.stack([_row_losses(outcome, refit, at) for refit in refits])
    outside = np.where(left, losses, 0.0).sum(axis=0)[times > 0] / times[times > 0]
    # by chance every outcome meets every prediction
    shifted = said.copy()
    chance = 0.0
    for risk in risk_at(said, 0):
        risk_at(shifted, 0)[:] = risk
        chance += float(_row_losses(outcome, shifted, at).mean()) / len(said)
    found = float(_row_losses(outcome, said, at).mean()), float(outside.mean()), chance
    return found if np.isfinite(found).all() else None


def _is_reached(outcome: Floats, at: float) -> bool:
    """Whether somebody is followed to the horizon; else censored cases alone would be left out.

    Where every case has an event, nobody is lost and the horizon may lie anywhere.
    """
    time, code = _known(outcome)
    return bool((time >= at).any() or (code > 0).all())


def _known(outcome: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Time and code."""
    return outcome[:, 0], outcome[:, 1].astype(np.int64)


def _scored(
    outcome: Floats, said: Floats, weights: Floats, place: int
) -> tuple[Floats, NDArray[np.int64], Floats, Floats]:
    """Time, code, risk at the horizon and weights."""
    return (*_known(outcome), risk_at(said, place), weights)


def _at(said: Floats, at: float, place: int) -> dict[str, Any]:
    """The horizon, and the censoring of the training rows."""
    return {"at": at, "censoring": (g_before(said), g_at(said, place))}
