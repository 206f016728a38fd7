"""Inference: unpenalised coefficients with intervals, where the verdict allows them.

Belongs here: the table of one model in the units of its predictors, pooled over completed tables
where values are missing, and what it leaves open.
Does not belong here: whether it may be shown (`analyses.protocol`), penalised models, filling gaps
(`analyses.completed`).
Where a column separates the classes, maximum likelihood has no finite value and Firth's fit with
profile limits takes its place; missing values are then filled once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from analyses.completed import Completed, completed_tables
from analyses.firth import (
    fit_firth,
    independent_columns,
    profile_interval,
    separating_columns,
)
from analyses.intervals import Z
from analyses.metrics import Floats
from analyses.models import Training, fit_logistic, predict_risk
from analyses.preprocessing import fit_preprocessing
from analyses.proportional_odds import fit_proportional_odds
from analyses.rubin import pool_rows

FILLED_ONCE = (
    "Missing values were filled in once: the intervals leave out what is not known of them, and "
    "are too narrow by that."
)
IMPUTED = (
    "Missing values were imputed by chained equations, the outcome among what tells of them, and "
    "the fits pooled by Rubin's rules (degrees of freedom of Barnard and Rubin)."
)
TOO_FEW_COMPLETE = "The complete cases are too few for a table of their own."
REPEATED = "Rows of one patient count as independent ones: the intervals are too narrow by that."
NO_FINITE = "maximum likelihood has no finite value: a column separates the classes"


@dataclass(frozen=True)
class _Design:
    """A column of ones and the scaled columns that do not follow from others, with their names."""

    matrix: Floats
    names: tuple[str, ...]
    scale: Floats
    left_out: tuple[str, ...]


def inference_table(
    training: Training, classes: Sequence[str], *, seed: int = 1
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The table, and the warning that a column separates the classes.

    Parameters
    ----------
    training
        All eligible rows with every predictor of the plan.
    classes
        Names of the classes; none for a binary outcome.
    seed
        Seed of the plan, for the imputations.

    Returns
    -------
    tuple[dict[str, Any], list[dict[str, str]]]
        `method` (ml, firth or None with a `reason`), `rows` with `term`, `class`, `estimate` (on
        the logarithmic scale, per unit of the term), `se` and `interval`, `left_out` (terms that
        follow from others), `notes`. `imputation` is None where nothing is missing, else `tables`
        (how many), `complete` (cases without a gap) and `reason` (why those have no table); rows
        then have `df`, `fmi` and `complete_case` (`estimate`, `interval`; None without a table).
    """
    gaps = completed_tables(training.frame, training.groups, _beside(training), seed=seed)
    pooled = None if gaps is None else _pooled(training, gaps, classes)
    if pooled is not None:
        return pooled, []
    steps = fit_preprocessing(training.frame, training.groups)
    matrix = steps[:-1].transform(training.frame)
    design = _design(matrix, [str(name) for name in steps["encode"].get_feature_names_out()])
    separated = _separated(design, training)
    warnings = _warning(separated, training.n_classes)
    rows, method = _by_likelihood(design, training, classes, separated), "ml"
    if separated and training.n_classes == 2 and not training.is_ordered:
        method, rows = "firth", _by_firth(design, training.outcome)
    found: dict[str, Any] = {
        "method": method if rows else None,
        "reason": None if rows else NO_FINITE,
        "rows": rows,
        "left_out": list(design.left_out),
        "notes": [FILLED_ONCE] * (gaps is not None) + _repeated(training),
        "imputation": None,
    }
    return found, warnings


def _beside(training: Training) -> Floats:
    """The outcome as numbers: a grade, or a column for each class but the first."""
    if training.is_ordered:
        return training.outcome[:, None]
    classes = np.arange(1, training.n_classes)
    found: Floats = (training.outcome[:, None] == classes).astype(np.float64)
    return found


