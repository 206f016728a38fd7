"""The verdict: every rule, with both numbers in its sentence."""

import pytest

from analyses.verdict import Counts, decide, minimum_sample_size


def _counts(**changes: int) -> Counts:
    return Counts(
        **{"patients": 400, "positives": 200, "parameters": 5, "outer_folds": 5} | changes
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"patients": 39, "positives": 20}, "n = 39 is below 40"),
        ({"positives": 9}, "9 events in the smaller class are below 10"),
        ({"positives": 391}, "9 events in the smaller class are below 10"),
        ({"positives": 19, "outer_folds": 10}, "19 patients in the rarest class are below 20"),
        ({"parameters": 0}, "0 predictors vary"),
        ({"patients": 0, "positives": 0, "parameters": 0}, "n = 0 is below 40"),
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
        "n = 400 reaches the minimum 385 for 5 parameters.",
        "40.0 events per parameter reach 10.",
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
