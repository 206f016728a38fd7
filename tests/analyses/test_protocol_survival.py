"""The protocol on a time to an event: against R, determinism, leakage, frozen models."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.applying import external_performance, is_training, known_outcomes, score
from analyses.evaluation import nested_cross_validation, outer_folds, performance
from analyses.frozen import describe_model
from analyses.learners import learn_ridge
from analyses.model_files import load, save
from analyses.models import Training
from analyses.plan import parse_plan
from analyses.plan_parts import Resampling
from analyses.protocol import AnalysisRun
from analyses.resampled import Resample, refit_many
from analyses.resampling import bootstrap_weights, generator
from analyses.results import to_json
from analyses.selection import select
from analyses.subgroups import TOO_FEW_BY_THEN, _not_by_then
from analyses.survival.concordance import harrell_c_many
from analyses.trainings import training_of
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near
from tests.analyses.survival_plans import COMPETING, TEXT, run


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


@pytest.fixture(scope="module")
def any_event(cohort: pl.DataFrame) -> AnalysisRun:
    return run(cohort, f"{TEXT}models: [ridge, elastic_net]\n")


@pytest.fixture(scope="module")
def competing(cohort: pl.DataFrame) -> AnalysisRun:
    return run(cohort, COMPETING)


def test_a_plan_gives_the_numbers_of_r(any_event: AnalysisRun) -> None:
    found = any_event.results["survival"]
    km, cox = REFERENCE["K1_km"]["values"], REFERENCE["S1_cox"]["values"]
    assert any_event.results["verdict"]["level"] == "model"
    at = {row["at"]: row for row in found["horizons"]}
    for place, month in ((0, 12.0), (2, 36.0), (3, 60.0)):
        assert at[month]["survival"] == near(km["surv"][place], "K1_km")
        assert at[month]["interval"] == near([km["lo"][place], km["hi"][place]], "K1_km")
        assert at[month]["n_at_risk"] == km["atrisk"][place]
    assert found["median"] == {"estimate": 40.0, "interval": [34.0, 46.0]}
    assert found["follow_up"]["median"] == km["median_followup"]
    assert found["kaplan_meier"][0]["rmst"]["estimate"] == near(km["rmst60"], "K1_km")
    log_rank = next(row for row in found["log_rank"] if row["variable"] == "illdef")
    assert log_rank["statistic"] == near(km["logrank_chi2"], "K1_km")
    rows = {row["term"]: row for row in found["cox"]}
    for name, value in cox["efron"]["coef"].items():
        assert rows[name]["estimate"] == near(value, "S1_cox")
        assert rows[name]["se"] == near(cox["efron"]["se"][name], "S1_cox")
    tested = {row["term"]: row["statistic"] for row in found["proportional_hazards"]}
    assert tested["illdef"] == near(cox["zph"]["illdef"][0], "S1_cox")
    assert found["cox_apparent_c"] == {
        "estimate": near(cox["harrell_C"], "S1_cox"),
        "se": near(cox["harrell_C_se"], "S1_cox"),
    }
    assert not found["firth"]
    assert found["fine_gray"] is None


def test_competing_events_have_risks_and_tables_of_their_own(competing: AnalysisRun) -> None:
    found, expected = competing.results["survival"], REFERENCE["CR1_competing"]["values"]
    at = {row["at"]: row for row in found["horizons"]}
    assert at[36.0]["risk"] == near(expected["cif"]["progression"][2], "CR1_competing")
    both = {curve["cause"]: curve for curve in found["cumulative_incidence"]}
    place = both["competing"]["times"].index(36.0)
    assert both["competing"]["risk"][place] == near(expected["cif"]["death"][2], "CR1_competing")
    specific = {row["term"]: row for row in found["cox"]}
    for name, value in expected["cause_specific"]["coef"].items():
        assert specific[name]["estimate"] == near(value, "CR1_competing")
    assert [row["estimate"] for row in found["fine_gray"]] == near(
        list(expected["fine_gray"]["coef"].values()), "CR1_competing"
    )
    gray = next(row for row in found["gray"] if row["variable"] == "illdef")
    assert gray["statistic"] == near(expected["gray"]["1"][0], "CR1_competing")
    outcome = competing.results["outcome"]
    assert outcome["events"] + outcome["competing"] + outcome["censored"] == outcome["n"] == 300


def test_an_elastic_net_is_a_challenger_by_its_brier_score(any_event: AnalysisRun) -> None:
    net = any_event.results["models"][2]
    assert (net["name"], net["role"]) == ("elastic_net", "challenger")
    assert net["tuning"]["chosen"] is not None
    reasons = any_event.results["comparison"]["challengers"][0]["reasons"]
    assert "Brier score" in reasons[0]
    assert len(reasons) == 2
    assert "centres" in reasons[1]


def test_every_measure_is_there(competing: AnalysisRun) -> None:
    ridge = competing.results["models"][1]
    nested = ridge["performance"]["nested_cv"]
    assert set(nested) == {"c_index", "uno_c", "auc", "brier", "ipa", "o_e_ratio", "ici"}
    assert [row["at"] for row in ridge["horizons"]] == [12.0, 36.0, 60.0]
    assert ridge["horizons"][0]["brier"] == nested["brier"]
    assert len(ridge["horizons"][2]["calibration"]["bins"]) > 2
    low, high = nested["c_index"]["interval"]
    assert 0.6 < low < nested["c_index"]["estimate"] < high < 0.85
    assert set(ridge["performance"]["bootstrap_632plus"]) == {"c_index", "brier"}
    assert ridge["performance"]["internal_external"]["pooled"].keys() == {"c_index", "o_e_ratio"}
    at_centre = ridge["performance"]["internal_external"]["by_centre"][0]
    assert {"c_index", "auc", "brier", "o_e_ratio", "ici"} <= set(at_centre)
    assert ridge["horizons"][0]["auc"] == nested["auc"]
    assert set(competing.results["comparison"]["difference"]) == {"brier", "c_index"}
    groups = competing.results["subgroups"][1]["groups"]
    assert {"c_index", "brier"} <= set(groups[0]["performance"])
    assert ridge["instability"]["mape"] > 0


def test_same_bytes_for_shuffled_rows_and_two_processes(
    cohort: pl.DataFrame, competing: AnalysisRun
) -> None:
    shuffled = cohort.sample(fraction=1.0, shuffle=True, seed=3)
    assert to_json(run(shuffled, COMPETING, processes=2).results) == to_json(competing.results)


def _training(frame: pl.DataFrame, text: str = COMPETING) -> Training:
    plan = parse_plan(text, name="pfs.yaml")
    selected = select(plan, frame, None)
    return training_of(selected, selected.predictors)


@pytest.mark.parametrize("spoil", ["missing", "huge", "permuted", "other_times"])
def test_test_rows_change_nothing_that_is_learned(cohort: pl.DataFrame, spoil: str) -> None:
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=1)
    folds = outer_folds(_training(cohort), resampling)[0]
    test = pl.Series(folds == 1)

    sorted_rows = cohort.sort("case_id").cast({"age": pl.Float64, "gtr": pl.Float64})
    ways = {
        "missing": {name: pl.lit(None, pl.Float64) for name in ("age", "gtr")},
        "huge": {name: pl.lit(1e9) for name in ("age", "gtr")},
        "permuted": {name: pl.col(name).shuffle(seed=1) for name in ("age", "gtr")},
        "other_times": {"time": pl.col("time") * 3},
    }
    changed = sorted_rows.with_columns(
        pl.when(test).then(new).otherwise(pl.col(name)).alias(name)
        for name, new in ways[spoil].items()
    )
    resample = Resample((folds != 1).astype(np.float64), (1, 0, 1))
    before, after = (
        refit_many(_training(frame), [resample], learner=learn_ridge, resampling=resampling)[0]
        for frame in (sorted_rows, changed)
    )
    assert before.slopes == after.slopes
    assert before.choice == after.choice
    train = folds != 1
    assert (before.risk[train] == after.risk[train]).all()


def test_patients_are_never_on_both_sides(cohort: pl.DataFrame) -> None:
    twins = cohort.with_columns(patient=pl.col("case_id").str.slice(0, 4))
    training = _training(twins, COMPETING.replace("centre: site", "centre: site, group: patient"))
    for folds in outer_folds(training, Resampling(repeats=2)):
        for patient in np.unique(training.groups):
            assert len(set(folds[training.groups == patient])) == 1


def test_the_c_found_is_the_c_of_new_cases() -> None:
    """Exponential times with known slopes: nested C near that of the same model on many others."""
    rng = np.random.default_rng(4)

    def drawn(n: int) -> tuple[pl.DataFrame, np.ndarray[Any, Any]]:
        x = rng.normal(size=(n, 6))
        time = rng.exponential(20 / np.exp(x[:, 0] - 0.5 * x[:, 1]))
        end = rng.uniform(10, 60, n)
        follow_up = np.column_stack([np.minimum(time, end), time <= end]).astype(np.float64)
        return pl.DataFrame({f"x{j}": x[:, j] for j in range(6)}), follow_up

    found, truth, covered = [], [], 0
    resampling = Resampling(outer_folds=4, inner_folds=3, repeats=1)
    new, new_follow_up = drawn(4000)
    for _ in range(5):
        frame, follow_up = drawn(150)
        groups = np.array([f"P{i:03d}" for i in range(150)])
        training = Training(
            frame, follow_up[:, 1], groups, follow_up=follow_up, horizons=(12.0, 36.0)
        )
        folds = outer_folds(training, resampling)
        predicted = nested_cross_validation(
            training, folds, learner=learn_ridge, resampling=resampling
        )
        weights = bootstrap_weights(groups, n_draws=200, rng=generator(1, 3))
        panel = performance(training.truth, predicted, weights, **training.kind)
        model = learn_ridge(training, resampling, (2,)).pipeline
        ones = np.ones((1, 4000))
        codes = new_follow_up[:, 1].astype(np.int64)
        truth.append(harrell_c_many(new_follow_up[:, 0], codes, model.predict(new), ones)[0])
        found.append(panel["c_index"]["estimate"])
        low, high = panel["c_index"]["interval"]
        covered += bool(low < truth[-1] < high)
    assert np.mean(found) == pytest.approx(np.mean(truth), abs=0.02)
    assert covered >= 4


def test_a_frozen_model_gives_risks_at_each_horizon(
    competing: AnalysisRun, cohort: pl.DataFrame
) -> None:
    assert competing.training is not None
    data = save(competing.model)
    described = describe_model(
        competing.results,
        name="ridge",
        training=competing.training,
        pipeline=competing.model,
        data=data,
    )
    described = json.loads(json.dumps(described))
    table, risk = score(described, load(data), cohort)
    assert [name for name in table.columns if name.startswith("risk")] == [
        "risk by 12",
        "risk by 36",
        "risk by 60",
    ]
    assert (np.diff(risk[:, 1:], axis=1) >= 0).all()
    known = known_outcomes(described, cohort)
    assert known is not None
    place, follow_up = known
    found = external_performance(described, follow_up, risk[place], place.astype(np.str_))
    apparent = competing.results["models"][1]["performance"]["apparent"]
    for name in ("c_index", "brier", "ipa"):
        assert found["performance"][name]["estimate"] == pytest.approx(apparent[name]["estimate"])
    assert is_training(described, cohort[place], follow_up)
    assert known_outcomes(described, cohort.drop("time")) is None


def test_a_group_with_few_events_by_then_has_no_auc(any_event: AnalysisRun) -> None:
    # an AUC of 0.99 rested on four events: the group had twenty-four, most after the horizon
    training = any_event.training
    assert training is not None
    assert training.follow_up is not None
    few = (training.follow_up[:, 0] > 12).copy()
    by_then = np.flatnonzero((training.follow_up[:, 1] == 1) & ~few)
    few[by_then[:9]] = True
    unknown = _not_by_then(training, few)
    assert set(unknown) == {"auc", "brier", "ipa", "o_e_ratio", "ici"}
    assert unknown["auc"]["reason"] == TOO_FEW_BY_THEN
    few[by_then[9]] = True
    assert _not_by_then(training, few) == {}
