"""Readers: how far they agree on what a model uses, and the model made from each reader's signs.

Belongs here: which statistic a column gets, the flags, the models reader by reader.
Does not belong here: the statistics (`analyses.kappas`, `analyses.agreement`), leaving columns out
(`analyses.filters`), drawing reads from the warehouse (`analyses.reader_cohort`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.agreement import LEAST_AGREEMENT, READER, icc_agreement
from analyses.kappas import Agreement, Weights, cohen_kappa
from analyses.learners import learner_of
from analyses.plan import Plan
from analyses.plan_options import BY_READER
from analyses.preprocessing import is_text
from analyses.reader_cohort import CONSENSUS
from analyses.selection import Selected, select
from analyses.sensitivity import evaluated
from analyses.trainings import counts_of, has_centres
from analyses.verdict import decide
from schemas.columns import Code
from schemas.tables import BY_NAME

#: Below this kappa readers agree moderately at best: Landis JR, Koch GG. Biometrics 1977;33:159.
LEAST_KAPPA = 0.6
#: A whole number of so many different values or fewer is a grade.
_MOST_GRADES = 7
#: Answers that say nothing about the sign. "indeterminate" is an answer: looked for, unsure.
_NO_ANSWER = ("not_assessable", "not_reported", "unknown", "")
_FEW_READS = 0.5

_NO_READS = {
    "code": "no_reads",
    "message": (
        "The plan asks for the primary model by reader, and names no file of repeated reads: none "
        "was made. Name the file as agreement."
    ),
}

Entry = dict[str, Any]


def add_readers(
    results: Entry,
    plan: Plan,
    selected: Selected,
    frame: pl.DataFrame,
    availability: Mapping[str, str] | None,
    reads: pl.DataFrame | None,
    *,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Add what the reads say to the results of a plan: `readers`, flags of models, warnings.

    Parameters
    ----------
    results
        Of the main analysis; changed. Each entry of `models` gets `low_agreement`, the predictors
        on which readers agree less than stated; one warning names them all.
    plan, selected, frame, availability, processes, progress
        As in `analyses.protocol.run_plan`.
    reads
        A row for each case and reader; None: every case was read once.
    """
    results["readers"] = None
    for model in results["models"]:
        model["low_agreement"] = []
    if reads is None:
        if BY_READER in plan.sensitivity:
            _warn(results, _NO_READS)
        return
    known = selected.frame if availability is not None else None
    mine = _of_cases(plan, reads, known)
    twice = _read_twice(plan, mine)
    columns = [name for name in selected.predictors if name in twice]
    judged = [_column(plan, selected, mine, name) for name in columns]
    low = {row["column"] for row in judged if row["is_low"]}
    for model in results["models"]:
        model["low_agreement"] = [name for name in model["predictors"] if name in low]
    used = sorted({name for model in results["models"] for name in model["low_agreement"]})
    if used:
        _warn(results, _warning(used))
    results["readers"] = {
        "cases": _read_by_several(plan, mine),
        "least": {"kappa": LEAST_KAPPA, "icc": LEAST_AGREEMENT},
        "columns": judged,
        "models": [],
    }
    primary = next((m["name"] for m in results["models"] if m["role"] == "primary"), None)
    if BY_READER not in plan.sensitivity or primary is None:
        return
    results["readers"]["models"] = _models(
        plan, selected, frame, availability, mine, columns, primary, processes, progress
    )


def _of_cases(plan: Plan, reads: pl.DataFrame, known: pl.DataFrame | None) -> pl.DataFrame:
    """The reads, of the analysed cases where the reads of others are about."""
    found = reads.with_columns(pl.col(plan.data.id, READER).cast(pl.String))
    if known is None:
        return found
    return found.filter(pl.col(plan.data.id).is_in(known[plan.data.id].cast(pl.String).implode()))


def _read_twice(plan: Plan, reads: pl.DataFrame) -> set[str]:
    """Columns of which two readers gave a value for one case; many a measure is taken once."""
    by_case = reads.filter(pl.col(READER) != CONSENSUS).group_by(plan.data.id)
    counted = by_case.agg(pl.exclude(READER, plan.data.id).count()).drop(plan.data.id)
    return {name for name in counted.columns if (counted[name] > 1).any()}


def _read_by_several(plan: Plan, reads: pl.DataFrame) -> int:
    """Cases that two readers or more read; a file may hold others, which tell of no agreement."""
    own = reads.filter(pl.col(READER) != CONSENSUS)
    by_case = own.group_by(plan.data.id).agg(pl.col(READER).n_unique())
    return by_case.filter(pl.col(READER) > 1).height