def _pooled(training: Training, gaps: Completed, classes: Sequence[str]) -> dict[str, Any] | None:
    """The table over completed ones; None where a column separates the classes in one of them."""
    first = _design(gaps.matrices[0], gaps.names)
    fits = []
    for matrix in gaps.matrices:
        design = _design(matrix, gaps.names, only=first.names)
        rows = _by_likelihood(design, training, classes, _separated(design, training))
        if not rows:
            return None
        fits.append(rows)
    parameters = len(fits[0]) + (training.n_classes - 1)
    alone = _complete_cases(training, gaps, classes)
    return {
        "method": "ml",
        "reason": None,
        "rows": pool_rows(fits, alone, freedom=max(1, len(training.outcome) - parameters)),
        "left_out": list(first.left_out),
        "notes": notes_of(training, is_imputed=True),
        "imputation": imputation_of(gaps, alone),
    }


def imputation_of(gaps: Completed, alone: Sequence[Any]) -> dict[str, Any]:
    """How many completed tables and complete cases, and why those have no rows of their own."""
    return {
        "tables": len(gaps.matrices),
        "complete": int(gaps.is_complete.sum()),
        "reason": None if alone else TOO_FEW_COMPLETE,
    }


def _complete_cases(
    training: Training, gaps: Completed, classes: Sequence[str]
) -> list[dict[str, Any]]:
    """The table of the complete cases; empty where they are too few for one."""
    rows = gaps.is_complete
    few = training.part(rows)
    has_all = len(np.unique(few.outcome)) == len(np.unique(training.outcome))
    if not has_all or rows.sum() <= 2 * len(gaps.names):
        return []
    design = _design(gaps.matrices[0][rows], gaps.names)
    return _by_likelihood(design, few, classes, _separated(design, few))


def _design(matrix: Floats, names: Sequence[str], only: Sequence[str] | None = None) -> _Design:
    """Scaled columns that vary and do not depend on each other, or just those that are named."""
    spread = matrix.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    full = np.column_stack([np.ones(len(matrix)), (matrix - matrix.mean(axis=0)) / scale])
    if only is None:
        kept = [place for place in independent_columns(full) if place]
    else:
        kept = [place for place, name in enumerate(names, 1) if name in only]
    return _Design(
        matrix=full[:, [0, *kept]],
        names=tuple(names[place - 1] for place in kept),
        scale=scale[[place - 1 for place in kept]],
        left_out=tuple(name for place, name in enumerate(names, 1) if place not in kept),
    )


def _separated(design: _Design, training: Training) -> list[str]:
    """Names of the columns that part two classes, or one from all others."""
    y, found = training.outcome, set()
    if training.is_ordered:
        # one slope for all cuts: it separates only if it does so at each of them
        cuts = np.arange(training.n_classes - 1)
        at_cut = np.repeat(np.eye(len(cuts)), len(y), axis=0)
        stacked = np.column_stack([at_cut, np.tile(design.matrix[:, 1:], (len(cuts), 1))])
        above = (y > cuts[:, None]).astype(np.float64).ravel()
        found = {p - len(cuts) + 1 for p in separating_columns(stacked, above) if p >= len(cuts)}
    elif training.n_classes == 2:
        found |= set(separating_columns(design.matrix, y))
    else:
        for one, other in combinations(range(training.n_classes), 2):
            rows = (y == one) | (y == other)
            is_one = (y[rows] == one).astype(np.float64)
            found |= set(separating_columns(design.matrix[rows], is_one))
    return [design.names[place - 1] for place in sorted(found) if place]


def _by_likelihood(
    design: _Design, training: Training, classes: Sequence[str], separated: Sequence[str]
) -> list[dict[str, Any]]:
    """The fit without penalty and its Wald limits; empty where no value is finite."""
    if separated:
        return []
    if training.is_ordered:
        return _of_grades(design, training)
    if training.n_classes > 2:
        return _of_classes(design, training, classes)
    model = fit_logistic(design.matrix[:, 1:], training.outcome, np.inf)
    risk = predict_risk(model, design.matrix[:, 1:])
    information = design.matrix.T @ (design.matrix * (risk * (1 - risk))[:, None])
    errors = np.sqrt(np.diag(np.linalg.inv(information)))[1:]
    return _rows(design, model.coef_[0], errors)


