"""Preprocessing: states of missing values, what is learned and from where."""

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from analyses.preprocessing import CaseEncoder, fit_preprocessing, with_categories


@parametrize_with_checks([CaseEncoder()])
def test_encoder_keeps_the_api(estimator: CaseEncoder, check: object) -> None:
    check(estimator)  # type: ignore[operator]


def test_a_state_with_ten_patients_has_its_own_indicator() -> None:
    frame = pl.DataFrame(
        {"cap_sign": ["present"] * 5 + ["absent"] * 5 + ["not_assessable"] * 10 + ["unknown"] * 9}
    )
    encoder = CaseEncoder().fit(frame)
    assert encoder.get_feature_names_out().tolist() == [
        "cap_sign",
        "cap_sign: not_assessable",
        "cap_sign: missing",
    ]
    matrix = encoder.transform(frame)
    assert matrix.sum(axis=0).tolist() == [5, 10, 9]


def test_states_count_patients_not_rows() -> None:
    frame = pl.DataFrame({"cap_sign": ["present", "absent"] + ["not_assessable"] * 12})
    groups = np.array([f"P{place // 2}" for place in range(14)])
    encoder = CaseEncoder().fit(frame, groups=groups)
    assert encoder.get_feature_names_out().tolist() == ["cap_sign", "cap_sign: missing"]


def test_not_assessable_is_not_absent() -> None:
    frame = pl.DataFrame({"cap_sign": ["present", "present", "absent", "not_assessable"]})
    matrix = CaseEncoder().fit(frame).transform(frame)
    assert matrix[2].tolist() == [0, 0]
    assert matrix[3].tolist() == [1, 1]  # most frequent value, and the indicator


def test_nothing_missing_gives_no_indicator() -> None:
    frame = pl.DataFrame({"age": [1.0, 2.0], "motor": ["yes", "no"], "m": ["a", "b"]})
    names = CaseEncoder().fit(frame).get_feature_names_out().tolist()
    assert names == ["age", "motor", "m: b"]


def test_unseen_level_and_state_at_prediction() -> None:
    train = pl.DataFrame({"region": ["cervical", "thoracic", "conus", "unknown"]})
    encoder = CaseEncoder().fit(train)
    assert encoder.get_feature_names_out().tolist() == [
        "region: conus",
        "region: thoracic",
        "region: missing",
    ]
    new = pl.DataFrame({"region": ["holocord", "not_assessable", None]})
    assert encoder.transform(new).tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_learned_from_training_rows_only_even_with_shared_categories() -> None:
    frame = pl.DataFrame({"m": ["a", "b", "a", "zz"], "s": ["present", "absent", "absent", "odd"]})
    shared = with_categories(frame, ["m", "s"])
    encoder = CaseEncoder().fit(shared[:3])
    assert encoder.get_feature_names_out().tolist() == ["m: b", "s"]


def test_text_column_without_any_value_is_only_its_states() -> None:
    frame = pl.DataFrame({"m": ["not_reported", "not_reported", None]})
    encoder = CaseEncoder(min_patients=2).fit(frame)
    assert encoder.get_feature_names_out().tolist() == ["m: not_reported", "m: missing"]


def test_columns_without_values_or_variation_stay_finite() -> None:
    frame = pl.DataFrame(
        {
            "empty": [None, None, None],
            "constant": [7, 7, 7],
            "truth": [True, None, False],
            "x": [1.0, float("nan"), 3.0],
        },
        schema={"empty": pl.Float64, "constant": pl.Int64, "truth": pl.Boolean, "x": pl.Float64},
    )
    steps = fit_preprocessing(frame, np.array(["a", "b", "c"]))
    matrix = steps.transform(frame)
    assert np.isfinite(matrix).all()
    assert np.ptp(matrix[:, 0]) == 0


def test_one_level_in_every_row_is_a_column_that_says_nothing() -> None:
    # a baseline of one sign that the training rows of a fold all have must not stop the run
    frame = pl.DataFrame({"group": ["a", "a", "a"]})
    steps = fit_preprocessing(frame, np.array(["a", "b", "c"]))
    assert steps.transform(frame).tolist() == [[0.0], [0.0], [0.0]]
    assert steps["encode"].get_feature_names_out().tolist() == ["group"]
    assert steps["encode"].source_columns() == ["group"]


def test_column_order_at_prediction_does_not_matter_and_absence_is_refused() -> None:
    frame = pl.DataFrame({"a": [1.0, 2.0], "b": ["yes", "no"]})
    encoder = CaseEncoder().fit(frame)
    assert (encoder.transform(frame.select("b", "a")) == encoder.transform(frame)).all()
    with pytest.raises(ValueError, match="columns are missing: b"):
        encoder.transform(frame.select("a"))


def test_changed_kind_of_column_is_refused() -> None:
    encoder = CaseEncoder().fit(pl.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
    with pytest.raises(ValueError, match="held numbers in training and holds text now"):
        encoder.transform(pl.DataFrame({"a": ["1", "2"], "b": ["x", "y"]}))
    with pytest.raises(ValueError, match="held text in training and holds numbers now"):
        encoder.transform(pl.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0]}))
    with pytest.raises(ValueError, match="infinite"):
        encoder.transform(pl.DataFrame({"a": [1.0, np.inf], "b": ["x", "y"]}))


def test_clone_is_unfitted_and_equal() -> None:
    encoder = CaseEncoder(min_patients=3).fit(pl.DataFrame({"a": [1.0]}))
    copy = clone(encoder)
    assert copy.min_patients == 3
    assert not hasattr(copy, "codes_")
