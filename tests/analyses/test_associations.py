"""Exact tests and the table of associations: what must hold of every table, and the edges."""

from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analyses.associations import DRAWN, NO_ORDER, NOTES, associations
from analyses.exact_tests import conditional_odds_ratio, fisher_exact
from analyses.firth import fit_firth
from analyses.inference import REPEATED


def _table(frame: pl.DataFrame, outcome: Any, **kwargs: Any) -> dict[str, Any]:
    ways = {"rng": np.random.default_rng(1), **kwargs}
    return associations(frame, np.asarray(outcome, dtype=float), frame.columns, **ways)


def _by_hand(table: np.ndarray[Any, Any]) -> float:
    """Fisher's p of 3 x 2 counts: every table that has these margins, one after the other."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    p = {}
    for a, b in product(range(rows[0] + 1), range(rows[1] + 1)):
        c = columns[0] - a - b
        if 0 <= c <= rows[2]:
            p[a, b] = stats.multivariate_hypergeom.pmf([a, b, c], rows, columns[0])
    mine = p[table[0, 0], table[1, 0]]
    return float(sum(q for q in p.values() if q <= mine * (1 + 1e-7)))


def test_the_exact_test_is_the_sum_over_every_table() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = rng.integers(0, 9, (3, 2))
        if min(table.sum(axis=0)) and (table.sum(axis=1) > 0).sum() > 1:
            found = fisher_exact(table)
            assert found is not None
            assert found.p == pytest.approx(_by_hand(table), rel=1e-9)
            for same in (table.T, table[::-1], table[:, ::-1]):
                again = fisher_exact(same)
                assert again is not None
                assert again.p == pytest.approx(found.p, rel=1e-9)


def test_too_many_tables_are_drawn_and_it_is_said() -> None:
    table = np.random.default_rng(2).multinomial(40, np.full(12, 1 / 12)).reshape(4, 3)
    every, drawn = fisher_exact(table), None
    big = table * 5
    assert fisher_exact(big) is None, "without a generator nothing is drawn"
    drawn = fisher_exact(big, rng=np.random.default_rng(1))
    assert every is not None
    assert drawn is not None
    assert (every.method, drawn.method) == ("exact", "monte_carlo")
    assert drawn == fisher_exact(big, rng=np.random.default_rng(1))
    # for large counts Pearson's test says the same
    assert drawn.p == pytest.approx(stats.chi2_contingency(big).pvalue, abs=0.02)
    five = np.repeat(list("abcde"), 60)
    said = _table(pl.DataFrame({"x": five}), np.tile([0, 1], 150))
    assert said["rows"][0]["test"] == "monte_carlo"
    assert DRAWN in said["notes"]


def test_drawn_tables_agree_with_counted_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(2).multinomial(60, np.full(6, 1 / 6)).reshape(3, 2)
    exact = fisher_exact(table)
    monkeypatch.setattr("analyses.exact_tests.MOST_TABLES", 10)
    drawn = fisher_exact(table, rng=np.random.default_rng(4))
    assert exact is not None
    assert drawn is not None
    assert drawn.method == "monte_carlo"
    assert drawn.p == pytest.approx(exact.p, abs=4 * np.sqrt(exact.p * (1 - exact.p) / 20_000))


def test_the_conditional_odds_ratio_turns_with_its_table() -> None:
    table = np.array([[22, 2], [4, 15]])
    one, other = conditional_odds_ratio(table), conditional_odds_ratio(table[::-1])
    assert one is not None
    assert other is not None
    assert one.estimate == pytest.approx(1 / other.estimate, rel=1e-6)
    assert one.low == pytest.approx(1 / other.high, rel=1e-6)
    assert conditional_odds_ratio(np.array([[3, 4], [0, 0]])) is None


def test_separation_gives_firths_ratio_with_a_finite_interval() -> None:
    sharp = ["well_defined"] * 13 + ["ill_defined"] * 2 + ["ill_defined"] * 10
    outcome = np.array([1.0] * 15 + [0.0] * 10)
    (row,) = _table(pl.DataFrame({"margin": sharp}), outcome)["rows"]
    (ratio,) = row["odds_ratios"]
    assert ratio["method"] == "firth"
    # Firth's estimate of two by two is the ratio with 0.5 in every cell
    assert ratio["estimate"] == pytest.approx(13.5 * 10.5 / (2.5 * 0.5), rel=1e-6)
    low, high = ratio["interval"]
    assert 1 < low < ratio["estimate"] < high < 1e5
    number = _table(pl.DataFrame({"x": np.arange(25.0)}), outcome[::-1])["rows"][0]
    (of_number,) = number["odds_ratios"]
    assert of_number["method"] == "firth"
    design = np.column_stack([np.ones(25), np.arange(25.0)])
    fitted = fit_firth(design, outcome[::-1])
    assert fitted is not None
    assert of_number["estimate"] == pytest.approx(np.exp(fitted.coefficients[1]), rel=1e-5)


def test_a_number_has_the_ratio_of_one_unit_whatever_its_size() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(50, 10, 80)
    outcome = (rng.random(80) < 1 / (1 + np.exp(-(x - 50) / 10))).astype(float)
    frame = pl.DataFrame({"x": x, "millions": x / 1e6})
    small, large = (row["odds_ratios"][0] for row in _table(frame, outcome)["rows"])
    assert np.log(large["estimate"]) == pytest.approx(
        np.clip(1e6 * np.log(small["estimate"]), -300, 300)
    )
    assert small["interval"][0] < small["estimate"] < small["interval"][1]


def test_edges_give_no_number_and_no_error() -> None:
    frame = pl.DataFrame(
        {
            "one_value": ["a"] * 6,
            "constant": [2.0] * 6,
            "nothing": pl.Series([None] * 6, dtype=pl.Float64),
            "no_text": pl.Series([None] * 6, dtype=pl.String),
        }
    )
    for outcome in ([0, 1, 0, 1, 0, 1], [1] * 6):
        for row in _table(frame, outcome)["rows"]:
            assert (row["test"], row["p"], row["q"], row["odds_ratios"]) == (None, None, None, [])
    one_sided = _table(pl.DataFrame({"x": ["a", "b"] * 3, "y": np.arange(6.0)}), [1] * 6)["rows"]
    assert [row["p"] for row in one_sided] == [None, None]


def test_several_groups_have_a_test_and_no_odds_ratio() -> None:
    rng = np.random.default_rng(6)
    frame = pl.DataFrame({"x": rng.normal(size=60), "s": rng.choice(["yes", "no"], 60)})
    found = _table(frame, rng.integers(0, 3, 60), classes=("1", "2", "3"), is_ordered=True)
    assert [row["test"] for row in found["rows"]] == ["kruskal", "exact"]
    assert all(row["odds_ratios"] == [] for row in found["rows"])
    assert NO_ORDER in found["notes"]


def test_what_it_must_not_be_used_for_is_said() -> None:
    frame = pl.DataFrame({"s": ["yes", "no"] * 4})
    found = _table(frame, [1, 0, 0, 1] * 2, groups=["p"] * 8)
    assert set(NOTES) < set(found["notes"])
    assert REPEATED in found["notes"]
    assert "never used to choose predictors" in " ".join(found["notes"])
