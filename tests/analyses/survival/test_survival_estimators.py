"""Survival models with the interface of scikit-learn: rules of the house, risks, model files."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from analyses.model_files import load, save
from analyses.survival.cox import baseline_hazard, fit_cox
from analyses.survival.estimators import ElasticNetCox, RidgeCox

#: Checks that cannot pass, all for one reason: they give one number a row as the outcome, and a
#: survival model needs two, a time and an event code. `tests.analyses.estimator_checks` runs each
#: of them for real, on the model with the second column put in.
ONE_COLUMN = (
    "check_array_api_input",
    "check_dict_unchanged",
    "check_dont_overwrite_parameters",
    "check_dtype_object",
    "check_estimators_dtypes",
    "check_estimators_fit_returns_self",
    "check_estimators_nan_inf",
    "check_estimators_overwrite_params",
    "check_estimators_pickle",
    "check_f_contiguous_array_estimator",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit2d_predict1d",
    "check_fit_check_is_fitted",
    "check_fit_idempotent",
    "check_fit_score_takes_y",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_n_features_in",
    "check_n_features_in_after_fitting",
    "check_pipeline_consistency",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
)


def test_checks_of_scikit_learn_fail_for_the_form_of_the_outcome_only() -> None:
    found = check_estimator(
        RidgeCox(),
        expected_failed_checks=dict.fromkeys(ONE_COLUMN, "the outcome has one column"),
        on_fail=None,
        on_skip=None,
    )
    others = {c["check_name"]: c["status"] for c in found if c["status"] != "passed"}
    # this one needs SCIPY_ARRAY_API in the environment before SciPy is imported
    assert others.pop("check_array_api_input") in ("skipped", "xfail")
    assert others == dict.fromkeys(sorted(set(ONE_COLUMN) - {"check_array_api_input"}), "xfail")


@pytest.fixture
def case() -> tuple[np.ndarray, np.ndarray]:
    """Predictors and outcome: both causes, ties, late entry."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(150, 3))
    one, two = rng.exponential(30 * np.exp(-X[:, 0])), rng.exponential(60 * np.exp(X[:, 1]))
    end = rng.uniform(5, 80, size=150)
    time = np.ceil(np.minimum(np.minimum(one, two), end)) + 1
    code = np.where(end < np.minimum(one, two), 0, np.where(one < two, 1, 2))
    return X, np.column_stack([time, code, rng.integers(0, 2, size=150)])


def test_risk_of_one_cause_is_one_less_survival(case: Any) -> None:
    X, y = case[0], case[1][case[1][:, 1] < 2]
    X = X[case[1][:, 1] < 2]
    model = RidgeCox(theta=3.0).fit(X, y[:, :2])
    fitted = fit_cox(X, y[:, 0], y[:, 1], theta=3.0)
    assert model.coef_ == pytest.approx(fitted.coef, abs=1e-9)
    hazard = baseline_hazard(X, y[:, 0], y[:, 1], fitted.coef).at([12.0, 36.0])
    expected = 1 - np.exp(-np.exp(X @ fitted.coef)[:, None] * hazard)
    assert model.predict_risk(X, [12.0, 36.0]) == pytest.approx(expected, abs=1e-9)


def test_a_competing_cause_takes_its_share_of_the_risk(case: Any) -> None:
    X, y = case
    both = RidgeCox(theta=1.0).fit(X, y)
    assert both.competing_coef_.any()
    as_censored = RidgeCox(theta=1.0).fit(X, np.where(y == [[-1, 2, -1]], 0, y))
    assert both.coef_ == pytest.approx(as_censored.coef_, abs=1e-12)
    risk, alone = (model.predict_risk(X, [10.0, 60.0]) for model in (both, as_censored))
    assert (risk.mean(axis=0) < alone.mean(axis=0)).all()
    assert (np.diff(risk, axis=1) >= 0).all()
    assert risk.max() <= 1


def test_a_competing_cause_of_few_events_has_a_hazard_without_predictors(case: Any) -> None:
    X, y = case
    others = np.flatnonzero(y[:, 1] == 2)
    y = y.copy()
    y[others[9:], 1] = 0
    model = RidgeCox().fit(X, y)
    assert not model.competing_coef_.any()
    at_risk = [((y[:, 0] >= t) & (y[:, 2] < t)).sum() for t in model.competing_times_]
    count = [((y[:, 0] == t) & (y[:, 1] == 2)).sum() for t in model.competing_times_]
    assert model.competing_hazard_ == pytest.approx(np.cumsum(np.array(count) / at_risk))


def test_a_structured_outcome_is_the_same(case: Any) -> None:
    X, y = case
    kinds = [("time", "f8"), ("code", "i8"), ("entry", "f8")]
    structured = np.array([tuple(row) for row in y], dtype=kinds)
    one, other = RidgeCox().fit(X, y), RidgeCox().fit(X, structured)
    assert (one.predict_risk(X, [12.0]) == other.predict_risk(X, [12.0])).all()


@pytest.mark.parametrize("kind", [RidgeCox, ElasticNetCox])
def test_a_model_file_gives_the_same_bits(case: Any, kind: Any) -> None:
    X, y = case
    model = kind(theta=2.0).fit(X, y)
    again = load(save(model))
    assert save(again) == save(model)
    assert (model.predict(X) == again.predict(X)).all()
    assert (model.predict_risk(X, [6.0, 48.0]) == again.predict_risk(X, [6.0, 48.0])).all()


def test_a_clone_is_unfitted_and_equal(case: Any) -> None:
    copy = clone(RidgeCox(theta=2.0).fit(*case))
    assert copy.get_params() == {"theta": 2.0}
    assert not hasattr(copy, "coef_")


def test_an_elastic_net_without_its_absolute_part_is_the_ridge(case: Any) -> None:
    net, ridge = ElasticNetCox(theta=2.0, l1_ratio=1e-9).fit(*case), RidgeCox(theta=2.0).fit(*case)
    assert net.coef_ == pytest.approx(ridge.coef_, abs=1e-7)
    strong = ElasticNetCox(theta=1e4).fit(*case)
    assert not strong.coef_.any()
    assert np.ptp(strong.predict_risk(case[0], [12.0])) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y: y[:, 0], "two or three columns"),
        (lambda y: np.where(y == [[-1, 2, -1]], 3, y), "event code"),
        (lambda y: y * [[1, 0, 1]], "no row at risk has the event"),
        (lambda y: y[:-1], "inconsistent"),
        (lambda y: np.where(y == [[-1, 1, -1]], np.nan, y), "NaN"),
    ],
)
def test_an_outcome_that_cannot_be_used_is_refused(case: Any, change: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RidgeCox().fit(case[0], change(case[1]))


def test_a_penalty_of_0_is_refused(case: Any) -> None:
    with pytest.raises(ValueError, match="theta must be above 0"):
        RidgeCox(theta=0.0).fit(*case)
