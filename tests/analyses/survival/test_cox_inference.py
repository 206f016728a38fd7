"""The table of a Cox model without penalty: monotone likelihood, Firth, proportional hazards."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import kstest

from analyses.survival.cox import NO_EVENTS, fit_cox
from analyses.survival.firth_cox import fit_firth_cox
from analyses.survival.inference import ALL_TERMS, cox_table
from analyses.survival.landmark import at_landmark
from analyses.survival.monotone import monotone_columns
from analyses.survival.schoenfeld import proportional_hazards


def cases(n: int = 80, p: int = 3, *, seed: int = 1, rate: float = 1.0) -> tuple[Any, Any]:
    """Predictors 0 or 1, and time, code, entry."""
    rng = np.random.default_rng(seed)
    X = (rng.random((n, p)) < 0.4).astype(float)
    event, end = rng.exponential(30 * np.exp(-X[:, 0])), rng.uniform(5, 60, size=n)
    time = np.ceil(np.minimum(event, end)) + 1
    code = (event <= end) & (rng.random(n) < rate)
    return X, np.column_stack([time, code, rng.integers(0, 2, size=n)])


def grows_without_end(X: Any, y: Any) -> bool:
    """The same question with every pair of rows written down."""
    time, is_event, entry = y[:, 0], y[:, 1] == 1, y[:, 2]
    pairs = [
        X[i] - X[j]
        for i in np.flatnonzero(is_event & (entry < time))
        for j in np.flatnonzero((time >= time[i]) & (entry < time[i]))
    ]
    limits = np.array(pairs)
    found = linprog(-limits.sum(axis=0), A_ub=-limits, b_ub=np.zeros(len(limits)), bounds=(-1, 1))
    return bool(-found.fun > 1e-6)


def test_monotone_likelihood_is_found_as_by_writing_down_every_pair() -> None:
    answers = []
    for seed in range(40):
        X, y = cases(25, 3, seed=seed, rate=0.25)
        if seed % 2:
            X = X + np.random.default_rng(seed).normal(size=X.shape)
        if not y[:, 1].any():
            continue
        expected = grows_without_end(X, y)
        blamed = monotone_columns(X, y[:, 0], y[:, 1], entry=y[:, 2])
        assert bool(blamed) == expected
        answers.append(expected)
        fitted = fit_cox(X, y[:, 0], y[:, 1], entry=y[:, 2])
        if not expected and fitted.converged:  # else a column does not vary among those at risk
            assert np.abs(fitted.coef).max() < 20
        assert not (expected and fitted.converged)
    assert 5 < sum(answers) < len(answers) - 5


@pytest.mark.parametrize(("other", "blamed"), [(0.99, [0]), (1.0, [0]), (1.01, [])])
def test_one_row_a_little_above_an_event_gives_the_likelihood_an_end(
    other: float, blamed: list[int]
) -> None:
    x = np.array([1.0, 1, 1, 0, 0, other])[:, None]
    time, code = np.array([1.0, 2, 3, 4, 5, 6]), np.array([1, 1, 1, 0, 0, 0])
    assert monotone_columns(x, time, code) == blamed
    assert fit_cox(x, time, code).converged == (not blamed)


def test_a_column_whose_group_has_no_event_is_blamed_and_firth_takes_over() -> None:
    X, y = cases()
    y[X[:, 2] == 1, 1] = 0
    table = cox_table(X, ["a", "b", "c"], y)
    assert table["method"] == "firth"
    assert "c" in table["monotone"]
    rows = {row["term"]: row for row in table["rows"]}
    assert rows["c"]["estimate"] < -1
    low, high = rows["c"]["interval"]
    assert low < rows["c"]["estimate"] < high < 0
    assert 0 < rows["c"]["p"] < 0.05
    assert table["proportional_hazards"] == []


def test_firth_is_near_the_plain_fit_where_there_are_many_events() -> None:
    X, y = cases(2000)
    plain, found = fit_cox(X, y[:, 0], y[:, 1]), fit_firth_cox(X, y[:, 0], y[:, 1])
    assert found is not None
    assert found.fitted.coefficients == pytest.approx(plain.coef, abs=0.01)
    wald = plain.coef - 1.959964 * plain.errors
    assert [limits[0] for limits in found.limits if limits] == pytest.approx(wald, abs=0.02)


def test_firth_does_not_mind_the_unit_of_a_column() -> None:
    X, y = cases()
    y[X[:, 2] == 1, 1] = 0
    one = fit_firth_cox(X, y[:, 0], y[:, 1])
    other = fit_firth_cox(X * [1.0, 1000.0, 1.0], y[:, 0], y[:, 1])
    assert one is not None
    assert other is not None
    assert one.fitted.coefficients == pytest.approx(other.fitted.coefficients * [1, 1000, 1])
    # half the log determinant moves by the log of the unit
    assert other.fitted.loglik - one.fitted.loglik == pytest.approx(np.log(1000))
    assert one.p == pytest.approx(other.p, abs=1e-7)


def test_the_table_gives_wald_limits_and_p_and_the_test_of_every_term() -> None:
    X, y = cases(200)
    table = cox_table(X, ["a", "b", "c"], y)
    fitted = fit_cox(X, y[:, 0], y[:, 1], entry=y[:, 2])
    assert (table["method"], table["reason"], table["monotone"]) == ("ml", None, [])
    for row, b, error in zip(table["rows"], fitted.coef, fitted.errors, strict=True):
        assert row["estimate"] == b
        assert row["interval"] == pytest.approx([b - 1.959964 * error, b + 1.959964 * error])
    assert [row["term"] for row in table["proportional_hazards"]] == ["a", "b", "c", ALL_TERMS]
    assert [row["df"] for row in table["proportional_hazards"]] == [1, 1, 1, 3]


def test_columns_that_say_nothing_of_their_own_are_left_out_by_name() -> None:
    X, y = cases(200)
    X = np.column_stack([X, X[:, 0] + X[:, 1], np.ones(200)])
    table = cox_table(X, ["a", "b", "c", "sum", "one"], y)
    assert table["left_out"] == ["sum", "one"]
    assert [row["term"] for row in table["rows"]] == ["a", "b", "c"]


def test_without_an_event_the_table_says_so() -> None:
    X, y = cases()
    y[:, 1] = 0
    table = cox_table(X, ["a", "b", "c"], y)
    assert (table["method"], table["reason"], table["rows"]) == (None, NO_EVENTS, [])


def test_one_event_never_gives_a_number_that_is_not_finite() -> None:
    X, y = cases()
    y[:, 1] = 0
    y[np.argsort(y[:, 0])[10], 1] = 1
    table = cox_table(X, ["a", "b", "c"], y)
    assert table["method"] in ("firth", None)
    numbers = [row["estimate"] for row in table["rows"]] + [row["se"] for row in table["rows"]]
    assert np.isfinite(numbers).all()


def test_another_cause_is_a_censoring() -> None:
    X, y = cases(200)
    rng = np.random.default_rng(5)
    y[:, 1] = np.where(y[:, 1] == 1, rng.integers(1, 3, size=200), 0)
    one, two = (cox_table(X, ["a", "b", "c"], y, cause=cause) for cause in (1, 2))
    expected = fit_cox(X, y[:, 0], y[:, 1] == 2, entry=y[:, 2]).coef
    assert [row["estimate"] for row in two["rows"]] == pytest.approx(expected)
    assert one["rows"] != two["rows"]


def test_p_of_the_test_of_proportional_hazards_is_uniform_where_they_are() -> None:
    found = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(150, 2))
        event, end = rng.exponential(np.exp(-X[:, 0])), rng.uniform(0.3, 3, size=150)
        time, is_event = np.minimum(event, end), event <= end
        coef = fit_cox(X, time, is_event).coef
        tested = proportional_hazards(X, time, is_event, coef)
        assert tested is not None
        found.append(tested.global_p)
    assert kstest(found, "uniform").pvalue > 0.01


def test_a_hazard_ratio_that_turns_round_is_noticed() -> None:
    rng = np.random.default_rng(1)
    x = np.repeat([0.0, 1.0], 200)
    time = np.where(x == 0, rng.exponential(10, 400), rng.choice([2.0, 30.0], 400))
    fitted = fit_cox(x[:, None], time, np.ones(400))
    tested = proportional_hazards(x[:, None], time, np.ones(400), fitted.coef)
    assert tested is not None
    assert tested.p[0] < 1e-4
    assert tested.global_p == pytest.approx(tested.p[0])


def test_one_event_time_cannot_show_a_change() -> None:
    X, y = cases()
    assert proportional_hazards(X, np.full(80, 5.0), y[:, 1], np.zeros(3)) is None


def test_everybody_is_in_one_place_at_a_landmark() -> None:
    _, y = cases(300)
    y[:, 2] = np.where(np.arange(300) % 3, 0.0, 8.0)
    marks = [at_landmark(y[:, 0], y[:, 1], at, entry=y[:, 2]) for at in (0.0, 6.0, 12.0)]
    for found in marks:
        assert found.stays.sum() + found.ended + found.lost + found.not_yet == 300
        assert (found.time > 0).all()
    assert marks[0].not_yet == 100
    assert all(one.ended <= other.ended for one, other in pairwise(marks))
    assert not at_landmark(y[:, 0], y[:, 1], 1e9).stays.any()
