"""Permuted outcomes: how often the whole protocol does as well when nothing is there to be learned.

Belongs here: dealing outcomes out to patients at random, and the p-value that follows.
Does not belong here: nested cross-validation (`analyses.evaluation`), words (`analyses.report`).
Everything is made anew for each permutation, folds and penalties too.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.evaluation import OutOfFold, nested_cross_validation, outer_folds
from analyses.learners import Learner
from analyses.metrics import Floats
from analyses.models import Training
from analyses.panel import panel_of
from analyses.plan_parts import Resampling
from analyses.resampling import Stage, generator
from analyses.workers import in_turn


def permutation_test(
    training: Training,
    predicted: OutOfFold,
    centres: NDArray[np.str_] | None,
    *,
    learner: Learner,
    resampling: Resampling,
    n_permutations: int,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Compare one repeat of nested cross-validation with those on permuted outcomes.

    Parameters
    ----------
    training
        All eligible rows.
    predicted
        Out-of-fold predictions of the model; the first repeat is compared.
    centres
        Shape (n,). Centre of each row: outcomes change hands within it; None: among all.
    learner, resampling
        The model, and the plan's folds and seed.
    n_permutations
        How often.
    processes, progress
        As in `analyses.workers.in_turn`.

    Returns
    -------
    dict[str, Any]
        `permutations`, `log_loss` of the model (of a time to an event `brier`, at the first
        horizon), `permuted`: median and 2.5 and 97.5 % quantile of the same on permuted outcomes,
        `as_good`: how many did as well or better, `p`.

    Notes
    -----
    p = (1 + as_good) / (1 + permutations), so that it is never 0. Source: Phipson B, Smyth GK. Stat
    Appl Genet Mol Biol 2010;9:39. doi:10.2202/1544-6115.1585
    """
    once = replace(resampling, repeats=1)
    found = in_turn(
        _permuted_loss,
        [
            {
                "training": training,
                "centres": centres,
                "learner": learner,
                "resampling": once,
                "number": number,
            }
            for number in range(n_permutations)
        ],
        processes=processes,
        progress=progress,
    )
    own = _loss(training, predicted.risk[0])
    as_good = int((np.array(found) <= own).sum())
    low, middle, high = (float(q) for q in np.quantile(found, (0.025, 0.5, 0.975)))
    return {
        "permutations": n_permutations,
        panel_of(**training.kind).deciding: own,
        "permuted": {"median": middle, "low": low, "high": high},
        "as_good": as_good,
        "p": (1 + as_good) / (1 + n_permutations),
    }


def permute_outcomes(
    outcome: NDArray[Any],
    groups: NDArray[np.str_],
    centres: NDArray[np.str_] | None,
    *,
    rng: np.random.Generator,
) -> NDArray[Any]:
    """Deal the outcomes of whole patients out anew.

    A patient gets all outcomes of another one of the same centre with as many rows, so that neither
    rows of a patient nor a centre lose what ties them. A patient of two centres counts for the one
    of the first row.

    Examples
    --------
    >>> who = np.array(["a", "b", "b", "c", "c"])
    >>> found = permute_outcomes(np.array([9.0, 1, 2, 3, 4]), who, None, rng=generator(1, 7))
    >>> found[0], sorted(found.tolist())
    (np.float64(9.0), [1.0, 2.0, 3.0, 4.0, 9.0])
    """
    patients, first, n_rows = np.unique(groups, return_index=True, return_counts=True)
    at = np.zeros(len(patients), int)
    if centres is not None:
        at = np.unique(centres, return_inverse=True)[1][first]
    rows = np.split(np.argsort(groups, kind="stable"), np.cumsum(n_rows)[:-1])
    found = outcome.copy()
    for alike in sorted(set(zip(at.tolist(), n_rows.tolist(), strict=True))):
        members = np.flatnonzero((at == alike[0]) & (n_rows == alike[1]))
        for one, other in zip(members, rng.permutation(members), strict=True):
            found[rows[one]] = outcome[rows[other]]
    return found


def _permuted_loss(
    training: Training,
    centres: NDArray[np.str_] | None,
    learner: Learner,
    resampling: Resampling,
    number: int,
) -> float:
    """Nested loss of one permutation."""
    rng = generator(resampling.seed, Stage.PERMUTATIONS, number)
    places = np.arange(len(training.outcome))
    permuted = training.with_outcomes_of(
        permute_outcomes(places, training.groups, centres, rng=rng)
    )
    predicted = nested_cross_validation(
        permuted, outer_folds(permuted, resampling), learner=learner, resampling=resampling
    )
    return _loss(permuted, predicted.risk[0])


def _loss(training: Training, risk: Floats) -> float:
    """The loss that decides, over all rows."""
    many = panel_of(**training.kind).loss().many
    return float(many(training.truth, risk, np.ones((1, len(risk))))[0])
