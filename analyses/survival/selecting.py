"""Selecting: from the columns of a table to time, end of follow-up and entry of every row.

Belongs here: refusing columns that hold no times, rows that cannot take part and why, the codes.
Does not belong here: the other exclusions (`analyses.selection`), outcomes without a time
(`analyses.outcomes`).
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.outcomes import texts_of
from analyses.plan import Plan
from analyses.plan_parts import Outcome
from analyses.preprocessing import is_text
from analyses.survival.landmark import at_landmark
from schemas.errors import UsageError
from schemas.showing import nearest_name

Floats = NDArray[np.float64]
#: Why a row takes no part, in the order in which it is asked.
NO_TIME = "time not recorded"
NEGATIVE = "time below 0"
NO_ENTRY = "entry not recorded"
EVENT_FIRST = "event before entry into the registry"
ENDED_FIRST = "follow-up ended before entry into the registry"
HAD_EVENT = "event before the landmark"
WAS_LOST = "follow-up ended before the landmark"
NOT_YET = "entered after the landmark"
#: A row whose entry is 0 or earlier is at risk from the first moment on.
_FROM_THE_START = -1.0


def columns_of(outcome: Outcome) -> tuple[str, ...]:
    """The columns of an outcome besides the one that says what ended the follow-up.

    Examples
    --------
    >>> columns_of(Outcome("survival", "end", time="months"))
    ('months',)
    """
    return tuple(name for name in (outcome.time, outcome.entry) if name is not None)


def check_times(source: str, outcome: Outcome, frame: pl.DataFrame) -> None:
    """Refuse a time or entry that is no number.

    Raises
    ------
    UsageError
        Naming the column and what it holds.
    """
    for path, name in (("time", outcome.time), ("entry", outcome.entry)):
        if name is None:
            continue
        dtype = frame[name].dtype
        held = f"values of type {dtype}"
        if is_text(dtype):
            held = "texts"
        elif dtype.is_float() and frame[name].is_infinite().any():
            held = "an infinite value"
        elif dtype.is_numeric() or dtype == pl.Null:
            continue
        raise UsageError(
            f"{source}, outcome.{path}: column '{name}' holds {held}; a time is a number in one "
            "unit. Correct the cells, or write the texts that mean missing into data.missing."
        )


def without_gaps(
    outcome: Outcome, frame: pl.DataFrame
) -> tuple[pl.DataFrame, list[tuple[str, int]]]:
    """The rows whose follow-up can be used, and how many each reason takes away."""
    steps: list[tuple[str, int]] = []

    def leave_out(reason: str, rows: NDArray[np.bool_]) -> None:
        nonlocal frame
        steps.append((reason, int(rows.sum())))
        frame = frame.filter(pl.Series(~rows))

    leave_out(NO_TIME, np.isnan(_numbers(frame, outcome.time)))
    leave_out(NEGATIVE, _numbers(frame, outcome.time) < 0)
    if outcome.entry is not None:
        leave_out(NO_ENTRY, np.isnan(_numbers(frame, outcome.entry)))
        for reason, has_event in ((EVENT_FIRST, True), (ENDED_FIRST, False)):
            known = _as_given(outcome, frame)
            leave_out(reason, (known[:, 0] <= known[:, 2]) & ((known[:, 1] > 0) == has_event))
    if outcome.landmark is not None:
        known = _as_given(outcome, frame)
        late = None if outcome.entry is None else known[:, 2]
        found = at_landmark(known[:, 0], known[:, 1], outcome.landmark, entry=late)
        steps += [(HAD_EVENT, found.ended), (WAS_LOST, found.lost), (NOT_YET, found.not_yet)]
        frame = frame.filter(pl.Series(found.stays, dtype=pl.Boolean))
    return frame, steps


def follow_up_of(plan: Plan, frame: pl.DataFrame) -> Floats:
    """Time, code and, with late entry, entry of every row.

    Raises
    ------
    UsageError
        If the values that mean the event are not those of the column.
    """
    outcome = plan.outcome
    values = {str(value) for value in texts_of(frame[outcome.column])}
    named = {*outcome.event_value, *outcome.competing_value}
    unknown = sorted(values - named)
    if not values & set(outcome.event_value) and len(unknown) > 1:
        near = [nearest_name(value, unknown) for value in outcome.event_value]
        hint = next((f"; nearest is '{name}'" for name in near if name), "")
        raise UsageError(
            f"{plan.source}, outcome.event_value: none of the {len(values)} values of column "
            f"'{outcome.column}' is among them{hint}. Correct the value, or the column."
        )
    return _coded(outcome, frame)


def known_follow_up(outcome: Outcome, frame: pl.DataFrame) -> tuple[NDArray[np.int64], Floats]:
    """Rows of another table whose follow-up is known, and that follow-up.

    Raises
    ------
    UsageError
        If a time is no number.
    """
    check_times("The table", outcome, frame)
    place = pl.Series("_place", np.arange(frame.height))
    kept = frame.with_columns(place).filter(pl.Series(_is_known(outcome, frame)))
    kept, _ = without_gaps(outcome, kept)
    return kept["_place"].to_numpy().astype(np.int64), _coded(outcome, kept)


def _is_known(outcome: Outcome, frame: pl.DataFrame) -> list[bool]:
    """Whether the end of each row's follow-up is recorded."""
    return [value is not None for value in texts_of(frame[outcome.column])]


def _coded(outcome: Outcome, frame: pl.DataFrame) -> Floats:
    """Time, code and entry, counted from the landmark; before it everybody was observed."""
    found = _as_given(outcome, frame)
    if outcome.landmark is not None:
        found[:, 0] -= outcome.landmark
        found[:, 2:] = _FROM_THE_START
    return found


def _as_given(outcome: Outcome, frame: pl.DataFrame) -> Floats:
    """Time, code and entry, counted from 0."""
    codes = dict.fromkeys(outcome.competing_value, 2.0) | dict.fromkeys(outcome.event_value, 1.0)
    ends = np.array([codes.get(str(text), 0.0) for text in texts_of(frame[outcome.column])])
    found = [_numbers(frame, outcome.time), ends]
    if outcome.entry is not None:
        entry = _numbers(frame, outcome.entry)
        found.append(np.where(entry <= 0, _FROM_THE_START, entry))
    return np.column_stack(found)


def _numbers(frame: pl.DataFrame, name: str | None) -> Floats:
    """A column as numbers, nan where nothing is recorded."""
    assert name is not None
    values: Floats = frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return values
