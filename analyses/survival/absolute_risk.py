"""Absolute risk of the event by a time, where another cause can come first.

Belongs here: putting cause-specific hazards together.
Does not belong here: fitting them (`analyses.survival.cox`), estimates without predictors
(`analyses.survival.competing`).
"""

from collections.abc import Sequence

import numpy as np

from analyses.survival.cox_sets import Floats
from analyses.survival.steps import StepFunction

#: A predictor further out than this is drawn in: the risk is 0 or 1 long before.
_FAR = 200.0


def absolute_risk(
    linear: Sequence[Floats],
    hazards: Sequence[StepFunction],
    at: Floats,
    *,
    product_limit: bool = False,
) -> Floats:
    """Risk of the first cause by each time.

    Parameters
    ----------
    linear
        For each cause the linear predictor of the rows, shape (n,); the event first.
    hazards
        For each cause its cumulative baseline hazard.
    at
        Shape (k,). Times.
    product_limit
        Whether survival of all causes is the product of 1 - hazard, not exp(-cumulative hazard).

    Returns
    -------
    Floats
        Shape (n, k).

    Notes
    -----
    Sum over the event's times of S(t-) dH_1(t), S = exp(-sum of all H). With one cause it is
    1 - S(t). The product limit without predictors is the Aalen-Johansen estimate.
    Source: Benichou J, Gail MH. Biometrics 1990;46:813. doi:10.2307/2532098

    Examples
    --------
    >>> steps = StepFunction(np.array([1.0, 2.0]), np.array([0.1, 0.3]), 0.0)
    >>> other = StepFunction(np.array([1.5]), np.array([0.5]), 0.0)
    >>> nobody = np.zeros(1)
    >>> absolute_risk([nobody], [steps], np.array([1.0, 2.0])).round(4).tolist()
    [[0.0952, 0.2592]]
    >>> absolute_risk([nobody, nobody], [steps, other], np.array([2.0])).round(4).tolist()
    [[0.2098]]
    """
    relative = [np.exp(np.clip(part, -_FAR, _FAR))[:, None] for part in linear]
    if len(hazards) == 1 and not product_limit:
        found: Floats = -np.expm1(-relative[0] * hazards[0].at(at))
        return found
    times = np.unique(np.concatenate([hazard.times for hazard in hazards]))
    if not len(times):
        return np.zeros((len(relative[0]), len(at)))
    jumps = [
        size * (hazard.at(times) - hazard.before(times))
        for size, hazard in zip(relative, hazards, strict=True)
    ]
    total = np.sum(jumps, axis=0)
    if product_limit:
        survival = np.cumprod(np.maximum(1 - total, 0.0), axis=1)
    else:
        survival = np.exp(-np.cumsum(total, axis=1))
    before = np.column_stack([np.ones(len(survival)), survival[:, :-1]])
    risk = np.column_stack([np.zeros(len(survival)), np.cumsum(before * jumps[0], axis=1)])
    found = np.minimum(risk[:, np.searchsorted(times, at, side="right")], 1.0)
    return found
