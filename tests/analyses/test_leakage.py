"""Leakage: what a model must not know, by the whole protocol and by its parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses import cautions, learners
from analyses.evaluation import nested_cross_validation, outer_folds, performance
from analyses.learners import Learned, learn_ridge
from analyses.models import Training, fit_pipeline
from analyses.plan import parse_plan
from analyses.plan_parts import Resampling
from analyses.preprocessing import with_categories
from analyses.protocol import AnalysisRun
from analyses.resampled import Resample, refit_many
from analyses.resampling import bootstrap_weights, generator
from schemas.errors import UsageError

Run = Callable[..., AnalysisRun]


def _codes(found: AnalysisRun) -> list[str]:
    return [warning["code"] for warning in found.results["warnings"]]


def test_permuted_outcome_gives_chance() -> None:
    rng = np.random.default_rng(11)
    n, aucs = 100, []
    frame = pl.DataFrame({f"x{j}": rng.normal(size=n) for j in range(30)})
    groups = np.array([f"P{i:03d}" for i in range(n)])
    resampling = Resampling(outer_folds=4, inner_folds=3, repeats=1)
    weights = bootstrap_weights(groups, n_draws=200, rng=generator(1, 3))
    covered = 0
    for _ in range(20):
        training = Training(frame, rng.permutation(np.r_[np.ones(45), np.zeros(55)]), groups)
        predicted = nested_cross_validation(
            training,
            outer_folds(training, resampling),
            learner=learn_ridge,
            resampling=resampling,
        )
        found = performance(training.outcome, predicted, weights)["auc"]
        aucs.append(found["estimate"])
        covered += found["interval"][0] <= 0.5 <= found["interval"][1]
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.03)
    assert covered >= 17


def test_copy_of_the_outcome_is_refused_by_its_time(
    plan_text: str, run: Run, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    leak = frame.with_columns(residual_volume_mm3=pl.col("gross_total_resection"))
    plan = parse_plan(plan_text.replace("[age_years,", "[residual_volume_mm3,"), name="eor.yaml")
    with pytest.raises(UsageError, match="becomes known postoperatively") as caught:
        run(leak, plan=plan)
    assert caught.value.exit_code == 2


def test_smuggled_copy_of_the_outcome_is_suspected(run: Run, frame: pl.DataFrame) -> None:
    smuggled = frame.with_columns(
        cap_sign=pl.when(pl.col("gross_total_resection") == "yes")
        .then(pl.lit("present"))
        .otherwise(pl.lit("absent"))
    )
    found = run(smuggled)
    messages = [w["message"] for w in found.results["warnings"] if w["code"] == "suspected_leak"]
    assert any(message.startswith("cap_sign alone") for message in messages)
    assert any(message.startswith("Model ridge") for message in messages)
    assert "suspected_leak" not in _codes(run(frame))


@pytest.mark.parametrize("disguise", ["in_some", "far_out", "two_words_each", "blank", "none"])
def test_an_outcome_in_disguise_is_suspected_by_itself(disguise: str) -> None:
    """Found in no ridge model and in no column by itself: it is looked for column by column."""
    rng = np.random.default_rng(3)
    outcome = (rng.random(120) < 0.4).astype(np.float64)
    values: list[object] = rng.normal(size=120).tolist()
    if disguise == "in_some":
        values = [y if rng.random() < 0.5 else None for y in outcome]
    elif disguise == "far_out":
        values = [float(rng.choice([-1, 1]) * (2 * y + rng.random())) for y in outcome]
    elif disguise == "two_words_each":
        values = [str(rng.choice(["a", "b"] if y else ["c", "d"])) for y in outcome]
    elif disguise == "blank":
        values = [None if y else 1.5 for y in outcome]
    frame = pl.DataFrame({"x": values, "z": rng.choice(list("abcdefghijkl"), 120)})
    training = Training(frame=frame, outcome=outcome, groups=np.arange(120).astype(np.str_))
    said = [w["message"].split()[0] for w in cautions.suspected_leak(training, {})]
    assert said == ([] if disguise == "none" else ["x"])


@pytest.mark.parametrize("spoil", ["missing", "huge", "permuted", "new_level"])
def test_test_rows_change_nothing_that_is_learned(
    frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    columns = ["age_years", "n_segments", "margin", "cap_sign"]
    outcome = (frame["gross_total_resection"] == "yes").to_numpy().astype(float)
    groups = frame["patient_id"].to_numpy().astype(np.str_)
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=1)
    clean = Training(frame.select(columns), outcome, groups)
    folds = outer_folds(clean, resampling)
    test = pl.Series(folds[0] == 1)

    def fitted_without_fold_one(predictors: pl.DataFrame) -> tuple[Any, Any]:
        pipelines: list[Any] = []

        def recording(training: Training, c: float) -> Any:
            pipelines.append(fit_pipeline(training, c))
            return pipelines[-1]

        monkeypatch.setattr(learners, "fit_pipeline", recording)
        training = Training(with_categories(predictors, columns), outcome, groups)

        def one_by_one(*task: Any) -> Learned:  # not all folds together, see the next test
            return learn_ridge(*task)

        predicted = nested_cross_validation(
            training, folds, learner=one_by_one, resampling=resampling
        )
        return pipelines[1], predicted.choices[1]

    pipeline, choice = fitted_without_fold_one(frame.select(columns))
    spoiled, spoiled_choice = fitted_without_fold_one(_spoiled(frame.select(columns), test, spoil))
    assert spoiled_choice == choice
    assert spoiled["encode"].codes_ == pipeline["encode"].codes_
    assert (spoiled["impute"].statistics_ == pipeline["impute"].statistics_).all()
    assert (spoiled["scale"].mean_ == pipeline["scale"].mean_).all()
    assert (spoiled["scale"].scale_ == pipeline["scale"].scale_).all()
    assert (spoiled["model"].coef_ == pipeline["model"].coef_).all()
    assert (spoiled["model"].intercept_ == pipeline["model"].intercept_).all()


@pytest.mark.parametrize("spoil", ["missing", "huge", "permuted", "new_level"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_test_rows_change_nothing_on_the_fast_path(
    frame: pl.DataFrame, spoil: str, n_classes: int
) -> None:
    columns = ["age_years", "n_segments", "margin", "cap_sign"]
    outcome = (frame["gross_total_resection"] == "yes").to_numpy().astype(float)
    if n_classes == 3:
        outcome = np.where(np.arange(frame.height) % 3 == 0, 2.0, outcome)
    groups = frame["patient_id"].to_numpy().astype(np.str_)
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=1)
    folds = outer_folds(Training(frame.select(columns), outcome, groups, n_classes), resampling)
    part = (folds[0] != 1).astype(float)
    test = pl.Series(folds[0] == 1)

    def learned(predictors: pl.DataFrame) -> Any:
        training = Training(with_categories(predictors, columns), outcome, groups, n_classes)
        return refit_many(
            training, [Resample(part, (1, 0, 0))], learner=learn_ridge, resampling=resampling
        )[0]

    clean = learned(frame.select(columns))
    spoiled = learned(_spoiled(frame.select(columns), test, spoil))
    assert spoiled.choice.c == clean.choice.c
    # the shared matrix is shifted by all rows, for the sake of rounding only: not bit-equal; and a
    # level of the test rows may change the name of a term
    for one, other in zip(spoiled.slopes.values(), clean.slopes.values(), strict=True):
        assert one == pytest.approx(other, rel=0, abs=1e-8)
    trained = part > 0
    assert spoiled.risk[trained] == pytest.approx(clean.risk[trained], rel=0, abs=1e-8)
    assert spoiled.choice.losses == pytest.approx(clean.choice.losses, rel=0, abs=1e-7)


def _spoiled(frame: pl.DataFrame, test: pl.Series, how: str) -> pl.DataFrame:
    """The frame with its test rows destroyed."""
    numbers, texts = ["age_years", "n_segments"], ["margin", "cap_sign"]
    if how == "permuted":
        rows = np.flatnonzero(test.to_numpy())
        order = np.arange(frame.height)
        order[rows] = rows[::-1]
        return frame[order]
    value = {"missing": None, "huge": 1e9, "new_level": 0.0}[how]
    text = {"missing": None, "huge": "present", "new_level": "aaa_unseen"}[how]
    return frame.with_columns(
        *(
            pl.when(test).then(pl.lit(value, dtype=pl.Float64)).otherwise(pl.col(name)).alias(name)
            for name in numbers
        ),
        *(
            pl.when(test).then(pl.lit(text, dtype=pl.String)).otherwise(pl.col(name)).alias(name)
            for name in texts
        ),
    )


def test_duplicated_patient_is_never_on_both_sides(run: Run, frame: pl.DataFrame) -> None:
    twice = pl.concat([frame, frame.with_columns(case_id=pl.col("case_id") + "b")])
    training = Training(
        twice.select("age_years"),
        (twice["gross_total_resection"] == "yes").to_numpy().astype(float),
        twice["patient_id"].to_numpy().astype(np.str_),
    )
    once = Training(
        frame.select("age_years"), training.outcome[: frame.height], training.groups[: frame.height]
    )
    resampling = Resampling(outer_folds=3, inner_folds=3, repeats=2)
    folds = outer_folds(training, resampling)
    assert (folds[:, : frame.height] == folds[:, frame.height :]).all()
    assert (folds[:, : frame.height] == outer_folds(once, resampling)).all()
    assert run(twice).results["verdict"]["n"] == run(frame).results["verdict"]["n"]
