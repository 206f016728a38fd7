"""A model written out gives by hand what its pipeline gives."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.learners import learner_of
from analyses.model_files import load, save
from analyses.models import Training, predict_risk
from analyses.plan_parts import Resampling
from analyses.prepared import Preparation
from analyses.preprocessing import with_categories
from analyses.results import to_json
from analyses.survival.said import scores_and_risks
from analyses.written_out import contributions, risks_of, write_out

_FEW = Resampling(outer_folds=2, inner_folds=2, repeats=1, seed=1, bootstraps=0)
_KINDS = ("binary", "elastic_net", "classes", "grades", "times", "competing")
_NEW: list[dict[str, Any]] = [
    {"age": 61.0, "length": 20.5, "margin": "ill_defined", "cap": "present", "region": "conus"},
    {"age": None, "length": 33.0, "margin": None, "cap": "not_assessable", "region": "thoracic"},
    {"age": 12.0, "length": None, "margin": "unknown", "cap": None, "region": "unseen"},
]


def _frame(n: int = 160) -> pl.DataFrame:
    rng = np.random.default_rng(3)
    gap = rng.random(n)
    frame = pl.DataFrame(
        {
            "age": rng.integers(3, 80, n).astype(float),
            "length": rng.normal(40, 12, n).round(1),
            "margin": rng.choice(["well_defined", "ill_defined"], n),
            "cap": rng.choice(["present", "absent", "not_assessable"], n, p=[0.3, 0.5, 0.2]),
            "region": rng.choice(["cervical", "thoracic", "conus"], n),
        }
    )
    return frame.with_columns(
        pl.when(pl.Series(gap) < share).then(None).otherwise(pl.col(name)).alias(name)
        for name, share in (("age", 0.1), ("length", 0.2), ("margin", 0.15), ("cap", 0.05))
    )


def _training(kind: str, **changes: Any) -> Training:
    frame = _frame()
    n, rng = frame.height, np.random.default_rng(5)
    pull = 0.04 * (frame["age"].fill_null(40).to_numpy() - 40) + rng.normal(0, 1, n)
    ways: dict[str, Any] = {"outcome": (pull > 0.2).astype(float)}
    if kind in ("classes", "grades"):
        ways = {"outcome": np.digitize(pull, [-0.5, 0.6]).astype(float), "n_classes": 3}
        ways["is_ordered"] = kind == "grades"
    if kind in ("times", "competing"):
        time = np.ceil(rng.exponential(40 * np.exp(-pull)))
        code = (time < 60).astype(float)
        if kind == "competing":
            code[(code == 1) & (rng.random(n) < 0.35)] = 2.0
        follow_up = np.column_stack([np.minimum(time, 60), code])
        ways = {"outcome": (code == 1).astype(float), "follow_up": follow_up}
        ways["horizons"] = (12.0, 36.0)
    patients = np.array([f"P{i}" for i in range(n)])
    return Training(with_categories(frame, frame.columns), groups=patients, **ways, **changes)


def _written(kind: str, **changes: Any) -> tuple[dict[str, Any], Any, Training]:
    training = _training(kind, **changes)
    name = "elastic_net" if kind == "elastic_net" else "ridge"
    pipeline = learner_of(name)(training, _FEW, (0,)).pipeline
    classes = ("a", "b", "c") if kind in ("classes", "grades") else ()
    return write_out(pipeline, training, classes), pipeline, training


def _by_hand(found: dict[str, Any], case: dict[str, Any]) -> list[float]:
    """Coefficient times value, summed; the constant of each score but of grades added."""
    parts = [p for _, _, p in contributions(found, case)]
    constants = [0.0] if found["link"] == "odds" else found["constants"]
    scores = [c + sum(p[k] for p in parts) for k, c in enumerate(constants)]
    return risks_of(found, scores)


def _by_pipeline(pipeline: Any, training: Training, case: dict[str, Any]) -> list[float]:
    schema = {"age": pl.Float64, "length": pl.Float64}
    row = pl.DataFrame([case], schema={name: schema.get(name, pl.String) for name in case})
    if training.follow_up is not None:
        return list(scores_and_risks(pipeline, row, training.horizons)[0, 1:])
    return list(np.atleast_1d(predict_risk(pipeline, row, n_classes=training.n_classes)[0]))


@pytest.mark.parametrize("kind", _KINDS)
def test_by_hand_is_what_the_model_says(kind: str) -> None:
    """To 1e-9; with a competing event the way by hand is an approximation, and near."""
    found, pipeline, training = _written(kind)
    far = 0.02 if kind == "competing" else 1e-9
    for case in _NEW:
        expected = _by_pipeline(pipeline, training, case)
        assert _by_hand(found, case) == pytest.approx(expected, abs=far)
    example = found["example"]
    assert _by_hand(found, example["values"]) == pytest.approx(example["risks"], abs=far)


@pytest.mark.parametrize("kind", ["binary", "classes", "grades", "times"])
def test_the_ten_digits_of_the_results_give_what_the_model_file_gives(kind: str) -> None:
    """To 1e-6: nobody needs more than `results.json` to compute a prediction."""
    found, pipeline, training = _written(kind)
    digits, kept = json.loads(to_json(found)), load(save(pipeline))
    for case in _NEW:
        expected = _by_pipeline(kept, training, case)
        assert _by_hand(digits, case) == pytest.approx(expected, abs=1e-6)


def test_the_invented_patient_is_typical_and_nobody() -> None:
    """Whole numbers stay whole; a text is the most frequent one that was recorded."""
    found, _, training = _written("binary")
    values = found["example"]["values"]
    ages = training.frame["age"].drop_nulls()
    assert values["age"] == round(ages.median())  # type: ignore[arg-type, type-var]
    known = training.frame["cap"].cast(pl.String).drop_nulls().to_list()
    assert values["cap"] == max(("absent", "present"), key=known.count)


def test_a_column_that_a_filter_took_out_adds_nothing() -> None:
    """The filter of correlated columns leaves zeros behind, and the formula still holds."""
    found, pipeline, training = _written("binary", preparation=Preparation(correlated=0.1))
    slopes = [t["coefficients"] for column in found["columns"] for t in column["terms"]]
    assert [0.0] in slopes
    for case in _NEW:
        assert _by_hand(found, case) == pytest.approx(_by_pipeline(pipeline, training, case))


def test_chained_equations_fill_gaps_by_no_constant() -> None:
    """For a complete case the formula holds; what fills a gap is said to be modelled."""
    found, pipeline, training = _written("binary", preparation=Preparation(impute="iterative"))
    assert found["gaps"] == "modelled"
    assert {column["fill"] for column in found["columns"]} == {None}
    assert _by_hand(found, _NEW[0]) == pytest.approx(_by_pipeline(pipeline, training, _NEW[0]))


def test_a_forest_has_no_formula() -> None:
    training = _training("binary")
    pipeline = learner_of("random_forest")(training, _FEW, (0,)).pipeline
    assert write_out(pipeline, training, ()) == {"reason": "no_coefficients"}


def test_numbers_moved_between_centres_have_no_formula() -> None:
    centres = np.array(["A", "B"] * 80)
    asked = Preparation(centre="site", harmonised=("age", "length"))
    training = _training("binary", preparation=asked, centres=centres)
    pipeline = learner_of("ridge")(training, _FEW, (0,)).pipeline
    assert write_out(pipeline, training, ()) == {"reason": "harmonised"}


def test_a_column_without_any_value_is_read_as_missing() -> None:
    training = _training("binary")
    frame = training.frame.with_columns(age=pl.lit(None, pl.Float64))
    empty = Training(frame, training.outcome, training.groups)
    pipeline = learner_of("ridge")(empty, _FEW, (0,)).pipeline
    found = write_out(pipeline, empty, ())
    assert found["example"]["values"]["age"] is None
    expected = found["example"]["risks"]
    assert _by_hand(found, found["example"]["values"]) == pytest.approx(expected)
