"""Learning: how the penalty of a Cox regression is chosen.

Belongs here: the cross-validated partial likelihood of a part of the training rows.
Does not belong here: the fit (`analyses.survival.cox`, `analyses.survival.estimators`), inner folds
and the rule of choice (`analyses.models`).
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analyses.models import GRID, Training
from analyses.survival.cox import partial_loglik, ridge_cox_path
from analyses.survival.cox_net import cox_net_path
from analyses.survival.estimators import ElasticNetCox, RidgeCox

Floats = NDArray[np.float64]


def ridge_cox(C: float) -> RidgeCox:
    """The model at a penalty of the grid; its own penalty is the inverse."""
    return RidgeCox(theta=1 / C)


def elastic_net_cox(C: float, l1_ratio: float) -> ElasticNetCox:
    """The same with an elastic net."""
    return ElasticNetCox(theta=1 / C, l1_ratio=l1_ratio)


def cox_losses(training: Training, test: Training) -> Floats:
    """Losses of ridge for every C of the grid."""
    return _losses(training, test, ridge_cox_path)


def cox_net_losses(training: Training, test: Training, l1_ratio: float) -> Floats:
    """Losses of the elastic net for every C of the grid."""
    return _losses(training, test, partial(cox_net_path, l1_ratio=l1_ratio))


def _losses(training: Training, test: Training, path_of: Callable[..., Floats]) -> Floats:
    """What the test rows add to the partial likelihood, with a minus sign, for every C of the grid.

    The partial likelihood of all rows minus that of the training rows, both at the slopes of the
    training rows: few test rows make no risk sets of their own.

    Notes
    -----
    Source: Verweij PJM, van Houwelingen HC. Stat Med 1993;12:2305. doi:10.1002/sim.4780122407
    """
    steps = training.fit_steps()
    part = steps.transform(training.cases)
    whole = np.vstack([part, steps.transform(test.cases)])
    mine, every = training.truth, np.vstack([training.truth, test.truth])
    path = path_of(part, *_parts(mine), [1 / c for c in GRID], entry=_entry(mine))
    likely = partial_loglik(whole, *_parts(every), path, entry=_entry(every))
    return partial_loglik(part, *_parts(mine), path, entry=_entry(mine)) - likely


def _parts(follow_up: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Time, and whether the event was seen."""
    return follow_up[:, 0], follow_up[:, 1] == 1


def _entry(follow_up: Floats) -> Floats | None:
    """Time of entry; None where everybody is observed from the start."""
    return follow_up[:, 2] if follow_up.shape[1] > 2 else None
