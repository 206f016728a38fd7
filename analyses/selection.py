"""Selection: does the plan fit the table, and which rows take part.

Belongs here: columns a plan may use at its prediction time, eligible rows, counted exclusions.
Does not belong here: building the cohort (`analyses.cohort`), the plan's form (`analyses.plan`).
A column that becomes known too late is refused, never dropped in silence.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.contacts import IMAGE_GAP
from analyses.eligibility import EXCLUSIONS
from analyses.endpoints import known_at_prediction
from analyses.outcomes import Coded, code_outcome, is_recorded
from analyses.plan import Plan
from analyses.plan_parts import EACH
from analyses.prepared import PLAIN, Preparation
from analyses.preprocessing import MISSING_STATES, is_text
from analyses.survival.selecting import check_times, columns_of, follow_up_of, without_gaps
from schemas.errors import UsageError
from schemas.showing import nearest_name

_EXCLUSION = "_exclusion"
#: A text of so many values may be a category whatever the number of rows.
_MOST_LEVELS = 12
#: The square of a larger number overflows soon.
_LARGEST = 1e100
_BECOMES_KNOWN = {
    "intraoperative": "intraoperatively",
    "pathology": "with the pathology",
    "postoperative": "postoperatively",
    "follow_up": "during follow-up",
}


@dataclass(frozen=True)
class Selected:
    """The rows of one analysis, sorted by patient and id.

    `cohort` holds every row of the cohort with the columns the plan uses, `frame` the eligible
    rows with a known outcome. `outcome` is 1 or 0, or the place of the row's class in `classes`
    (empty for a binary outcome); `merged` are the small classes that joined the rest, or the grades
    that stand together; `is_ordered`: the classes are grades. Attrition
    steps chain: each begins with what the last one left. `preparation` is that of the plan's
    models (`analyses.preparation`); the baseline is taken as it is. Of a time to an event `outcome`
    is 1 where the event was seen, `follow_up` as in `analyses.models.Training`.
    """

    cohort: pl.DataFrame
    frame: pl.DataFrame
    outcome: NDArray[np.float64]
    groups: NDArray[np.str_]
    predictors: tuple[str, ...]
    attrition: list[dict[str, Any]]
    classes: tuple[str, ...] = ()
    merged: tuple[tuple[str, int], ...] = ()
    is_ordered: bool = False
    preparation: Preparation = PLAIN
    follow_up: NDArray[np.float64] | None = None
    horizons: tuple[float, ...] = ()

    @property
    def excluded(self) -> list[dict[str, Any]]:
        """Reasons and numbers of the excluded rows."""
        return [{"reason": s["step"], "n": s["n_out"]} for s in self.attrition if s["n_out"]]


def select(plan: Plan, frame: pl.DataFrame, availability: Mapping[str, str] | None) -> Selected:
    """Check the plan against the table, then choose columns and rows.

    Parameters
    ----------
    plan
        The plan, for one cohort.
    frame
        One row per case.
    availability
        When each column becomes known; None for a table without a dictionary.

    Raises
    ------
    UsageError
        If a column is not there, becomes known after the prediction time, holds no usable type, or
        the outcome has more than two values; or if rows of different provenance would be mixed.
    """
    cohort = _cohort(plan, frame)
    predictors = resolve_predictors(plan, frame)
    _check_columns(plan, frame, predictors, availability)
    columns = tuple(dict.fromkeys((*predictors, *plan.baseline)))
    keys = [name for name in (plan.data.id, plan.data.group, plan.data.centre) if name]
    further = (*plan.subgroups, *plan.table_one)
    extra = [name for name in (*_administrative(plan), *further) if name in frame.columns]
    cohort = cohort.select(list(dict.fromkeys((*keys, *extra, *columns))))
    named = {plan.data.id, plan.data.group}
    cohort = _without_missing_texts(cohort, plan.data.missing, but=named)
    cohort = _sorted_by_patient(plan, cohort)
    for name in columns:
        _check_values(plan, cohort, name)
    check_times(plan.source, plan.outcome, cohort)
    eligible, attrition = _eligible(plan, cohort)
    groups = eligible[plan.data.group or plan.data.id].cast(pl.String).to_numpy().astype(np.str_)
    follow_up = follow_up_of(plan, eligible) if plan.outcome.kind == "survival" else None
    coded: Coded = (
        ((follow_up[:, 1] == 1).astype(np.float64), (), ())
        if follow_up is not None
        else code_outcome(plan, eligible, groups)
    )
    outcome, classes, merged = coded
    return Selected(
        cohort=cohort,
        frame=eligible,
        outcome=outcome,
        groups=groups,
        predictors=predictors,
        attrition=attrition,
        classes=classes,
        merged=merged,
        is_ordered=plan.outcome.kind == "ordinal",
        follow_up=follow_up,
        horizons=plan.outcome.horizons,
    )


def _administrative(plan: Plan) -> tuple[str, ...]:
    """The columns of the outcome, and that of the reasons against a row."""
    outcome = plan.outcome
    gaps = (IMAGE_GAP,) if outcome.time is not None else ()  # said beside every time
    return (outcome.column, outcome.column + _EXCLUSION, *columns_of(outcome), *gaps)


def resolve_predictors(plan: Plan, frame: pl.DataFrame) -> tuple[str, ...]:
    """The predictors by name, in the order of the plan, else of the table."""
    choice = plan.predictors
    if choice.names is not None:
        return choice.names
    never = {
        plan.data.id,
        plan.data.group,
        plan.data.centre,
        *_administrative(plan),
        "provenance",
    }
    candidates = [name for name in frame.columns if name not in never]
    if choice.prefix is not None:
        found = [name for name in candidates if name.startswith(choice.prefix)]
        where, what = "predictors.prefix", "no column of the table begins like this"
    else:
        but = choice.all_except or ()
        for place, name in enumerate(but):
            _check_there(plan, frame, name, f"predictors.all_except[{place}]")
        found = [name for name in candidates if name not in but]
        where, what = "predictors.all_except", "no column is left"
    if not found:
        raise UsageError(f"{plan.source}, {where}: {what}. Name at least one predictor.")
    return tuple(found)


def _cohort(plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of the plan's provenance."""
    wanted = plan.population.provenance
    if wanted == EACH:
        raise UsageError(
            f"{plan.source}, population.provenance: 'each' means every cohort by itself; choose "
            "one of them before the plan is run."
        )
    if wanted is None:
        kinds = set(frame["provenance"].drop_nulls()) if "provenance" in frame.columns else set()
        if "simulated" in kinds and len(kinds) > 1:
            raise UsageError(
                f"{plan.source}, population: the table holds simulated and other rows, which are "
                "never analysed together. Name one provenance."
            )
        return frame
    _check_there(plan, frame, "provenance", "population.provenance")
    return frame.filter(pl.col("provenance") == wanted)


