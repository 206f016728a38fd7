"""Cautions: warnings that a reader of the results must see, each with a code.

Belongs here: when a warning is due and what it says.
Does not belong here: the verdict (`analyses.verdict`), refusals (`analyses.selection`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.metrics import Floats, auc_many
from analyses.models import GRID, Choice, Training
from analyses.preprocessing import is_text
from analyses.survival.concordance import harrell_c_many
from analyses.verdict import LEAST_EVENTS

#: Share of missing values above which a predictor is said to be mostly missing.
MOSTLY = 0.5
#: An AUC above these looks like the outcome in disguise (conventions of this project).
LEAK_NESTED = 0.98
LEAK_ALONE = 0.97
#: Values of a text that fewer rows share are looked at together: each alone would fit by chance.
_LEAST_SHARING = 5

Caution = dict[str, str]


def published_selection(provenance: str | None) -> list[Caution]:
    """What cases taken from publications cannot bear."""
    if provenance != "published":
        return []
    return [
        {
            "code": "published_selection",
            "message": (
                "These cases are published case reports, not a cohort: editors print the unusual, "
                "authors write signs down mostly when they are present, and nobody knows from how "
                "many patients the cases were chosen. Frequencies and predictions shown here are "
                "not estimates for patients. They show that the analysis runs on real rows, and "
                "what the reports left out."
            ),
        }
    ]


def mostly_missing(missingness: Sequence[Mapping[str, Any]]) -> list[Caution]:
    """Predictors missing in more than half of the eligible cases, in one warning."""
    shares = {row["column"]: row["missing"] / row["n"] for row in missingness if row["n"]}
    named = [f"{name} ({100 * share:.0f} %)" for name, share in shares.items() if share > MOSTLY]
    if not named:
        return []
    return [
        {
            "code": "mostly_missing",
            "message": (
                f"Missing in more than half of the eligible cases: {', '.join(named)}. What a "
                "model learns from such a column is mostly that it is missing."
            ),
        }
    ]


def penalty_at_edge(model: str, final: Choice, choices: Sequence[Choice]) -> list[Caution]:
    """A penalty chosen at an end of the grid, in the final fit or in an outer fold.

    Examples
    --------
    >>> inside = Choice(c=GRID[3], one_se=GRID[2], losses=(0.6,))
    >>> penalty_at_edge("ridge", inside, [inside])
    []
    """
    tuned = [choice for choice in choices if choice.losses]
    n_edge = sum(choice.is_at_edge for choice in tuned)
    is_final = bool(final.losses) and final.is_at_edge
    if not n_edge and not is_final:
        return []
    return [
        {
            "code": "penalty_at_edge",
            "message": (
                f"Model {model}: in {n_edge} of {len(choices)} outer folds"
                f"{' and in the final fit' if is_final else ''} the chosen penalty lies at an end "
                f"of the grid (C from {GRID[0]:g} to {GRID[-1]:g}); a still stronger or weaker one "
                "might have been chosen."
            ),
        }
    ]


def untuned(model: str, choices: Sequence[Choice]) -> list[Caution]:
    """Training parts in which no inner folds could be made."""
    n_untuned = sum(not choice.losses for choice in choices)
    if not n_untuned:
        return []
    return [
        {
            "code": "too_few_for_tuning",
            "message": (
                f"Model {model}: in {n_untuned} of {len(choices)} fits the training rows had fewer "
                "than two patients of a class; the strongest penalty was used untuned."
            ),
        }
    ]


def suspected_leak(training: Training, nested_auc: Mapping[str, float | None]) -> list[Caution]:
    """Predictions too good to be true: one predictor alone, or a whole model.

    Parameters
    ----------
    training
        All eligible rows with every predictor.
    nested_auc
        AUC, or C, of nested cross-validation by model.
    """
    area = "AUC" if training.follow_up is None else "C"
    article = "an AUC" if training.follow_up is None else "a C"
    found = [
        {
            "code": "suspected_leak",
            "message": (
                f"Model {name}: the cross-validated {area} {value:.3f} is above {LEAK_NESTED}. "
                "Check whether a predictor was recorded after, or because of, the outcome."
            ),
        }
        for name, value in nested_auc.items()
        if value is not None and value > LEAK_NESTED
    ]
    best = {
        name: max(_separation(training, rows, values) for rows, values in _views(training, name))
        for name in training.frame.columns
    }
    return found + [
        {
            "code": "suspected_leak",
            "message": (
                f"{source} alone, where it is recorded, separates the outcome with {article} of "
                f"{value:.3f}, above {LEAK_ALONE}. Check whether it was recorded after, or because "
                "of, the outcome."
            ),
        }
        for source, value in best.items()
        if value > LEAK_ALONE
    ]


def _views(training: Training, name: str) -> list[tuple[NDArray[np.bool_], Floats]]:
    """What one predictor may give away, as numbers to be ranked, and the rows that have them.

    Whether it is recorded; of a number its size and its distance from the middle, of a text the
    share of each class under each of its values.
    """
    column = training.frame[name]
    every = np.ones(len(training.outcome), dtype=bool)
    if is_text(column.dtype):
        texts = column.cast(pl.String).fill_null("").to_numpy().astype(np.str_)
        codes, counts = np.unique(texts, return_inverse=True, return_counts=True)[1:]
        codes = np.where(counts[codes] < _LEAST_SHARING, len(counts), codes)
        shares = [
            np.bincount(codes, training.outcome == k)[codes] / np.bincount(codes)[codes]
            for k in range(training.n_classes)
        ]
        return [(every, share) for share in shares]
    values: Floats = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = np.isfinite(values)
    found = [(every, known.astype(np.float64))]
    if known.any():
        here = values[known]
        found += [(known, here), (known, np.abs(here - np.median(here)))]
    return found


def _separation(training: Training, rows: NDArray[np.bool_], values: Floats) -> float:
    """Largest AUC of a class against all others, whatever its direction; 0.5 where few tell.

    Of a time to an event the C: a copy of the time gives itself away too.
    """
    best, n_classes, outcome = 0.5, training.n_classes, training.outcome[rows]
    ones = np.ones((1, len(outcome)))
    if training.follow_up is not None:
        if outcome.sum() < LEAST_EVENTS:
            return best
        time, code = training.follow_up[rows, 0], training.follow_up[rows, 1].astype(np.int64)
        alone = float(harrell_c_many(time, code, values, ones)[0])
        return max(best, alone, 1 - alone) if np.isfinite(alone) else best
    for k in range(1 if n_classes == 2 else 0, n_classes):
        is_class = (outcome == k).astype(np.float64)
        if min(is_class.sum(), (1 - is_class).sum()) >= LEAST_EVENTS:
            alone = float(auc_many(is_class, values, ones)[0])
            best = max(best, alone, 1 - alone)
    return best
