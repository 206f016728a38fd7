"""Added value (rule V4): how much better a model is with some columns than without them.

Belongs here: which columns each claim of rule V4 adds to which, and the difference of the AUC or C.
Does not belong here: the verdict (`analyses.ledger`), folds and fits (`analyses.evaluation`).
Both models are ridge regressions on the same cases and folds; only the difference is taken, so
that eight models cost seconds. A plan names each comparison, and its hash stands in the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats
from sklearn import config_context
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from analyses.evaluation import OutOfFold, nested_cross_validation, outer_folds
from analyses.intervals import corrected_difference
from analyses.learners import learner_of
from analyses.metrics import Floats
from analyses.models import Training
from analyses.outcomes import is_recorded
from analyses.panel import panel_of, whole
from analyses.plan import Plan, shipped_plans
from analyses.plan_parts import Columns, DataKeys, Population, Resampling
from analyses.preprocessing import MISSING_STATES
from analyses.selection import Selected, select
from analyses.trainings import counts_of, training_of
from analyses.verdict import LEAST_EVENTS, LEAST_PATIENTS, decide

#: Two repeats, so that a run of the line waits for seconds; bootstraps are for models.
RESAMPLING = Resampling(outer_folds=5, inner_folds=5, repeats=2, bootstraps=0, seed=1)
#: Without the number of cases: a small one is not for everybody.
TOO_FEW = (
    "Too few cases, or too few with the outcome, to compare two models: at least "
    f"{LEAST_PATIENTS} cases are needed, with {LEAST_EVENTS} in the smaller group."
)
_CLINICAL, _IMAGING = "preoperative_clinical", "preoperative_imaging"
_DECIMALS = 10


@dataclass(frozen=True)
class Comparison:
    """One statistic of rule V4: the plan whose outcome it takes, and the columns on both sides.

    Without names of its own it takes the plan's predictors: the clinical ones, and the imaging
    ones added to them. `with_calibration` shows the calibration slope of the larger model beside.
    """

    claim: str
    place: int
    plan: str
    without: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    with_calibration: bool = False


_DIFFUSION = ("diffusion_restriction", "adc_mean_1e6_mm2_s", "choline_naa_ratio")
COMPARISONS = (
    Comparison(
        "C08",
        0,
        "histology",
        ("age_years", "margin", "axial_location", "polar_cyst", "intratumoural_cyst", "syrinx"),
        ("enhancement_degree", "enhancement_pattern"),
    ),
    Comparison("C19", 0, "high_grade", (), _DIFFUSION),
    Comparison("C21", 0, "gross_total_resection", with_calibration=True),
    Comparison("C22", 0, "functional_decline"),
    Comparison("C22", 1, "mccormick_12m"),
    Comparison("C22", 2, "progression_free_survival"),
)


def added_values(
    cases: pl.DataFrame,
    *,
    provenance: str,
    availability: Mapping[str, str],
    processes: int = 1,
) -> dict[tuple[str, int], dict[str, Any]]:
    """Every statistic of rule V4 on one cohort.

    Parameters
    ----------
    cases
        `analysis.cases`; rows of other cohorts are left out.
    provenance
        The cohort.
    availability
        When each column becomes known (`analysis.columns`).
    processes
        Processes that share the folds; nothing that comes out depends on it.

    Returns
    -------
    dict
        By claim and place of the statistic in the claim. Shape as `analyses.ledger` says, and
        `plan` (name and hash), `adds` (columns on both sides), `models` (AUC or C of each model,
        calibration where asked for).
    """
    found = {}
    # as in analyses.protocol: one BLAS thread keeps the last digits
    limits = threadpool_limits(limits=1)
    with limits, config_context(assume_finite=True, skip_parameter_validation=True):
        for asked in COMPARISONS:
            plan = plan_of(asked, provenance, availability)
            made = _statistic(asked, plan, cases, availability, processes)
            found[asked.claim, asked.place] = made
    return found


def plan_of(asked: Comparison, provenance: str, availability: Mapping[str, str]) -> Plan:
    """The plan of one comparison: its baseline is the smaller model, its predictors the larger."""
    shipped = shipped_plans()[asked.plan]
    names = shipped.predictors.names or ()
    own = tuple(n for n in names if n not in asked.added)
    clinical = tuple(n for n in own if availability.get(n) == _CLINICAL)
    imaging = tuple(n for n in own if availability.get(n) == _IMAGING)
    without = asked.without or (own if asked.added else clinical)
    return Plan(
        name=f"{asked.claim}-{asked.place + 1}-{asked.plan}-{provenance}",
        source=f"claim {asked.claim}",
        title=f"{asked.claim}: added value for {asked.plan.replace('_', ' ')}",
        data=DataKeys(id="case_id", group="patient_id"),
        population=Population(provenance=provenance),
        outcome=shipped.outcome,
        predictors=Columns(names=(*without, *(asked.added or imaging))),
        baseline=without,
        resampling=RESAMPLING,
    )


def added_columns(plan: Plan) -> tuple[str, ...]:
    """The columns that only the larger model has."""
    return tuple(name for name in plan.predictors.names or () if name not in plan.baseline)


def _statistic(
    asked: Comparison,
    plan: Plan,
    cases: pl.DataFrame,
    availability: Mapping[str, str],
    processes: int,
) -> dict[str, Any]:
    """One comparison as it stands in the ledger."""
    eligible = select(plan, cases, availability).frame.height
    selected = select(plan, cases.filter(_is_told(cases, added_columns(plan))), availability)
    folds = f"{RESAMPLING.repeats} x {RESAMPLING.outer_folds}-fold"
    made: dict[str, Any] = {
        "method": f"Ridge regression with and without the added columns, {folds} nested "
        "cross-validation, the same cases and folds; interval and p from the t distribution with "
        "the variance corrected for overlapping training parts; not stratified by site, for the "
        "difference within one site rests on too few cases.",
        "assessable": selected.frame.height,
        "not_assessable": eligible - selected.frame.height,
        "groups": _groups(selected, plan),
        "estimate": None,
        "interval": None,
        "p": None,
        "sites": [],
        "definitions": [],
        "i2": None,
        "i2_definitions": None,
        "plan": {"name": plan.name, "sha256": plan.sha256},
        "adds": {"to": list(plan.baseline), "columns": list(added_columns(plan))},
        "models": [],
        "reason": None,
    }
    if decide(counts_of(plan, selected))["level"] == "describe_only":
        return made | {"reason": TOO_FEW}
    return made | _difference(asked, plan, selected, processes)


def _difference(
    asked: Comparison, plan: Plan, selected: Selected, processes: int
) -> dict[str, Any]:
    """Both models on the same folds: difference, interval, p, and the AUC of each."""
    larger = training_of(selected, selected.predictors)
    smaller = training_of(selected, plan.baseline)
    folds = outer_folds(larger, plan.resampling)
    with_added, without = (
        nested_cross_validation(
            training,
            folds,
            learner=learner_of("ridge"),
            resampling=plan.resampling,
            processes=processes,
        )
        for training in (larger, smaller)
    )
    areas = [_areas(larger, predicted) for predicted in (without, with_added)]
    mean, interval, error = corrected_difference(
        areas[1] - areas[0], test_share=1 / (plan.resampling.outer_folds - 1)
    )
    if interval is None or error is None:
        return {"reason": "The AUC has no value in the folds."}
    known = int(np.isfinite(areas[1] - areas[0]).sum())
    unit = "C" if plan.outcome.kind == "survival" else "AUC"
    models = [
        {"label": f"{unit} {label}", "value": _rounded(float(np.nanmean(area)))}
        for label, area in zip(("without", "with the added columns"), areas, strict=True)
    ]
    if asked.with_calibration:
        slope = _calibration_slope(larger, with_added)
        models.append({"label": "calibration slope with them (ideal: 1)", "value": slope})
    return {
        "estimate": _rounded(mean),
        "interval": [_rounded(limit) for limit in interval],
        "p": p_of(mean, error, known - 1),
        "models": models,
    }


def p_of(mean: float, error: float, freedom: int) -> float:
    """Two-sided p of a mean difference of folds, from the t distribution of its interval.

    Examples
    --------
    >>> round(p_of(0.05, 0.02, 9), 4)  # R: 2 * pt(-2.5, 9)
    0.0339
    """
    if error == 0:  # equal in every fold: the added columns changed nothing
        return 1.0 if mean == 0 else 0.0
    return _rounded(float(2 * stats.t.sf(abs(mean) / error, freedom)))


def _areas(training: Training, predicted: OutOfFold) -> Floats:
    """AUC or C in each test fold of every repeat."""
    panel = panel_of(**training.kind)
    found = []
    for repeat in range(len(predicted.folds)):
        for rows in predicted.parts(repeat):
            n = int(rows.sum())
            risk = predicted.risk[repeat, rows]
            found.append(float(panel.auc(training.truth[rows], risk, np.ones((1, n)), whole(n))[0]))
    return np.array(found)


def _calibration_slope(training: Training, predicted: OutOfFold) -> float | None:
    """Mean over the repeats of the slope over all cases; None where there is none."""
    measure = next(
        (m for m in panel_of(**training.kind).pooled if m.name == "calibration_slope"), None
    )
    if measure is None:
        return None
    ones = np.ones((1, len(training.outcome)))
    slopes = [float(measure.many(training.truth, risk, ones)[0]) for risk in predicted.risk]
    return _rounded(float(np.mean(slopes))) if np.isfinite(slopes).all() else None


def _is_told(cases: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """Whether any of the added columns says something: only such a case can show their value."""
    told = pl.Series([False] * cases.height, dtype=pl.Boolean)
    for name in columns:
        mine = pl.Series(is_recorded(cases[name]), dtype=pl.Boolean)
        if cases[name].dtype == pl.String:
            mine &= ~cases[name].is_in(list(MISSING_STATES)).fill_null(True)
        told |= mine
    return told


def _groups(selected: Selected, plan: Plan) -> list[dict[str, Any]]:
    """Cases of each class, or with and without the event."""
    names = selected.classes or (
        ("followed without the event", "event")
        if plan.outcome.kind == "survival"
        else ("without the outcome", "with the outcome")
    )
    if selected.is_ordered:
        names = tuple(f"grade {name}" for name in names)
    return [
        {"label": name, "n": int((selected.outcome == k).sum()), "events": None, "median": None}
        for k, name in enumerate(names)
    ]


def _rounded(value: float) -> float:
    """Without the rounding error around an exact 0."""
    return round(value, _DECIMALS)
