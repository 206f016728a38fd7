"""Associations: each predictor by itself against the outcome, for readers who ask for it.

Belongs here: the test and the odds ratio of each predictor, and the false-discovery rate of all.
Does not belong here: exact tests (`analyses.exact_tests`), Table 1 (`analyses.describe`), models.
Nothing of it is handed to a model: predictors are those of the plan, whatever stands here.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import chi2_contingency, false_discovery_control, kruskal, mannwhitneyu

from analyses.describe import number_values, recorded_texts, table_one
from analyses.exact_tests import DRAWN_TABLES, MOST_TABLES, conditional_odds_ratio, fisher_exact
from analyses.firth import fit_firth, profile_interval, separating_columns
from analyses.inference import REPEATED
from analyses.intervals import Z
from analyses.metrics import Floats
from analyses.models import fit_logistic, predict_risk

NOTES = (
    "Each predictor stands by itself (univariable): what the others explain is not taken out.",
    "The table is exploratory and was never used to choose predictors: those are the plan's.",
)
DRAWN = (
    f"Where more than {MOST_TABLES:,} tables have the same margins, {DRAWN_TABLES:,} of them are "
    "drawn at random, from the plan's seed, in place of counting all."
)
NO_ORDER = "The order of the grades is not used."


def associations(
    frame: pl.DataFrame,
    outcome: Floats,
    columns: Sequence[str],
    *,
    classes: Sequence[str] = (),
    is_ordered: bool = False,
    groups: Sequence[str] = (),
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Each column against the outcome, over the rows where it is recorded.

    Parameters
    ----------
    frame, outcome, columns, classes
        As in `analyses.describe.table_one`.
    is_ordered
        The classes are grades.
    groups
        Patient of each row; empty where each row is one.
    rng
        Draws tables where there are too many to count.

    Returns
    -------
    dict[str, Any]
        `rows` with `variable`, `label`, `kind`, `n`, `smd`, `test`, `p`, `q` (Benjamini-Hochberg
        over all rows with a p), `chi_square` (its p, for comparison with other publications) and
        `odds_ratios` (binary outcome: `level`, None for a number and then per unit; `method`,
        `estimate` and `interval` as ratios, either may be None); `notes`.
    """
    n_groups = len(classes) or 2
    rows = []
    for described in table_one(frame, outcome, columns, classes):
        name = described["variable"]
        row = {key: described[key] for key in ("variable", "label", "unit", "kind", "n", "smd")}
        if described["kind"] == "number":
            row |= _number(number_values(frame[name]), outcome, n_groups)
        else:
            texts, known = recorded_texts(frame[name])
            row |= _category(texts[known], outcome[known], n_groups, rng)
        rows.append(row)
    for row, q in zip(rows, false_discovery([row["p"] for row in rows]), strict=True):
        row["q"] = q
    is_drawn = any(row["test"] == "monte_carlo" for row in rows)
    is_repeated = len(set(groups)) < len(groups)
    notes = [*NOTES, *[DRAWN] * is_drawn, *[NO_ORDER] * is_ordered, *[REPEATED] * is_repeated]
    return {"rows": rows, "notes": notes}


def false_discovery(ps: Sequence[float | None]) -> list[float | None]:
    """Benjamini-Hochberg's adjusted p-values; a missing one takes no part.

    Notes
    -----
    Source: Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289.

    Examples
    --------
    >>> false_discovery([0.01, None, 0.04])
    [0.02, None, 0.04]
    """
    known = [p for p in ps if p is not None]
    adjusted = iter(false_discovery_control(known, method="bh").tolist() if known else [])
    return [None if p is None else next(adjusted) for p in ps]


def chi_square(table: Any, *, yates: bool = False) -> float | None:
    """P-value of Pearson's chi-square test; None where fewer than two rows or columns are used."""
    used = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(used.shape) < 2:
        return None
    return float(chi2_contingency(used, correction=yates).pvalue)


