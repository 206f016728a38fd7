"""Tests and odds ratios of tables against R (`tests/oracles/README.md`)."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from analyses.associations import associations, chi_square, false_discovery, rank_test
from analyses.describe import smd_numbers, wilson_interval
from analyses.exact_tests import conditional_odds_ratio, fisher_exact
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


def _crossed(cohort: pl.DataFrame, row: str, column: str) -> np.ndarray[Any, Any]:
    """Counts of two columns, values in their order (of 0 and 1: 0 first)."""
    rows, columns = (cohort[name].to_numpy() for name in (row, column))
    return np.array(
        [
            [((rows == a) & (columns == b)).sum() for b in np.unique(columns)]
            for a in np.unique(rows)
        ]
    )


def test_T1_table1(cohort: pl.DataFrame) -> None:  # noqa: N802 - named as the oracle entry
    values, entry = REFERENCE["T1_table1"]["values"], "T1_table1"
    crossed = _crossed(cohort, "histology", "illdef")
    groups = np.unique(cohort["histology"].to_numpy(), return_inverse=True)[1]
    age, adc = (cohort[name].to_numpy().astype(float) for name in ("age", "adc"))
    gtr = cohort["gtr"].to_numpy()
    fisher = fisher_exact(crossed)
    assert fisher is not None
    found = {
        "chisq": chi_square(crossed),
        "fisher": fisher.p,
        "kruskal": rank_test(age, groups.astype(float), 3)[1],
        "mw": rank_test(adc, gtr, 2)[1],
    }
    adjusted = dict(zip(found, false_discovery(list(found.values())), strict=True))
    for mine, expected in ((found, values["p"]), (adjusted, values["bh"])):
        assert mine == near(expected, entry)
        # some are 1e-21: an absolute tolerance alone would say nothing there
        assert {k: np.log(p) for k, p in mine.items() if p is not None} == near(
            {k: np.log(p) for k, p in expected.items()}, entry
        )
    assert smd_numbers(adc[gtr == 1], adc[gtr == 0]) == near(values["smd_adc"], entry)


def test_T2_tables(cohort: pl.DataFrame) -> None:  # noqa: N802
    values = REFERENCE["T2_tables"]["values"]
    crossed, by_sex = _crossed(cohort, "cap", "gtr"), _crossed(cohort, "histology", "male")
    # the entry's tolerance is for the odds ratio; its note asks 1e-10 of all others
    exact, r_by_c, ratio = (
        fisher_exact(crossed),
        fisher_exact(by_sex),
        conditional_odds_ratio(crossed),
    )
    assert exact is not None
    assert r_by_c is not None
    assert ratio is not None
    assert exact.p == pytest.approx(values["fisher_2x2"]["p"], abs=1e-10)
    assert r_by_c.p == pytest.approx(values["fisher_rxc"], abs=1e-10)
    assert ratio.estimate == near(values["fisher_2x2"]["odds_ratio"], "T2_tables")
    assert ratio.low == near(values["fisher_2x2"]["lo"], "T2_tables")
    assert ratio.high == near(values["fisher_2x2"]["hi"], "T2_tables")
    assert chi_square(crossed) == pytest.approx(values["chisq"], abs=1e-10)
    assert chi_square(crossed, yates=True) == pytest.approx(values["chisq_yates"], abs=1e-10)
    events, n = int(cohort["gtr"].sum()), cohort.height
    for k, of, name in ((events, n, ""), (3, 19, "_3_19")):
        assert wilson_interval(k, of) == pytest.approx(values[f"wilson{name}"], abs=1e-10)
        limits = binomtest(k, of).proportion_ci()  # no page shows these: SciPy's own
        assert [limits.low, limits.high] == pytest.approx(values[f"clopper{name}"], abs=1e-10)


def test_the_table_of_associations_holds_the_same_numbers(cohort: pl.DataFrame) -> None:
    columns = ["cap", "adc", "histology"]
    table = associations(
        cohort, cohort["gtr"].to_numpy().astype(float), columns, rng=np.random.default_rng(1)
    )
    rows = {row["variable"]: row for row in table["rows"]}
    expected = REFERENCE["T2_tables"]["values"]["fisher_2x2"]
    assert rows["cap"]["p"] == pytest.approx(expected["p"], abs=1e-10)
    (ratio,) = rows["cap"]["odds_ratios"]
    assert ratio["level"] == "1"
    assert ratio["estimate"] == near(expected["odds_ratio"], "T2_tables")
    assert rows["adc"]["p"] == near(REFERENCE["T1_table1"]["values"]["p"]["mw"], "T1_table1")
    assert rows["adc"]["smd"] == near(REFERENCE["T1_table1"]["values"]["smd_adc"], "T1_table1")
    assert [row["q"] for row in table["rows"]] == false_discovery([r["p"] for r in table["rows"]])