def _by_firth(design: _Design, outcome: Floats) -> list[dict[str, Any]]:
    """Firth's fit with profile limits; empty if it does not arrive."""
    fitted = fit_firth(design.matrix, outcome)
    if fitted is None:
        return []
    rows = []
    for place, (name, scale) in enumerate(zip(design.names, design.scale, strict=True), 1):
        limits = profile_interval(design.matrix, outcome, fitted, place)
        rows.append(
            {
                "term": name,
                "class": None,
                "estimate": float(fitted.coefficients[place] / scale),
                "se": None,
                "interval": None if limits is None else [limit / scale for limit in limits],
            }
        )
    return rows


def _of_grades(design: _Design, training: Training) -> list[dict[str, Any]]:
    """Proportional odds without penalty, Wald limits; empty if the curvature has no inverse."""
    found = fit_proportional_odds(
        design.matrix[:, 1:], training.outcome, np.inf, n_classes=training.n_classes
    )
    if found.errors is None:
        return []
    return _rows(design, found.slopes, found.errors[: len(design.names)])


def _of_classes(
    design: _Design, training: Training, classes: Sequence[str]
) -> list[dict[str, Any]]:
    """Multinomial regression without penalty: each class against the first, Wald limits."""
    model = fit_logistic(design.matrix[:, 1:], training.outcome, np.inf)
    risk = predict_risk(model, design.matrix[:, 1:], n_classes=training.n_classes)
    k, p = training.n_classes - 1, design.matrix.shape[1]
    information = np.empty((k * p, k * p))
    for i in range(k):
        for j in range(k):
            weight = risk[:, i + 1] * ((i == j) - risk[:, j + 1])
            block = design.matrix.T @ (design.matrix * weight[:, None])
            information[i * p : (i + 1) * p, j * p : (j + 1) * p] = block
    errors = np.sqrt(np.diag(np.linalg.inv(information))).reshape(k, p)[:, 1:]
    return [
        row
        for i in range(k)
        for row in _rows(
            design, model.coef_[i + 1] - model.coef_[0], errors[i], of_class=classes[i + 1]
        )
    ]


def _rows(
    design: _Design, slopes: Floats, errors: Floats, *, of_class: str | None = None
) -> list[dict[str, Any]]:
    """One row of each term, back in its own unit, with Wald limits."""
    return [
        {
            "term": name,
            "class": of_class,
            "estimate": float(slope / scale),
            "se": float(error / scale),
            "interval": [float((slope - Z * error) / scale), float((slope + Z * error) / scale)],
        }
        for name, slope, error, scale in zip(
            design.names, slopes, errors, design.scale, strict=True
        )
    ]


def _warning(separated: Sequence[str], n_classes: int) -> list[dict[str, str]]:
    """The warning that names the separating columns."""
    if not separated:
        return []
    then = "uses Firth's fit" if n_classes == 2 else "is left out"
    return [
        {
            "code": "separation",
            "message": (
                f"{', '.join(separated)} {'part' if len(separated) > 1 else 'parts'} the classes "
                "without an exception: the data put no bound on how strong that is. The table of "
                f"unpenalised coefficients {then}."
            ),
        }
    ]


def notes_of(training: Training, *, is_imputed: bool = False) -> list[str]:
    """How gaps were filled, and what the intervals leave out."""
    if is_imputed:
        return [IMPUTED, *_repeated(training)]
    is_filled = any(training.frame[name].null_count() for name in training.frame.columns)
    return [FILLED_ONCE] * is_filled + _repeated(training)


def _repeated(training: Training) -> list[str]:
    """Whether the intervals take rows of one patient for independent ones."""
    return [REPEATED] * (len(np.unique(training.groups)) < len(training.groups))
