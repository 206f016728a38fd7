"""Pooled: unpenalised hazard ratios over completed tables, where predictors are missing.

Belongs here: the outcome that tells of the gaps, each model's fits as one, complete cases beside
them, the pooled C.
Does not belong here: filling gaps (`analyses.completed`), the fits (`analyses.survival.inference`),
the table that is filled once (`analyses.survival.tables`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit

from analyses.completed import Completed
from analyses.inference import imputation_of
from analyses.metrics import Floats, logit
from analyses.rubin import pool_fits, pool_rows
from analyses.survival.concordance import harrell_c
from analyses.survival.inference import cox_table, fine_gray_rows
from analyses.survival.kaplan_meier import nelson_aalen

FIRST_TESTED = "Proportional hazards are tested in the first completed table."

_Rows = list[dict[str, Any]]
_Fit = Callable[[Floats, Sequence[str], Floats], _Rows]


def told_by_times(known: Floats) -> Floats:
    """The outcome beside the predictors: whether each kind of event happened, and its hazard.

    Parameters
    ----------
    known
        Shape (n, 2) or (n, 3). Time, event code and, perhaps, entry.

    Returns
    -------
    Floats
        Shape (n, 2), with competing events (n, 4): the indicator and the Nelson-Aalen estimate, of
        late entry what of it was gathered since then.

    Examples
    --------
    >>> told_by_times(np.array([[1.0, 1], [2.0, 0], [4.0, 1]])).round(3).tolist()
    [[1.0, 0.333], [0.0, 0.333], [1.0, 1.333]]
    """
    time, entry = known[:, 0], known[:, 2] if known.shape[1] > 2 else None
    columns = []
    for cause in (1, 2) if has_competing(known) else (1,):
        happened = known[:, 1] == cause
        hazard = nelson_aalen(time, happened, entry=entry)
        before = 0.0 if entry is None else hazard.at(entry)
        columns += [happened.astype(np.float64), hazard.at(time) - before]
    return np.column_stack(columns)


def has_competing(known: Floats) -> bool:
    """Whether anyone had the competing event."""
    return bool((known[:, 1] == 2).any())


def pooled_tables(gaps: Completed, known: Floats) -> dict[str, Any] | None:
    """What the results hold of Cox's models and Fine and Gray's over completed tables.

    Parameters
    ----------
    gaps
        The completed tables.
    known
        Shape (n, 2) or (n, 3), as of `told_by_times`.

    Returns
    -------
    dict[str, Any] or None
        Entries as of `analyses.survival.tables.cox_tables`; `cox_competing` and `fine_gray` only
        where every completed table has a fit. None where the model of the event has none in one.
    """
    first = cox_table(gaps.matrices[0], gaps.names, known)
    kept = [place for place, name in enumerate(gaps.names) if name not in first["left_out"]]
    gaps = replace(
        gaps,
        matrices=tuple(matrix[:, kept] for matrix in gaps.matrices),
        names=tuple(gaps.names[place] for place in kept),
    )
    fits = _each(partial(_by_likelihood, cause=1), gaps, known)
    if fits is None:
        return None
    alone = _complete_cases(partial(_by_likelihood, cause=1), gaps, known, cause=1)
    found = {
        "cox": pool_rows(fits, alone, freedom=_freedom(gaps, known, 1)),
        "cox_left_out": first["left_out"],
        "cox_apparent_c": _pooled_c(fits, gaps, known),
        "firth": False,
        "proportional_hazards": first["proportional_hazards"],
        "imputation": imputation_of(gaps, alone),
    }
    others: dict[str, tuple[_Fit, int]] = {}
    if has_competing(known):
        others["cox_competing"] = partial(_by_likelihood, cause=2), 2
        if known.shape[1] == 2:  # of late entry Fine and Gray's knows nothing
            others["fine_gray"] = fine_gray_rows, 1
    for name, (fit, cause) in others.items():
        fits = _each(fit, gaps, known)
        if fits is not None:
            alone = _complete_cases(fit, gaps, known, cause=cause)
            found[name] = pool_rows(fits, alone, freedom=_freedom(gaps, known, cause))
    return found


def _by_likelihood(matrix: Floats, names: Sequence[str], known: Floats, *, cause: int) -> _Rows:
    """Cox's rows by maximum likelihood; empty where that has no finite value."""
    table = cox_table(matrix, names, known, cause=cause)
    found: _Rows = table["rows"] if table["method"] == "ml" else []
    return found


def _each(fit: _Fit, gaps: Completed, known: Floats) -> list[_Rows] | None:
    """The rows of each completed table; None where one of them lacks a term."""
    fits = []
    for matrix in gaps.matrices:
        rows = fit(matrix, gaps.names, known)
        if [row["term"] for row in rows] != list(gaps.names):
            return None
        fits.append(rows)
    return fits


def _complete_cases(fit: _Fit, gaps: Completed, known: Floats, *, cause: int) -> _Rows:
    """The rows of the complete cases; empty where they are too few for a table of their own."""
    few = known[gaps.is_complete]
    if (few[:, 1] == cause).sum() <= 2 * len(gaps.names):
        return []
    return fit(gaps.matrices[0][gaps.is_complete], gaps.names, few)


def _freedom(gaps: Completed, known: Floats, cause: int) -> int:
    """Events minus parameters."""
    return max(1, int((known[:, 1] == cause).sum()) - len(gaps.names))


def _pooled_c(
    fits: Sequence[_Rows], gaps: Completed, known: Floats
) -> dict[str, float | None] | None:
    """Harrell's C of each table's own model on its own rows, pooled on the logit; as good as that.

    None where one of them has no standard error on that scale.
    """
    event = known[:, 1].astype(np.int64)
    found = [
        harrell_c(known[:, 0], event, matrix @ np.array([row["estimate"] for row in rows]))
        for rows, matrix in zip(fits, gaps.matrices, strict=True)
    ]
    each = [(c.estimate, c.se) for c in found if c.estimate is not None and c.se is not None]
    if len(each) < len(found) or any(not 0 < estimate < 1 for estimate, _ in each):
        return None
    pairs = np.array(each)
    slope = 1 / (pairs[:, 0] * (1 - pairs[:, 0]))
    scaled = (pairs[:, 1] * slope) ** 2
    pooled = pool_fits(
        [logit(pairs[k : k + 1, 0]) for k in range(len(pairs))],
        [scaled[k : k + 1] for k in range(len(pairs))],
        freedom=_freedom(gaps, known, 1),
    )
    estimate = float(expit(pooled.estimate[0]))
    return {"estimate": estimate, "se": float(pooled.error[0]) * estimate * (1 - estimate)}
