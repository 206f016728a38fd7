"""Telling centres apart: whether a model knows from the numbers where a case came from.

Belongs here: the same nested cross-validation with the centre as what is predicted, before and
after harmonising.
Does not belong here: harmonising (`analyses.combat`), the plan's own outcome (`analyses.protocol`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.evaluation import DRAWS, nested_cross_validation, outer_folds, performance
from analyses.learners import learner_of
from analyses.models import Training
from analyses.plan_parts import Resampling
from analyses.prepared import Preparation
from analyses.resampling import Stage, bootstrap_weights, generator

#: A centre takes part with so many patients per outer fold (a convention: two in each test fold).
_PATIENTS_PER_FOLD = 2
#: How often the folds are dealt: enough for a yes or no.
_REPEATS = 2

Progress = Callable[[str], None]


def tells_centres(
    numbers: pl.DataFrame,
    centres: NDArray[np.str_],
    groups: NDArray[np.str_],
    *,
    centre: str,
    resampling: Resampling,
    processes: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Whether ridge tells the centres apart by the numbers, as delivered and harmonised.

    Parameters
    ----------
    numbers
        The columns that are harmonised, one row per case. Only rows without a gap are used: that a
        centre does not measure something would tell it apart, and no harmonising takes that away.
    centres, groups
        Centre and patient of each row.
    centre
        Name of the column of centres.
    resampling, processes, progress
        Of the plan; two repeats at most.

    Returns
    -------
    dict
        `n` and `centres` that took part, `before` and `after`: AUC (of several centres that of Hand
        and Till, 0.5: told apart by nothing) with its interval, and `tells`, whether that lies
        above 0.5. None in all three, with `reason`, where too few cases are complete.
    """
    whole = ~numbers.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
    names = [
        name
        for name in sorted(set(centres.tolist()))
        if len(np.unique(groups[whole & (centres == name)]))
        >= _PATIENTS_PER_FOLD * resampling.outer_folds
    ]
    rows = whole & np.isin(centres, names)
    found: dict[str, Any] = {"n": int(rows.sum()), "centres": names, "before": None, "after": None}
    if len(names) < 2:
        least = _PATIENTS_PER_FOLD * resampling.outer_folds
        return found | {
            "tells": None,
            "reason": f"fewer than two centres have {least} patients with all of the numbers",
        }
    harmonised = Training(
        frame=numbers.filter(pl.Series(rows)),
        outcome=np.searchsorted(names, centres[rows]).astype(np.float64),
        groups=groups[rows],
        n_classes=len(names),
        centres=centres[rows],
        preparation=Preparation(centre=centre, harmonised=tuple(numbers.columns)),
    )
    often = replace(resampling, repeats=min(resampling.repeats, _REPEATS))
    delivered = replace(harmonised, preparation=Preparation(), centres=None)
    before, after = (_auc(one, often, processes, progress) for one in (delivered, harmonised))
    tells = {
        when: limits is not None and limits[0] > 0.5
        for when, limits in (("before", before["interval"]), ("after", after["interval"]))
    }
    return found | {"before": before, "after": after, "tells": tells, "reason": None}


def _auc(
    training: Training, resampling: Resampling, processes: int, progress: Progress | None
) -> dict[str, Any]:
    """The AUC of the centres, out of fold."""
    folds = outer_folds(training, resampling)
    predicted = nested_cross_validation(
        training,
        folds,
        learner=learner_of("ridge"),
        resampling=resampling,
        processes=processes,
        progress=progress,
    )
    rng = generator(resampling.seed, Stage.INTERVALS)
    weights = bootstrap_weights(training.groups, n_draws=DRAWS, rng=rng)
    panel = performance(training.outcome, predicted, weights, n_classes=training.n_classes)
    return {"estimate": panel["auc"]["estimate"], "interval": panel["auc"]["interval"]}
