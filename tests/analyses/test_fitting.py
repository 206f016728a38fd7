"""Who wins: the challenger only by the stated rule, the roles of the models, the forest's file."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses import fitting
from analyses.fitting import Fitted, comparison
from analyses.learners import LEARNERS
from analyses.models import Training
from analyses.plan import MODELS


def _fitted(name: str, role: str, risk: np.ndarray, folds: np.ndarray, slope: float) -> Fitted:
    from analyses.evaluation import OutOfFold

    entry: dict[str, Any] = {
        "name": name,
        "role": role,
        "performance": {
            "nested_cv": {"calibration_slope": {"estimate": slope}},
            "internal_external": None,
        },
    }
    predicted = OutOfFold(risk[None, :], np.full((1, len(risk)), 0.5), folds[None, :], ())
    return Fitted(entry, None, predicted, None, [])  # type: ignore[arg-type]


def _compared(gain: float, slope: float) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    n = 200
    outcome = (rng.random(n) < 0.5).astype(float)
    folds = np.arange(n) % 5
    towards = np.where(outcome == 1, 1.0, -1.0)
    primary = 1 / (1 + np.exp(-(0.3 * towards + rng.normal(0, 0.5, n))))
    better = 1 / (1 + np.exp(-(np.log(primary / (1 - primary)) + gain * towards)))
    training = Training(pl.DataFrame({"x": outcome}), outcome, np.arange(n).astype(str))
    models = [
        _fitted("baseline", "baseline", np.full(n, 0.5), folds, 1.0),
        _fitted("ridge", "primary", primary, folds, 1.0),
        _fitted("random_forest", "challenger", better, folds, slope),
    ]
    return comparison(training, models)


@pytest.mark.parametrize(
    ("gain", "slope", "best", "sentence"),
    [
        (0.5, 1.0, "random_forest", "more than one standard error"),
        (0.5, 0.5, "ridge", "is 0.50, outside 0.7 to 1.3"),
        (-0.5, 1.0, "ridge", "higher than that of ridge: it is no better"),
    ],
)
def test_a_challenger_wins_only_by_the_rule(
    gain: float, slope: float, best: str, sentence: str
) -> None:
    found = _compared(gain, slope)
    assert found["best"] == best
    challenger = found["challengers"][0]
    assert challenger["wins"] == (best == "random_forest")
    assert any(sentence in reason for reason in challenger["reasons"])


def test_more_than_half_of_the_centres_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"centre": name, "in_pool": True} for name in "ABC"]
    training = Training(pl.DataFrame({"x": [0.0]}), np.array([0.0]), np.array(["P"]))
    one = _fitted("random_forest", "challenger", np.array([0.5]), np.array([0]), 1.0)
    object.__setattr__(one, "left_out", object())
    one.entry["performance"]["internal_external"] = {"by_centre": rows}
    for wins, holds in ((1, False), (2, True)):
        monkeypatch.setattr(fitting, "wins_by_centre", lambda *_, n=wins, **__: n)
        assert fitting._at_centres(training, one, one)[0] is holds  # type: ignore[index]


def test_every_model_of_a_plan_has_a_learner() -> None:
    assert tuple(LEARNERS) == MODELS


def test_without_a_primary_model_the_first_one_is() -> None:
    assert fitting._roles(["random_forest"]) == [("random_forest", "primary")]
