"""Learning: how the penalty of a ridge Cox regression is chosen.

Belongs here: the cross-validated partial likelihood of a part of the training rows.
Does not belong here: the fit (`analyses.survival.cox`, `analyses.survival.estimators`), inner folds
and the rule of choice (`analyses.models`).
"""

import numpy as np
from numpy.typing import NDArray

from analyses.models import GRID, Training
from analyses.survival.cox import partial_loglik, ridge_cox_path
from analyses.survival.estimators import RidgeCox

Floats = NDArray[np.float64]


def ridge_cox(C: float) -> RidgeCox:
    """The model at a penalty of the grid; its own penalty is the inverse."""
    return RidgeCox(theta=1 / C)


def cox_losses(training: Training, test: Training) -> Floats:
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
    path = ridge_cox_path(part, *_parts(mine), [1 / c for c in GRID], entry=_entry(mine))
    likely = partial_loglik(whole, *_parts(every), path, entry=_entry(every))
    return partial_loglik(part, *_parts(mine), path, entry=_entry(mine)) - likely


def _parts(follow_up: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Time, and whether the event was seen."""
    return follow_up[:, 0], follow_up[:, 1] == 1


def _entry(follow_up: Floats) -> Floats | None:
    """Time of entry; None where everybody is observed from the start."""
    return follow_up[:, 2] if follow_up.shape[1] > 2 else None
