"""Survival that a Cox model without penalty predicts for one case, with limits.

Belongs here: the predicted curve and what is not known of it.
Does not belong here: the fit (`analyses.survival.cox`), risks with a penalty or of several causes
(`analyses.survival.estimators`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.intervals import Z
from analyses.survival.cox import CoxFit
from analyses.survival.cox_likelihood import log_likelihood, risk_set_means
from analyses.survival.cox_sets import CoxSets, Floats, Ties


def predicted_survival(
    X: Floats,
    time: Floats,
    is_event: NDArray[Any],
    fitted: CoxFit,
    case: Floats,
    at: Floats,
    *,
    entry: Floats | None = None,
    ties: Ties = "efron",
) -> tuple[Floats, Floats, Floats]:
    """Survival of a case at each time, and its limits of 95 %.

    Parameters
    ----------
    X, time, is_event, entry, ties
        What the model was fitted to.
    case
        Shape (p,).
    at
        Shape (k,).

    Notes
    -----
    Limits S exp(+-z se), not above 1; the error holds that of the baseline hazard and that of the
    coefficients (Tsiatis AA. Ann Stat 1981;9:93), as R's `survfit` has it.

    Examples
    --------
    >>> from analyses.survival.cox import fit_cox
    >>> x, t, d = np.array([[0.0], [1.0], [0.0], [1.0]]), np.arange(4.0, 0, -1), np.ones(4)
    >>> fitted = fit_cox(x, t, d)
    >>> survival, low, high = predicted_survival(x, t, d, fitted, np.zeros(1), np.array([2.0]))
    >>> survival.round(3).tolist(), low.round(3).tolist(), high.round(3).tolist()
    ([0.698], [0.331], [1.0])
    """
    sets = CoxSets.of(time, is_event, entry=entry, ties=ties)
    away = X[sets.rows] - case
    state = log_likelihood(sets, away @ fitted.coef)
    steps = sets.term_count / state.sums
    gaps = -risk_set_means(sets, away, state) * steps[:, None]
    place = np.searchsorted(sets.times[sets.term_time], at, side="right")
    hazard, spread, drift = (
        np.concatenate([np.zeros_like(part[:1]), np.cumsum(part, axis=0)])[place]
        for part in (steps, steps / state.sums, gaps)
    )
    error = np.sqrt(spread + np.einsum("kp,pq,kq->k", drift, fitted.covariance, drift))
    survival = np.exp(-hazard)
    return survival, survival * np.exp(-Z * error), np.minimum(1, survival * np.exp(Z * error))
