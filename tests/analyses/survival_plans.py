"""Plans of a time to an event on the oracle's cohort, for the tests of the protocol."""

from typing import Any

import polars as pl

from analyses.plan import parse_plan
from analyses.protocol import AnalysisRun, run_plan

TEXT = """
title: Time to progression
data: {id: case_id, centre: site}
outcome:
  kind: survival
  time: time
  event: event
  event_value: [1, 2]
  horizons: [12, 36, 60]
predictors: [age, illdef, gtr, mcc]
baseline: [age]
subgroups: [illdef]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 2, bootstraps: 5, seed: 1}
"""
COMPETING = TEXT.replace("event_value: [1, 2]", "event_value: 1\n  competing_value: 2")
QUICK = "resampling: {outer_folds: 2, inner_folds: 2, repeats: 1, bootstraps: 0, seed: 1}"


def run(frame: pl.DataFrame, text: str = TEXT, **kwargs: Any) -> AnalysisRun:
    """Run the plan on a free table."""
    return run_plan(parse_plan(text, name="pfs.yaml"), frame, availability=None, stamp={}, **kwargs)


def changed(cohort: pl.DataFrame, **columns: Any) -> pl.DataFrame:
    return cohort.with_columns(**columns)