def _column(plan: Plan, selected: Selected, reads: pl.DataFrame, name: str) -> Entry:
    """Agreement on one column, overall and by centre."""
    every, readers = _answers(plan, reads, name)
    kind, order = _kind(reads[name])
    found: Entry = {"column": name, "measure": kind, "is_low": False, "by_centre": []}
    found |= _agreement(every, readers, kind, order)
    least = LEAST_AGREEMENT if kind == "icc" else LEAST_KAPPA
    found["is_low"] = found["estimate"] is not None and found["estimate"] < least
    if plan.data.centre is not None and has_centres(plan):
        centres = selected.frame.select(
            pl.col(plan.data.id).cast(pl.String), centre=pl.col(plan.data.centre).cast(pl.String)
        )
        placed = every.join(centres, on=plan.data.id, how="inner")
        found["by_centre"] = [
            {"centre": name, **_agreement(part, readers, kind, order)}
            for (name,), part in sorted(placed.drop_nulls("centre").group_by("centre"))
        ]
    return found


def _answers(plan: Plan, reads: pl.DataFrame, name: str) -> tuple[pl.DataFrame, list[str]]:
    """What each reader said of every case that all of them read; the agreed read is none."""
    own = reads.filter(pl.col(READER) != CONSENSUS)
    readers = sorted(own[READER].unique().to_list())
    labels = [f"reader {k}" for k in range(len(readers))]
    found = own.select(plan.data.id).unique()
    for reader, label in zip(readers, labels, strict=True):
        part = own.filter(pl.col(READER) == reader).select(plan.data.id, pl.col(name).alias(label))
        found = found.join(part, on=plan.data.id, how="inner")
    return found.sort(plan.data.id), labels


def _kind(column: pl.Series) -> tuple[str, tuple[str, ...]]:
    """Which statistic a column gets, and its levels in order where it has an order."""
    if is_text(column.dtype) or column.dtype == pl.Boolean:
        declared = BY_NAME["imaging_reads"]
        if column.name in declared.names:
            kind = declared[column.name].type
            if isinstance(kind, Code) and kind.vocabulary.is_ordered:
                return "kappa_quadratic", kind.vocabulary.coded
        return "kappa", ()
    values = column.drop_nulls()
    is_whole = bool((values.cast(pl.Float64) % 1 == 0).all())
    if is_whole and values.n_unique() <= _MOST_GRADES:
        return "kappa_quadratic", tuple(
            f"{value:g}" for value in sorted(values.cast(pl.Float64).unique().to_list())
        )
    return "icc", ()


def _agreement(every: pl.DataFrame, readers: list[str], kind: str, order: Sequence[str]) -> Entry:
    """The statistic on the cases of which every reader gave an answer."""
    if kind == "icc":
        usable = every.drop_nulls(readers)
        values = usable.select(pl.col(readers).cast(pl.Float64)).to_numpy()
        found = _icc(values)
    else:
        texts = every.with_columns(_as_level(every[name]).alias(name) for name in readers)
        is_answer = ~pl.col(readers).is_in(_NO_ANSWER)
        if order:
            is_answer &= pl.col(readers).is_in(list(order))
        usable = texts.drop_nulls(readers).filter(pl.all_horizontal(is_answer))
        values, n_levels = _coded(usable, readers, order)
        found = _kappa(values, n_levels, "none" if kind == "kappa" else "quadratic")
    agreed = (values == values[:, :1]).all(axis=1)
    return {
        "n": usable.height,
        "not_assessable": every.height - usable.height,
        "share_agreed": float(agreed.mean()) if len(agreed) else None,
        **_said(found),
    }


def _kappa(values: NDArray[np.int64], n_levels: int, weights: Weights) -> Agreement:
    """Kappa of two readers; of more the mean over their pairs (Light), without limits."""
    pairs = [
        cohen_kappa(values[:, i], values[:, j], levels=n_levels, weights=weights)
        for i, j in combinations(range(values.shape[1]), 2)
    ]
    if len(pairs) == 1:
        return pairs[0]
    known = [pair.estimate for pair in pairs if pair.estimate is not None]
    if len(known) < len(pairs):
        return Agreement(None, reason=next(p.reason for p in pairs if p.reason))
    return Agreement(float(np.mean(known)), reason="mean over pairs of readers, without limits")


