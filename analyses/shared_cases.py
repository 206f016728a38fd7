"""Shared cases: one matrix for every fold and resample, and how each fit sees its columns in it.

Belongs here: the columns that `analyses.preprocessing` would make of a fit's training rows, as
weights on columns that all fits share: levels, most frequent values, medians, indicators, scale.
Does not belong here: fitting (`analyses.batched`), one pipeline (`analyses.preprocessing`).
Nothing of a fit's columns comes from rows without weight; the tests compare them with the pipeline.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.batched import Coding
from analyses.metrics import Floats
from analyses.preprocessing import (
    MIN_PATIENTS_PER_STATE,
    TWO_VALUED,
    coded,
    is_missing,
    typed,
)

#: Variance over mean square of a column: below the first it is constant, between the two rounding
#: could tell, and the fit is left to the pipeline.
_CONSTANT, _DOUBTFUL = 1e-14, 1e-8


@dataclass(frozen=True)
class _Number:
    """A number: where its values are in the matrix, the rows that lack one, the sorted values."""

    place: int
    missing: int | None
    order: NDArray[np.int64]
    values: Floats


@dataclass(frozen=True)
class _Text:
    """A text: matrix columns of its levels and states, and the patients of each state."""

    levels: tuple[int, ...]
    states: tuple[int, ...]
    patients: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True)
class SharedCases:
    """Cases as one matrix of numbers without missing values, shape (n, a), and how to read it."""

    matrix: Floats
    terms: tuple[str, ...]
    parts: tuple[_Number | _Text, ...]

    def coding(self, weights: Floats) -> tuple[Coding, NDArray[np.bool_]]:
        """The standardised columns of each row of weights, and whether they can be trusted.

        Parameters
        ----------
        weights
            Shape (f, n). How often each row is among the training rows of each fit.
        """
        entries: list[tuple[int, int, Floats]] = []
        target = 0
        for part in self.parts:
            if isinstance(part, _Number):
                target = self._number(part, weights, target, entries)
            else:
                target = self._text(part, weights, target, entries)
        entries.sort(key=lambda entry: entry[0])  # stable: targets stay in order
        source, targets = (np.array([entry[k] for entry in entries]) for k in (0, 1))
        value = np.stack([entry[2] for entry in entries], axis=1)
        total = weights.sum(axis=1)[:, None]
        plain = len(source) == self.matrix.shape[1] and bool((source == targets).all())
        raw = Coding(source, targets, value, np.zeros((len(weights), target)), plain)
        mean = raw.gather(weights @ self.matrix / total)
        square = Coding(source, targets, value**2, raw.shift, plain).gather(
            weights @ self.matrix**2 / total
        )
        variance = square - mean**2  # the columns that one entry sums over never overlap
        varies = variance > _CONSTANT * square
        inverse = np.where(varies, 1 / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
        is_doubtful: NDArray[np.bool_] = varies & (variance < _DOUBTFUL * square)
        scaled = Coding(source, targets, value * inverse[:, targets], mean * inverse, plain)
        return scaled, np.logical_not(np.any(is_doubtful, axis=1))

    def _number(
        self, part: _Number, weights: Floats, target: int, entries: list[tuple[int, int, Floats]]
    ) -> int:
        """Value, filled with the fit's median, and an indicator where anything is missing."""
        ones = np.ones(len(weights))
        entries.append((part.place, target, ones))
        if part.missing is None:
            return target + 1
        entries.append((part.missing, target, _medians(part, weights)))
        entries.append((part.missing, target + 1, ones))
        return target + 2

    def _text(
        self, part: _Text, weights: Floats, target: int, entries: list[tuple[int, int, Floats]]
    ) -> int:
        """A column per level, of which the fit drops its first; states with and without their own.

        A missing text counts as the fit's most frequent level. States of fewer than ten patients
        share one column.
        """
        n_rows = weights @ self.matrix[:, list(part.levels)]
        seen = n_rows > 0
        first = np.argmax(seen, axis=1) if part.levels else np.zeros(len(weights), dtype=int)
        fill = np.argmax(n_rows, axis=1) if part.levels else first
        for place, source in enumerate(part.levels):
            kept = (seen[:, place] & (first != place)).astype(np.float64)
            entries.append((source, target + place, kept))
            filled = kept * (fill == place)
            entries += [(state, target + place, filled) for state in part.states]
        target += len(part.levels)
        joint = target + len(part.states)
        for place, (state, patients) in enumerate(zip(part.states, part.patients, strict=True)):
            drawn = weights[:, self.matrix[:, state] > 0] > 0
            own = _distinct(drawn, patients) >= MIN_PATIENTS_PER_STATE
            entries.append((state, target + place, own.astype(np.float64)))
            entries.append((state, joint, (~own).astype(np.float64)))
        return joint + bool(part.states)


