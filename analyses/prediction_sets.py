"""Prediction sets: the classes that a case may have, at a stated coverage, and how often they hold.

Belongs here: thresholds of each class from out-of-fold risks, the sets they give, their coverage.
Does not belong here: fitting (`analyses.resampled`), a model file (`analyses.frozen`).
A class belongs to the set of a case if its risk is not below what nearly all patients of that class
were given by models that had not seen them. Only the thresholds are kept: the scores of the
patients behind them would be a row for each.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.describe import wilson_interval
from analyses.evaluation import OutOfFold
from analyses.learners import Learner
from analyses.metrics import Floats
from analyses.models import Training
from analyses.plan_parts import Resampling
from analyses.resampled import Resample, refit_many
from analyses.resampling import Stage, assign_folds, generator

#: A class with fewer patients behind its threshold gets none (statistics.md, section 7).
LEAST_CALIBRATION = 20
NO_SETS = (
    f"Fewer than two classes have {LEAST_CALIBRATION} patients in every training part: no sets are "
    "offered."
)


def prediction_sets(
    training: Training,
    predicted: OutOfFold,
    names: Sequence[str],
    *,
    learner: Learner,
    resampling: Resampling,
    level: float,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Thresholds from the first repeat, and how often sets made the same way hold on unseen cases.

    Parameters
    ----------
    training
        All eligible rows.
    predicted
        Out-of-fold predictions of the model.
    names
        Names of the classes; of a binary outcome those of 0 and 1.
    learner, resampling
        The model, and the plan's folds and seed.
    level
        Wanted coverage of each class.
    processes, progress
        As in `analyses.workers.in_turn`.

    Returns
    -------
    dict[str, Any]
        `level`, `classes` with `class`, `patients`, `threshold` (the least risk with which
        a class is in a set), `covered` of `tested` patients, `coverage` with Wilson `interval`, and
        `reason` where a class is not judged; `all` over the judged classes; `mean_size`, `empty`
        and `full` shares; `reason` where fewer than two classes are judged.
    """
    folds, n_classes = predicted.folds[0], training.n_classes
    inside = [folds != fold for fold in np.unique(folds)]
    fewest = [
        min(len(np.unique(training.groups[rows & (training.outcome == k)])) for rows in inside)
        for k in range(n_classes)
    ]
    judged = [fewest[k] >= LEAST_CALIBRATION for k in range(n_classes)]
    if sum(judged) < 2:
        classes = [_class_entry(training, names, k, fewest[k], None, []) for k in range(n_classes)]
        none = dict.fromkeys(("all", "mean_size", "empty", "full"))
        return {"level": level, "reason": NO_SETS, "classes": classes, **none}
    found = _calibrated_inside(training, folds, learner, resampling, processes, progress)
    member = np.zeros((len(folds), n_classes), dtype=bool)
    for rows, risk in zip(inside, found, strict=True):
        at = thresholds_of(training.part(rows), risk[rows], level, judged)
        member[~rows] = members(predicted.risk[0][~rows], at)
    kept = thresholds_of(training, predicted.risk[0], level, judged)
    sizes = member[:, judged].sum(axis=1)
    classes = [
        _class_entry(training, names, k, fewest[k], kept[k], member[:, k]) for k in range(n_classes)
    ]
    covered, tested = (sum(row[name] or 0 for row in classes) for name in ("covered", "tested"))
    return {
        "level": level,
        "reason": None,
        "classes": classes,
        "all": {"covered": covered, "tested": tested, **_share(covered, tested)},
        "mean_size": float(sizes.mean()),
        "empty": float((sizes == 0).mean()),
        "full": float((sizes == sum(judged)).mean()),
    }


