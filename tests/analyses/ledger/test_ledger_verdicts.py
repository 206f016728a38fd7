"""Verdicts: the words of the rules, their order, and what provenance allows."""

from typing import Any

import pytest

from analyses.claim_rules import VERDICT_RULES, VERDICTS
from analyses.ledger.verdicts import (
    DISAGREE,
    NO_ESTIMATE,
    NOT_COMPUTED,
    NOT_SIGNIFICANT,
    OF_CASE_REPORTS,
    TOO_FEW,
    as_simulated,
    by_rule,
    holm,
    judge,
    of_claim,
)


def statistic(rule: str = "V1", **changed: Any) -> dict[str, Any]:
    """An odds ratio of 4 (2 to 8) on 60 cases at two sites that agree."""
    group = {"n": 30, "events": 15, "median": None}
    return {
        "rule": rule,
        "side": ">",
        "limit": {"V1": 1.5, "V2": 0.8, "V3": 1.0, "V4": 0.02}[rule],
        "groups": [{"label": "one", **group}, {"label": "two", **group}],
        "estimate": 4.0,
        "interval": [2.0, 8.0],
        "p": 0.001,
        "p_holm": 0.01,
        "sites": [{"estimate": 3.0}, {"estimate": 5.0}],
        "definitions": [],
        "i2": 0.9,
        "i2_definitions": None,
        "reason": "",
    } | changed


@pytest.mark.parametrize(
    ("rule", "side", "estimate", "low", "high", "word"),
    [
        ("V1", ">", 4.0, 2.0, 8.0, "supported"),
        ("V1", ">", 1.4, 1.1, 1.8, "inconclusive"),  # on its side, and too small
        ("V1", ">", 1.0, 0.7, 1.4, "no_relevant_effect"),
        ("V1", ">", 1.2, 0.6, 1.4, "inconclusive"),  # 0.6 is below 1 / 1.5
        ("V1", ">", 0.5, 0.3, 0.9, "contradicted"),
        ("V1", "<", 0.5, 0.3, 0.9, "supported"),
        ("V1", "<", 2.0, 1.1, 3.0, "contradicted"),
        ("V2", ">", 0.9, 0.81, 0.95, "supported"),
        ("V2", ">", 0.9, 0.79, 0.95, "inconclusive"),
        ("V2", ">", 0.6, 0.50, 0.70, "contradicted"),
        ("V3", ">", 2.0, 0.5, 3.5, "supported"),
        ("V3", ">", 0.9, 0.1, 1.7, "inconclusive"),
        ("V3", ">", 0.2, -0.5, 0.9, "no_relevant_effect"),
        ("V3", "<", -2.0, -3.5, -0.5, "supported"),
        ("V4", ">", 0.02, 0.01, 0.04, "supported"),
        ("V4", ">", 0.01, -0.02, 0.015, "no_relevant_effect"),
        ("V4", ">", -0.05, -0.08, -0.03, "no_relevant_effect"),
        ("V4", ">", 0.03, -0.01, 0.07, "inconclusive"),
    ],
)
def test_the_rules_in_their_own_words(
    rule: str, side: str, estimate: float, low: float, high: float, word: str
) -> None:
    found = by_rule(statistic(rule, side=side, estimate=estimate, interval=[low, high]))
    assert found == word
    assert word == "inconclusive" or word in VERDICT_RULES[rule].verdicts  # type: ignore[index]


def test_too_few_comes_before_everything() -> None:
    small = {"label": "two", "n": 9, "events": 5, "median": None}
    one = statistic(sites=[{"estimate": 0.2}, {"estimate": 5.0}])
    one["groups"][1] = small
    assert judge(one, "registry") == "insufficient_data"
    assert one["reason"] == TOO_FEW


@pytest.mark.parametrize("events", [4, 56])
def test_few_events_and_few_without_one_are_the_same(events: int) -> None:
    halves = (events // 2, events - events // 2)
    groups = [{"label": "g", "n": 30, "events": half, "median": None} for half in halves]
    assert judge(statistic(groups=groups), "registry") == "insufficient_data"


def test_sites_on_both_sides_come_before_the_rule() -> None:
    one = statistic(sites=[{"estimate": 0.5}, {"estimate": None}, {"estimate": 9.0}])
    assert judge(one, "registry") == "depends_on_definition_or_site"
    assert one["reason"] == DISAGREE["sites"]
    assert judge(one | {"i2": 0.5}, "registry") == "supported"
    apart = statistic(definitions=[{"estimate": 0.5}, {"estimate": 9.0}], i2_definitions=0.6)
    assert judge(apart, "registry") == "depends_on_definition_or_site"
    assert apart["reason"] == DISAGREE["definitions"]


@pytest.mark.parametrize("interval", [[2.0, 8.0], [0.1, 0.5]])
def test_the_interval_alone_is_not_enough(interval: list[float]) -> None:
    estimate = sum(interval) / 2
    one = statistic(estimate=estimate, interval=interval, p_holm=0.05)
    assert judge(one, "registry") == "inconclusive"
    assert one["reason"] == NOT_SIGNIFICANT
    sure = statistic(estimate=estimate, interval=interval, p_holm=0.049)
    assert judge(sure, "registry") in ("supported", "contradicted")


def test_published_cases_decide_nothing() -> None:
    for rule in ("V1", "V2"):
        estimate, interval = (4.0, [2.0, 8.0]) if rule == "V1" else (0.9, [0.85, 0.95])
        one = statistic(rule, estimate=estimate, interval=interval, sites=[])
        assert judge(one, "published") == "inconclusive"
        assert one["reason"] == OF_CASE_REPORTS["V2" if rule == "V2" else "else"]


def test_without_an_estimate_there_are_two_cases() -> None:
    nothing = statistic(estimate=None, interval=None)
    assert judge(nothing, "registry") == "insufficient_data"
    assert nothing["reason"] == NO_ESTIMATE
    assert judge(statistic(estimate=None, reason=NOT_COMPUTED), "registry") is None
    given = statistic(estimate=None, interval=None, reason="One centre only.")
    assert judge(given, "registry") == "insufficient_data"
    assert given["reason"] == "One centre only."


def test_a_claim_says_what_its_statistics_share() -> None:
    assert of_claim(["supported", "supported"], ["a", "b"]) == ("supported", "a")
    assert of_claim(["insufficient_data", "supported"], ["a", "b"]) == ("supported", "b")
    assert of_claim(["insufficient_data"] * 2, ["a", "b"]) == ("insufficient_data", "a")
    word, reason = of_claim(["supported", "no_relevant_effect"], ["a", "b"])
    assert word == "inconclusive"
    assert "supported and no relevant effect" in reason
    assert of_claim([None], [NOT_COMPUTED]) == (None, NOT_COMPUTED)


@pytest.mark.parametrize("word", [w for w in VERDICTS if "reproduced" not in w])
def test_simulated_data_say_one_of_two_words(word: str) -> None:
    said, reason = as_simulated(word, "Because.", is_put_in=False)
    assert said == ("reproduced" if word == "supported" else "not_reproduced")
    assert ("does not put this in" in reason) == (word != "supported")
    assert word in ("supported", "insufficient_data") or word.replace("_", " ") in reason


def test_holm_is_that_of_r() -> None:
    # p.adjust(c(.01, .04, .03, .2, .0004), "holm")
    assert holm([0.01, 0.04, 0.03, 0.2, 0.0004]) == pytest.approx([0.04, 0.09, 0.09, 0.2, 0.002])
    assert holm([]) == []