def share_cases(frame: pl.DataFrame, groups: NDArray[np.str_]) -> SharedCases:
    """The shared matrix of a frame of predictors; `groups` names the patient of each row."""
    columns: list[Floats] = []
    parts: list[_Number | _Text] = []
    terms: list[str] = []
    for name in frame.columns:
        column = typed(frame[name])
        add = _add_text if isinstance(column, pl.Series) else _add_number
        parts.append(add(name, column, groups, columns, terms))
    matrix = np.column_stack(columns) if columns else np.empty((frame.height, 0))
    return SharedCases(matrix, tuple(terms), tuple(parts))


def _add_number(
    name: str, values: Any, groups: NDArray[np.str_], columns: list[Floats], terms: list[str]
) -> _Number:
    """A number, shifted and stretched for the sake of rounding only, 0 where it is missing."""
    missing = np.isnan(values)
    known = values[~missing]
    centre = float(np.median(known)) if len(known) else 0.0
    spread = float(np.subtract(*np.quantile(known, (0.75, 0.25)))) if len(known) else 0.0
    stretch = spread or (float(known.std()) if len(known) else 0.0) or 1.0
    shifted = np.where(missing, 0.0, (values - centre) / stretch)
    place = len(columns)
    columns.append(shifted)
    terms.append(name)
    if missing.any():
        columns.append(missing.astype(np.float64))
        terms.append(f"{name}: missing")
    rows = np.flatnonzero(~missing)
    order = rows[np.argsort(shifted[rows], kind="stable")]
    return _Number(place, place + 1 if missing.any() else None, order, shifted[order])


def _add_text(
    name: str, column: Any, groups: NDArray[np.str_], columns: list[Floats], terms: list[str]
) -> _Text:
    """A text: one matrix column for each level and each state of having none."""
    codes, texts = coded(column)
    present = sorted({texts[code] for code in np.unique(codes)})
    by_text = np.array(texts)[codes]
    levels = [text for text in present if not is_missing(text)]
    states = [text for text in present if is_missing(text)]
    start = len(columns)
    columns.extend((by_text == text).astype(np.float64) for text in (*levels, *states))
    is_two_valued = any(set(levels) <= set(pair) for pair in TWO_VALUED)
    terms.extend(name if is_two_valued else f"{name}: {level}" for level in levels)
    terms.extend(f"{name}: {state}" for state in states)
    if states:
        terms.append(f"{name}: missing")
    patients = tuple(
        np.unique(groups[by_text == state], return_inverse=True)[1].astype(np.int64)
        for state in states
    )
    split = start + len(levels)
    return _Text(tuple(range(start, split)), tuple(range(split, split + len(states))), patients)


def _medians(part: _Number, weights: Floats) -> Floats:
    """The median of the values that each fit has; 0 on the original scale where it has none."""
    if len(part.order) == 0:
        return np.zeros(len(weights))
    reached = np.cumsum(weights[:, part.order], axis=1)
    total = reached[:, -1:]
    low = (reached >= np.floor((total + 1) / 2)).argmax(axis=1)
    high = (reached >= np.floor(total / 2) + 1).argmax(axis=1)
    found: Floats = (part.values[low] + part.values[high]) / 2
    return found


def _distinct(drawn: NDArray[np.bool_], patients: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many patients have a drawn row, per fit."""
    if len(np.unique(patients)) == len(patients):
        return np.asarray(np.count_nonzero(drawn, axis=1))
    belongs = (patients[:, None] == np.arange(patients.max() + 1)).astype(np.float64)
    return np.asarray(np.count_nonzero((drawn @ belongs) > 0, axis=1))
