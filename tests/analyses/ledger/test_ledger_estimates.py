"""Estimates of the ledger against R (`tests/oracles/oracles_ledger.R`), and laws they obey."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from analyses.ledger.estimates import Estimates, lead, medians, odds, share
from analyses.ledger.medians import mid_median, unit_variance
from analyses.ledger.no_effect import mantel, van_elteren
from analyses.ledger.pooled import i_squared
from analyses.ledger.rows import Rows

Table = tuple[int, int, int, int]
SCHEMA = {"site": pl.String, "definition": pl.String, "group": pl.Int64, "y": pl.Float64}
#: Events and others of the first group, then of the second, site by site; two cells are empty.
THREE: list[Table] = [(13, 2, 0, 10), (20, 5, 6, 9), (7, 0, 3, 4)]
OPPOSED: list[Table] = [(18, 2, 4, 16), (3, 17, 15, 5), (10, 10, 9, 11)]


def rows(cells: Sequence[tuple[str, int, float, int]], **more: Any) -> Rows:
    """Rows from (site, group, y, how many)."""
    listed = [(site, None, group, y) for site, group, y, n in cells for _ in range(n)]
    return Rows(pl.DataFrame(listed, schema=SCHEMA, orient="row"), ("one", "two"), 0, **more)


def tables(sites: Sequence[Table]) -> Rows:
    return rows(
        [
            (f"S{k}", group, y, n)
            for k, (a, b, c, d) in enumerate(sites)
            for group, y, n in ((0, 1.0, a), (0, 0.0, b), (1, 1.0, c), (1, 0.0, d))
        ]
    )


def numbers(found: Estimates, *, back: Any = np.exp) -> list[float]:
    assert found.whole is not None
    return [float(back(value)) for value in (found.whole.value, *found.whole.interval)]


def i2(found: Estimates) -> float | None:
    return i_squared([(one.value, one.se) for one in found.strata])


def test_three_sites_with_empty_cells_are_pooled_as_r_does() -> None:
    found = odds(tables(THREE))  # REML and Hartung-Knapp written out; mantelhaen.test
    assert numbers(found) == pytest.approx([14.1724113318, 0.2574771237, 780.0974317182], rel=1e-5)
    assert i2(found) == pytest.approx(0.3225819984)
    assert found.p == pytest.approx(2.572967324e-07)
    assert len(found.strata) == 3


def test_sites_that_contradict_each_other_have_the_i2_of_r() -> None:
    found = odds(tables(OPPOSED))
    assert numbers(found)[0] == pytest.approx(1.301702091, rel=1e-5)
    assert i2(found) == pytest.approx(0.9213992096)


def test_two_sites_have_one_slope_of_firths_regression() -> None:
    found = odds(tables(THREE[:2]))  # optim of the penalised likelihood, uniroot of its profile
    assert numbers(found) == pytest.approx([13.359183757, 4.275008963, 48.419855456], rel=1e-5)
    assert found.p == pytest.approx(3.776801785e-06)


def test_separation_at_one_site_has_finite_limits() -> None:
    found = odds(tables(THREE[:1]))
    assert numbers(found) == pytest.approx([113.400028154, 9.574426479, 16518.426686], rel=1e-4)
    assert found.p == pytest.approx(3.136368144e-05)
    assert i2(found) is None


def test_shares_of_three_sites_and_of_one() -> None:
    cells = [("A", 40, 5), ("B", 18, 2), ("C", 9, 3)]
    several = share(
        rows([(s, 0, y, n) for s, a, b in cells for y, n in ((1.0, a), (0.0, b))]), bound=0.8
    )
    assert numbers(several, back=expit) == pytest.approx([0.8496491399, 0.5850052326, 0.9577243542])
    assert several.p == pytest.approx(0.1239342801)  # prop.test(67, 77, .8, correct = FALSE)
    one = share(rows([("A", 0, 1.0, 59), ("A", 0, 0.0, 11)]), bound=0.8)
    assert numbers(one, back=expit) == pytest.approx([0.8428571429, 0.7401175342, 0.9099237944])
    assert one.p == pytest.approx(0.3700277117)  # prop.test(59, 70, .8, correct = FALSE)


def test_a_share_of_all_has_limits() -> None:
    found = share(rows([("A", 0, 1.0, 20)]), bound=0.8)
    assert numbers(found, back=expit) == pytest.approx([1.0, 0.8388752, 1.0])


def test_a_lead_is_mcnemars_difference() -> None:
    found = lead(rows([("A", 0, 1.0, 12), ("A", 0, -1.0, 5), ("A", 0, 0.0, 23)], is_lead=True))
    assert numbers(found, back=float) == pytest.approx([0.175, -0.03040085925, 0.36373419258])
    assert found.p == pytest.approx(0.1434631348)  # binom.test(12, 17)


def test_medians_of_tied_values() -> None:
    first = np.array([3, 4, 4, 5, 5, 5, 6, 7, 8, 4, 5, 6.0])
    second = np.array([2, 3, 3, 3, 4, 4, 4, 5, 3, 2, 4, 3, 6.0])
    assert (mid_median(first), mid_median(second)) == pytest.approx((5.0, 3.444444444))
    # approx(mid-distribution, x, .5) of 200,000 resamples; the bootstrap's own error is 2 %
    assert unit_variance(first) / 12 == pytest.approx(0.16863022461, rel=0.05)
    assert unit_variance(second) / 13 == pytest.approx(0.08850847091, rel=0.05)
    found = medians(rows([("A", 0, v, 1) for v in first] + [("A", 1, v, 1) for v in second]))
    assert found.whole is not None
    assert found.whole.value == pytest.approx(5 - 3.444444444)
    assert found.whole.se == pytest.approx(np.sqrt(0.16863 + 0.08851), rel=0.03)
    assert found.p == pytest.approx(0.004950407635)  # wilcox.test(exact = FALSE, correct = FALSE)


def test_wilcoxons_test_within_two_sites() -> None:
    sites = [
        ([3, 4, 4, 5, 5, 5.0], [2, 3, 3, 3, 4, 4, 4.0]),
        ([6, 7, 8, 4, 5, 6.0], [5, 3, 2, 4, 3, 6.0]),
    ]
    strata = [(np.repeat([1.0, 0], [len(a), len(b)]), np.array(a + b)) for a, b in sites]
    assert van_elteren(strata) == pytest.approx(0.003472956018)


def test_trend_over_periods() -> None:
    events, n = (9, 8, 5, 2), (12, 15, 14, 13)  # prop.trend.test, times (n - 1) / n
    x = np.repeat([0.0, 1, 2, 3], n)
    y = np.concatenate([[1.0] * e + [0.0] * (m - e) for e, m in zip(events, n, strict=True)])
    assert mantel([(x, y)]) == pytest.approx(0.001845607669)


def test_a_site_where_nothing_varies_says_nothing_and_is_no_reason_to_give_up() -> None:
    found = odds(tables([*THREE, (8, 0, 5, 0), (4, 3, 0, 0)]))
    assert [one.site for one in found.strata] == ["S0", "S1", "S2"]
    assert numbers(found) == numbers(odds(tables(THREE)))
    assert odds(tables([(8, 0, 5, 0)])) == Estimates(())


def test_an_effect_of_period_that_is_the_surgeons_goes_when_it_is_adjusted_for() -> None:
    rng = np.random.default_rng(4)
    period = rng.integers(0, 5, 900)
    skilled = rng.random(900) < period / 5
    total = rng.random(900) < np.where(skilled, 0.9, 0.4)
    frame = pl.DataFrame(
        {
            "site": [f"S{k % 4}" for k in range(900)],
            "definition": pl.Series([None] * 900, dtype=pl.String),
            "group": period,
            "y": total.astype(float),
            "experience": np.where(skilled, "over_50", "under_10"),
        }
    )
    crude = odds(Rows(frame, ("a", "b"), 0, per_step=True))
    adjusted = odds(Rows(frame, ("a", "b"), 0, adjusted=("experience",), per_step=True))
    assert crude.p is not None
    assert adjusted.p is not None
    assert numbers(crude)[1] > 1.1
    assert crude.p < 1e-6
    assert numbers(adjusted)[1] < 1 < numbers(adjusted)[2]
    assert adjusted.p > 0.05
    assert len(adjusted.strata) == 4


CELL = st.integers(0, 12)
SITES = st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None)
@given(SITES)
def test_turning_groups_round_turns_the_odds_ratio_round(sites: list[Table]) -> None:
    here = odds(tables(sites))
    there = odds(tables([(c, d, a, b) for a, b, c, d in sites]))
    assert (here.whole is None) == (there.whole is None)
    if here.whole is None or there.whole is None:
        return
    low, high = here.whole.interval
    assert there.whole.value == pytest.approx(-here.whole.value, abs=1e-5)
    assert there.whole.interval == pytest.approx((-high, -low), abs=1e-4)
    assert there.p == pytest.approx(here.p)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=3, max_size=5))
def test_the_same_sites_once_more_make_an_odds_ratio_surer(sites: list[Table]) -> None:
    once, twice = odds(tables(sites)), odds(tables([*sites, *sites]))
    if len(once.strata) < 3:
        return
    assert once.whole is not None
    assert twice.whole is not None
    assert twice.p is not None
    assert once.p is not None
    assert twice.whole.se <= once.whole.se + 1e-9
    assert twice.p <= once.p + 1e-12
