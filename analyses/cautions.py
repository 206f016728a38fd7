"""Cautions: warnings that a reader of the results must see, each with a code.

Belongs here: when a warning is due and what it says.
Does not belong here: the verdict (`analyses.verdict`), refusals (`analyses.selection`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analyses.metrics import auc_many
from analyses.models import GRID, Choice, Training
from analyses.preprocessing import fit_preprocessing

#: Share of missing values above which a predictor is said to be mostly missing.
MOSTLY = 0.5
#: An AUC above these looks like the outcome in disguise (conventions of this project).
LEAK_NESTED = 0.98
LEAK_ALONE = 0.97

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
        AUC of nested cross-validation by model.
    """
    found = [
        {
            "code": "suspected_leak",
            "message": (
                f"Model {name}: the cross-validated AUC {value:.3f} is above {LEAK_NESTED}. Check "
                "whether a predictor was recorded after, or because of, the outcome."
            ),
        }
        for name, value in nested_auc.items()
        if value is not None and value > LEAK_NESTED
    ]
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps.transform(training.frame)
    ones = np.ones((1, len(training.outcome)))
    best: dict[str, float] = {}
    for source, column in zip(steps["encode"].source_columns(), matrix.T, strict=True):
        for k in range(1 if training.n_classes == 2 else 0, training.n_classes):
            is_class = (training.outcome == k).astype(np.float64)
            alone = float(auc_many(is_class, column, ones)[0])
            best[source] = max(best.get(source, 0.5), alone, 1 - alone)
    return found + [
        {
            "code": "suspected_leak",
            "message": (
                f"{source} alone separates the outcome with an AUC of {value:.3f}, above "
                f"{LEAK_ALONE}. Check whether it was recorded after, or because of, the outcome."
            ),
        }
        for source, value in best.items()
        if value > LEAK_ALONE
    ]