def _check_columns(
    plan: Plan,
    frame: pl.DataFrame,
    predictors: Sequence[str],
    availability: Mapping[str, str] | None,
) -> None:
    """Every column is there, and every predictor was known at the prediction time."""
    named = {
        "data.id": plan.data.id,
        "data.group": plan.data.group,
        "data.centre": plan.data.centre,
        f"outcome.{'event' if plan.outcome.kind == 'survival' else 'column'}": plan.outcome.column,
        "outcome.time": plan.outcome.time,
        "outcome.entry": plan.outcome.entry,
    }
    for path, name in named.items():
        if name is not None:
            _check_there(plan, frame, name, path)
    for key in ("subgroups", "table_one"):
        for place, name in enumerate(getattr(plan, key)):
            _check_there(plan, frame, name, f"{key}[{place}]")
    by_name = plan.predictors.names is not None
    chosen = "predictors.prefix" if plan.predictors.prefix else "predictors.all_except"
    paths = [(f"predictors[{i}]" if by_name else chosen, n) for i, n in enumerate(predictors)]
    paths += [(f"baseline[{i}]", name) for i, name in enumerate(plan.baseline)]
    keys = {name for name in named.values() if name} | {plan.outcome.column + _EXCLUSION}
    outcome = {plan.outcome.column, plan.outcome.time}
    for path, name in paths:
        _check_there(plan, frame, name, path)
        if name in keys - outcome:
            raise _too_late(plan, path, f"'{name}' is a key or an administrative column")
        if name in outcome:
            raise _too_late(plan, path, f"'{name}' is the outcome itself")
        if availability is not None:
            _check_time(plan, path, name, availability.get(name))


def _check_there(plan: Plan, frame: pl.DataFrame, name: str, path: str) -> None:
    """The column is in the table."""
    if name in frame.columns:
        return
    near = nearest_name(name, sorted(frame.columns))
    hint = f"nearest is '{near}'" if near else "none has a similar name"
    raise UsageError(
        f"{plan.source}, {path}: '{name}' is not a column of the table; {hint}. Correct the name; "
        "'imsct dictionary' lists every column."
    )


def _check_time(plan: Plan, path: str, name: str, time: str | None) -> None:
    """The column was known at the prediction time."""
    if time in known_at_prediction(plan.outcome.column):
        return
    if time is None:
        raise _too_late(plan, path, f"'{name}' has no availability time")
    if time in _BECOMES_KNOWN:
        raise _too_late(plan, path, f"'{name}' becomes known {_BECOMES_KNOWN[time]}")
    raise _too_late(plan, path, f"'{name}' is a key or an administrative column")


def _too_late(plan: Plan, path: str, what: str) -> UsageError:
    """A predictor that the plan may not use."""
    return UsageError(
        f"{plan.source}, {path}: {what}; a model may use only what was known at its prediction "
        "time. Remove it; 'imsct dictionary' lists the availability time of every column."
    )


