"""Patterns of missing values: which predictors are missing together, and in whose cases.

Belongs here: patterns with their counts, monotone or not, how much is missing by outcome and by
centre.
Does not belong here: how much of each column is recorded (`analyses.describe`), filling gaps
(`analyses.chained`), small counts (`analyses.report.patterns`).
Description only: whether values are missing at random cannot be seen in the data.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import kruskal

from analyses.preprocessing import is_missing, is_text

Bools = NDArray[np.bool_]

#: Patterns with a row of their own, and the fewest cases of one (conventions).
MOST, LEAST = 8, 5
#: More predictors have no patterns that a person could read.
MOST_PREDICTORS = 60


def missing_mask(frame: pl.DataFrame, columns: Sequence[str]) -> Bools:
    """Which column is missing in which case, whatever the reason; shape (n, p).

    Examples
    --------
    >>> frame = pl.DataFrame({"age": [1.0, None], "sign": ["not_assessable", "absent"]})
    >>> missing_mask(frame, ["age", "sign"]).tolist()
    [[False, True], [True, False]]
    """
    found = np.zeros((frame.height, len(columns)), dtype=bool)
    for place, name in enumerate(columns):
        column = frame[name]
        if is_text(column.dtype):
            texts = column.cast(pl.String).fill_null("").to_list()
            found[:, place] = [text == "" or is_missing(text) for text in texts]
        else:
            values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
            found[:, place] = np.isnan(values)
    return found


def missing_patterns(
    frame: pl.DataFrame, columns: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> dict[str, Any] | None:
    """The patterns of the analysed cases; None with more than 60 predictors or without a case.

    Parameters
    ----------
    frame
        Eligible rows.
    columns
        Predictors.
    groups
        By what the cases are set apart (`outcome`, `centre`), and the name of each row's group.

    Returns
    -------
    dict[str, Any] or None
        `complete` and `incomplete` cases; `patterns`: `columns` that are missing and `n` cases, the
        most frequent first; `others`: how many `patterns` are rarer and their `n`; `together`:
        columns that are missing in the same cases; `is_monotone`: the cases that lack a column lack
        every column that is missing more often; `groups`: `by`, `group`, `n`, `complete`, and
        `q1`, `median`, `q3` of the number of missing predictors; `tests`: p of Kruskal and Wallis
        that this number is alike in the groups, None where nothing differs.
    """
    if len(columns) > MOST_PREDICTORS or not frame.height:
        return None
    mask = missing_mask(frame, columns)
    seen = Counter(tuple(np.flatnonzero(row).tolist()) for row in mask)
    n_complete = seen.pop((), 0)
    ordered = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [pair for pair in ordered if pair[1] >= LEAST][:MOST]
    n_shown = sum(n for _, n in shown)
    n_missing = mask.sum(axis=1)
    return {
        "complete": n_complete,
        "incomplete": frame.height - n_complete,
        "patterns": [{"columns": [columns[j] for j in places], "n": n} for places, n in shown],
        "others": {
            "patterns": len(ordered) - len(shown),
            "n": frame.height - n_complete - n_shown,
        },
        "together": _together(mask, columns),
        "is_monotone": _is_monotone(mask),
        "groups": [row for by, names in groups.items() for row in _groups(by, names, n_missing)],
        "tests": {by: _alike(names, n_missing) for by, names in groups.items()},
    }


def _together(mask: Bools, columns: Sequence[str]) -> list[list[str]]:
    """Columns that are missing in the same cases, at least two and in at least one case."""
    alike: dict[bytes, list[str]] = {}
    for place, name in enumerate(columns):
        if mask[:, place].any():
            alike.setdefault(mask[:, place].tobytes(), []).append(name)
    return [names for names in alike.values() if len(names) > 1]


def _is_monotone(mask: Bools) -> bool:
    """Whether the columns can be ordered so that what lacks one lacks all later ones."""
    order = np.argsort(mask.sum(axis=0), kind="stable")
    return bool((mask[:, order][:, :-1] <= mask[:, order][:, 1:]).all())


def _groups(by: str, names: Sequence[str], n_missing: NDArray[np.int64]) -> list[dict[str, Any]]:
    """How many predictors the cases of each group lack."""
    of_row, rows = np.array(names), []
    for name in sorted(set(names)):
        here = n_missing[of_row == name]
        q1, median, q3 = (float(q) for q in np.quantile(here, (0.25, 0.5, 0.75)))
        counts = {"n": len(here), "complete": int((here == 0).sum())}
        rows.append({"by": by, "group": name, **counts, "q1": q1, "median": median, "q3": q3})
    return rows


def _alike(names: Sequence[str], n_missing: NDArray[np.int64]) -> float | None:
    """The p-value of the rank test that the groups lack as many predictors."""
    of_row = np.array(names)
    parts = [n_missing[of_row == name] for name in sorted(set(names))]
    if len(parts) < 2 or np.ptp(n_missing) == 0:
        return None
    return float(kruskal(*parts).pvalue)
