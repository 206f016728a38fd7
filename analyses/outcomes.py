"""Outcomes: from the outcome column of a table to numbers a model can learn.

Belongs here: what counts as recorded; the event, the class or the grade of each row.
Does not belong here: which rows take part (`analyses.selection`), endpoints of the warehouse
(`analyses.endpoints`).
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.plan import Plan
from analyses.plan_parts import Outcome
from analyses.preprocessing import MISSING_STATES
from analyses.verdict import LEAST_EVENTS, merge_grades
from schemas.errors import UsageError
from schemas.showing import nearest

#: Place of each row's class, the classes in their order, and the classes that were merged.
Coded = tuple[NDArray[np.float64], tuple[str, ...], tuple[tuple[str, int], ...]]


def code_outcome(plan: Plan, frame: pl.DataFrame, groups: NDArray[np.str_]) -> Coded:
    """The outcome as a plan wants it; a binary one has no classes.

    Raises
    ------
    UsageError
        If a binary outcome has more than two values, or a grade is no number.
    """
    if plan.outcome.kind == "binary":
        return _outcome(plan, frame), (), ()
    code = _grades if plan.outcome.kind == "ordinal" else _classes
    return code(plan, frame, groups)


def is_recorded(series: pl.Series) -> list[bool]:
    """Whether each outcome is known."""
    return [value is not None and value not in MISSING_STATES for value in texts_of(series)]


def _outcome(plan: Plan, frame: pl.DataFrame) -> NDArray[np.float64]:
    """1 for the positive value, 0 for the other one."""
    values = texts_of(frame[plan.outcome.column])
    others = {value for value in values if value != plan.outcome.positive}
    if len(others) > 1:
        positive = plan.outcome.positive
        seen = "" if positive in values else f" and '{positive}' is not among them"
        near = nearest(str(positive), sorted(str(v) for v in others)) if seen else None
        hint = f"; nearest is '{near}'" if near else ""
        raise UsageError(
            f"{plan.source}, outcome: column '{plan.outcome.column}' has {len(set(values))} values"
            f"{seen}{hint}. A binary outcome has the positive value and one other; make a "
            "column of two values."
        )
    return np.array([float(value == plan.outcome.positive) for value in values])


def outcome_known(
    outcome: Outcome, frame: pl.DataFrame, classes: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows whose outcome is known and one that the model knows, and its value or class.

    Raises
    ------
    UsageError
        If a value is neither the positive one nor the only other, or no class of the model.
    """
    texts = texts_of(frame[outcome.column])
    place = [n for n, known in enumerate(is_recorded(frame[outcome.column])) if known]
    values = [str(texts[n]) for n in place]
    if outcome.kind == "ordinal":
        values = [_grade_among(value, classes) for value in values]
        unknown = set(values) - set(classes)
    elif classes:
        values = [v if v in classes or outcome.rest is None else outcome.rest for v in values]
        unknown = set(values) - set(classes)
    else:
        unknown = set(values) - {outcome.positive}
        unknown = unknown if len(unknown) > 1 else set()
    if unknown:
        raise UsageError(
            f"Column '{outcome.column}': {len(unknown)} of its values are no outcome of the model. "
            "Correct it, or leave the column out to score without known outcomes."
        )
    codes = [classes.index(v) if classes else int(v == outcome.positive) for v in values]
    return np.array(place, dtype=np.int64), np.array(codes, dtype=np.float64)


def _classes(plan: Plan, frame: pl.DataFrame, groups: NDArray[np.str_]) -> Coded:
    """Place of each row's class, the classes in order of name (the rest last), and the merged."""
    values = [str(value) for value in texts_of(frame[plan.outcome.column])]
    patients = _patients_of(values, groups)
    rest = plan.outcome.rest
    small: set[str] = set()
    if rest is not None:
        small = {v for v, who in patients.items() if len(who) < LEAST_EVENTS and v != rest}
    merged = tuple((value, values.count(value)) for value in sorted(small))
    kept = [str(rest) if value in small else value for value in values]
    classes = tuple(sorted(set(kept), key=lambda value: (value == rest, value)))
    place = {name: float(i) for i, name in enumerate(classes)}
    return np.array([place[value] for value in kept]), classes, merged


def _grades(plan: Plan, frame: pl.DataFrame, groups: NDArray[np.str_]) -> Coded:
    """Place of each row's grade, the grades in order, and those that stand together."""
    values = [str(value) for value in texts_of(frame[plan.outcome.column])]
    patients = _patients_of(values, groups)
    try:
        names = sorted(patients, key=float)
    except ValueError as error:
        raise UsageError(
            f"{plan.source}, outcome: column '{plan.outcome.column}' holds texts that are no "
            "numbers. A grade of an ordinal outcome is a number; make a column of numbers."
        ) from error
    sizes = [len(patients[name]) for name in names]
    together = merge_grades(names, sizes, 2 * plan.resampling.outer_folds)
    classes = tuple(
        names[group[0]] if len(group) == 1 else f"{names[group[0]]} to {names[group[-1]]}"
        for group in together
    )
    merged = tuple(
        (names[place], values.count(names[place]))
        for group in together
        if len(group) > 1
        for place in group
    )
    place_of = {names[p]: float(k) for k, group in enumerate(together) for p in group}
    return np.array([place_of[value] for value in values]), classes, merged


def _grade_among(value: str, classes: Sequence[str]) -> str:
    """The grade, or the grades that stand together, that a value belongs to; else itself."""
    try:
        number = float(value)
    except ValueError:
        return value
    for name in classes:
        low, _, high = name.partition(" to ")
        if float(low) <= number <= float(high or low):
            return name
    return value


def _patients_of(values: Sequence[str], groups: NDArray[np.str_]) -> dict[str, set[str]]:
    """The patients that have each value."""
    patients: dict[str, set[str]] = {}
    for value, patient in zip(values, groups.tolist(), strict=True):
        patients.setdefault(value, set()).add(patient)
    return patients


def texts_of(series: pl.Series) -> list[str | None]:
    """Values as the texts that a plan writes: 1 and 1.0 are both '1', truth values yes and no."""
    if series.dtype == pl.Boolean:
        return [None if v is None else ("yes" if v else "no") for v in series.to_list()]
    if series.dtype.is_float():
        return [None if v is None or np.isnan(v) else f"{v:g}" for v in series.to_list()]
    return series.cast(pl.String).to_list()