def _as_level(column: pl.Series) -> pl.Series:
    """A level as text: a number as a person writes it."""
    if is_text(column.dtype):
        return column.cast(pl.String)
    if column.dtype == pl.Boolean:
        return column.cast(pl.String)
    values = [None if v is None else f"{v:g}" for v in column.cast(pl.Float64).to_list()]
    return pl.Series(column.name, values, dtype=pl.String)


def _coded(
    usable: pl.DataFrame, readers: list[str], order: Sequence[str]
) -> tuple[NDArray[np.int64], int]:
    """The place of each answer among the levels, which are in order where there is one."""
    texts = usable.select(readers).to_numpy().astype(np.str_).reshape(-1, len(readers))
    levels = list(order) or sorted(set(texts.ravel().tolist()))
    place = {level: k for k, level in enumerate(levels)}
    coded = [[place[text] for text in row] for row in texts.tolist()]
    return np.array(coded, dtype=np.int64).reshape(-1, len(readers)), len(levels)


def _icc(values: NDArray[np.float64]) -> Agreement:
    """ICC(2,1) of one number."""
    estimate, low, high = icc_agreement(values[:, :, None])[:, 0].tolist()
    if np.isnan(estimate):
        return Agreement(None, reason="fewer than three cases, or no variation")
    if not high - low > 1e-9:
        return Agreement(estimate, reason="readers never differ, which gives no limits")
    return Agreement(estimate, low, high)


def _said(found: Agreement) -> Entry:
    """An agreement as the results have it."""
    limits = None if found.low is None or found.high is None else [found.low, found.high]
    return {"estimate": found.estimate, "interval": limits, "reason": found.reason}


def _warn(results: Entry, warning: dict[str, str]) -> None:
    """Add a warning in its place."""
    results["warnings"] = sorted(
        [*results["warnings"], warning], key=lambda w: (w["code"], w["message"])
    )


def _warning(names: Sequence[str]) -> dict[str, str]:
    """What a reader of the report has to know of the models."""
    return {
        "code": "low_agreement",
        "message": (
            f"Readers agree little on {', '.join(names)} (kappa below {LEAST_KAPPA}, of a number "
            f"ICC(2,1) below {LEAST_AGREEMENT}). A model that uses them is as good as the reader "
            "it was made with."
        ),
    }


def _models(
    plan: Plan,
    selected: Selected,
    frame: pl.DataFrame,
    availability: Mapping[str, str] | None,
    reads: pl.DataFrame,
    columns: Sequence[str],
    primary: str,
    processes: int,
    progress: Callable[[str], None] | None,
) -> list[Entry]:
    """The primary model from each reader's values, on the cases that every one of them read."""
    readers = sorted(reads[READER].unique().to_list(), key=lambda r: (r == CONSENSUS, r))
    counted = reads.group_by(plan.data.id).agg(pl.col(READER).n_unique())
    ids = counted.filter(pl.col(READER) == len(readers))[plan.data.id]
    moved = [n for n in columns if reads[n].null_count() < _FEW_READS * reads.height]
    key = pl.col(plan.data.id).cast(pl.String)
    found = []
    for reader in readers:
        own = reads.filter(pl.col(READER) == reader).select(plan.data.id, *moved)
        table = frame.filter(key.is_in(ids.implode())).with_columns(key).drop(moved)
        chosen = replace(
            select(plan, table.join(own, on=plan.data.id, how="left"), availability),
            preparation=selected.preparation,
        )
        entry = _one(plan, chosen, primary, processes, _telling(progress, f"{plan.name}: {reader}"))
        found.append({"reader": reader, "columns": moved, **entry})
    return found


def _telling(progress: Callable[[str], None] | None, who: str) -> Callable[[str], None] | None:
    """Progress that says which reader it is about."""
    return None if progress is None else lambda message: progress(f"{who}: {message}")


def _one(
    plan: Plan,
    chosen: Selected,
    primary: str,
    processes: int,
    progress: Callable[[str], None] | None,
) -> Entry:
    """One reader's model beside the baseline on the same folds."""
    verdict = decide(counts_of(plan, chosen))
    empty = dict.fromkeys(("nested_cv", "against_baseline", "beats_baseline"))
    is_binary = not chosen.classes
    entry: Entry = {
        "n": chosen.frame.height,
        "events": int(chosen.outcome.sum()) if is_binary else None,
        "verdict": verdict["level"],
        "reason": None,
        **empty,
    }
    if verdict["level"] == "describe_only":
        return entry | {"reason": " ".join(verdict["reasons"])}
    return entry | evaluated(plan, chosen, learner_of(primary), processes, progress)
