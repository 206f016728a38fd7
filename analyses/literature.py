"""Literature: what was published of a sign beside what these cases show, and the two pooled.

Belongs here: published two-by-two tables as odds ratios, the same table of one's own cases, and
which of them may be pooled.
Does not belong here: pooling itself (`analyses.pooling`), the published counts (`schemas.evidence`
and the frame that is handed in), a prior for a model (`analyses.published_prior`).
Simulated rows, case reports and tables of unknown origin stand beside the literature and are never
pooled with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.cohort import labels_of_columns
from analyses.exact_tests import fisher_exact
from analyses.intervals import Z
from analyses.plan import Plan
from analyses.pooling import LEAST_CENTRES, pool
from analyses.selection import Selected
from schemas.evidence import CONTRASTS, SIGNS, PublishedSign, PublishedTable

Bools = NDArray[np.bool_]
Row = dict[str, Any]
#: Added to each cell of every table, whether one is empty or not.
ADDED = 0.5
#: The only rows of one's own that are pooled with published ones.
POOLED_PROVENANCE = "registry"
TOO_FEW = (
    f"Fewer than {LEAST_CENTRES} studies may be pooled; they say nothing about differences between "
    "studies, so they stand side by side."
)
NO_RATIO = "A group or the sign has no case on one side: these cases give no odds ratio."


def literature(
    plan: Plan, selected: Selected, frame: pl.DataFrame, evidence: pl.DataFrame | None
) -> list[dict[str, Any]]:
    """Every predictor of the plan that was published against its outcome.

    Parameters
    ----------
    plan, selected
        The plan and its rows.
    frame
        The whole table: a sign may be restricted by a column that is no predictor.
    evidence
        Published counts; None: nothing is shown.

    Returns
    -------
    list[dict[str, Any]]
        `column`, `label`, `said`, `has`, `lacks`, `among`, `contrast`, `sides`, `groups` (the two
        sides as Table 1 names them); `rows`, the published ones first, each with `study`, `label`,
        `provenance`, `doubtful`, `cells`, `estimate` (log odds ratio), `se`, `interval`, `p`
        (Fisher), `printed_p` and `weight` (None: not pooled), or a `reason`;
        `pooled` with `estimate`, `interval`, `prediction` and `tau2`, or None with a `reason`.
    """
    if evidence is None:
        return []
    used, labels, entries = {*selected.predictors, *plan.baseline}, labels_of_columns(), []
    for sign in SIGNS:
        groups = _groups(plan, selected, CONTRASTS[sign.outcome].values)
        if groups is None or sign.column not in used:
            continue
        cells = _own_cells(plan, selected, frame, sign, groups)
        rows = [*published_rows(sign, evidence), _own_row(plan, cells)]
        entries.append(
            {
                "column": sign.column,
                "label": labels.get(sign.column, sign.column.replace("_", " ")),
                "said": sign.said,
                "has": list(sign.has),
                "lacks": list(sign.lacks),
                "among": None if sign.among is None else _named(*sign.among),
                "contrast": CONTRASTS[sign.outcome].name,
                "sides": [CONTRASTS[sign.outcome].with_it, CONTRASTS[sign.outcome].without_it],
                "groups": list(groups),
                **summary(rows),
            }
        )
    return entries


def published_rows(sign: PublishedSign, evidence: pl.DataFrame) -> list[Row]:
    """The published tables of a sign as odds ratios."""
    by_id = {row["row_id"]: row for row in evidence.iter_rows(named=True)}
    found = []
    for table in sign.tables:
        one = by_id[table.rows[0]]
        found.append(
            {
                "study": table.study,
                "label": one["study_label"],
                "provenance": "published",
                "doubtful": any(by_id[row]["doubtful"] == "yes" for row in table.rows),
                "printed_p": table.printed_p or None,
                **ratio_of(cells_of(table, by_id)),
            }
        )
    return found


def cells_of(table: PublishedTable, by_id: Mapping[str, Row]) -> NDArray[np.int64]:
    """Cases with the outcome (row 0) and without it, with the sign (column 0) and without it."""
    counts = [(by_id[row]["n_yes"], by_id[row]["n_total"]) for row in table.rows]
    cells = np.array([[yes, total - yes] for yes, total in counts], dtype=np.int64)
    return cells.T if table.by_sign else cells


def ratio_of(cells: NDArray[np.int64]) -> Row:
    """The log odds ratio of a table with its error, and the exact p-value.

    Notes
    -----
    0.5 is added to each cell of every table, so that the rule does not hang on the data; the
    estimate is then Firth's. Source: Haldane JBS. Ann Hum Genet 1956;20:309.

    Examples
    --------
    >>> found = ratio_of(np.array([[13, 2], [0, 10]]))
    >>> round(found["estimate"], 3), round(found["se"], 3)
    (4.731, 1.603)
    """
    named = dict(
        zip(
            ("with_has", "with_lacks", "without_has", "without_lacks"),
            cells.ravel().tolist(),
            strict=True,
        )
    )
    if min(*cells.sum(axis=0), *cells.sum(axis=1)) == 0:
        none = dict.fromkeys(("estimate", "se", "interval", "p"))
        return {"cells": named, **none, "reason": NO_RATIO}
    (a, b), (c, d) = (cells + ADDED).tolist()
    estimate, se = float(np.log(a * d / (b * c))), float(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
    exact = fisher_exact(cells)
    return {
        "cells": named,
        "estimate": estimate,
        "se": se,
        "interval": [estimate - Z * se, estimate + Z * se],
        "p": None if exact is None else exact.p,
        "reason": None,
    }


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows with their weights, and what they give together.

    A doubtful published row, and rows of one's own that are not of a registry, have no weight.
    """
    may = [
        row["estimate"] is not None
        and (
            not row["doubtful"]
            if row["provenance"] == "published"
            else row["provenance"] == POOLED_PROVENANCE
        )
        for row in rows
    ]
    pooled = [row for row, is_in in zip(rows, may, strict=True) if is_in]
    found = pool(
        [row["estimate"] for row in pooled], [row["se"] for row in pooled], is_guarded=True
    )
    if found is None:
        return {"rows": [row | {"weight": None} for row in rows], "pooled": None, "reason": TOO_FEW}
    raw = [
        1 / (row["se"] ** 2 + found.tau2) if is_in else None
        for row, is_in in zip(rows, may, strict=True)
    ]
    total = sum(weight for weight in raw if weight is not None)
    return {
        "rows": [
            row | {"weight": None if weight is None else weight / total}
            for row, weight in zip(rows, raw, strict=True)
        ],
        "pooled": {
            "estimate": found.estimate,
            "interval": list(found.interval),
            "prediction": list(found.prediction),
            "tau2": found.tau2,
        },
        "reason": None,
    }


