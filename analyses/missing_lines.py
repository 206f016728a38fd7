"""Missing values otherwise: the analyses that stand beside a model made from incomplete cases.

Belongs here: which of them a plan gets, and the rows, steps and learner of each.
Does not belong here: running them and their entry in the results (`analyses.sensitivity`).
The rows are those of the main analysis, or the complete ones among them.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.learners import Learner
from analyses.missing_patterns import missing_mask
from analyses.over_imputations import over_imputations
from analyses.plan import Plan
from analyses.preprocessing import is_text
from analyses.selection import Selected

#: Each analysis as a report names it.
SAID: Mapping[str, str] = {
    "multiple_imputation": "multiple imputation",
    "complete_cases": "complete cases",
    "own_level": "the analysis with 'not assessable' as a level of its own",
    "as_missing": "the analysis with 'not assessable' as missing like any other",
    "without_indicators": "the analysis without indicators of missing values",
}
#: What `not_assessable` in a plan stands for.
_NOT_ASSESSABLE = ("own_level", "as_missing", "without_indicators")
_STATE = "not_assessable"
#: A level like any other: it must not be one of the states that mean missing.
_LEVEL = "cannot be assessed"
_NOTHING_MISSING = "No predictor is missing in any case: nothing would differ."
_ALL_ASSESSABLE = "No predictor is not assessable in any case: nothing would differ."


def lines_of(plan: Plan) -> tuple[str, ...]:
    """The sensitivity analyses of a plan: those it names, and those that go with its imputation.

    Complete cases and what is not assessable always stand beside a model whose gaps are filled by
    anything but medians (docs/decisions/missing-values.md).
    """
    named = list(plan.sensitivity)
    if plan.impute == "multiple":
        named.append("multiple_imputation")
    if plan.impute != "median":
        named += ["complete_cases", "not_assessable"]
    found: list[str] = []
    for name in named:
        found += _NOT_ASSESSABLE if name == "not_assessable" else (name,)
    return tuple(dict.fromkeys(found))


def otherwise(
    name: str, selected: Selected, learner: Learner
) -> tuple[Selected, Learner, str | None]:
    """The rows and the learner of one analysis, and why it would be the main one again.

    Parameters
    ----------
    name
        One of `SAID`.
    selected, learner
        Of the main analysis.
    """
    missing = missing_mask(selected.frame, selected.predictors)
    if not missing.any():
        return selected, learner, _NOTHING_MISSING
    if name == "multiple_imputation":
        asked = replace(selected.preparation, impute="iterative")
        return replace(selected, preparation=asked), over_imputations(learner), None
    if name == "complete_cases":
        return _complete(selected, np.logical_not(missing.any(axis=1))), learner, None
    if name == "without_indicators":
        asked = replace(selected.preparation, indicates=False)
        return replace(selected, preparation=asked), learner, None
    frame = selected.frame.with_columns(
        pl.when(pl.col(column).cast(pl.String) == _STATE)
        .then(pl.lit(_LEVEL if name == "own_level" else None, dtype=pl.String))
        .otherwise(pl.col(column).cast(pl.String))
        .alias(column)
        for column in selected.predictors
        if is_text(selected.frame[column].dtype)
    )
    is_same = frame.equals(selected.frame)
    return replace(selected, frame=frame), learner, _ALL_ASSESSABLE if is_same else None


def _complete(selected: Selected, rows: NDArray[np.bool_]) -> Selected:
    """The complete cases."""
    n = selected.frame.height
    left = int(rows.sum())
    step = {"step": "a predictor is missing", "n_before": n, "n_out": n - left, "n_after": left}
    return replace(
        selected,
        frame=selected.frame.filter(pl.Series(rows)),
        outcome=selected.outcome[rows],
        groups=selected.groups[rows],
        follow_up=None if selected.follow_up is None else selected.follow_up[rows],
        attrition=[*selected.attrition, step],
    )
