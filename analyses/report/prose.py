"""Paragraphs of the report generated from the plan and the results: methods and limitations.

Belongs here: sentences that hold numbers or names of this run.
Does not belong here: fixed sentences (`words`), tables (`sections`).
"""

from typing import Any

from analyses import numbers
from analyses.report import sections, words
from analyses.report.prepared import prepared

_STATES = (
    "Signs count 1 for present and 0 for absent; indeterminate, not assessable and not reported "
    "are no values but ways of being missing, each with an indicator of its own where at least 10 "
    "training cases have it, otherwise one in common. Other categories get one column per level."
)
_MEDIANS = (
    "Numbers are filled with the median of the training cases and marked by an indicator of "
    f"their being missing. {_STATES}"
)
FILLED = {
    "median": _MEDIANS,
    "iterative": "Missing values are filled by chained equations, each column from the others, in "
    "five rounds, learned from the training cases; the outcome is not among them, and nothing is "
    "drawn at random: a number becomes its expected value, a sign its probability. Every missing "
    f"value is marked by an indicator. {_STATES}",
    "multiple": f"{_MEDIANS} A model over ten imputations stands beside it (sensitivity).",
}


_MODELS = {
    "ridge": "ridge regression",
    "elastic_net": "elastic-net logistic regression (half of the penalty absolute)",
    "random_forest": "random forest (500 trees, at least 5 cases in a leaf, not tuned)",
    "ebm": "explainable boosting (no interactions, not tuned)",
}


_COX = {
    "ridge": "Cox regression with a ridge penalty",
    "elastic_net": "Cox regression with an elastic-net penalty (half of it absolute)",
}


def methods(page: dict[str, Any]) -> list[str]:
    """Methods as paragraphs, from the plan that was run."""
    plan = page["plan"]
    outcome = plan.get("outcome") or {}
    used = len(page["cohort"]["missingness"])
    said = [
        f"Outcome: {sections.outcome_name(page)} ({words.level(outcome.get('kind') or 'binary')}"
        + (f", positive = “{outcome['positive']}”)" if outcome.get("positive") else ")")
        + f". Predictors were fixed before the analysis by the plan ({used} columns), and a column "
        "that becomes known only after the time of prediction is refused. Exclusions are counted "
        "in the order given. No analysis mixes simulated with real patients."
    ]
    if not page["models"]:
        said.append(
            "No model was fitted. Groups are compared by the standardised mean difference, "
            "without p-values."
        )
        return said
    return [*said, _models(page), _validation(page), *prepared(page), *_refits(page)]


def _models(page: dict[str, Any]) -> str:
    """Which models were fitted, and what fills the gaps."""
    plan, outcome = page["plan"], page["plan"].get("outcome") or {}
    labels = {row["column"]: row.get("label") for row in page["cohort"]["missingness"]}
    known = _COX if outcome.get("kind") == "survival" else _MODELS
    names = ", ".join(known.get(str(m), str(m)) for m in plan.get("models") or [])
    if outcome.get("kind") == "ordinal":
        names = names.replace(_MODELS["ridge"], "proportional-odds regression with a ridge penalty")
    baseline = ", ".join(
        words.level(labels.get(c) or words.human(c)) for c in plan.get("baseline") or []
    )
    filled = FILLED[plan.get("impute") or "median"]
    return (
        f"Models: {names}; every one has to beat the baseline ({baseline or 'none'}). {filled} "
        "All of this is learned inside the training cases of each fold. No case is weighted, added "
        "or removed to balance groups."
    )


def _validation(page: dict[str, Any]) -> str:
    """How the models were tested, and what the intervals cover."""
    folds = page["plan"].get("resampling") or {}
    is_time = words.is_survival(page)
    return (
        f"Validation: {folds.get('repeats')} times repeated {folds.get('outer_folds')}-fold "
        f"cross-validation, stratified by {'event' if is_time else 'outcome'}, all rows of a "
        "patient in the same fold; the penalty is chosen by "
        f"{'the cross-validated partial likelihood' if is_time else 'log-loss'} in "
        f"{folds.get('inner_folds')} inner folds of the training "
        f"cases only (seed {folds.get('seed')}). Intervals come from 2000 bootstraps of patients "
        "over the out-of-fold predictions: they cover the choice of cases evaluated, not the "
        f"choice of the training set; only that of {'C and the AUC' if is_time else 'the AUC'} "
        "covers both, with twice the variance. No p-values are computed for penalised "
        "coefficients, and no predictor is selected by one."
    )


def _refits(page: dict[str, Any]) -> list[str]:
    """How the models were made anew: from resamples, and without each centre."""
    said = []
    n_refits = max((m.get("instability") or {}).get("resamples", 0) for m in page["models"])
    if n_refits:
        said.append(
            f"Stability: {n_refits} resamples of patients, drawn within their centre; the whole "
            "pipeline was fitted anew on each, with its own choice of the penalty in inner folds "
            "of original patients. These refits give the .632+ estimates, the movement of "
            "predictions and coefficients, and the spread of the penalty."
        )
    if any((m.get("performance") or {}).get("internal_external") for m in page["models"]):
        said.append(
            "Internal-external validation: each centre is left out once and every step repeated "
            "without it; centres with at least 10 cases on either side are pooled by random "
            "effects (REML, Hartung-Knapp)."
        )
    return said


def limitations(page: dict[str, Any]) -> list[str]:
    """What speaks against relying on this analysis, from the weightiest on."""
    provenance, gaps = page["cohort"]["provenance"], sections.missing_summary(page)
    said = []
    if provenance == "simulated":
        said.append("The patients are invented: no finding carries over to real ones.")
    if provenance == "published":
        said += [f"{head} {text}" for head, text in words.CANNOT_BEAR]
        said.append(
            "Reports span decades, classifications and scanners; older tumour names were mapped "
            "to current ones."
        )
    if provenance == "published" and page["models"]:
        said.append(
            "A model can learn which reports mention a thing rather than what it means: the "
            "indicators of being not reported are themselves predictors."
        )
    if gaps["mostly"]:
        said.append(
            f"{gaps['mostly']} of {gaps['predictors']} predictors are missing in more than half "
            "of the cases; filling them in cannot bring the information back."
        )
    ratio = page["verdict"].get("events_per_parameter")
    if page["models"] and ratio is not None and ratio < 10:
        said.append(
            f"Only {numbers.brief(round(ratio, 2))} events per parameter: shrinkage does not cure "
            "a small sample, because the amount of shrinkage is itself uncertain."
        )
    if words.is_survival(page):
        said.append(
            "Times are known only as closely as images follow one another, and events before entry "
            "may be missing altogether (see Over time)."
        )
    if page["models"]:
        said.append(
            "Validation is internal: the same cases made and tested the models, in turns. How "
            "they do in other hospitals is not known."
            if sections.model_by_role(page, "primary") is None
            or not page["models"][-1]["performance"].get("internal_external")
            else "Validation is within one registry: even a centre left out delivered by the same "
            "rules as the others. How the models do elsewhere is not known."
        )
        said.append("Associations are not causes; no coefficient says what an intervention does.")
    return said
