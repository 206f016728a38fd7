"""Canonical bytes of results; model files hold trusted types only."""

import numpy as np
import pytest
import skops.io

from analyses.model_files import load
from analyses.results import to_json
from schemas.errors import IntegrityError


def test_numbers_are_short_and_plain() -> None:
    found = to_json({"b": np.float64(-0.0), "a": (np.int64(3), 2 / 3, True), "c": {"ä": None}})
    assert found.decode() == (
        '{\n "a": [\n  3,\n  0.6666666667,\n  true\n ],\n "b": 0.0,\n "c": {\n  "ä": null\n }\n}\n'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float64("nan")])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"results\.a\[0\] is not finite"):
        to_json({"a": [value]})


def test_foreign_types_are_refused() -> None:
    with pytest.raises(TypeError, match=r"results\.a is of type set"):
        to_json({"a": {1, 2}})


class Foreign:
    """A type that no model file may hold."""


def test_model_file_with_a_foreign_type_is_refused() -> None:
    with pytest.raises(IntegrityError, match="Foreign"):
        load(skops.io.dumps(Foreign()))
