"""Batched fits: equal to scikit-learn's exact solver and to the pipeline, on easy and hard data."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.preprocessing import StandardScaler

from analyses import batched, resampled
from analyses.batched import Problem, SharedMetric, ridge_path_many
from analyses.learners import Learned, learn_ridge
from analyses.models import GRID, Training, fit_logistic
from analyses.plan_parts import Resampling
from analyses.preprocessing import fit_preprocessing, with_categories
from analyses.resampled import Refit, Resample, refit_many, tune_and_fit
from analyses.row_scores import auc_rows
from analyses.shared_cases import share_cases
from analyses.unpenalised import maximum_likelihood_many

ORACLES = Path(__file__).parent.parent / "oracles"
COLUMNS = ["age_years", "n_segments", "margin", "cap_sign", "enhancement_pattern"]


def _numbers(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    n, p = {"wide": (40, 60)}.get(kind, (120, 8))
    X = rng.normal(size=(n, p)) * 10 ** rng.uniform(-3, 3, p) + 100 * rng.normal(size=p)
    y = (rng.random(n) < 1 / (1 + np.exp(-(X[:, 0] - X[:, 0].mean()) / X[:, 0].std()))).astype(
        float
    )
    if kind == "constant":
        X[:, 3] = 7.0
    elif kind == "constant in some":
        X[:, 3] = 0.0
        X[5, 3] = 1.0
    elif kind == "collinear":
        X[:, 4] = X[:, 5] * 2 + 1
    elif kind == "separated":
        y = (X[:, 0] > np.median(X[:, 0])).astype(float)
    elif kind == "rare":
        y[:] = 0
        y[:4] = 1
    elif kind == "outlier":
        X[7, 2] = 1e9
    return X, y


def _weights(y: np.ndarray, n_fits: int) -> np.ndarray:
    """Bootstrap counts that hold both outcomes."""
    rng, found = np.random.default_rng(2), []
    while len(found) < n_fits:
        w = np.bincount(rng.integers(0, len(y), len(y)), minlength=len(y)).astype(float)
        if 0 < w @ y < w.sum():
            found.append(w)
    return np.array(found)


@pytest.mark.parametrize(
    "kind",
    ["plain", "constant", "constant in some", "collinear", "separated", "rare", "wide", "outlier"],
)
def test_every_coefficient_of_every_fit_equals_scikit_learn(kind: str) -> None:
    X, y = _numbers(kind)
    frame = pl.DataFrame({f"x{j}": column for j, column in enumerate(X.T)})
    cases = share_cases(frame, np.arange(len(y)).astype(str))
    weights = _weights(y, 6)
    coding, is_exact = cases.coding(weights)
    assert is_exact.all()
    whole = cases.coding(np.ones((1, len(y))))[0].columns(cases.matrix, 0)
    problem = Problem(cases.matrix, y, weights, coding)
    path, arrived = ridge_path_many(problem, SharedMetric.of(whole), GRID, tolerance=1e-7)
    assert arrived.all()
    for fit, w in enumerate(weights):
        rows = np.repeat(np.arange(len(y)), w.astype(int))
        Z = StandardScaler().fit_transform(X[rows])
        for place, c in enumerate(GRID):
            model = fit_logistic(Z, y[rows], c)
            expected = np.r_[model.intercept_, model.coef_[0]]
            assert np.abs(path[place, fit] - expected).max() < 1e-6


def test_coded_columns_are_those_of_the_pipeline(frame: pl.DataFrame) -> None:
    cases, groups = with_categories(frame.select(COLUMNS), COLUMNS), _patients(frame)
    shared = share_cases(cases, groups)
    rng = np.random.default_rng(0)
    sizes = rng.integers(4, 120, 60)  # few rows: levels, states and medians come and go
    weights = np.stack([np.bincount(rng.integers(0, 120, k), minlength=120) for k in sizes])
    coding, is_exact = shared.coding(weights.astype(float))
    assert is_exact.all()
    used = coding.used()
    for fit, w in enumerate(weights):
        rows = np.repeat(np.arange(120), w)
        steps = fit_preprocessing(cases[rows], groups[rows])
        expected, names = steps.transform(cases), steps["encode"].get_feature_names_out()
        varies = np.ptp(expected[rows], axis=0) > 0
        mine = coding.columns(shared.matrix, fit)[:, used[fit]]
        assert [shared.terms[k] for k in np.flatnonzero(used[fit])] == list(names[varies])
        assert np.abs(mine - expected[:, varies]).max() < 1e-9


def _patients(frame: pl.DataFrame) -> np.ndarray:
    return frame["patient_id"].to_numpy().astype(np.str_)


def _training(frame: pl.DataFrame) -> Training:
    outcome = (frame["gross_total_resection"] == "yes").to_numpy().astype(float)
    return Training(with_categories(frame.select(COLUMNS), COLUMNS), outcome, _patients(frame))


def _resamples(n: int) -> list[Resample]:
    rng = np.random.default_rng(0)
    return [
        Resample(np.bincount(rng.integers(0, n, n), minlength=n).astype(float), (9, b))
        for b in range(6)
    ]


def _both_ways(training: Training, resamples: list[Resample]) -> list[tuple[Refit, Refit]]:
    def one_by_one(*task: object) -> Learned:
        return learn_ridge(*task)  # type: ignore[arg-type]

    together = refit_many(training, resamples, learner=learn_ridge, resampling=Resampling())
    apart = refit_many(training, resamples, learner=one_by_one, resampling=Resampling())
    return list(zip(together, apart, strict=True))


def test_both_ways_choose_the_same_penalty_and_predict_the_same(frame: pl.DataFrame) -> None:
    for fast, general in _both_ways(_training(frame), _resamples(120)):
        assert fast.choice is not None
        assert general.choice is not None
        assert (fast.choice.c, fast.choice.one_se) == (general.choice.c, general.choice.one_se)
        assert np.abs(np.subtract(fast.choice.losses, general.choice.losses)).max() < 1e-7
        assert np.abs(fast.risk - general.risk).max() < 1e-8
        assert fast.one_se_risk is not None
        assert np.abs(fast.one_se_risk - general.one_se_risk).max() < 1e-8
        assert (fast.null_risk == general.null_risk).all()
        for term, (slope,) in general.slopes.items():
            assert slope == pytest.approx(fast.slopes.get(term, (0.0,))[0], abs=1e-8)


def test_a_fit_that_does_not_arrive_is_scikit_learns(
    frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batched, "_MAX_STEPS", 2)
    monkeypatch.setattr(batched, "_MAX_RENEWALS", 0)
    asked: list[float] = []

    def counted(matrix: np.ndarray, outcome: np.ndarray, c: float) -> object:
        asked.append(c)
        return fit_logistic(matrix, outcome, c)

    monkeypatch.setattr(resampled, "fit_logistic", counted)
    fast, general = _both_ways(_training(frame), _resamples(120)[:1])[0]
    assert len(asked) > 10
    assert np.abs(fast.risk - general.risk).max() < 1e-8


def test_rows_that_do_not_train_change_nothing_that_counts(frame: pl.DataFrame) -> None:
    training = _training(frame)
    test = np.arange(120) % 4 == 0
    spoiled = frame.with_columns(
        age_years=pl.when(pl.Series(test)).then(1e9).otherwise(pl.col("age_years")),
        margin=pl.when(pl.Series(test)).then(pl.lit("unseen")).otherwise(pl.col("margin")),
    )
    resample = [Resample((~test).astype(float), (9, 0))]
    ways = {"learner": learn_ridge, "resampling": Resampling()}
    clean = refit_many(training, resample, **ways)[0]  # type: ignore[arg-type]
    other = refit_many(_training(spoiled), resample, **ways)[0]  # type: ignore[arg-type]
    assert clean.choice is not None
    assert other.choice is not None
    assert clean.choice.c == other.choice.c
    # not bit by bit, as one pipeline alone: the shared columns are shifted for all rows together
    assert np.abs(clean.risk[~test] - other.risk[~test]).max() < 1e-9
    assert max(abs(clean.slopes[t][0] - other.slopes[t][0]) for t in clean.slopes) < 1e-9


def test_speed_reference_first_bootstraps_and_path() -> None:
    stored = np.load(ORACLES / "speed.npz")
    X, y = stored["X"], stored["y"].astype(float)
    reference = json.loads((ORACLES / "speed_reference.json").read_text())
    frame = pl.DataFrame({f"x{j}": column for j, column in enumerate(X.T)})
    cases = share_cases(frame, np.arange(300).astype(str))
    rows = [np.random.default_rng(b).integers(0, 300, 300) for b in range(5)]
    folds = [np.random.default_rng(b + 10**6).permutation(300) % 5 for b in range(5)]
    weights = np.stack([np.bincount(r, minlength=300) for r in rows]).astype(float)
    fitted = tune_and_fit(cases, y, weights, folds)
    expected = reference["bootstraps_0_to_4"]
    assert [choice.c for choice in fitted.choices] == pytest.approx([e["C"] for e in expected])
    out = (weights == 0).astype(float)
    for name, w in (("resample", weights), ("original", np.ones_like(out)), ("out_of_bag", out)):
        found = auc_rows(y, fitted.risk, w)
        assert found == pytest.approx([e[name] for e in expected], abs=1e-9)
    first = reference["first_outer_fold"]
    train = np.zeros((1, 300))
    train[0, first["train_rows_0based"]] = 1
    whole = SharedMetric.of(cases.coding(np.ones((1, 300)))[0].columns(cases.matrix, 0))
    problem = Problem(cases.matrix, y, train, cases.coding(train)[0])
    path, _ = ridge_path_many(problem, whole, GRID, tolerance=1e-7)
    known = np.array(first["coef_per_C_intercept_first_standardised"])
    assert np.abs(path[:, 0] - known).max() < 1e-6


def test_without_penalty_equals_scikit_learn_and_knows_separation() -> None:
    X, y = _numbers("plain")
    weights = _weights(y, 4)
    found = maximum_likelihood_many(X, y, weights)
    assert found.arrived.all()
    for beta, w in zip(found.beta, weights, strict=True):
        rows = np.repeat(np.arange(len(y)), w.astype(int))
        scaler = StandardScaler().fit(X[rows])
        model = fit_logistic(scaler.transform(X[rows]), y[rows], np.inf)
        assert beta[1:] * scaler.scale_ == pytest.approx(model.coef_[0], abs=1e-6)
    X, y = _numbers("separated")
    assert not maximum_likelihood_many(X, y, np.ones((1, len(y)))).arrived.any()
