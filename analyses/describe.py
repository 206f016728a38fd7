"""Description: who the cases are and what is missing, without any model.

Belongs here: Table 1, missing values and their states, centres, limits of a proportion, SMD.
Does not belong here: which cases are eligible (`analyses.selection`), tests of difference
(`analyses.associations`).
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.cohort import labels_of_columns
from analyses.intervals import Z
from analyses.preprocessing import EMPTY, MISSING_STATES, is_text

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Sides = Sequence[tuple[str, Bools]]


def wilson_interval(events: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % limits of a proportion; (0, 1) without any case.

    Notes
    -----
    Source: Wilson EB. J Am Stat Assoc 1927;22:209. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> low, high = wilson_interval(3, 19)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.3757)
    """
    if n == 0:
        return 0.0, 1.0
    share = events / n
    centre = share + Z**2 / (2 * n)
    half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low, high = (centre - half) / (1 + Z**2 / n), (centre + half) / (1 + Z**2 / n)
    # at 0 and n events the limit is exact; rounding must not move it out of range
    return float(0.0 if events == 0 else low), float(1.0 if events == n else high)


def smd_numbers(positive: Floats, negative: Floats) -> float | None:
    """Standardised mean difference, positive minus negative; None where nothing varies.

    Notes
    -----
    (m1 - m0) / sqrt((v1 + v0) / 2). Source: Austin PC. Stat Med 2009;28:3083. doi:10.1002/sim.3697

    Examples
    --------
    >>> round(smd_numbers(np.array([2.0, 4.0]), np.array([1.0, 3.0])), 4)
    0.7071
    """
    if min(len(positive), len(negative)) < 2:
        return None
    variance = (positive.var(ddof=1) + negative.var(ddof=1)) / 2
    return float((positive.mean() - negative.mean()) / np.sqrt(variance)) if variance > 0 else None


def smd_levels(positive: Sequence[int], negative: Sequence[int]) -> float | None:
    """Standardised difference of two distributions over levels.

    Two levels: difference of the shares of the second level, with sign. More: Mahalanobis distance
    of the shares, without sign. None where a group is empty or nothing varies.

    Notes
    -----
    Source: Yang D, Dalton JE. SAS Global Forum 2012, paper 335.

    Examples
    --------
    >>> round(smd_levels([5, 5], [8, 2]), 4)
    0.6626
    """
    if min(sum(positive), sum(negative)) == 0 or len(positive) < 2:
        return None
    p = np.array(positive[1:]) / sum(positive)
    q = np.array(negative[1:]) / sum(negative)
    spread = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    if np.trace(spread) <= 0:
        return None
    if len(p) == 1:
        return float((p[0] - q[0]) / np.sqrt(spread[0, 0]))
    distance = float((p - q) @ np.linalg.pinv(spread) @ (p - q))
    return float(np.sqrt(max(distance, 0.0)))


