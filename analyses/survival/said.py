"""Said: what a model of a time to an event says of every row, as one array.

Belongs here: the columns of that array, how it is filled, how each is read.
Does not belong here: measures of it (`analyses.survival.measures`), fitting.
The columns: the score (linear predictor of the event), G just before the time of the row, the risk
of the event by each horizon, G at each horizon. G is the distribution of the censoring among the
rows that the model was made from: a score of the row needs it, and it differs from fold to fold.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from analyses.models import Training
from analyses.survival.horizon_scores import observed_risk_many
from analyses.survival.kaplan_meier import censoring

Floats = NDArray[np.float64]


def score(said: Floats) -> Floats:
    """The linear predictor of the event."""
    found: Floats = said[..., 0]
    return found


def g_before(said: Floats) -> Floats:
    """The share still under observation just before the time of the row."""
    found: Floats = said[..., 1]
    return found


def risk_at(said: Floats, place: int) -> Floats:
    """The risk of the event by a horizon.

    Examples
    --------
    >>> risk_at(np.array([[0.4, 1.0, 0.1, 0.2, 0.9, 0.8]]), 1).tolist()
    [0.2]
    """
    found: Floats = said[..., 2 + place]
    return found


def g_at(said: Floats, place: int) -> Floats:
    """The share still under observation at a horizon."""
    found: Floats = said[..., 2 + (said.shape[-1] - 2) // 2 + place]
    return found


def together(score: Floats, before: Floats, risks: Floats, at: Floats) -> Floats:
    """The array from its columns; `risks` and `at` have shape (n, horizons)."""
    return np.column_stack([score, before, risks, at])


def said_of(
    pipeline: Pipeline, training: Training, *, learned_from: Training
) -> tuple[Floats, Floats]:
    """What a fitted pipeline says of every row, and what a model without predictors says.

    Parameters
    ----------
    pipeline
        Fitted on `learned_from`.
    training
        The rows to be predicted; their times are used for G only.
    learned_from
        The rows behind the model, the risks without predictors and G.
    """
    null = null_risks(learned_from.truth, training.horizons)
    found = scores_and_risks(pipeline, training.cases, training.horizons)
    return with_censoring(
        found[:, 0],
        found[:, 1:],
        null,
        training.truth,
        learned_from.truth,
        horizons=training.horizons,
    )


def scores_and_risks(pipeline: Pipeline, cases: Any, horizons: Sequence[float]) -> Floats:
    """The score of each case, and its risk by each horizon; shape (n, 1 + horizons)."""
    matrix = pipeline[:-1].transform(cases)
    model = pipeline["model"]
    return np.column_stack([model.predict(matrix), model.predict_risk(matrix, horizons)])


def with_censoring(
    scores: Floats,
    risks: Floats,
    null: Floats,
    follow_up: Floats,
    known: Floats,
    *,
    horizons: Sequence[float] | Floats,
) -> tuple[Floats, Floats]:
    """The array of a model and that of one without predictors.

    Parameters
    ----------
    scores, risks
        Shape (n,) and (n, horizons).
    null
        Shape (horizons,). Risks without predictors.
    follow_up
        Of the rows that are predicted.
    known
        Follow-up from which the censoring is taken.
    horizons
        The times of the risks.
    """
    # late entry is not taken into account here: with risk sets that begin small, G falls to 0 early
    observed = censoring(known[:, 0], known[:, 1] > 0)
    before = observed.before(follow_up[:, 0])
    at = np.tile(observed.at(horizons), (len(risks), 1))
    said = together(scores, before, risks, at)
    return said, together(np.zeros(len(risks)), before, np.tile(null, (len(risks), 1)), at)


def null_risks(follow_up: Floats, horizons: Sequence[float] | Floats) -> Floats:
    """The risk of the event by each horizon without any predictor."""
    time, code = follow_up[:, 0], follow_up[:, 1].astype(np.int64)
    ones = np.ones((1, len(time)))
    return np.array([observed_risk_many(time, code, ones, at=t)[0] for t in horizons])
