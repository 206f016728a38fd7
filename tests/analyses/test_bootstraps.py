"""Bootstraps: the draws, .632+ beyond its oracle, instability, and when nothing may be shown."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses import bootstraps, learners, metrics
from analyses.bootstraps import bootstrap_632plus, corrected_632plus, draw, instability
from analyses.fitting import fit_all
from analyses.learners import Learned
from analyses.models import Training, fit_pipeline
from analyses.ordinal import rps_many
from analyses.plan import Plan, parse_plan
from analyses.plan_parts import Resampling
from analyses.resampled import Refit, refit_many
from analyses.results import to_json
from analyses.row_scores import ROWS


def test_patients_are_drawn_whole_and_within_their_centre() -> None:
    groups = np.array(["a", "b", "c", "a", "d", "e", "f"])
    centres = np.array(["X", "X", "X", "X", "Y", "Y", "Y"])
    outcome = np.array([0.0, 1, 0, 1, 0, 1, 1])
    weights = draw(outcome, groups, centres, n_draws=50, seed=3).weights
    assert (weights[:, 0] == weights[:, 3]).all()
    assert (weights[:, [0, 1, 2]].sum(axis=1) == 3).all()
    assert (weights[:, 4:].sum(axis=1) == 3).all()


def test_a_resample_without_an_outcome_is_drawn_again_and_counted() -> None:
    outcome = np.r_[1.0, np.zeros(9)]
    found = draw(outcome, np.arange(10).astype(str), None, n_draws=100, seed=1)
    assert (found.weights @ outcome > 0).all()
    assert 30 < sum(found.redrawn) < 90  # each resample lacks the one case with chance .35


def test_a_later_resample_does_not_depend_on_the_number_before_it() -> None:
    outcome, groups = np.r_[np.ones(5), np.zeros(5)], np.arange(10).astype(str)
    few = draw(outcome, groups, None, n_draws=3, seed=1).weights
    many = draw(outcome, groups, None, n_draws=9, seed=1).weights
    assert (few == many[:3]).all()


@pytest.mark.parametrize(
    ("apparent", "out_of_bag", "chance", "expected"),
    [
        (0.9, 0.4, 0.5, 0.5),  # worse than chance counts as chance, and has all the weight
        (0.1, 0.4, 0.3, 0.3),  # a loss: the same from the other side
        (0.7, 0.75, 0.5, 0.368 * 0.7 + 0.632 * 0.75),  # no overfitting: plain .632
        (0.5, 0.5, 0.5, 0.5),
    ],
)
def test_632plus_at_its_ends(
    apparent: float, out_of_bag: float, chance: float, expected: float
) -> None:
    found = corrected_632plus(apparent, out_of_bag, chance)
    assert found["estimate"] == pytest.approx(expected)
    assert 0 <= found["overfitting"] <= 1


def test_several_classes_have_632plus_and_changes_of_class() -> None:
    rng = np.random.default_rng(0)
    outcome = np.repeat([0.0, 1, 2], 20)
    refits = rng.dirichlet(np.ones(3), size=(30, 60))
    risk = rng.dirichlet(np.ones(3), size=60)
    weights = draw(outcome, np.arange(60).astype(str), None, n_draws=30, seed=1).weights
    found = bootstrap_632plus(outcome, risk, refits, weights, n_classes=3)
    assert set(found) == {"auc", "log_loss", "brier"}
    assert all(value is not None for value in found.values())
    unstable = instability(outcome, risk, refits, thresholds=[0.5])
    assert unstable["class_changes"] == pytest.approx(2 / 3, abs=0.1)
    assert unstable["groups"] == []


def test_a_model_that_never_moves_is_stable() -> None:
    risk = np.linspace(0.1, 0.9, 40)
    outcome = (np.arange(40) % 3 == 0).astype(float)
    found = instability(outcome, risk, np.tile(risk, (20, 1)), thresholds=[0.3])
    assert found["mape"] == 0
    assert found["classification"] == [{"threshold": 0.3, "changed": 0.0}]
    assert len(found["groups"]) == 4
    assert all(g["n"] == 10 and g["low"] == pytest.approx(g["mean_risk"]) for g in found["groups"])
    assert found["calibration_slope"]["low"] == found["calibration_slope"]["high"]


@pytest.mark.parametrize("name", list(ROWS))
def test_row_scores_are_those_of_one_model(name: str) -> None:
    rng = np.random.default_rng(5)
    outcome = (rng.random(50) < 0.4).astype(float)
    risk = rng.random((6, 50)).round(1) * 0.9 + 0.05  # many ties
    weights = rng.integers(0, 3, (6, 50)).astype(float)
    one = getattr(metrics, f"{name}_many")
    expected = [one(outcome, p, w[None, :])[0] for p, w in zip(risk, weights, strict=True)]
    assert ROWS[name](outcome, risk, weights) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", ["auc", "calibration_slope", "calibration_intercept"])
def test_row_scores_have_no_value_where_there_is_none(name: str) -> None:
    outcome = np.array([0.0, 0.0, 1.0, 1.0])
    risk = np.array([[0.1, 0.2, 0.3, 0.4]])
    assert np.isnan(ROWS[name](outcome, risk, np.array([[1.0, 1, 0, 0]]))).all()


def _fitted(plan: Plan, training: Training, per_parameter: float = 20.0) -> list[dict[str, Any]]:
    found = fit_all(
        plan,
        baseline=training,
        full=training,
        whole=training,
        classes=(),
        centres=None,
        events_per_parameter=per_parameter,
    )
    return [f.entry for f in found]


PLAN = """
title: T
data: {id: case_id}
outcome: {kind: binary, column: y, positive: "1"}
predictors: [a, b]
baseline: [a]
models: [ridge, random_forest]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 12, challenger_bootstraps: 0}
"""


@pytest.fixture
def small() -> Training:
    rng = np.random.default_rng(8)
    frame = pl.DataFrame({"a": rng.normal(size=90), "b": rng.normal(size=90)})
    outcome = (rng.random(90) < 1 / (1 + np.exp(-frame["a"].to_numpy()))).astype(float)
    return Training(frame, outcome, np.arange(90).astype(str))


def test_one_set_of_refits_fills_the_results(small: Training) -> None:
    entries = _fitted(parse_plan(PLAN, name="p"), small)
    ridge, forest = entries[1], entries[2]
    json.loads(to_json({"models": entries}))  # nothing that results cannot hold
    assert set(ridge["performance"]["bootstrap_632plus"]) == {"auc", "brier", "log_loss"}
    assert ridge["instability"]["resamples"] == 12
    assert ridge["tuning"]["bootstrap_quantiles"]["q50"] in ridge["tuning"]["grid"]
    assert 0 < ridge["tuning"]["one_se_nested_cv"]["auc"]["estimate"] < 1
    slope = next(c for c in ridge["coefficients"] if c["term"] == "a")
    assert slope["interval"][0] < slope["estimate"] < slope["interval"][1]
    assert slope["same_sign"] == slope["selected"] == 1.0
    assert ridge["performance"]["optimism_corrected"] is None
    assert ridge["not_computed"]["optimism_corrected"].startswith("The penalty is chosen on")
    assert forest["instability"] is None
    assert forest["not_computed"]["instability"] == (
        "The plan asks for no bootstraps of this model."
    )
    assert forest["not_computed"]["optimism_corrected"].startswith("The model chooses on the data")


def test_optimism_is_shown_only_under_its_conditions(
    small: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpenalised(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
        return Learned(fit_pipeline(training, np.inf), None)

    monkeypatch.setitem(learners.LEARNERS, "ridge", unpenalised)
    text = PLAN.replace(", random_forest", "").replace("bootstraps: 12", "bootstraps: 100")
    plan = parse_plan(text, name="p")
    primary = _fitted(plan, small)[1]
    corrected = primary["performance"]["optimism_corrected"]
    apparent = primary["performance"]["apparent"]
    assert corrected["log_loss"]["estimate"] > apparent["log_loss"]["estimate"]
    assert corrected["calibration_slope"]["estimate"] < 1
    assert "optimism_corrected" not in primary["not_computed"]
    few = _fitted(plan, small, per_parameter=9.0)[1]
    assert few["not_computed"]["optimism_corrected"].startswith("9.0 events per parameter are")
    open_list = parse_plan(text.replace("[a, b]", "{prefix: [a, b]}"), name="p")
    said = _fitted(open_list, small)[1]["not_computed"]["optimism_corrected"]
    assert said == "The plan does not name its predictors one by one."


def test_a_term_that_a_refit_lacks_counts_as_not_selected() -> None:

    empty = np.empty(0)
    refits = [Refit(empty, empty, None, None, {"x": (0.5,)}), Refit(empty, empty, None, None, {})]
    found = bootstraps.slope_spread("x", 0, 0.4, refits)
    assert (found["selected"], found["same_sign"]) == (0.5, 0.5)


def test_grades_are_refitted_as_grades_and_have_ranked_losses() -> None:
    rng = np.random.default_rng(3)
    outcome = rng.integers(0, 3, 90).astype(float)
    frame = pl.DataFrame({"x": outcome + rng.normal(size=90)})
    training = Training(frame, outcome, np.arange(90).astype(str), 3, is_ordered=True)
    draws = draw(outcome, training.groups, None, n_draws=4, seed=1)
    refits = refit_many(
        training, draws.resamples, learner=learners.learn_ridge, resampling=Resampling()
    )
    assert all(len(refit.slopes["x"]) == 1 for refit in refits)  # one slope, not one per grade
    assert all(refit.one_se_risk is not None for refit in refits)
    risks = np.stack([refit.risk for refit in refits])
    found = bootstrap_632plus(outcome, risks[0], risks, draws.weights, n_classes=3, is_ordered=True)
    assert set(found) == {"auc", "log_loss", "rps"}
    ones = np.ones((1, 90))
    each = bootstraps._row_losses("rps", outcome, risks).mean(axis=1)
    assert each == pytest.approx([rps_many(outcome, risk, ones)[0] for risk in risks])
