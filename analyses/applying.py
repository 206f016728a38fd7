"""A frozen model on the cases of another table, without any refit.

Belongs here: reading its description, its risks, what of the table it was not made for, how well it
did where outcomes are known.
Does not belong here: describing a model (`analyses.frozen`), evaluation (`analyses.evaluation`),
reading tables.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from analyses.evaluation import OutOfFold, performance
from analyses.frozen import NOT_FOR_USE, SCHEMA, hash_cases
from analyses.metrics import Floats, recalibration
from analyses.models import predict_risk
from analyses.outcomes import outcome_known
from analyses.plan_parts import Outcome
from analyses.prediction_sets import members
from analyses.preprocessing import MISSING_STATES, is_text, with_categories
from analyses.resampling import Stage, bootstrap_weights, generator
from analyses.survival.said import scores_and_risks, with_censoring
from analyses.survival.selecting import columns_of, known_follow_up
from analyses.verdict import middle_split
from schemas.errors import IntegrityError, UsageError
from schemas.showing import counted, nearest_name

#: Bootstrap samples behind the intervals of an external performance, and their seed.
_DRAWS, _SEED = 2000, 1
#: Events, and cases without, from which on an external performance is given (statistics.md, 1.6).
LEAST = 10


def read_description(text: str, data: bytes) -> dict[str, Any]:
    """The description of a model, once it is known to be that of the file.

    Raises
    ------
    IntegrityError
        If it is no description, or its hash is not that of the bytes.
    """
    try:
        described: dict[str, Any] = json.loads(text)
        is_one = described["schema"] == SCHEMA
        named = described["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(
            "model.json: it is no description of a model. Make the model again: 'imsct analyse'."
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if not is_one or digest != named:
        raise IntegrityError(
            f"model.skops: sha256 begins {digest[:6]}, model.json says {str(named)[:6]}. One of "
            "them was changed; nothing was loaded. Make the model again with 'imsct analyse'."
        )
    return described


def check_columns(described: Mapping[str, Any], frame: pl.DataFrame) -> None:
    """Refuse a table that lacks what the model reads, repeats an id or holds other values.

    Raises
    ------
    UsageError
        Naming every column that is not there, with the nearest name there is.
    """
    wanted = [described["id_column"], *(p["column"] for p in described["predictors"])]
    wanted += centre_column(described)
    gone = [name for name in wanted if name not in frame.columns]
    if gone:
        said = [f"'{name}'{_like(name, frame.columns)}" for name in gone]
        raise UsageError(
            f"The table lacks what the model reads: {', '.join(said)}. Nothing was scored: an "
            "absent column is not a missing value. Add it, empty where nothing is known."
        )
    repeated = frame.height - frame[described["id_column"]].n_unique()
    if repeated:
        raise UsageError(
            f"Column '{described['id_column']}' repeats in {counted(repeated, 'row')}: a case that "
            "stands twice counts twice. Nothing was scored; leave each case once."
        )
    for predictor in described["predictors"]:
        name = predictor["column"]
        dtype = frame[name].dtype
        told = without_missing_texts(frame, name, ["", *described["missing"]])
        is_empty = told[name].null_count() == frame.height
        if is_empty or is_text(dtype) == (predictor["kind"] == "text"):
            continue
        raise UsageError(
            f"Column '{name}': the model was made from a column of "
            f"{predictor['kind']}s, this one is of type {dtype}. Correct the column; nothing was "
            "scored."
        )


def centre_column(described: Mapping[str, Any]) -> list[str]:
    """The column of the centre, if the model harmonises; else none."""
    found = described.get("harmonised")
    return [] if found is None else [found["centre_column"]]


def from_unseen_centres(described: Mapping[str, Any], frame: pl.DataFrame) -> int:
    """How many cases are of a centre without parameters: their numbers are used as they are."""
    found = described.get("harmonised")
    if found is None:
        return 0
    known = frame[found["centre_column"]].cast(pl.String).is_in(found["centres"])
    return int((~known.fill_null(False)).sum())


def _like(name: str, columns: Sequence[str]) -> str:
    """The nearest name, in words."""
    near = nearest_name(name, sorted(columns))
    return f" (nearest is '{near}')" if near else ""


def score(
    described: Mapping[str, Any], pipeline: Pipeline, frame: pl.DataFrame
) -> tuple[pl.DataFrame, Floats]:
    """Risks of new cases by the model as it is.

    Returns
    -------
    tuple[pl.DataFrame, Floats]
        A row per case in the order of the table: its id; `risk`, or `risk: <class>` for each class,
        or `risk by <time>` for each horizon; where the model has prediction sets, `set` (classes
        that are not ruled out, empty: none of those judged fits) and `not_judged` (classes with too
        few patients to say); `extrapolation`, the predictors outside of what the model has seen;
        `model`, `verdict`, `note`. And the risks, shape (n,) or (n, classes); of a time to an event
        the score and the risks, shape (n, 1 + horizons).

    Raises
    ------
    UsageError
        As `check_columns`.
    """
    check_columns(described, frame)
    names = [predictor["column"] for predictor in described["predictors"]]
    cases = _as_trained(described, frame)
    classes = described["outcome"]["classes"]
    table = with_categories(cases.select(names), names).with_columns(
        cases[name].cast(pl.String) for name in centre_column(described)
    )
    timed = described["outcome"].get("follow_up")
    if timed is not None:
        risk = scores_and_risks(pipeline, table, timed["horizons"])
        risks = {f"risk by {t:g}": risk[:, 1 + k] for k, t in enumerate(timed["horizons"])}
    else:
        risk = predict_risk(pipeline, table, n_classes=max(2, len(classes)))
        risks = (
            {"risk": risk}
            if risk.ndim == 1
            else {f"risk: {c}": risk[:, k] for k, c in enumerate(classes)}
        )
    return (
        pl.DataFrame(
            {
                described["id_column"]: frame[described["id_column"]],
                **risks,
                **_sets_of(described, risk),
                "extrapolation": _outside(described, cases),
            }
        ).with_columns(
            model=pl.lit(described["id"]),
            verdict=pl.lit(described["verdict"]),
            note=pl.lit(NOT_FOR_USE),
        ),
        risk,
    )


def _sets_of(described: Mapping[str, Any], risk: Floats) -> dict[str, Any]:
    """The set of each case, and the classes that are in none of them."""
    if described.get("sets") is None:
        return {}
    classes = described["sets"]["classes"]
    names = [row["class"] for row in classes]
    found = members(risk, [row["threshold"] for row in classes])
    return {
        "set": [
            "; ".join(n for n, is_in in zip(names, row, strict=True) if is_in) for row in found
        ],
        "not_judged": ["; ".join(row["class"] for row in classes if row["threshold"] is None)]
        * len(risk),
    }


def _as_trained(described: Mapping[str, Any], frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that mean missing as missing, and an empty column as the kind that it was."""
    missing = list(described["missing"])
    made = []
    for predictor in described["predictors"]:
        column = pl.col(predictor["column"])
        if predictor["kind"] == "text":
            text = frame.with_columns(column.cast(pl.String))
            frame = without_missing_texts(text, predictor["column"], missing)
        else:
            made.append(column.cast(pl.Float64, strict=False))
    return frame.with_columns(made)


