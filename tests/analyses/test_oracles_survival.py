"""Time to event against numbers made by independent software (`tests/oracles/README.md`)."""

import numpy as np
import polars as pl
import pytest

from analyses.survival.concordance import harrell_c, harrell_c_many, uno_c_many
from analyses.survival.horizon_scores import auc_many, brier_many, ipa_many, observed_risk_many
from analyses.survival.kaplan_meier import censoring, follow_up, kaplan_meier
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near

HORIZONS = [12, 24, 36, 48, 60]


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


@pytest.fixture(scope="module")
def times(cohort: pl.DataFrame) -> np.ndarray:
    return cohort["time"].to_numpy().astype(float)


@pytest.fixture(scope="module")
def any_event(cohort: pl.DataFrame) -> np.ndarray:
    return (cohort["event"].to_numpy() > 0).astype(float)


def test_K1_km(times: np.ndarray, any_event: np.ndarray, cohort: pl.DataFrame) -> None:  # noqa: N802
    entry, values = "K1_km", REFERENCE["K1_km"]["values"]
    curve, at = kaplan_meier(times, any_event), [12, 24, 36, 60]
    low, high = curve.limits_at(at)
    assert curve.at(at) == near(values["surv"], entry)
    assert low == near(values["lo"], entry)
    assert high == near(values["hi"], entry)
    assert curve.se_at(at) == near(values["se_greenwood"], entry)
    assert curve.at_risk_at(at).tolist() == values["atrisk"]
    assert curve.median()[:3] == tuple(values["median"].values())
    mean = curve.rmst(60)
    assert (mean.estimate, mean.se) == near((values["rmst60"], values["rmst60_se"]), entry)
    assert follow_up(times, any_event).estimate == values["median_followup"]


def test_S4_td_brier_auc(times: np.ndarray, any_event: np.ndarray) -> None:  # noqa: N802
    entry, values = "S4_td_brier_auc", REFERENCE["S4_td_brier_auc"]["values"]
    risks = pl.read_csv(FOLDER / "cox_efron_risk_R.csv").drop("case_id").to_numpy()
    g, one = censoring(times, any_event), np.ones((1, 300))
    for place, at in enumerate(HORIZONS):
        said = {"at": at, "censoring": g}
        null = np.full(300, observed_risk_many(times, any_event, one, at=at)[0])
        risk = risks[:, place]
        found = brier_many(times, any_event, risk, one, **said)[0]
        assert found == near(values["brier"][place], entry)
        found = brier_many(times, any_event, null, one, **said)[0]
        assert found == near(values["brier_null"][place], entry)
        found = ipa_many(times, any_event, risk, one, null_risk=null, **said)[0]
        assert found == near(values["ipa"][place], entry)
        assert auc_many(times, any_event, risk, one, **said)[0] == near(values["auc"][place], entry)


def test_S1_concordance(times: np.ndarray, any_event: np.ndarray, cohort: pl.DataFrame) -> None:  # noqa: N802
    values = REFERENCE["S1_cox"]["values"]
    slopes = values["efron"]["coef"]
    risk = cohort[list(slopes)].to_numpy().astype(float) @ np.array(list(slopes.values()))
    found = harrell_c(times, any_event, risk)
    assert found.estimate == near(values["harrell_C"], "S1_cox")
    assert found.se == near(values["harrell_C_se"], "S1_cox")
    counts = values["counts"]
    assert (found.concordant, found.discordant, found.tied_risk) == (
        counts["concordant"],
        counts["discordant"],
        counts["tied.x"],
    )
    g = censoring(times, any_event)
    one = np.ones((1, 300))
    assert uno_c_many(times, any_event, risk, one, censoring=g, tau=60)[0] == near(
        values["uno_C_60"], "S1_cox"
    )
    assert harrell_c_many(times, any_event, risk, one)[0] == pytest.approx(found.estimate)
