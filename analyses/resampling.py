"""Resampling: which patients train and which test, from a seed and the patients' ids alone.

Belongs here: seeds of the stages, the splitter, bootstrap weights of patients.
Does not belong here: fitting (`analyses.models`), the order of the steps (`analyses.evaluation`).
No split depends on the order of the rows, and no patient is on both sides of one.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import BaseCrossValidator


class Stage(IntEnum):
    """What random numbers are drawn for; the first entry of every spawn key."""

    OUTER = 0
    INNER = 1
    FINAL = 2
    INTERVALS = 3
    CENTRES = 4
    FOREST = 5
    BOOTSTRAPS = 6
    PERMUTATIONS = 7
    SETS = 8
    IMPUTATIONS = 9
    TABLES = 10


def generator(seed: int, *key: int) -> np.random.Generator:
    """The random generator of one task: `key` is (stage, repeat, fold or resample).

    Examples
    --------
    >>> int(generator(1, Stage.OUTER, 0).integers(1000))
    680
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(map(int, key))))


def patient_strata(outcome: NDArray[Any], groups: NDArray[np.str_]) -> dict[str, Any]:
    """The stratum of every patient: the rarest class among the patient's rows.

    Parameters
    ----------
    outcome
        Shape (n,). Class of each row.
    groups
        Shape (n,). Patient of each row.

    Returns
    -------
    dict[str, Any]
        Patient to class, patients sorted. Rarity is counted in patients that have the class, so
        that a row delivered twice changes nothing; the smaller class wins a tie.

    Examples
    --------
    >>> patient_strata(np.array([0, 0, 1, 0]), np.array(["a", "b", "b", "c"]))
    {'a': 0, 'b': 1, 'c': 0}
    """
    patients: dict[str, set[Any]] = {}
    for patient, value in zip(groups.tolist(), outcome.tolist(), strict=True):
        patients.setdefault(patient, set()).add(value)
    counts: dict[Any, int] = {}
    for values in patients.values():
        for value in values:
            counts[value] = counts.get(value, 0) + 1
    return {
        patient: min(patients[patient], key=lambda value: (counts[value], value))
        for patient in sorted(patients)
    }


def assign_folds(
    outcome: NDArray[Any], groups: NDArray[np.str_], *, n_folds: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Deal the patients to folds, class by class.

    Patients sorted by id are permuted, then dealt in turn, rarest stratum first; the next stratum
    goes on where the last one ended, so that folds differ by one patient at most.

    Parameters
    ----------
    outcome
        Shape (n,). Class of each row.
    groups
        Shape (n,). Patient of each row.
    n_folds
        Number of folds, at least 2.
    rng
        From `generator`.

    Returns
    -------
    NDArray[np.int64]
        Shape (n,). Fold of each row, 0 to n_folds - 1.

    Examples
    --------
    >>> who = np.array(["d", "b", "a", "c"])
    >>> folds = assign_folds(np.array([1, 1, 0, 0]), who, n_folds=2, rng=generator(1, 0, 0))
    >>> bool(folds[0] != folds[1] and folds[2] != folds[3])
    True
    """
    strata = patient_strata(outcome, groups)
    ids = list(strata)
    order = [ids[place] for place in rng.permutation(len(ids))]
    sizes = {value: list(strata.values()).count(value) for value in set(strata.values())}
    fold_of: dict[str, int] = {}
    for value in sorted(sizes, key=lambda value: (sizes[value], value)):
        for patient in order:
            if strata[patient] == value:
                fold_of[patient] = len(fold_of) % n_folds
    return np.array([fold_of[patient] for patient in groups.tolist()], dtype=np.int64)


class PatientKFold(BaseCrossValidator):  # type: ignore[misc]  # sklearn is untyped
    """Stratified folds of whole patients, for use with scikit-learn's own tools.

    Keeps true: no patient is in two folds; the same patients and seed give the same folds.

    Examples
    --------
    >>> splitter = PatientKFold(n_splits=2, seed=1)
    >>> y, who = np.array([0, 1, 0, 1]), np.array(["a", "b", "c", "d"])
    >>> sum(len(test) for _, test in splitter.split(np.zeros((4, 1)), y, groups=who))
    4
    """

    def __init__(self, n_splits: int = 5, *, seed: int, key: tuple[int, ...] = (Stage.OUTER, 0)):
        self.n_splits = n_splits
        self.seed = seed
        self.key = key

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return self.n_splits

    def _iter_test_indices(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Any]:
        """Rows of each test fold."""
        outcome = np.asarray(y)
        who = np.arange(len(outcome)) if groups is None else groups
        folds = assign_folds(
            outcome,
            np.asarray(who).astype(np.str_),
            n_folds=self.n_splits,
            rng=generator(self.seed, *self.key),
        )
        for fold in range(self.n_splits):
            yield np.flatnonzero(folds == fold)


def bootstrap_weights(
    groups: NDArray[np.str_], *, n_draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """How often each row is in each bootstrap sample of patients; shape (n_draws, n).

    Examples
    --------
    >>> weights = bootstrap_weights(np.array(["a", "a", "b"]), n_draws=3, rng=generator(1, 3))
    >>> bool((weights[:, 0] == weights[:, 1]).all() and (weights[:, 1:].sum(axis=1) == 2).all())
    True
    """
    patients, place = np.unique(groups, return_inverse=True)
    share = np.full(len(patients), 1 / len(patients))
    counts = rng.multinomial(len(patients), share, size=n_draws)
    weights: NDArray[np.float64] = counts.astype(np.float64)[:, place]
    return weights
