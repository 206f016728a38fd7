"""Splits: whole patients, balanced classes, independent of row order."""

import numpy as np

from analyses.resampling import (
    PatientKFold,
    Stage,
    assign_folds,
    bootstrap_weights,
    generator,
    patient_strata,
)


def _rows(n: int = 100) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    groups = np.array([f"P{i:03d}" for i in rng.integers(0, n // 2, n)])
    return (rng.random(n) < 0.3).astype(float), groups


def test_no_patient_is_on_both_sides() -> None:
    y, groups = _rows()
    for repeat in range(5):
        splitter = PatientKFold(4, seed=9, key=(Stage.OUTER, repeat))
        for train, test in splitter.split(np.zeros((len(y), 1)), y, groups=groups):
            assert not set(groups[train]) & set(groups[test])


def test_folds_do_not_depend_on_row_order() -> None:
    y, groups = _rows()
    order = np.random.default_rng(1).permutation(len(y))
    folds = assign_folds(y, groups, n_folds=5, rng=generator(1, 0, 0))
    shuffled = assign_folds(y[order], groups[order], n_folds=5, rng=generator(1, 0, 0))
    assert (folds[order] == shuffled).all()


def test_duplicated_patients_under_new_case_ids_change_no_fold() -> None:
    y, groups = _rows()
    folds = assign_folds(y, groups, n_folds=5, rng=generator(1, 0, 0))
    again = assign_folds(
        np.r_[y, y[:30]], np.r_[groups, groups[:30]], n_folds=5, rng=generator(1, 0, 0)
    )
    assert (again == np.r_[folds, folds[:30]]).all()


def test_every_fold_has_both_classes_and_equal_size() -> None:
    y = np.r_[np.ones(10), np.zeros(90)]
    groups = np.array([f"P{i:03d}" for i in range(100)])
    for repeat in range(20):
        folds = assign_folds(y, groups, n_folds=5, rng=generator(3, Stage.OUTER, repeat))
        assert [int(y[folds == k].sum()) for k in range(5)] == [2] * 5
        assert np.bincount(folds).tolist() == [20] * 5


def test_repeats_and_seeds_differ() -> None:
    y, groups = _rows()
    first = assign_folds(y, groups, n_folds=5, rng=generator(1, 0, 0))
    assert (first != assign_folds(y, groups, n_folds=5, rng=generator(1, 0, 1))).any()
    assert (first != assign_folds(y, groups, n_folds=5, rng=generator(2, 0, 0))).any()


def test_stratum_is_the_rarest_class() -> None:
    y = np.array([0.0, 0, 0, 0, 1])
    groups = np.array(["a", "b", "c", "d", "d"])
    assert patient_strata(y, groups)["d"] == 1.0


def test_bootstrap_draws_whole_patients() -> None:
    _, groups = _rows()
    weights = bootstrap_weights(groups, n_draws=50, rng=generator(1, Stage.INTERVALS))
    patients, place = np.unique(groups, return_index=True)
    for patient in patients:
        rows = weights[:, groups == patient]
        assert (rows == rows[:, :1]).all()
    assert (weights[:, place].sum(axis=1) == len(patients)).all()
