"""Inference of a time to an event: models without penalty, with limits and tests.

Belongs here: the table of Cox's coefficients, Firth's in its place, Fine and Gray's, the test of
proportional hazards.
Does not belong here: whether it may be shown (`analyses.protocol`), the columns
(`analyses.inference`), penalised models.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import chi2

from analyses.firth import independent_columns
from analyses.intervals import Z
from analyses.survival.cox import fit_cox
from analyses.survival.cox_sets import Floats
from analyses.survival.fine_gray import fit_fine_gray
from analyses.survival.firth_cox import fit_firth_cox
from analyses.survival.monotone import monotone_columns
from analyses.survival.schoenfeld import proportional_hazards

#: The row of the test of all terms together.
ALL_TERMS = "all terms"
NO_FIRTH = "neither maximum likelihood nor Firth's fit has a value"


def cox_table(X: Floats, names: Sequence[str], y: Floats, *, cause: int = 1) -> dict[str, Any]:
    """Coefficients of one cause with limits and p, and whether its hazards are proportional.

    Parameters
    ----------
    X
        Shape (n, p). Columns in their own units, nothing missing.
    names
        Name of each column.
    y
        Shape (n, 2) or (n, 3). Time, event code and, perhaps, entry.
    cause
        Event code of the cause; any other end is a censoring.

    Returns
    -------
    dict[str, Any]
        `method` (ml, firth, or None with a `reason`); `rows` with `term`, `estimate` (log hazard
        ratio per unit), `se`, `interval`, `p`: Wald's of Efron's Cox model, or, where the
        likelihood grows without end, profile limits and likelihood ratio of Firth's; `monotone`
        (names of the columns to blame), `left_out` (columns that do not vary or follow from
        others), `proportional_hazards` with `term`, `statistic`, `df`, `p`, all terms last (none
        of Firth's).

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [0.0], [1.0]])
    >>> y = np.array([[4.0, 0], [1.0, 1], [2.0, 1], [3.0, 1]])
    >>> found = cox_table(x, ["syrinx"], y)
    >>> found["method"], round(found["rows"][0]["estimate"], 3)
    ('ml', 0.941)
    """
    time, is_event = y[:, 0], y[:, 1] == cause
    entry = y[:, 2] if y.shape[1] > 2 else None
    kept = [place - 1 for place in independent_columns(_with_ones(X, time, entry)) if place]
    X, used = X[:, kept], [names[place] for place in kept]
    table: dict[str, Any] = {
        "method": None,
        "reason": None,
        "rows": [],
        "monotone": [],
        "left_out": [name for name in names if name not in used],
        "proportional_hazards": [],
    }
    blamed = monotone_columns(X, time, is_event, entry=entry)
    if blamed:
        table["monotone"] = [used[place] for place in blamed]
        table["rows"] = _by_firth(X, used, time, is_event, entry)
        table |= {"method": "firth"} if table["rows"] else {"reason": NO_FIRTH}
        return table
    fitted = fit_cox(X, time, is_event, entry=entry)
    if not fitted.converged or not used:
        return table | {"reason": fitted.reason or "no column is left"}
    table["rows"] = _by_wald(used, fitted.coef, fitted.errors)
    tested = proportional_hazards(X, time, is_event, fitted.coef, entry=entry)
    if tested is not None:
        each = zip(used, tested.statistics, tested.p, strict=True)
        table["proportional_hazards"] = [
            {"term": name, "statistic": float(found), "df": 1, "p": float(p)}
            for name, found, p in each
        ] + [
            {
                "term": ALL_TERMS,
                "statistic": tested.global_statistic,
                "df": len(used),
                "p": tested.global_p,
            }
        ]
    return table | {"method": "ml"}


def fine_gray_rows(X: Floats, names: Sequence[str], y: Floats) -> list[dict[str, Any]]:
    """Rows of the hazard of the subdistribution, as of `cox_table`; empty where there are none."""
    fitted = fit_fine_gray(X, y[:, 0], y[:, 1].astype(np.int64))
    return [] if fitted.reason is not None else _by_wald(names, fitted.coef, fitted.errors)


def _by_wald(names: Sequence[str], slopes: Floats, errors: Floats) -> list[dict[str, Any]]:
    """Rows with Wald's limits and p."""
    return [
        _row(name, b, error, (b - Z * error, b + Z * error), float(chi2.sf((b / error) ** 2, 1)))
        for name, b, error in zip(names, slopes, errors, strict=True)
    ]


def _with_ones(X: Floats, time: Floats, entry: Floats | None) -> Floats:
    """The columns after one of ones, of the rows that are ever at risk."""
    rows = X if entry is None else X[entry < time]
    return np.column_stack([np.ones(len(rows)), rows])


def _by_firth(
    X: Floats, names: Sequence[str], time: Floats, is_event: Any, entry: Floats | None
) -> list[dict[str, Any]]:
    """Firth's fit; empty if it does not arrive."""
    found = fit_firth_cox(X, time, is_event, entry=entry)
    if found is None:
        return []
    parts = zip(
        names, found.fitted.coefficients, found.fitted.errors, found.limits, found.p, strict=True
    )
    return [_row(*part) for part in parts]


def _row(
    name: str, estimate: float, error: float, limits: tuple[float, float] | None, p: float | None
) -> dict[str, Any]:
    """One row of the table."""
    return {
        "term": name,
        "estimate": float(estimate),
        "se": float(error),
        "interval": None if limits is None else [float(limit) for limit in limits],
        "p": p,
    }
