"""Figures of cases are drawn byte for byte as they were looked at."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.analyses.figure_examples import EXAMPLES, FOLDER, golden


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_is_the_one_that_was_looked_at(name):
    """Write it again with `make golden`, and look at it."""
    assert golden(name) == (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def test_no_golden_file_is_left_of_a_figure_that_went():
    assert {path.stem for path in FOLDER.iterdir()} == set(EXAMPLES)


def test_another_process_with_another_hash_seed_draws_the_same():
    code = "from tests.analyses.figure_examples import golden; print(golden('cord-map-cohort'))"
    drawn = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert drawn.strip() == golden("cord-map-cohort").strip()