def thresholds_of(
    training: Training, risk: Floats, level: float, judged: Sequence[bool]
) -> tuple[float | None, ...]:
    """The least risk with which each class is in a set; None for a class that is not judged.

    Of the n patients of a class the ceil(level x (n + 1))-th highest risk of their own class; of
    several rows of a patient the lowest. 0 where n is too small for the level: always in.
    """
    by_class = _by_class(risk)
    found: list[float | None] = []
    for k, is_judged in enumerate(judged):
        if not is_judged:
            found.append(None)
            continue
        own = training.outcome == k
        lowest = np.sort(_lowest(by_class[own, k], training.groups[own]))[::-1]
        place = math.ceil(round(level * (len(lowest) + 1), 9))
        found.append(float(lowest[place - 1]) if place <= len(lowest) else 0.0)
    return tuple(found)


def members(risk: Floats, thresholds: Sequence[float | None]) -> NDArray[np.bool_]:
    """Whether each judged class is in the set of each case; shape (n, K).

    Examples
    --------
    >>> members(np.array([[0.7, 0.2, 0.1]]), (0.3, 0.2, None)).tolist()
    [[True, True, False]]
    """
    least = np.array([np.inf if value is None else value for value in thresholds])
    found: NDArray[np.bool_] = _by_class(risk) >= least
    return found


def _calibrated_inside(
    training: Training,
    folds: NDArray[np.int64],
    learner: Learner,
    resampling: Resampling,
    processes: int,
    progress: Callable[[str], None] | None,
) -> list[Floats]:
    """Of each outer training part the risks of its rows by models made without their inner fold."""
    tasks, resamples = [], []
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds != fold)
        inner = assign_folds(
            training.outcome[rows],
            training.groups[rows],
            n_folds=resampling.outer_folds,
            rng=generator(resampling.seed, Stage.SETS, int(fold)),
        )
        for part in np.unique(inner):
            weights = np.zeros(len(folds))
            weights[rows[inner != part]] = 1
            key = (Stage.SETS, int(fold), int(part))
            tasks.append((int(fold), rows[inner == part]))
            resamples.append(Resample(weights, key))
    refits = refit_many(
        training,
        resamples,
        learner=learner,
        resampling=resampling,
        processes=processes,
        progress=progress,
    )
    found = {int(fold): np.full(refits[0].risk.shape, np.nan) for fold in np.unique(folds)}
    for (fold, rows), refit in zip(tasks, refits, strict=True):
        found[fold][rows] = refit.risk[rows]
    return [found[fold] for fold in sorted(found)]


def _class_entry(
    training: Training,
    names: Sequence[str],
    k: int,
    fewest: int,
    threshold: float | None,
    member: Any,
) -> dict[str, Any]:
    """One class: its threshold, and how many of its patients had it in their set."""
    own = training.outcome == k
    n = len(np.unique(training.groups[own]))
    found: dict[str, Any] = {
        "class": names[k],
        "patients": n,
        "threshold": threshold,
        "covered": None,
        "tested": None,
        "coverage": None,
        "interval": None,
        "reason": f"{fewest} patients in a training part are below {LEAST_CALIBRATION}: whether a "
        "case is of this class is not judged.",
    }
    if threshold is None:
        return found
    # a patient is covered with all rows of the class
    held = _lowest(member[own].astype(np.float64), training.groups[own])
    covered = int(held.sum())
    return found | {
        "covered": covered,
        "tested": n,
        **_share(covered, n),
        "reason": None,
    }


def _share(covered: int, tested: int) -> dict[str, Any]:
    """Coverage with Wilson limits."""
    return {"coverage": covered / tested, "interval": list(wilson_interval(covered, tested))}


def _lowest(values: Floats, groups: NDArray[np.str_]) -> Floats:
    """The lowest value of each patient."""
    patients, place = np.unique(groups, return_inverse=True)
    found = np.full(len(patients), np.inf)
    np.minimum.at(found, place, values)
    return found


def _by_class(risk: Floats) -> Floats:
    """Risks of two classes as a column each."""
    return np.column_stack([1 - risk, risk]) if risk.ndim == 1 else risk
