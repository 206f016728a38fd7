"""Learners: each gives risks and a file; an own model comes by the entry point of a package."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone

from analyses.elastic_net import elastic_net_path
from analyses.learners import learner_of
from analyses.model_files import load, save
from analyses.models import GRID, Training, predict_risk
from analyses.own_models import make_own, own_models, own_versions
from analyses.plan import parse_plan
from analyses.plan_parts import Resampling
from schemas.errors import IntegrityError, UsageError

FEW = Resampling(inner_folds=3)


def _training(n: int = 90) -> Training:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=n), "b": ["present", "absent", None] * (n // 3)})
    event = rng.random(n) < 1 / (1 + np.exp(-2 * frame["a"].to_numpy()))
    return Training(frame, event.astype(float), np.arange(n).astype(str))


@pytest.mark.parametrize("name", ["elastic_net", "random_forest", "ebm"])
def test_a_model_learns_and_keeps_its_predictions_through_its_file(name: str) -> None:
    training = _training()
    learned = learner_of(name)(training, FEW, (2,))
    risk = predict_risk(learned.pipeline, training.frame)
    again = load(save(learned.pipeline))
    assert (predict_risk(again, training.frame) == risk).all()
    assert np.corrcoef(risk, training.outcome)[0, 1] > 0.3
    assert (learned.choice is not None) == (name == "elastic_net")
    same = learner_of(name)(training, FEW, (2,))
    assert (predict_risk(same.pipeline, training.frame) == risk).all()


@pytest.mark.parametrize("name", ["ridge", "elastic_net"])
def test_a_model_of_times_learns_and_keeps_its_predictions_through_its_file(name: str) -> None:
    plain = _training()
    a = plain.frame["a"].to_numpy()
    time = np.ceil(np.random.default_rng(1).exponential(20 * np.exp(-a))) + 1
    follow_up = np.column_stack([time, plain.outcome])
    training = replace(plain, follow_up=follow_up, horizons=(12.0,))
    learned = learner_of(name)(training, FEW, (2,))
    again = load(save(learned.pipeline))
    linear = learned.pipeline.predict(training.frame)
    assert (again.predict(training.frame) == linear).all()
    assert np.corrcoef(linear, a)[0, 1] > 0.7
    model = learned.pipeline["model"]
    assert learned.choice is not None
    assert model.theta == 1 / learned.choice.c
    # the share of zeros is what an elastic net is for
    strong = clone(model).set_params(theta=1e4)
    strong.fit(learned.pipeline[:-1].transform(training.frame), follow_up)
    assert (strong.coef_ == 0).all() == (name == "elastic_net")


def test_boosting_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "interpret.glassbox", None)
    with pytest.raises(UsageError, match=r"pip install 'imsct\[ebm\]'"):
        learner_of("ebm")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A small installed package that offers models, as pip would leave it."""

    def _install(entries: str, code: str = "") -> None:
        info = tmp_path / "nearest_cases-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nearest-cases\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[imsct.models]\n{entries}\n")
        (tmp_path / "nearest_cases.py").write_text(code)
        monkeypatch.syspath_prepend(tmp_path)

    yield _install
    __import__("sys").modules.pop("nearest_cases", None)


NEAREST = """
from sklearn.neighbors import KNeighborsClassifier
class Nearest(KNeighborsClassifier):
    model_file_types = (
        "sklearn.metrics._dist_metrics.EuclideanDistance64", "sklearn.neighbors._kd_tree.KDTree",
    )
    def __init__(self, n_neighbors=15):
        super().__init__(n_neighbors=n_neighbors)
"""


def test_an_own_model_comes_by_entry_point(package: Any, plan_text: str) -> None:
    before = save(learner_of("elastic_net")(_training(), FEW, (2,)).pipeline)
    package("nearest = nearest_cases:Nearest", NEAREST)
    assert own_models() == ("nearest",)
    plan = parse_plan(plan_text + "models: [ridge, nearest]\n", name="p.yaml")
    assert own_versions(plan.models) == {"nearest-cases": "1.2"}
    training = _training()
    learned = learner_of("nearest")(training, FEW, (2,))
    again = load(save(learned.pipeline))
    risk = predict_risk(learned.pipeline, training.frame)
    assert (predict_risk(again, training.frame) == risk).all()
    assert load(before) is not None


def test_a_file_of_an_own_model_needs_its_package(
    package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    package("nearest = nearest_cases:Nearest", NEAREST)
    data = save(learner_of("nearest")(_training(), FEW, (2,)).pipeline)
    monkeypatch.undo()
    with pytest.raises(IntegrityError, match=r"nearest_cases\.Nearest"):
        load(data)


@pytest.mark.parametrize(
    ("entries", "code", "sentence"),
    [
        ("odd = nearest_cases:Odd", "", r"cannot be made \(AttributeError\)"),
        ("odd = nearest_cases:Odd", "Odd = dict", "is no scikit-learn classifier: it has no fit"),
    ],
)
def test_an_own_model_that_is_none_is_refused(
    package: Any, entries: str, code: str, sentence: str
) -> None:
    package(entries, code)
    with pytest.raises(UsageError, match=sentence):
        make_own("odd")


def test_an_own_model_may_not_take_the_name_of_another(package: Any) -> None:
    package("ridge = nearest_cases:Nearest", NEAREST)
    with pytest.raises(UsageError, match="the platform's own"):
        learner_of("ridge")


@pytest.mark.parametrize(("n", "p"), [(80, 12), (30, 60)])
def test_elastic_net_meets_its_optimality_conditions_on_collinear_columns(n: int, p: int) -> None:
    rng = np.random.default_rng(2)
    matrix = rng.normal(size=(n, p))
    matrix[:, 4] = matrix[:, 1]
    matrix[:, 5] = -matrix[:, 2]
    outcome = (rng.random(n) < 1 / (1 + np.exp(-2 * matrix[:, 1]))).astype(float)
    for c, beta in zip(GRID, elastic_net_path(matrix, outcome, GRID, l1_ratio=0.5), strict=True):
        risk = 1 / (1 + np.exp(-(matrix @ beta[1:] + beta[0])))
        pull = matrix.T @ (outcome - risk) - 0.5 / c * beta[1:]
        active = beta[1:] != 0
        assert abs((outcome - risk).sum()) < 1e-6
        assert pull[active] == pytest.approx(0.5 / c * np.sign(beta[1:][active]), rel=0, abs=1e-6)
        assert (np.abs(pull[~active]) <= 0.5 / c + 1e-6).all()
        assert beta[6] == pytest.approx(-beta[3], abs=1e-6)  # copies share
