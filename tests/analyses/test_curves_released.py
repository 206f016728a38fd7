"""Attacks on the curves and sentences of a confidential report: what can be solved from them."""

import itertools
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN, Hidden, Small
from analyses.report.release import release
from analyses.report.said_counts import withhold_said
from tests.analyses.real_results import real
from tests.analyses.report_fixture import results


def _solved(shown: list[dict[str, Any]], raw: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """What a reader who solves every net benefit knows: cases flagged, without and with it."""
    exact = {row["threshold"]: row for row in raw}
    rows = [exact[row["threshold"]] for row in shown]
    return [(row["false_positives"], row["true_positives"]) for row in rows]


def test_net_benefits_roc_and_histogram_together_give_no_group_of_one_to_four() -> None:
    raw = real("centres_registry")
    page = release(raw)
    n, events = raw["outcome"]["n"], raw["outcome"]["events"]
    left_out = 0
    for model, shown in zip(raw["models"], page["models"], strict=True):
        told = _solved(shown["curves"]["decision"], model["curves"]["decision"])
        left_out += len(model["curves"]["decision"]) - len(told)
        roc = [
            (round(p["fpr"] * (n - events)), round(p["tpr"] * events))
            for p in shown["curves"]["roc"]
        ]
        known = [*told, *roc]
        for one, other in itertools.combinations(known, 2):
            assert not {abs(a - b) for a, b in zip(one, other, strict=True)} & {1, 2, 3, 4}
    assert left_out
    assert page["models"][1]["curves"]["decision"]


def test_a_histogram_that_is_shown_is_a_part_of_what_is_known() -> None:
    given = results("registry")
    n, events = given["outcome"]["n"], given["outcome"]["events"]
    curves = given["models"][1]["curves"]
    curves["calibration"]["histogram"] = [
        {"low": 0.0, "high": 0.5, "events": 10, "non_events": n - events - 10},
        {"low": 0.5, "high": 1.0, "events": events - 10, "non_events": 10},
    ]
    base = {"model": 0.1, "all": 0.1, "none": 0.0}
    curves["decision"] = [
        {**base, "threshold": 0.5, "true_positives": events - 10, "false_positives": 10},
        {**base, "threshold": 0.52, "true_positives": events - 12, "false_positives": 10},
    ]
    kept = release(given)["models"][1]["curves"]["decision"]
    assert [row["threshold"] for row in kept] == [0.5]


def test_results_of_old_without_the_counts_show_no_net_benefit_of_confidential_rows() -> None:
    for provenance, n_shown in (("registry", 0), ("simulated", 7)):
        given = results(provenance)
        for row in given["models"][1]["curves"]["decision"]:
            del row["true_positives"], row["false_positives"]
        assert len(release(given)["models"][1]["curves"]["decision"]) == n_shown


def test_small_groups_of_refits_are_left_out_and_a_smooth_curve_has_no_single_end() -> None:
    given = results("registry")
    groups = [{"mean_risk": 0.1 * k, "low": 0.0, "high": 1.0, "n": 26 - 5 * k} for k in range(6)]
    given["models"][1]["instability"] = {"groups": groups}
    made = release(given)["models"][1]
    assert groups[-1]["n"] < SMALLEST_SHOWN
    assert made["instability"]["groups"] == []
    risks = [p["risk"] for p in made["curves"]["calibration"]["smooth"]]
    bins = [b["mean_risk"] for b in made["curves"]["calibration"]["bins"]]
    before = [p["risk"] for p in given["models"][1]["curves"]["calibration"]["smooth"]]
    assert bins[0] <= risks[0] < risks[-1] <= bins[-1]
    assert len(risks) < len(before)


def test_warnings_tell_neither_a_small_count_nor_a_share_that_gives_one() -> None:
    rows = [
        {"column": "age_years", "missing": Hidden(), "recorded": Small()},
        {"column": "margin", "missing": 97, "recorded": 34},
    ]
    found = [
        ("mostly_missing", "Missing: age_years (98 %), margin (74 %), not_in_the_table (96 %)."),
        ("intent_unknown", "In 3 of 131 cases nobody wrote it down."),
        ("intent_unknown", "In 129 of 131 cases nobody wrote it down."),
        ("intent_unknown", "In 60 of 131 cases nobody wrote it down."),
        ("penalty_at_edge", "In 3 of 50 outer folds the penalty is at an end."),
    ]
    warnings = [{"code": code, "message": message} for code, message in found]
    withhold_said({"cohort": {"missingness": rows}, "warnings": warnings})
    assert [warning["message"] for warning in warnings] == [
        "Missing: age_years, margin (74 %), not_in_the_table.",
        "In some of the cases nobody wrote it down.",
        "In some of the cases nobody wrote it down.",
        "In 60 of 131 cases nobody wrote it down.",
        "In 3 of 50 outer folds the penalty is at an end.",
    ]


def test_who_was_left_out_of_another_choice_of_cases_is_not_even_in_what_is_hashed() -> None:
    given = real("centres_registry")
    given["sensitivity"][0]["excluded"] = [{"reason": "Further case", "n": 3}]
    assert not any("excluded" in one for one in release(given)["sensitivity"])
