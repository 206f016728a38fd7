"""Cox regression: weights, late entry, ties, degenerate rows."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from analyses.survival.cox import (
    DEPENDENT,
    NO_EVENTS,
    NOT_ARRIVED,
    baseline_hazard,
    fit_cox,
    partial_loglik,
    ridge_cox_path,
)
from analyses.survival.cox_sets import CoxSets

THETAS = [1 / c for c in np.logspace(-4, 1, 10)]


def rows(n: int = 120, p: int = 4, *, seed: int = 1, months: bool = True) -> dict[str, Any]:
    """Rows with an effect, times in whole months unless not, and late entries."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    event_time = rng.exponential(20 * np.exp(-0.7 * X[:, 0]))
    end = rng.uniform(5, 60, size=n)
    time = np.minimum(event_time, end) + 0.5
    if months:
        time = np.ceil(time)
    entry = np.minimum(rng.uniform(0, 20, size=n) * (rng.random(n) < 0.4), time - 0.5)
    return {"X": X, "time": time, "is_event": event_time <= end, "entry": entry}


def by_definition(
    X: Any, time: Any, is_event: Any, coef: Any, entry: Any = None, ties: str = "efron"
) -> float:
    """The log partial likelihood, event time after event time, as it is written in the books."""
    entry = np.full(len(time), -np.inf) if entry is None else entry
    total = 0.0
    for t in np.unique(time[is_event & (time > entry)]):
        at_risk = np.exp(X[(time >= t) & (entry < t)] @ coef).sum()
        tied = is_event & (time == t) & (entry < t)
        total += (X[tied] @ coef).sum()
        for k in range(tied.sum()):
            share = k / tied.sum() if ties == "efron" else 0.0
            total -= np.log(at_risk - share * np.exp(X[tied] @ coef).sum())
    return total


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("is_late", [False, True])
def test_likelihood_and_its_maximum_are_those_of_the_definition(ties: Any, is_late: bool) -> None:
    case = rows()
    if not is_late:
        case["entry"] = None
    coef = np.array([0.5, -0.2, 0.1, 0.0])
    expected = by_definition(case["X"], case["time"], case["is_event"], coef, case["entry"], ties)
    assert partial_loglik(coef=coef, ties=ties, **case) == pytest.approx(expected, abs=1e-9)
    fitted = fit_cox(ties=ties, theta=2.0, **case)
    best = minimize(
        lambda b: (
            b @ b - by_definition(case["X"], case["time"], case["is_event"], b, case["entry"], ties)
        ),
        np.zeros(4),
        options={"gtol": 1e-7},
    )
    assert fitted.converged
    assert fitted.coef == pytest.approx(best.x, abs=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("months", [False, True])
def test_a_weight_is_a_number_of_copies(ties: Any, months: bool) -> None:
    case = rows(months=months)
    copies = np.random.default_rng(2).integers(0, 4, size=120)
    place = np.repeat(np.arange(120), copies)
    copied = {name: value[place] for name, value in case.items()}
    weights = copies.astype(float)
    one, other = fit_cox(ties=ties, weights=weights, **case), fit_cox(ties=ties, **copied)
    assert one.coef == pytest.approx(other.coef, abs=1e-10)
    assert one.covariance == pytest.approx(other.covariance, abs=1e-10)
    assert one.loglik == pytest.approx(other.loglik, abs=1e-8)
    assert one.loglik_null == pytest.approx(other.loglik_null, abs=1e-8)
    hazard = baseline_hazard(coef=one.coef, ties=ties, weights=weights, **case)
    again = baseline_hazard(coef=other.coef, ties=ties, **copied)
    assert hazard.values == pytest.approx(again.values, abs=1e-10)


def test_efron_refuses_a_part_of_a_copy_and_breslow_takes_it() -> None:
    case = rows()
    with pytest.raises(ValueError, match="whole numbers only"):
        fit_cox(weights=np.full(120, 0.5), **case)
    half = fit_cox(weights=np.full(120, 0.5), ties="breslow", **case)
    assert half.coef == pytest.approx(fit_cox(ties="breslow", **case).coef, abs=1e-10)


def test_efron_is_breslow_where_no_times_are_tied() -> None:
    case = rows(months=False)
    assert fit_cox(**case).coef == pytest.approx(fit_cox(ties="breslow", **case).coef, abs=1e-12)


@pytest.mark.parametrize("shape", [(120, 4), (30, 60)])
def test_the_path_is_the_single_fits_with_few_and_with_many_columns(shape: Any) -> None:
    case = rows(*shape)
    path = ridge_cox_path(thetas=THETAS, **case)
    for theta, coef in zip(THETAS, path, strict=True):
        # one theta a column takes the same way only where columns are as many as rows or fewer
        single = fit_cox(theta=np.full(shape[1], theta), **case)
        assert single.converged
        assert coef == pytest.approx(single.coef, abs=1e-8)
        score = _score(case, coef) - theta * coef
        assert np.abs(score).max() < 1e-6


def test_covariance_of_a_ridge_with_more_columns_than_rows_is_the_inverse_information() -> None:
    case = rows(20, 24)
    wide = fit_cox(theta=2.0, **case)
    step, information = 1e-4, np.empty((24, 24))
    for place in range(24):
        away = step * (np.arange(24) == place)
        change = _score(case, wide.coef - away) - _score(case, wide.coef + away)
        information[place] = change / (2 * step)
    expected = np.linalg.inv(information + 2 * np.eye(24))
    assert wide.covariance == pytest.approx(expected, abs=1e-6)


def _score(case: dict[str, Any], coef: np.ndarray) -> np.ndarray:
    """The slope of the likelihood, by differences."""
    steps = 1e-5 * np.eye(len(coef))
    there = partial_loglik(coef=coef + steps, **case) - partial_loglik(coef=coef - steps, **case)
    return there / 2e-5


def test_a_penalty_for_each_column() -> None:
    case = rows()
    own = fit_cox(theta=np.array([0.0, 1.0, 5.0, 1e9]), **case)
    without = fit_cox(theta=np.array([0.0, 1.0, 5.0]), **{**case, "X": case["X"][:, :3]})
    assert own.coef == pytest.approx([*without.coef, 0.0], abs=1e-6)


def test_start_does_not_change_the_answer() -> None:
    case = rows()
    found = fit_cox(start=np.array([1.0, -1.0, 0.5, 0.0]), **case)
    assert found.coef == pytest.approx(fit_cox(**case).coef, abs=1e-10)


def test_without_an_event_a_ridge_is_0_and_a_plain_fit_says_why_it_has_no_numbers() -> None:
    case = {**rows(), "is_event": np.zeros(120, dtype=bool)}
    plain = fit_cox(**case)
    assert (plain.converged, plain.reason) == (False, NO_EVENTS)
    assert np.isnan(plain.coef).all()
    ridge = fit_cox(theta=1.0, **case)
    assert ridge.converged
    assert ridge.reason == NO_EVENTS
    assert not ridge_cox_path(thetas=THETAS, **case).any()
    assert partial_loglik(coef=np.ones(4), **case) == 0
    assert baseline_hazard(coef=np.ones(4), **case).at([1.0, 99.0]).tolist() == [0, 0]


def test_one_event_has_a_ridge_and_no_plain_fit() -> None:
    case = rows()
    first = np.flatnonzero(case["is_event"])[0]
    case["is_event"] = np.arange(120) == first
    plain = fit_cox(**case)
    assert (plain.converged, plain.reason) in [(False, NOT_ARRIVED), (False, DEPENDENT)]
    assert fit_cox(theta=1.0, **case).converged


def test_everybody_at_one_time() -> None:
    case = {**rows(), "time": np.full(120, 30.0), "is_event": np.ones(120, dtype=bool)}
    found = fit_cox(**case)
    assert found.converged
    assert found.loglik == pytest.approx(
        by_definition(case["X"], case["time"], case["is_event"], found.coef, case["entry"])
    )
    together = fit_cox(ties="breslow", **case)  # everybody has the event: nothing to compare
    assert together.coef == pytest.approx(fit_cox(ties="breslow", **case).coef)


@pytest.mark.parametrize("column", [np.full(120, 7.0), np.zeros(120), None])
def test_a_constant_or_dependent_column_is_named_as_the_reason(column: Any) -> None:
    case = rows()
    extra = case["X"][:, 0] + case["X"][:, 1] if column is None else column
    case["X"] = np.column_stack([case["X"], extra])
    plain = fit_cox(**case)
    assert (plain.converged, plain.reason) == (False, DEPENDENT)
    ridge = fit_cox(theta=1.0, **case)
    assert ridge.converged
    if column is not None:
        assert ridge.coef[-1] == pytest.approx(0, abs=1e-12)


def test_separated_groups_have_no_plain_fit() -> None:
    case = rows()
    case["X"] = np.where(case["is_event"], 0.0, 1.0)[:, None]
    assert fit_cox(**case).reason == NOT_ARRIVED
    assert fit_cox(theta=1e-3, **case).converged


def test_time_0_counts_without_entry_and_not_with_one() -> None:
    case = rows()
    case["time"] = case["time"] - case["time"].min()
    case["is_event"][case["time"] == 0] = True
    assert CoxSets.of(case["time"], case["is_event"]).times[0] == 0
    late = CoxSets.of(case["time"], case["is_event"], entry=np.zeros(120))
    assert late.times[0] > 0
    assert late.left_out == (case["time"] == 0).sum()


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("is_late", [False, True])
def test_what_terms_take_from_rows_comes_back_to_the_same_rows(ties: Any, is_late: bool) -> None:
    case, rng = rows(), np.random.default_rng(4)
    entry = case["entry"] if is_late else None
    sets = CoxSets.of(case["time"], case["is_event"], entry=entry, ties=ties)
    one, other = rng.normal(size=(len(sets.rows), 2)), rng.normal(size=(len(sets.term_time), 2))
    there, back = sets.of_terms(one), sets.back_to_rows(other)
    assert (there * other).sum() == pytest.approx((one * back).sum())
    assert sets.of_terms(one[:, 0]) == pytest.approx(there[:, 0])
    assert sets.back_to_rows(other[:, 0]) == pytest.approx(back[:, 0])


def test_a_model_without_columns_is_the_null_model() -> None:
    case = rows()
    found = fit_cox(**{**case, "X": np.empty((120, 0))})
    assert found.converged
    assert found.loglik == found.loglik_null == pytest.approx(fit_cox(**case).loglik_null)


def test_rows_that_leave_before_they_enter_are_as_if_they_were_not_there() -> None:
    case = rows()
    case["entry"][:15] = case["time"][:15] + np.arange(15)
    rest = {name: value[15:] for name, value in case.items()}
    assert fit_cox(**case).coef == pytest.approx(fit_cox(**rest).coef, abs=1e-12)


@pytest.mark.parametrize("name", ["time", "entry", "X"])
def test_a_missing_number_is_refused(name: str) -> None:
    case = rows()
    case[name][3] = np.nan
    with pytest.raises(ValueError, match="missing or infinite"):
        fit_cox(**case)


def test_columns_of_any_size_give_the_same_model() -> None:
    case = rows()
    size, place = np.array([1e6, 1e-6, 1.0, 30.0]), np.array([1e9, 0.0, -500.0, 3.0])
    moved = fit_cox(**{**case, "X": case["X"] * size + place})
    assert moved.converged
    assert moved.coef * size == pytest.approx(fit_cox(**case).coef, abs=1e-7)