def rank_test(values: Floats, outcome: Floats, n_groups: int) -> tuple[str | None, float | None]:
    """Mann-Whitney's test of two groups (continuity correction), Kruskal-Wallis's of more.

    Returns
    -------
    tuple
        Name and p-value; None where a group is empty or nothing varies.
    """
    sides = [values[outcome == k] for k in range(n_groups)]
    sides = [side for side in sides if len(side)]
    if len(sides) < 2 or np.ptp(values) == 0:
        return None, None
    if n_groups == 2:
        return "mann_whitney", float(mannwhitneyu(*sides, method="asymptotic").pvalue)
    return "kruskal", float(kruskal(*sides).pvalue)


def _number(values: Floats, outcome: Floats, n_groups: int) -> dict[str, Any]:
    """A number: rank test, and the odds ratio per unit."""
    known = np.isfinite(values)
    values, outcome = values[known], outcome[known]
    test, p = rank_test(values, outcome, n_groups) if len(values) else (None, None)
    is_testable = test is not None and n_groups == 2
    ratios = [_per_unit(values, outcome)] if is_testable else []
    return {"test": test, "p": p, "chi_square": None, "odds_ratios": ratios}


def _category(texts: Any, outcome: Floats, n_groups: int, rng: Any) -> dict[str, Any]:
    """A text: exact test, and the odds ratio of each level against all others."""
    levels = np.unique(texts).tolist()
    table = np.array(
        [[int(((texts == one) & (outcome == k)).sum()) for k in range(n_groups)] for one in levels],
        dtype=np.int64,
    ).reshape(len(levels), n_groups)
    found = fisher_exact(table, rng=rng) if len(levels) > 1 else None
    ratios = []
    if found is not None and n_groups == 2:
        # of two levels the second says all
        shown = levels[1:] if len(levels) == 2 else levels
        ratios = [_of_level(one, texts == one, outcome) for one in shown]
    return {
        "test": None if found is None else found.method,
        "p": None if found is None else found.p,
        "chi_square": chi_square(table) if len(levels) > 1 else None,
        "odds_ratios": ratios,
    }


def _of_level(level: str, has: Any, outcome: Floats) -> dict[str, Any]:
    """One level against all others: conditional odds ratio, Firth's where a cell is empty."""
    events = outcome == 1
    table = np.array(
        [
            [(has & events).sum(), (has & ~events).sum()],
            [(~has & events).sum(), (~has & ~events).sum()],
        ]
    )
    if table.min() > 0:
        found = conditional_odds_ratio(table)
        assert found is not None  # every cell is filled
        limits = [found.low, found.high]
        return {"level": level, "method": "exact", "estimate": found.estimate, "interval": limits}
    return {"level": level} | _firth(has.astype(np.float64), outcome)


def _per_unit(values: Floats, outcome: Floats) -> dict[str, Any]:
    """The odds ratio of one unit more: maximum likelihood, Firth's where the number separates."""
    centre, scale = values.mean(), values.std()
    scaled = (values - centre) / scale
    design = np.column_stack([np.ones(len(scaled)), scaled])
    if separating_columns(design, outcome):
        return {"level": None} | _firth(scaled, outcome, scale=float(scale))
    model = fit_logistic(scaled[:, None], outcome, np.inf)
    risk = predict_risk(model, scaled[:, None])
    information = design.T @ (design * (risk * (1 - risk))[:, None])
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    slope = float(model.coef_[0, 0])
    limits = [_ratio((slope + side * Z * error) / scale) for side in (-1, 1)]
    return {"level": None, "method": "ml", "estimate": _ratio(slope / scale), "interval": limits}


def _firth(values: Floats, outcome: Floats, *, scale: float = 1.0) -> dict[str, Any]:
    """Firth's odds ratio with profile limits."""
    design = np.column_stack([np.ones(len(values)), values])
    fitted = fit_firth(design, outcome)
    if fitted is None:
        return {"method": "firth", "estimate": None, "interval": None}
    limits = profile_interval(design, outcome, fitted, 1)
    return {
        "method": "firth",
        "estimate": _ratio(float(fitted.coefficients[1]) / scale),
        "interval": None if limits is None else [_ratio(limit / scale) for limit in limits],
    }


def _ratio(logarithm: float) -> float:
    """An odds ratio from its logarithm; beyond what a file can hold it stops."""
    return float(np.exp(np.clip(logarithm, -300.0, 300.0)))