def table_one(
    frame: pl.DataFrame, outcome: Floats, columns: Sequence[str], classes: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Each variable overall and by outcome, counted over the rows where it is recorded.

    Parameters
    ----------
    frame
        Eligible rows.
    outcome
        Shape (n,). 1 or 0, or the place of the class.
    columns
        Variables, in the order wanted.
    classes
        Names of the classes; none for a binary outcome.

    Returns
    -------
    list[dict[str, Any]]
        `variable`, `label`, `kind`, `unit`, `n` recorded, `missing`, `smd` (with the outcome minus
        without; several classes: the largest absolute difference of two), `groups` overall, then
        yes and no or each class: median and quartiles (type 7), or numbers per level.

    Examples
    --------
    >>> frame = pl.DataFrame({"cap_sign": ["present", "absent", "not_assessable"]})
    >>> row = table_one(frame, np.array([1.0, 0.0, 1.0]), ["cap_sign"])[0]
    >>> row["n"], row["missing"], row["groups"][0]["levels"]
    (2, 1, [{'level': 'absent', 'n': 1}, {'level': 'present', 'n': 1}])
    """
    labels = labels_of_columns()
    sides = _sides(outcome, classes)
    rows = []
    for name in columns:
        label, unit = _label_and_unit(labels.get(name, name.replace("_", " ")))
        text = _as_texts(frame[name])
        row = {"variable": name, "label": label, "unit": unit}
        rows.append(
            row | (_number_row(frame[name], sides) if text is None else _category_row(text, sides))
        )
    return rows


def number_values(series: pl.Series) -> Floats:
    """A column of numbers, nan where there is none."""
    values: Floats = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.where(np.isfinite(values), values, np.nan)


def recorded_texts(series: pl.Series) -> tuple[NDArray[np.str_], Bools]:
    """Texts of a column that is counted, and whether each says a value."""
    text = _as_texts(series) or []
    return np.array(text, dtype=np.str_), _recorded(series, text)


def missingness(
    frame: pl.DataFrame, columns: Sequence[str], availability: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """How much of each column is recorded, and every value a text column takes.

    Examples
    --------
    >>> frame = pl.DataFrame({"syrinx": ["present", "not_reported", None]})
    >>> row = missingness(frame, ["syrinx"], None)[0]
    >>> row["recorded"], row["missing"], [state["state"] for state in row["states"]]
    (1, 2, ['empty', 'not_reported', 'present'])
    """
    labels = labels_of_columns()
    rows = []
    for name in columns:
        text = _as_texts(frame[name])
        recorded = _recorded(frame[name], text)
        n_recorded = int(recorded.sum())
        states = [] if text is None else sorted(set(text))
        rows.append(
            {
                "column": name,
                "label": _label_and_unit(labels.get(name, name.replace("_", " ")))[0],
                "availability": None if availability is None else availability.get(name),
                "n": frame.height,
                "recorded": n_recorded,
                "missing": frame.height - n_recorded,
                "states": [{"state": s, "n": (text or []).count(s)} for s in states],
            }
        )
    return rows


def centre_counts(
    frame: pl.DataFrame, outcome: Floats, centre: str, classes: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Cases and events, or cases of each class, by centre; without centre: '(none)'."""
    names = np.array(frame[centre].cast(pl.String).fill_null("(none)").to_list(), dtype=np.str_)
    rows: list[dict[str, Any]] = []
    for name in np.unique(names):
        here = outcome[names == name]
        by_class = [{"class": c, "n": int((here == k).sum())} for k, c in enumerate(classes)]
        rows.append(
            {
                "centre": str(name),
                "n": len(here),
                "events": None if classes else int(here.sum()),
                "classes": by_class or None,
            }
        )
    return rows


def _number_row(series: pl.Series, sides: Sides) -> dict[str, Any]:
    """A number: median and quartiles."""
    values = number_values(series)
    recorded = np.isfinite(values)
    q1: float | None
    median: float | None
    q3: float | None
    groups: list[dict[str, Any]] = []
    for group, side in sides:
        rows = recorded & side
        if rows.any():
            q1, median, q3 = (float(q) for q in np.quantile(values[rows], (0.25, 0.5, 0.75)))
        else:
            q1, median, q3 = None, None, None
        groups.append({"group": group, "n": int(rows.sum()), "median": median, "q1": q1, "q3": q3})
    of_sides = [values[recorded & side] for _, side in sides[1:]]
    return _row("number", recorded, _difference(smd_numbers, of_sides), groups)


def _category_row(text: list[str], sides: Sides) -> dict[str, Any]:
    """A text: numbers per level."""
    values = np.array(text, dtype=np.str_)
    recorded = np.array([not _is_state(value) for value in text], dtype=bool)
    levels = sorted({value for value in text if not _is_state(value)})
    groups, counts = [], []
    for group, side in sides:
        rows = recorded & side
        of_levels = [int((values[rows] == level).sum()) for level in levels]
        counts.append(of_levels)
        pairs = zip(levels, of_levels, strict=True)
        groups.append(
            {
                "group": group,
                "n": int(rows.sum()),
                "levels": [{"level": level, "n": n} for level, n in pairs],
            }
        )
    return _row("category", recorded, _difference(smd_levels, counts[1:]), groups)


def _difference(smd: Callable[[Any, Any], float | None], sides: Sequence[Any]) -> float | None:
    """Of two sides their difference, of several the largest without sign."""
    if len(sides) == 2:
        return smd(*sides)
    found = [smd(one, other) for one, other in combinations(sides, 2)]
    return max((abs(value) for value in found if value is not None), default=None)


def _row(kind: str, recorded: Bools, smd: float | None, groups: list[Any]) -> dict[str, Any]:
    """The part of a row that both kinds share."""
    n = int(recorded.sum())
    return {"kind": kind, "n": n, "missing": len(recorded) - n, "smd": smd, "groups": groups}


def _sides(outcome: Floats, classes: Sequence[str]) -> Sides:
    """The groups of Table 1: all, then with and without the outcome, or each class."""
    everybody = np.ones(len(outcome), dtype=bool)
    if classes:
        return [("overall", everybody), *((c, outcome == k) for k, c in enumerate(classes))]
    return [("overall", everybody), ("yes", outcome == 1), ("no", outcome == 0)]


def _as_texts(series: pl.Series) -> list[str] | None:
    """Values of a text or truth-value column, empty cells by name; None for numbers."""
    if series.dtype == pl.Boolean:
        return [EMPTY if v is None else ("yes" if v else "no") for v in series.to_list()]
    if not is_text(series.dtype):
        return _zeros_and_ones(series)
    return [value or EMPTY for value in series.cast(pl.String).to_list()]


def _zeros_and_ones(series: pl.Series) -> list[str] | None:
    """A column of 0 and 1 says no and yes: it is counted; None for other numbers."""
    values = series.cast(pl.Float64).fill_nan(None)
    if set(values.drop_nulls()) != {0.0, 1.0}:
        return None
    return [EMPTY if value is None else f"{value:g}" for value in values.to_list()]


def _recorded(series: pl.Series, text: list[str] | None) -> Bools:
    """Whether each row holds a value."""
    if text is not None:
        return np.array([not _is_state(value) for value in text], dtype=bool)
    known: Bools = np.isfinite(series.cast(pl.Float64).fill_null(np.nan).to_numpy())
    return known


def _is_state(value: str) -> bool:
    """Whether a text says that there is no value."""
    return value == EMPTY or value in MISSING_STATES


def _label_and_unit(label: str) -> tuple[str, str | None]:
    """A label 'age (years)' in its two parts."""
    if not label.endswith(")") or " (" not in label:
        return label, None
    stem, unit = label[:-1].rsplit(" (", 1)
    return stem, unit