def _own_row(plan: Plan, cells: NDArray[np.int64]) -> Row:
    """The cases of the analysis as one study more."""
    provenance = plan.population.provenance
    return {
        "study": None,
        "label": "these cases",
        "provenance": "own_published" if provenance == "published" else provenance,
        "doubtful": False,
        "printed_p": None,
        **ratio_of(cells),
    }


def _own_cells(
    plan: Plan,
    selected: Selected,
    frame: pl.DataFrame,
    sign: PublishedSign,
    groups: tuple[str, str],
) -> NDArray[np.int64]:
    """The table of the analysed cases."""
    names = selected.classes or ("no", "yes")
    sides = [selected.outcome == names.index(group) for group in groups]
    inside = np.ones(selected.frame.height, dtype=bool)
    if sign.among is not None:
        inside = _is_among(_column(plan, selected, frame, sign.among[0]), sign.among[1])
    values = selected.frame[sign.column]
    masks = [_is_among(values, levels) & inside for levels in (sign.has, sign.lacks)]
    return np.array(
        [[int((side & mask).sum()) for mask in masks] for side in sides], dtype=np.int64
    )


def _column(plan: Plan, selected: Selected, frame: pl.DataFrame, name: str) -> pl.Series:
    """A column for the analysed rows, whether the plan uses it or not; empty if there is none."""
    if name in selected.frame.columns:
        return selected.frame[name]
    if name not in frame.columns:
        return pl.Series(name, [None] * selected.frame.height, dtype=pl.String)
    values = dict(zip(frame[plan.data.id].to_list(), frame[name].to_list(), strict=True))
    return pl.Series(name, [values[one] for one in selected.frame[plan.data.id].to_list()])


def _is_among(series: pl.Series, levels: Sequence[str]) -> Bools:
    """Whether each row holds one of the values."""
    return series.cast(pl.String).is_in(levels).fill_null(False).to_numpy()


def _groups(
    plan: Plan, selected: Selected, values: Mapping[str, tuple[str, str]]
) -> tuple[str, str] | None:
    """The groups of Table 1 with and without an outcome; None where the plan predicts another."""
    if plan.outcome.column not in values:
        return None
    names = values[plan.outcome.column]
    if plan.outcome.kind != "binary":
        return names if set(names) <= set(selected.classes) else None
    turned = positive_is_first(plan, names)
    return None if turned is None else ("yes", "no") if turned else ("no", "yes")


def positive_is_first(plan: Plan, names: tuple[str, str]) -> int | None:
    """1 where the plan's positive value is the one with the outcome, 0 where it is the other."""
    return {names[0]: 1, names[1]: 0}.get(str(plan.outcome.positive))


def _named(column: str, levels: Sequence[str]) -> dict[str, Any]:
    """A restriction as plain values."""
    return {"column": column, "levels": list(levels)}


def every_published_table(evidence: pl.DataFrame) -> Iterator[tuple[PublishedSign, Row]]:
    """All published two-by-two tables, recomputed, in the order of their declaration."""
    for sign in SIGNS:
        for row in published_rows(sign, evidence):
            yield sign, row
