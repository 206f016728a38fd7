"""Measures: weights, ties, and values that do not exist."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses import metrics
from schemas.errors import UsageError

ALL = [
    metrics.auc,
    metrics.brier,
    metrics.ipa,
    metrics.log_loss,
    metrics.calibration_slope,
    metrics.calibration_intercept,
    metrics.o_e_ratio,
]


def _cases(n: int = 60, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    risk = rng.uniform(0.05, 0.95, n).round(1).clip(0.05, 0.95)  # rounded: many ties
    return (rng.random(n) < risk).astype(float), risk


@pytest.mark.parametrize("measure", ALL, ids=lambda m: m.__name__)
def test_weight_two_equals_a_doubled_row(measure: Callable[..., metrics.Value]) -> None:
    y, p = _cases()
    weights = np.ones(len(y))
    weights[:20] = 2
    doubled = measure(np.r_[y, y[:20]], np.r_[p, p[:20]])
    assert measure(y, p, weights).estimate == pytest.approx(doubled.estimate, abs=1e-10)


@pytest.mark.parametrize("measure", ALL, ids=lambda m: m.__name__)
def test_weight_zero_equals_a_left_out_row(measure: Callable[..., metrics.Value]) -> None:
    y, p = _cases()
    weights = np.r_[np.zeros(15), np.ones(len(y) - 15)]
    assert measure(y, p, weights).estimate == pytest.approx(
        measure(y[15:], p[15:]).estimate, abs=1e-10
    )


@pytest.mark.parametrize("measure", ALL, ids=lambda m: m.__name__)
@pytest.mark.parametrize("outcome", [[0.0] * 6, [1.0] * 6, [0.0, 0, 0, 1, 1, 1]])
@pytest.mark.parametrize(
    "risk", [[0.5] * 6, [0.0] * 6, [1.0] * 6, [0.0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]]
)
def test_hard_input_gives_a_number_or_a_reason(
    measure: Callable[..., metrics.Value], outcome: list[float], risk: list[float]
) -> None:
    value = measure(np.array(outcome), np.array(risk))
    assert (value.estimate is None) == (value.reason is not None)
    assert value.estimate is None or np.isfinite(value.estimate)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.1, 0.3, 0.5, 0.9])), min_size=2, max_size=25
    )
)
def test_auc_agrees_with_counting_pairs(rows: list[tuple[bool, float]]) -> None:
    y = np.array([float(event) for event, _ in rows])
    p = np.array([risk for _, risk in rows])
    events, others = p[y == 1], p[y == 0]
    found = metrics.auc(y, p).estimate
    if len(events) == 0 or len(others) == 0:
        assert found is None
    else:
        gap = events[:, None] - others[None, :]
        assert found == pytest.approx(((gap > 0) + 0.5 * (gap == 0)).mean())


def test_bootstrap_versions_equal_one_weighted_call_each() -> None:
    y, p = _cases(80)
    weights = np.random.default_rng(1).multinomial(80, np.full(80, 1 / 80), size=300).astype(float)
    for measure in metrics.POOLED:
        single = getattr(metrics, measure.name)
        found = measure.many(y, p, weights)
        for place in (0, 123, 299):
            assert found[place] == pytest.approx(single(y, p, weights[place]).estimate, abs=1e-8)


def test_separated_resample_has_no_slope_and_disturbs_no_other() -> None:
    y = np.array([0.0, 0, 1, 1, 0, 1])
    p = np.array([0.1, 0.2, 0.8, 0.9, 0.7, 0.4])
    weights = np.array([[1.0, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]])
    found = metrics.calibration_slope_many(y, p, weights)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(metrics.calibration_slope(y, p).estimate)


@pytest.mark.parametrize(
    ("y", "p", "w"),
    [
        ([0.0, 1.0], [0.5], None),
        ([], [], None),
        ([0.0, 1.0], [0.5, np.nan], None),
        ([0.0, 1.0], [0.5, 1.5], None),
        ([0.0, 2.0], [0.5, 0.5], None),
        ([0.0, 1.0], [0.5, 0.5], [1.0, -1.0]),
    ],
)
def test_impossible_input_is_refused(y: list[float], p: list[float], w: list[float] | None) -> None:
    weights = None if w is None else np.array(w)
    with pytest.raises(UsageError, match=r"must"):
        metrics.brier(np.array(y), np.array(p), weights)
