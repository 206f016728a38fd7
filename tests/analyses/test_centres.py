"""Leaving a centre out: who is pooled, who is only shown, and that nothing of a centre is seen."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from analyses import centres as module
from analyses.centres import internal_external, leave_one_centre_out
from analyses.learners import learn_forest, learn_ridge
from analyses.models import Training
from analyses.plan_parts import Resampling
from analyses.pooling import pool
from analyses.protocol import AnalysisRun
from analyses.resampled import Resample, refit_many
from analyses.resampling import Stage, bootstrap_weights, generator

RESAMPLING = Resampling(outer_folds=3, inner_folds=3, repeats=1)


def _cohort(
    sizes: dict[str, int], *, n_classes: int = 2, seed: int = 3
) -> tuple[Training, np.ndarray]:
    rng = np.random.default_rng(seed)
    names = np.repeat(list(sizes), list(sizes.values()))
    n = len(names)
    x = rng.normal(size=n)
    if n_classes == 2:
        outcome = (rng.random(n) < 1 / (1 + np.exp(-1.5 * x))).astype(float)
    else:
        outcome = np.clip(np.round(x + 1 + rng.normal(0, 0.5, n)), 0, n_classes - 1)
    frame = pl.DataFrame({"x": x, "noise": rng.normal(size=n)})
    groups = np.array([f"P{i:03d}" for i in range(n)])
    return Training(frame, outcome.astype(float), groups, n_classes), names


def _weights(training: Training) -> np.ndarray:
    return bootstrap_weights(training.groups, n_draws=200, rng=generator(1, Stage.INTERVALS))


def _internal_external(training: Training, names: np.ndarray) -> dict | None:  # type: ignore[type-arg]
    left = leave_one_centre_out(training, names, learner=learn_ridge, resampling=RESAMPLING)
    return internal_external(training, left, _weights(training))


def test_a_centre_with_few_events_is_shown_and_not_pooled() -> None:
    training, names = _cohort({"A": 60, "B": 50, "C": 50, "D": 12})
    found = _internal_external(training, names)
    assert found is not None
    rows = {row["centre"]: row for row in found["by_centre"]}
    assert [rows[c]["in_pool"] for c in "ABCD"] == [True, True, True, False]
    assert "fewer than 10 events" in rows["D"]["reason"]
    assert rows["D"]["log_loss"]["estimate"] > 0
    assert found["centres_pooled"] == 3
    assert found["pooled"]["auc"]["centres"] == 3
    low, high = found["pooled"]["auc"]["interval"]
    wide_low, wide_high = found["pooled"]["auc"]["prediction_interval"]
    assert 0 <= wide_low <= low <= found["pooled"]["auc"]["estimate"] <= high <= wide_high <= 1


def test_two_centres_are_no_validation() -> None:
    training, names = _cohort({"A": 60, "B": 50})
    assert _internal_external(training, names) is None


def test_too_few_poolable_centres_are_not_pooled() -> None:
    training, names = _cohort({"A": 60, "B": 50, "C": 8})
    found = _internal_external(training, names)
    assert found is not None
    assert found["pooled"] is None
    assert len(found["by_centre"]) == 3


def test_a_centre_that_holds_all_of_a_class_is_said_to() -> None:
    training, names = _cohort({"A": 40, "B": 40, "C": 40})
    outcome = np.where(names == "A", training.outcome, 0.0)
    training = Training(training.frame, outcome, training.groups)
    found = _internal_external(training, names)
    assert found is not None
    row = next(r for r in found["by_centre"] if r["centre"] == "A")
    assert (row["in_pool"], row["reason"]) == (False, module.ONE_CLASS_LEFT)
    assert "auc" not in row


def test_a_class_that_only_one_centre_has_gets_no_risk_elsewhere() -> None:
    training, names = _cohort({"A": 60, "B": 60, "C": 60}, n_classes=3)
    outcome = np.where((training.outcome == 2) & (names != "A"), 1.0, training.outcome)
    training = Training(training.frame, outcome, training.groups, 3)
    left = leave_one_centre_out(training, names, learner=learn_ridge, resampling=RESAMPLING)
    assert left is not None
    assert (left.risk[names == "A", 2] == 0).all()
    assert left.risk.sum(axis=1) == pytest.approx(np.ones(180))
    found = internal_external(training, left, _weights(training))
    assert found is not None
    assert found["by_centre"][0]["log_loss"]["estimate"] > 1  # not hidden: it was sure and wrong


def test_nothing_of_a_centre_is_seen() -> None:
    training, names = _cohort({"A": 40, "B": 40, "C": 40})
    test = names == "B"
    resample = Resample((~test).astype(float), (Stage.CENTRES, 1))
    before = refit_many(training, [resample], learner=learn_ridge, resampling=RESAMPLING)[0]
    changed = Training(
        training.frame, np.where(test, 1 - training.outcome, training.outcome), training.groups
    )
    after = refit_many(changed, [resample], learner=learn_ridge, resampling=RESAMPLING)[0]
    assert (before.risk == after.risk).all()


def test_rows_of_one_patient_get_bootstrap_limits() -> None:
    training, names = _cohort({"A": 60, "B": 50, "C": 50})
    alone = _internal_external(training, names)
    twins = training.groups.copy()
    twins[1] = twins[0]
    together = _internal_external(
        Training(training.frame, training.outcome, twins, training.n_classes), names
    )
    assert alone is not None
    assert together is not None
    assert alone["by_centre"][0]["auc"]["interval"] != together["by_centre"][0]["auc"]["interval"]


def test_pool_needs_three_centres() -> None:
    assert pool([0.1, 0.2], [0.1, 0.1]) is None


@pytest.mark.parametrize("learner", [learn_ridge, learn_forest])
def test_processes_change_nothing(learner: object) -> None:
    training, names = _cohort({"A": 30, "B": 30, "C": 30}, n_classes=3)
    found = [
        leave_one_centre_out(
            training,
            names,
            learner=learner,  # type: ignore[arg-type]
            resampling=RESAMPLING,
            processes=processes,
        )
        for processes in (1, 2)
    ]
    assert (found[0].risk == found[1].risk).all()  # type: ignore[union-attr]


def test_rows_without_a_centre_are_shown_and_not_pooled(
    run: Callable[..., AnalysisRun], frame: pl.DataFrame
) -> None:
    """A mixture of centres is like all of them: in the pool it makes centres look alike."""
    centre = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("")).otherwise("site_id")
    found = run(frame.with_columns(site_id=centre)).results
    rows = found["models"][1]["performance"]["internal_external"]["by_centre"]
    without = next(row for row in rows if row["centre"] == "(none)")
    assert (without["in_pool"], without["n"]) == (False, 40)
    assert min(without["events"], without["n"] - without["events"]) >= 10
    assert "no centre is named" in without["reason"]
    assert [c["centre"] for c in found["cohort"]["centres"]] == [row["centre"] for row in rows]
