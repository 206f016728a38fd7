"""The verdict: every rule, with both numbers in its sentence."""

import pytest

from analyses.verdict import (
    Counts,
    decide,
    max_cox_snell_r2,
    minimum_multinomial_size,
    minimum_sample_size,
)


def _counts(
    *, patients: int = 400, positives: int = 200, parameters: int = 5, outer_folds: int = 5
) -> Counts:
    return Counts((patients - positives, positives), parameters, outer_folds)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"patients": 39, "positives": 20}, "39 patients: fewer than 40"),
        ({"positives": 9}, "9 events in the smaller class are below 10"),
        ({"positives": 391}, "9 events in the smaller class are below 10"),
        ({"positives": 19, "outer_folds": 10}, "19 patients in the rarest class are below 20"),
        ({"parameters": 0}, "0 predictors vary"),
        ({"patients": 0, "positives": 0, "parameters": 0}, "No case could be analysed"),
    ],
)
def test_describe_only(changes: dict[str, int], reason: str) -> None:
    verdict = decide(_counts(**changes))
    assert verdict["level"] == "describe_only"
    assert any(reason in sentence for sentence in verdict["reasons"])


def test_enough_of_everything_is_a_model() -> None:
    verdict = decide(_counts())
    assert verdict["level"] == "model"
    assert verdict["reasons"] == [
        "400 patients: at least the 385 that a model with 5 parameters needs.",
        "40.0 events per parameter: at least 10.",
    ]


def test_between_is_penalised_only() -> None:
    verdict = decide(_counts(parameters=30))
    assert verdict["level"] == "penalised_only"
    assert verdict["minimum_n"] > 400
    assert verdict["r2_anticipated"] == 0.112


def test_no_sample_size_without_events_or_parameters() -> None:
    assert minimum_sample_size(0.1, 0, 0.5) is None
    assert minimum_sample_size(0.1, 3, 0.0) is None
    assert decide(_counts(positives=0))["minimum_n"] is None


def test_several_classes_are_judged_by_the_smallest_and_by_pairs() -> None:
    few = decide(Counts((200, 150, 9), 5, 5))
    assert few["level"] == "describe_only"
    assert "9 patients in the smallest class are below 10" in few["reasons"][0]
    enough = decide(Counts((620, 580, 111), 5, 5))
    # criterion 1 of the pair 580 / 111 is the largest
    assert (enough["level"], enough["minimum_n"], enough["events"]) == ("model", 924, 111)


def test_two_classes_and_the_multinomial_criteria_agree_where_they_mean_the_same() -> None:
    binary = minimum_sample_size(0.15 * max_cox_snell_r2(0.3), 6, 0.3)
    both = minimum_multinomial_size(6, (700, 300))
    assert both is not None
    assert binary is not None
    # criterion 3 differs by design: each class at 97.5 %, not the event at 95 %
    assert (both.criterion_1, both.criterion_2) == (binary.criterion_1, binary.criterion_2)
