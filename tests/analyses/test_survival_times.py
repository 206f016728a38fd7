"""Estimates over time: two ways to one answer, weights, entries, and data that bear no estimate."""

import numpy as np
import pytest

from analyses import metrics
from analyses.survival.calibration_at import calibration_curve_at, ici_at
from analyses.survival.competing import cumulative_incidence, gray_test
from analyses.survival.concordance import harrell_c, harrell_c_many, uno_c_many
from analyses.survival.cox import baseline_hazard, fit_cox
from analyses.survival.fine_gray import fit_fine_gray
from analyses.survival.horizon_scores import (
    auc_many,
    brier_many,
    ipa_many,
    o_e_ratio_many,
    observed_risk_many,
)
from analyses.survival.kaplan_meier import censoring, follow_up, kaplan_meier, nelson_aalen
from analyses.survival.log_rank import log_rank

AT = 20.0


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    """Many ties of every kind, and whole-number weights with zeros."""
    random = np.random.default_rng(3)
    return {
        "time": random.integers(0, 40, 120).astype(float),
        "event": random.integers(0, 3, 120),
        "risk": random.integers(0, 20, 120) / 20,
        "weights": random.integers(0, 4, 120).astype(float),
    }


def doubled(rows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every row as often as its weight says."""
    often = rows["weights"].astype(int)
    return {name: np.repeat(values, often) for name, values in rows.items() if name != "weights"}


def test_a_weight_is_the_row_so_often_in_every_curve(rows: dict[str, np.ndarray]) -> None:
    copies, at = doubled(rows), np.arange(40)
    entry = np.minimum(rows["time"] - 1, rows["risk"] * 10)
    for late in (None, entry):
        copied = None if late is None else np.repeat(late, rows["weights"].astype(int))
        ours = kaplan_meier(rows["time"], rows["event"], weights=rows["weights"], entry=late)
        theirs = kaplan_meier(copies["time"], copies["event"], entry=copied)
        for name in ("at", "se_at", "at_risk_at"):
            assert getattr(ours, name)(at) == pytest.approx(getattr(theirs, name)(at), nan_ok=True)
        assert ours.rmst(AT)[:4] == pytest.approx(theirs.rmst(AT)[:4])
    for estimate in (censoring, nelson_aalen):
        ours_at = estimate(rows["time"], rows["event"], weights=rows["weights"]).at(at)
        assert ours_at == pytest.approx(estimate(copies["time"], copies["event"]).at(at))


def test_a_weight_is_the_row_so_often_in_every_score(rows: dict[str, np.ndarray]) -> None:
    copies = doubled(rows)
    curve = censoring(copies["time"], copies["event"])
    for many, said in (
        (harrell_c_many, {}),
        (uno_c_many, {"censoring": curve, "tau": AT}),
        (brier_many, {"censoring": curve, "at": AT}),
        (auc_many, {"censoring": curve, "at": AT}),
        (o_e_ratio_many, {"at": AT}),
    ):
        ours = many(rows["time"], rows["event"], rows["risk"], rows["weights"][None], **said)
        one = np.ones((1, len(copies["time"])))
        theirs = many(copies["time"], copies["event"], copies["risk"], one, **said)
        assert np.isfinite(ours).all()
        assert ours == pytest.approx(theirs, rel=1e-12)
    ours_c = harrell_c(rows["time"], rows["event"], rows["risk"], rows["weights"])
    theirs_c = harrell_c(copies["time"], copies["event"], copies["risk"])
    assert (ours_c.estimate, ours_c.se) == pytest.approx((theirs_c.estimate, theirs_c.se))


def test_concordance_counts_the_pairs_that_a_hand_would(rows: dict[str, np.ndarray]) -> None:
    time, event, risk = rows["time"], rows["event"], rows["risk"]
    g = censoring(time, event > 0)
    right = compared = right_uno = compared_uno = 0.0
    for i in np.flatnonzero(event == 1):
        factor = 1 / g.before(time[i]) ** 2 if time[i] <= AT else 0.0
        for j in range(len(time)):
            if time[j] > time[i] or (time[j] == time[i] and event[j] != 1):
                score = (risk[i] > risk[j]) + (risk[i] == risk[j]) / 2
                right, compared = right + score, compared + 1
                right_uno, compared_uno = right_uno + factor * score, compared_uno + factor
    one = np.ones((1, len(time)))
    assert harrell_c_many(time, event, risk, one)[0] == pytest.approx(right / compared)
    found = uno_c_many(time, event, risk, one, censoring=g.before(time), tau=AT)[0]
    assert found == pytest.approx(right_uno / compared_uno)


def test_scores_of_rows_by_their_own_training_are_those_of_one_curve(
    rows: dict[str, np.ndarray],
) -> None:
    time, event, risk = rows["time"], rows["event"], rows["risk"]
    curve = censoring(time, event > 0)
    by_row = (curve.before(time), np.full(len(time), curve.at(AT)))
    one = np.ones((1, len(time)))
    for many in (brier_many, auc_many):
        whole = many(time, event, risk, one, at=AT, censoring=curve)
        assert many(time, event, risk, one, at=AT, censoring=by_row) == pytest.approx(whole)
    null = np.full(len(time), observed_risk_many(time, event, one, at=AT)[0])
    itself = ipa_many(time, event, null, one, null_risk=null, at=AT, censoring=curve)
    assert itself == pytest.approx([0.0])


def test_without_censoring_the_scores_are_the_plain_ones(rows: dict[str, np.ndarray]) -> None:
    time, risk = rows["time"] + 1, rows["risk"]
    event = np.ones(len(time))
    outcome = (time <= AT).astype(float)
    said = {"at": AT, "censoring": censoring(time, event)}
    one = np.ones((1, len(time)))
    assert brier_many(time, event, risk, one, **said) == pytest.approx(
        metrics.brier_many(outcome, risk, one)
    )
    assert auc_many(time, event, risk, one, **said) == pytest.approx(
        metrics.auc_many(outcome, risk, one)
    )
    assert o_e_ratio_many(time, event, risk, one, at=AT) == pytest.approx(
        metrics.o_e_ratio_many(outcome, risk, one)
    )


def test_entry_late_means_not_at_risk_before() -> None:
    time, event = np.array([2.0, 4.0, 6.0, 8.0]), np.array([1, 1, 0, 1])
    entry = np.array([0.0, 3.0, 0.0, 5.0])
    curve = kaplan_meier(time, event, entry=entry)
    assert curve.at_risk.tolist() == [2.0, 2.0, 2.0, 1.0]
    assert curve.survival.tolist() == [0.5, 0.25, 0.25, 0.0]
    never = kaplan_meier(time, event, entry=np.array([0.0, 4.0, 0.0, 5.0]))
    assert never.events.tolist() == [1.0, 0.0, 0.0, 1.0]  # in and out at once: nowhere counted


@pytest.mark.parametrize(
    ("time", "event"),
    [([], []), ([5.0], [0]), ([5.0], [1]), ([5.0, 5.0], [0, 0]), ([0.0, 0.0], [1, 1])],
)
def test_data_that_bear_no_estimate_get_none_and_a_reason(
    time: list[float], event: list[int]
) -> None:
    t, e, w = np.array(time), np.array(event), np.ones((2, len(time)))
    curve = kaplan_meier(t, e)
    median, mean = curve.median(), curve.rmst(50.0)
    assert (median.estimate is None) == (median.reason is not None)
    assert (mean.estimate is None) == (mean.reason is not None)
    assert (follow_up(t, e).estimate is None) == (follow_up(t, e).reason is not None)
    risk, g = np.full(len(t), 0.5), censoring(t, e)
    assert np.isnan(harrell_c_many(t, e, risk, w)).all()
    assert harrell_c(t, e, risk).reason
    assert np.isnan(uno_c_many(t, e, risk, w, censoring=g, tau=9.0)).all()
    assert np.isnan(auc_many(t, e, risk, w, at=9.0, censoring=g)).all()
    for many, said in ((brier_many, {"censoring": g}), (o_e_ratio_many, {})):
        assert len(many(t, e, risk, w, at=9.0, **said)) == 2


def test_the_curve_ends_with_the_follow_up() -> None:
    """What nobody was followed for is not known; after the last event of all it is 0."""
    assert np.isnan(kaplan_meier(np.array([2.0, 5.0]), np.array([1, 0])).at(6))
    assert kaplan_meier(np.array([2.0, 5.0]), np.array([1, 1])).at(6) == 0
    alone = np.ones((1, 2))
    assert np.isnan(observed_risk_many(np.array([2.0, 5.0]), np.array([1, 0]), alone, at=6.0))
    assert observed_risk_many(np.array([2.0, 5.0]), np.array([1, 2]), alone, at=6.0) == 0.5


def test_without_competing_events_fine_and_gray_is_cox(rows: dict[str, np.ndarray]) -> None:
    X, event = np.column_stack([rows["risk"], rows["weights"]]), (rows["event"] > 0).astype(int)
    ours = fit_fine_gray(X, rows["time"], event)
    theirs = fit_cox(X, rows["time"], event, ties="breslow")
    assert ours.coef == pytest.approx(theirs.coef, abs=1e-8)
    hazard = baseline_hazard(X, rows["time"], event, theirs.coef, ties="breslow")
    risk = -np.expm1(-hazard.at(20) * np.exp(X @ theirs.coef))
    assert ours.risk(X, 20) == pytest.approx(risk)


def test_a_weight_is_the_row_so_often_in_fine_and_gray(rows: dict[str, np.ndarray]) -> None:
    copies = doubled(rows)
    ours = fit_fine_gray(
        rows["risk"][:, None], rows["time"], rows["event"], weights=rows["weights"]
    )
    theirs = fit_fine_gray(copies["risk"][:, None], copies["time"], copies["event"])
    assert (ours.coef, ours.errors) == (pytest.approx(theirs.coef), pytest.approx(theirs.errors))
    said = {"at": AT, "weights": rows["weights"]}
    ici = ici_at(rows["time"], rows["event"], rows["risk"] * 0.8, **said)
    assert ici == pytest.approx(
        ici_at(copies["time"], copies["event"], copies["risk"] * 0.8, at=AT), rel=1e-6
    )


@pytest.mark.parametrize(
    ("X", "event"),
    [
        ([[0.0], [1], [2]], [0, 2, 0]),
        ([[1.0], [1], [1]], [1, 2, 0]),
        ([[1.0], [0], [0]], [1, 2, 0]),
    ],
    ids=["no event", "constant", "separated"],
)
def test_fine_and_gray_says_why_there_is_none(X: list[list[float]], event: list[int]) -> None:
    found = fit_fine_gray(np.array(X), np.array([1.0, 2, 3]), np.array(event))
    assert found.reason
    assert np.isnan(found.coef).all()


def simulated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times of two competing causes under independent censoring, and the true risk by AT."""
    random = np.random.default_rng(seed)
    mine, other = 0.02 * np.exp(random.normal(size=n)), np.full(n, 0.01)
    first = random.exponential(1 / (mine + other))
    cause = np.where(random.random(n) < mine / (mine + other), 1, 2)
    lost = random.exponential(60, n)
    true = mine / (mine + other) * -np.expm1(-(mine + other) * AT)
    return np.minimum(first, lost), np.where(first <= lost, cause, 0), true


def test_calibration_knows_the_true_risks_from_too_high_ones() -> None:
    time, event, true = simulated(4000, seed=5)
    good, high = (ici_at(time, event, risk, at=AT) for risk in (true, np.minimum(true * 1.5, 1)))
    assert good is not None
    assert good < 0.015
    assert high == pytest.approx(float((np.minimum(true * 1.5, 1) - true).mean()), abs=0.02)
    curve = calibration_curve_at(time, event, true, at=AT)
    inside = [row["low"] <= row["mean_risk"] <= row["high"] for row in curve["bins"]]
    assert sum(inside) >= 8
    assert sum(row["n"] for row in curve["bins"]) == 4000
    ratio = o_e_ratio_many(time, event, true, np.ones((1, 4000)), at=AT)[0]
    assert ratio == pytest.approx(1, abs=0.05)


def test_calibration_of_few_cases_is_none_and_no_error() -> None:
    for n, event in ((0, []), (3, [0, 0, 0]), (3, [1, 2, 0])):
        rows_ = (np.arange(1.0, n + 1), np.array(event), np.full(n, 0.3))
        assert ici_at(*rows_, at=2.0) is None
        assert calibration_curve_at(*rows_, at=2.0)["smooth"] == []


def test_groups_that_nobody_tells_apart_have_no_test() -> None:
    time = np.array([1.0, 2, 3, 4])
    for test in (log_rank, gray_test):
        assert test(time, np.array([1, 1, 0, 0]), ["a"] * 4).reason
        assert test(time, np.zeros(4), ["a", "a", "b", "b"]).reason
        assert test(np.zeros(0), np.zeros(0), []).reason
    late = log_rank(time, np.array([0, 0, 1, 1]), ["a", "a", "b", "b"])
    assert late.reason == "fewer than two groups have cases at risk at an event"


def test_without_competing_events_the_incidence_is_one_less_survival(
    rows: dict[str, np.ndarray],
) -> None:
    event = (rows["event"] == 1).astype(int)
    curve, at = kaplan_meier(rows["time"], event), np.arange(40.0)
    assert cumulative_incidence(rows["time"], event).at(at) == pytest.approx(
        1 - curve.at(at), nan_ok=True
    )
    three = np.arange(len(event)) % 3
    gray, plain = gray_test(rows["time"], event, three), log_rank(rows["time"], event, three)
    assert gray.df == plain.df == 2
    assert gray.statistic == pytest.approx(plain.statistic, rel=0.05)  # other rules for ties


def test_a_gray_test_of_the_last_group_standing_is_finite() -> None:
    """A group of which everybody has had an event leaves the rest of the sums alone."""
    time, event = np.array([1.0, 2, 3, 4, 5, 6, 7, 8]), np.array([1, 2, 1, 1, 1, 2, 0, 1])
    found = gray_test(time, event, ["a"] * 4 + ["b"] * 4)
    assert found.statistic is not None
    assert 0 <= found.p <= 1


def test_a_group_without_an_event_is_not_sure_to_have_none() -> None:
    time, event = np.full(40, 20.0), np.zeros(40, dtype=np.int64)
    found = calibration_curve_at(time, event, np.linspace(0.01, 0.1, 40), at=10.0)
    assert {b["observed"] for b in found["bins"]} == {0.0}
    assert all(b["low"] < 1e-9 and b["high"] > 0.15 for b in found["bins"])