def without_missing_texts(frame: pl.DataFrame, name: str, missing: Sequence[str]) -> pl.DataFrame:
    """The table with the texts of a column that mean missing as missing; numbers as they are.

    Examples
    --------
    >>> frame = pl.DataFrame({"y": ["yes", "", "NA"]})
    >>> without_missing_texts(frame, "y", ["", "NA"])["y"].to_list()
    ['yes', None, None]
    """
    if not is_text(frame[name].dtype):
        return frame
    text = pl.col(name).cast(pl.String)
    kept = pl.when(text.is_in(list(missing))).then(None).otherwise(text)
    return frame.with_columns(kept.alias(name))


def _outside(described: Mapping[str, Any], cases: pl.DataFrame) -> list[str]:
    """Of each case the predictors whose value the model has not seen the like of."""
    found: list[list[str]] = [[] for _ in range(cases.height)]
    for predictor in described["predictors"]:
        values = cases[predictor["column"]]
        if predictor["kind"] == "text":
            known = [*predictor["levels"], *MISSING_STATES]
            is_outside = ~values.is_in(known) & values.is_not_null()
        elif predictor["range"] is None:
            is_outside = values.is_not_null()
        else:
            low, high = predictor["range"]
            is_outside = (values < low) | (values > high)
        for place in np.flatnonzero(is_outside.fill_null(False).to_numpy()):
            found[place].append(predictor["column"])
    return ["; ".join(names) for names in found]