def _without_missing_texts(
    frame: pl.DataFrame, missing: Sequence[str], *, but: Collection[str | None]
) -> pl.DataFrame:
    """Texts that mean missing become missing."""
    texts = [c for c in frame.columns if is_text(frame[c].dtype) and c not in but]
    return frame.with_columns(
        pl.col(name)
        .cast(pl.String)
        .pipe(lambda c: pl.when(c.is_in(list(missing))).then(None).otherwise(c))
        .alias(name)
        for name in texts
    )


def _sorted_by_patient(plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows by patient and id, as text; every row must have a patient and an id of its own."""
    group = plan.data.group or plan.data.id
    for path, name in (("data.id", plan.data.id), ("data.group", group)):
        texts = frame[name].cast(pl.String)
        n_empty = int((texts.is_null() | texts.is_in(list(plan.data.missing))).sum())
        if n_empty:
            raise UsageError(
                f"{plan.source}, {path}: '{name}' is empty in {n_empty} rows. Every row needs one."
            )
    repeated = frame.height - frame[plan.data.id].n_unique()
    if repeated:
        raise UsageError(
            f"{plan.source}, data.id: '{plan.data.id}' repeats in {repeated} rows. Name the column "
            "that tells rows apart, and the patient as data.group."
        )
    return frame.sort(pl.col(group).cast(pl.String), pl.col(plan.data.id).cast(pl.String))


def _check_values(plan: Plan, frame: pl.DataFrame, name: str) -> None:
    """A predictor holds numbers, truth values or texts."""
    dtype = frame[name].dtype
    usable = dtype.is_numeric() or dtype in (pl.Boolean, pl.Null) or is_text(dtype)
    if not usable:
        raise UsageError(
            f"{plan.source}: column '{name}' holds values of type {dtype}; a predictor must be a "
            "number, a truth value or a text. Convert it or leave it out."
        )
    if is_text(dtype):
        texts = frame[name].cast(pl.String)
        _check_no_numbers(plan, texts)
        _check_describes(plan, texts)
    if dtype.is_float() and (frame[name].abs() > _LARGEST).any():
        size = "an infinite value" if frame[name].is_infinite().any() else "a value beyond 1e100"
        raise UsageError(
            f"{plan.source}: column '{name}' holds {size}. Correct it or leave it empty."
        )


def _check_no_numbers(plan: Plan, texts: pl.Series) -> None:
    """A column of numbers that one cell made a text would be learned as a category of each."""
    recorded = texts.drop_nulls()
    recorded = recorded.filter(~recorded.is_in(["", *MISSING_STATES]))
    values = recorded.str.strip_chars().cast(pl.Float64, strict=False)
    finite = values.is_finite().fill_null(value=False)
    n_finite = int(finite.sum())
    # 'NaN' and 'inf' are read as numbers too, and are none
    is_mixed = n_finite < len(recorded) < 2 * values.count()
    if is_mixed and values.filter(finite).n_unique() > _MOST_LEVELS:
        raise UsageError(
            f"{plan.source}: column '{texts.name}' holds numbers in {n_finite} rows and something "
            f"else in {len(recorded) - n_finite}; every number would be taken for a category. "
            "Correct those cells, or write the text that means missing into data.missing."
        )


def _check_describes(plan: Plan, texts: pl.Series) -> None:
    """A text describes cases; one that hardly any two share names them, and would be printed."""
    recorded = texts.drop_nulls()
    recorded = recorded.filter(~recorded.is_in(["", *MISSING_STATES]))
    n_texts, n = recorded.n_unique(), len(recorded)
    if n_texts > max(_MOST_LEVELS, n / 2):
        raise UsageError(
            f"{plan.source}: column '{texts.name}' holds {n_texts} different texts in {n} rows; it "
            "names cases instead of describing them. Leave it out, or group its values."
        )


def _eligible(plan: Plan, cohort: pl.DataFrame) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Eligible rows with a known outcome, and how many each reason takes away."""
    attrition: list[dict[str, Any]] = []
    left = cohort
    column = plan.outcome.column + _EXCLUSION
    if column in cohort.columns:
        counts = cohort[column].drop_nulls().value_counts(name="n").rows()
        asked = {reason: place for place, reason in enumerate(EXCLUSIONS)}
        for reason, n in sorted(counts, key=lambda c: (asked.get(c[0], len(asked)), -c[1], c[0])):
            attrition.append(_step(reason, left.height, n))
            left = left.filter(pl.col(column).is_null() | (pl.col(column) != reason))
    known = left.filter(pl.Series(is_recorded(left[plan.outcome.column]), dtype=pl.Boolean))
    attrition.append(_step("outcome not recorded", left.height, left.height - known.height))
    if plan.outcome.kind == "survival":
        before = known.height
        known, steps = without_gaps(plan.outcome, known)
        for reason, n in steps:
            attrition.append(_step(reason, before, n))
            before -= n
    return known, attrition


def _step(reason: str, before: int, out: int) -> dict[str, Any]:
    """One step of the attrition."""
    return {"step": reason, "n_before": before, "n_out": out, "n_after": before - out}
