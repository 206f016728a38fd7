"""At horizons: the scores of a model of a time to an event at each time that the plan names.

Belongs here: their entry in the results, the calibration curve at each.
Does not belong here: the scores (`analyses.survival.horizon_scores`), the panel of the first
horizon (`analyses.evaluation`).
"""

from typing import Any

import numpy as np

from analyses.evaluation import OutOfFold, averaged, pooled_performance
from analyses.metrics import Floats
from analyses.models import Training
from analyses.panel import in_parts, panel_at
from analyses.survival.calibration_at import calibration_curve_at
from analyses.survival.said import risk_at


def at_horizons(training: Training, predicted: OutOfFold, weights: Floats) -> list[dict[str, Any]]:
    """Scores of the out-of-fold risks by each horizon, and the curve of the first repeat.

    Parameters
    ----------
    training
        All eligible rows; of classes the list is empty.
    predicted
        Out-of-fold predictions.
    weights
        Shape (b, n). Bootstrap weights of patients.
    """
    if training.follow_up is None:
        return []
    time, code = training.follow_up[:, 0], training.follow_up[:, 1].astype(np.int64)
    found = []
    for place, at in enumerate(training.horizons):
        panel = panel_at(training.horizons, place)
        known = training.truth, predicted, weights
        scores = {
            measure.name: averaged(in_parts(measure), *known, is_fixed=False)
            for measure in panel.at_horizon
        } | pooled_performance(panel, *known)
        curve = calibration_curve_at(time, code, risk_at(predicted.risk[0], place), at=at)
        found.append({"at": at, **scores, "calibration": curve})
    return found