def external_performance(
    described: Mapping[str, Any],
    outcome: NDArray[np.float64],
    risk: Floats,
    groups: NDArray[np.str_],
) -> dict[str, Any]:
    """How the model does on cases of another table, as it is, and what would recalibrate it there.

    Parameters
    ----------
    described
        The model.
    outcome
        Shape (n,). 0 or 1, or the place of the class; of a time to an event the follow-up.
    risk
        As `score` gives them, of the same rows.
    groups
        Shape (n,). Patient of each row: the intervals draw patients.

    Returns
    -------
    dict[str, Any]
        `n`, `events`, `performance` (None with too few events, and `reason`; of a time to an event
        at `horizon`, the first), `recalibration`:
        intercept and slope for the logit of the risk, of a binary outcome only.
    """
    if described["outcome"].get("follow_up") is not None:
        return _of_times(described, outcome, risk, groups)
    n_classes = max(2, len(described["outcome"]["classes"]))
    counts = np.bincount(outcome.astype(int), minlength=n_classes)
    found: dict[str, Any] = {"n": len(outcome), "events": [int(n) for n in counts]}
    is_ordered = described["outcome"]["kind"] == "ordinal"
    least = middle_split(counts.tolist())[1] if is_ordered else counts.min()
    if least < LEAST:
        reason = f"fewer than {LEAST} cases of an outcome: counts only"
        return {**found, "performance": None, "recalibration": None, "reason": reason}
    shares = np.array(described["outcome"]["shares"])
    null = np.broadcast_to(shares[1] if n_classes == 2 else shares, risk.shape)
    unseen = OutOfFold(risk[None], null[None], np.zeros((1, len(outcome)), dtype=np.int64), ())
    weights = bootstrap_weights(groups, n_draws=_DRAWS, rng=generator(_SEED, Stage.INTERVALS))
    panel = performance(
        outcome, unseen, weights, n_classes=n_classes, is_ordered=is_ordered, is_fixed=True
    )
    again = None
    if n_classes == 2:
        intercept, slope = recalibration(outcome, risk)
        again = {"intercept": intercept, "slope": slope}
    return {**found, "performance": panel, "recalibration": again, "reason": None}


def _of_times(
    described: Mapping[str, Any], follow_up: Floats, risk: Floats, groups: NDArray[np.str_]
) -> dict[str, Any]:
    """The same for a time to an event; the censoring is that of these cases."""
    timed = described["outcome"]["follow_up"]
    events = int((follow_up[:, 1] == 1).sum())
    found: dict[str, Any] = {"n": len(risk), "events": [len(risk) - events, events]}
    if events < LEAST:
        reason = f"fewer than {LEAST} with the event: counts only"
        return {**found, "performance": None, "recalibration": None, "reason": reason}
    horizons = tuple(timed["horizons"])
    found["horizon"] = horizons[0]
    said, null = with_censoring(
        risk[:, 0],
        risk[:, 1:],
        np.array(timed["null_risks"], dtype=np.float64),  # null becomes nan
        follow_up,
        follow_up,
        horizons=horizons,
    )
    unseen = OutOfFold(said[None], null[None], np.zeros((1, len(risk)), dtype=np.int64), ())
    weights = bootstrap_weights(groups, n_draws=_DRAWS, rng=generator(_SEED, Stage.INTERVALS))
    panel = performance(follow_up, unseen, weights, horizons=horizons, is_fixed=True)
    return {**found, "performance": panel, "recalibration": None, "reason": None}


def known_outcomes(
    described: Mapping[str, Any], frame: pl.DataFrame
) -> tuple[NDArray[np.int64], Floats] | None:
    """Rows whose outcome is known, and it; None where the table does not hold it.

    Raises
    ------
    UsageError
        If a value is no outcome of the model, or a time no number.
    """
    kept = described["outcome"]
    timed = kept.get("follow_up") or {}
    outcome = Outcome(
        kept["kind"],
        kept["column"],
        kept["positive"],
        kept["rest"],
        time=timed.get("time"),
        event_value=tuple(timed.get("event_value", ())),
        competing_value=tuple(timed.get("competing_value", ())),
        entry=timed.get("entry"),
        horizons=tuple(timed.get("horizons", ())),
        landmark=timed.get("landmark"),
    )
    columns = (outcome.column, *columns_of(outcome))
    if not set(columns) <= set(frame.columns):
        return None
    for name in columns:
        frame = without_missing_texts(frame, name, described["missing"])
    if timed:
        return known_follow_up(outcome, frame)
    return outcome_known(outcome, frame, kept["classes"])


def is_training(described: Mapping[str, Any], frame: pl.DataFrame, outcome: Floats) -> bool:
    """Whether these cases are the very ones that the model was made from."""
    names = [predictor["column"] for predictor in described["predictors"]]
    cases = _as_trained(described, frame).select(names)
    return bool(described.get("training_sha256") == hash_cases(cases, outcome))
