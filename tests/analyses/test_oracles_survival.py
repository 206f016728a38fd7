"""Time to event against numbers made by independent software (`tests/oracles/README.md`)."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.survival.competing import cumulative_incidence, gray_test
from analyses.survival.concordance import harrell_c, harrell_c_many, uno_c_many
from analyses.survival.cox import baseline_hazard, fit_cox
from analyses.survival.fine_gray import fit_fine_gray
from analyses.survival.horizon_scores import auc_many, brier_many, ipa_many, observed_risk_many
from analyses.survival.kaplan_meier import KaplanMeier, censoring, follow_up, kaplan_meier
from analyses.survival.log_rank import Comparison, log_rank
from analyses.survival.sample_size import needed_for_survival, upper_risk
from analyses.verdict import MARGIN, OPTIMISM, SHRINKAGE
from tests.analyses.oracle_entries import FOLDER, REFERENCE, SAMPLE_SIZES, near
from tests.support.real_data import real

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
    found = log_rank(times, any_event, cohort["illdef"].to_numpy())
    assert found.statistic == near(values["logrank_chi2"], entry)
    assert np.log(found.p) == near(np.log(values["logrank_p"]), entry)


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


def test_CR1_competing(times: np.ndarray, cohort: pl.DataFrame) -> None:  # noqa: N802
    entry, values = "CR1_competing", REFERENCE["CR1_competing"]["values"]
    event, at = cohort["event"].to_numpy(), [12, 24, 36, 60]
    for cause, name in ((1, "progression"), (2, "death")):
        curve = cumulative_incidence(times, event, cause=cause)
        assert curve.at(at) == near(values["cif"][name], entry)
        assert curve.se_at(at) ** 2 == near(values["cif"][f"var_{name}"], entry)
        for group in (0, 1):
            rows = cohort["illdef"].to_numpy() == group
            part = cumulative_incidence(times[rows], event[rows], cause=cause)
            assert part.at([12, 36, 60]) == near(values["cif_by_illdef"][f"{group} {cause}"], entry)
        found = gray_test(times, event, cohort["illdef"].to_numpy(), cause=cause)
        statistic, p, df = values["gray"][str(cause)]
        assert (found.statistic, found.df) == (near(statistic, entry), df)
        # R takes 1 - P here, which is exact to the last digit of 1 only
        assert found.p == pytest.approx(p, rel=1e-6, abs=np.finfo(float).eps)
    columns = values["fine_gray"]["coef"]
    X = cohort[list(columns)].to_numpy().astype(float)
    fit = fit_fine_gray(X, times, event)
    assert fit.coef == near(list(columns.values()), entry)
    assert fit.errors == near(values["fine_gray"]["se"], entry)
    specific = fit_cox(X, times, event == 1)
    assert specific.coef == near(list(values["cause_specific"]["coef"].values()), entry)
    assert specific.errors == near(list(values["cause_specific"]["se"].values()), entry)


def test_S5_cox_breslow_pred(  # noqa: N802
    times: np.ndarray, any_event: np.ndarray, cohort: pl.DataFrame
) -> None:
    entry, values = "S5_cox_breslow_pred", REFERENCE["S5_cox_breslow_pred"]["values"]
    X = cohort[["age", "illdef", "gtr", "mcc"]].to_numpy().astype(float)
    fit = fit_cox(X, times, any_event, ties="breslow")
    hazard = baseline_hazard(X, times, any_event, fit.coef, ties="breslow")
    relative = np.exp(np.array([40, 1, 0, 2]) @ fit.coef)
    assert np.exp(-hazard.at([12, 36, 60]) * relative) == near(values["pred_surv"], entry)
    risks = 1 - np.exp(-np.exp(X @ fit.coef)[:, None] * hazard.at(HORIZONS))
    assert risks[:3] == near(np.array(values["risk_first3"]), entry)
    said: Any = {"censoring": censoring(times, any_event)}
    for place, at in enumerate(HORIZONS):
        rows = (times, any_event, risks[:, place], np.ones((1, 300)))
        assert brier_many(*rows, at=at, **said)[0] == near(values["brier"][place], entry)
        assert auc_many(*rows, at=at, **said)[0] == near(values["auc"][place], entry)


def _matches(curve: KaplanMeier, entry: str) -> None:
    """The whole curve of an entry."""
    values = REFERENCE[entry]["values"]
    low, high = curve.limits_at(values["at"])
    assert curve.at(values["at"]) == near(values["surv"], entry)
    assert curve.se_at(values["at"]) == near(values["se"], entry)
    assert low == near(values["lo"], entry)
    assert high == near(values["hi"], entry)
    assert curve.at_risk_at(values["at"]).tolist() == values["atrisk"]
    assert list(curve.median()[:3]) == values["median"]
    mean = curve.rmst(values["tau"])
    assert (mean.estimate, mean.se) == near((values["rmst"], values["rmst_se"]), entry)


def _is_public(rows: pl.DataFrame, columns: dict[str, str], entry: str) -> None:
    """Curve, tests of groups, medians and concordance of a public set."""
    values = REFERENCE[entry]["values"]
    named = {name: rows[column].to_numpy().astype(float) for name, column in columns.items()}
    time, event = named["time"], named["event"]
    _matches(kaplan_meier(time, event), entry)
    for name, expected in values["groups"].items():
        group = rows[name].to_numpy()
        _same_test(log_rank(time, event, group), expected, entry)
        for label, medians in expected["medians"].items():
            mine = group == int(label)
            assert list(kaplan_meier(time[mine], event[mine]).median()[:3]) == medians
    found = harrell_c(time, event, named["risk"])
    assert found.estimate == near(values["concordance"], entry)
    assert found.se == near(values["concordance_se"], entry)
    said = {"censoring": censoring(time, event), "tau": values["tau"]}
    uno = uno_c_many(time, event, named["risk"], np.ones((1, len(time))), **said)[0]
    assert uno == near(values["uno"], entry)


def _same_test(found: Comparison, expected: dict[str, Any], entry: str) -> None:
    assert (found.statistic, found.df) == (near(expected["statistic"], entry), expected["df"])
    assert np.log(found.p) == near(np.log(expected["p"]), entry)


def test_K2_groups(times: np.ndarray, any_event: np.ndarray, cohort: pl.DataFrame) -> None:  # noqa: N802
    entry, values = "K2_groups", REFERENCE["K2_groups"]["values"]
    for name in ("site", "mcc"):
        _same_test(log_rank(times, any_event, cohort[name].to_numpy()), values[name], entry)
    for site, medians in values["site_medians"].items():
        mine = cohort["site"].to_numpy() == site
        assert list(kaplan_meier(times[mine], any_event[mine]).median()[:3]) == medians


def test_K3_gbsg() -> None:  # noqa: N802
    columns = {"time": "rfstime", "event": "status", "risk": "nodes"}
    _is_public(pl.read_csv(FOLDER / "gbsg.csv"), columns, "K3_gbsg")


def test_K4_late_entry() -> None:  # noqa: N802
    rows = pl.read_csv(FOLDER / "heart.csv")
    start, stop, event = (
        rows[name].to_numpy().astype(float) for name in ("start", "stop", "event")
    )
    _matches(kaplan_meier(stop, event, entry=start), "K4_late_entry")


def test_K5_late_entry_competing(times: np.ndarray, cohort: pl.DataFrame) -> None:  # noqa: N802
    entry, values = "K5_late_entry_competing", REFERENCE["K5_late_entry_competing"]["values"]
    late, event = np.arange(300.0) % 9, cohort["event"].to_numpy()
    for cause, name in ((1, "progression"), (2, "death")):
        found = cumulative_incidence(times, event, cause=cause, entry=late)
        assert found.at(values["at"]) == near(values[name], entry)


def test_K6_weights(times: np.ndarray, any_event: np.ndarray, cohort: pl.DataFrame) -> None:  # noqa: N802
    weights, age = 1 + np.arange(300.0) % 3, cohort["age"].to_numpy()
    _matches(kaplan_meier(times, any_event, weights=weights), "K6_weights")
    found = harrell_c_many(times, any_event, age, weights[None])[0]
    assert found == near(REFERENCE["K6_weights"]["values"]["concordance"], "K6_weights")


def test_K7_whas500() -> None:  # noqa: N802
    """Not committed: tests/oracles/README.md says where it comes from."""
    columns = {"time": "time", "event": "status", "risk": "age"}
    _is_public(pl.read_csv(real("survival", "whas500_sksurv.csv")), columns, "K7_whas500")


def _is_the_reference(case: str) -> None:
    """The two criteria of the reference package; the third is ours, its limit is not."""
    given, values = SAMPLE_SIZES[case]["input"], SAMPLE_SIZES[case]["values"]
    rate, at, mean = given["rate"], given["timepoint"], given["meanfup"]
    said: Any = {"rate": rate, "mean_follow_up": mean, "at": at}
    rules: Any = {"shrinkage": SHRINKAGE, "optimism": OPTIMISM, "margin": MARGIN}
    found = needed_for_survival(given["csrsquared"], given["parameters"], **said, **rules)
    assert found is not None
    assert found.max_r2 == pytest.approx(values["max_r2a"], abs=1e-10)
    assert found.criterion_1 == values["n_by_criterion"]["1"]
    assert found.criterion_2 == values["n_by_criterion"]["2"]
    assert found.criterion_1 == values["sample_size"]
    assert upper_risk(rate, values["tot_per_yrs_final"], at) == pytest.approx(
        values["int_uci"], abs=5e-4
    )
    risk = values["int_cuminc"]
    for n, is_enough in ((found.criterion_3, True), (found.criterion_3 - 1, False)):
        exact = 1 - np.exp(-rate * at)
        assert exact == pytest.approx(risk, abs=5e-4)
        assert (upper_risk(rate, n * mean, at) - exact <= MARGIN) == is_enough


def test_s_riley_example() -> None:
    _is_the_reference("s_riley_example")


def test_s_imsct_like() -> None:
    _is_the_reference("s_imsct_like")
