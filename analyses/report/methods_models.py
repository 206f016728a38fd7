"""Methods of models: how they were made, measured and tested, in the past tense.

Belongs here: the paragraphs of `analyses.report.methods` that only a run with models has, and the
sentence on what else was computed.
Does not belong here: the other paragraphs (`analyses.report.methods`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from analyses import numbers
from analyses.report import sections, words
from analyses.report.references import Cited

_STATES = (
    "Signs counted 1 for present and 0 for absent; indeterminate, not assessable and not reported "
    "were no values but ways of being missing, each with an indicator of its own where at least 10 "
    "training cases had it, otherwise one in common. Other categories got one column per level."
)
_MEDIANS = (
    "Numbers were filled with the median of the training cases and marked by an indicator of "
    f"their being missing. {_STATES}"
)
_FILLED = {
    "median": _MEDIANS,
    "iterative": "Missing values were filled by chained equations, each column from the others, in "
    "five rounds, learned from the training cases; the outcome was not among them, and nothing was "
    "drawn at random: a number became its expected value, a sign its probability. Every missing "
    f"value was marked by an indicator. {_STATES}",
    "multiple": f"{_MEDIANS} A model over ten imputations stood beside it.",
}
_MODELS = {
    "ridge": "logistic regression with a ridge penalty",
    "elastic_net": "elastic-net logistic regression (half of the penalty absolute)",
    "random_forest": "a random forest (500 trees, at least 5 cases in a leaf, not tuned)",
    "ebm": "explainable boosting (no interactions, not tuned)",
}
_COX = {
    "ridge": "Cox regression with a ridge penalty",
    "elastic_net": "Cox regression with an elastic-net penalty (half of it absolute)",
}


def developed(page: dict[str, Any], cite: Cited) -> str:
    """How gaps were filled and models made."""
    plan = page["plan"]
    labels = {row["column"]: row.get("label") for row in page["cohort"]["missingness"]}
    baseline = ", ".join(
        words.level(labels.get(c) or words.human(c)) for c in plan.get("baseline") or []
    )
    gaps = sections.missing_summary(page)["share"]
    way = plan.get("impute") or "median"
    missing = f"{gaps} of all predictor entries were missing. " if gaps else ""
    chained = f" {cite('chained')}" if way != "median" else ""
    return (
        f"{missing}{_FILLED[way]}{chained} Fitted were: {_named(page, cite)}. Each had to beat a "
        f"baseline of {baseline or 'no predictor'}. Columns were standardised, and the penalty was "
        f"chosen by {_loss(page, cite)} in inner folds; all of this was learned from the training "
        "cases of each fold alone. No predictor was selected by a p-value."
    )


def _named(page: dict[str, Any], cite: Cited) -> str:
    """The models with the works they rest on."""
    is_time, kind = words.is_survival(page), page["outcome"].get("kind")
    said = []
    for name in page["plan"].get("models") or []:
        text = (_COX if is_time else _MODELS).get(name, words.human(name).lower())
        if name == "ridge" and kind == "ordinal":
            text = "proportional-odds regression with a ridge penalty"
        if name == "ridge" and kind == "multiclass":
            text = "multinomial logistic regression with a ridge penalty"
        keys = ["cox", "efron"] if is_time else [name] if name in _MODELS else []
        said.append(f"{text} {cite(*keys)}" if keys else text)
    if is_time and (page.get("survival") or {}).get("cumulative_incidence"):
        said.append(f"risks summed over both causes {cite('absolute_risk')}")
    return "; ".join(said)


def _loss(page: dict[str, Any], cite: Cited) -> str:
    """By what the penalty was chosen."""
    if words.is_survival(page):
        return f"the cross-validated partial likelihood {cite('cv_likelihood')}"
    return "log-loss"


def measured(page: dict[str, Any], cite: Cited) -> str:
    """What performance was measured by, and what the intervals cover."""
    kind = page["outcome"].get("kind")
    if words.is_survival(page):
        said = (
            f"Telling cases apart was measured by C {cite('c_index')} and the AUC at each horizon "
            f"{cite('auc_times')}, errors by the Brier score {cite('brier_times')} and the IPA "
            f"{cite('ipa')}, calibration by observed over expected and the ICI {cite('ici_times')}."
        )
    elif kind == "multiclass":
        said = (
            f"Telling cases apart was measured by the AUC over pairs of groups "
            f"{cite('auc_classes')} and the PDI {cite('pdi')}, errors by the Brier score and the "
            "log-loss; calibration was drawn for each group against the others."
        )
    elif kind == "ordinal":
        said = (
            f"Telling cases apart was measured by the concordance of grades {cite('c_index')}, "
            "errors by the ranked probability score and the log-loss; calibration was drawn at "
            "each cut between grades."
        )
    else:
        said = (
            f"Telling cases apart was measured by the AUC {cite('auc')}, calibration by slope and "
            f"intercept {cite('slope')}, observed over expected and the ICI {cite('ici')}, errors "
            f"by the Brier score, the log-loss and the IPA {cite('ipa')}."
        )
    if any((m.get("curves") or {}).get("decision") for m in page["models"]):
        at = ", ".join(f"{t:.0%}" for t in page["plan"].get("thresholds") or [])
        said += f" Use was measured by net benefit {cite('net_benefit')} at thresholds of {at}."
    return said


def validated(page: dict[str, Any], cite: Cited) -> str:
    """How the models were tested."""
    folds, is_time = page["plan"].get("resampling") or {}, words.is_survival(page)
    apart = "C and the AUC" if is_time else "the AUC"
    repeats = folds.get("repeats")
    times = {1: "once", 2: "twice"}.get(int(repeats or 0), f"{repeats} times")
    said = (
        f"{folds.get('outer_folds')}-fold cross-validation was run {times}, stratified by "
        f"{'event' if is_time else 'outcome'}, all rows of a patient in the same fold, with "
        f"{folds.get('inner_folds')} inner folds. Intervals (95%) were percentiles of 2000 "
        "bootstraps of patients over the out-of-fold predictions, which cover the choice of the "
        f"cases evaluated only; those of {apart} were made with twice the variance, for the choice "
        "of the training cases. The difference from the baseline was tested over the folds with a "
        f"variance corrected for overlapping training sets {cite('difference')}."
    )
    n_refits = max((m.get("instability") or {}).get("resamples", 0) for m in page["models"])
    if n_refits:
        said += (
            f" Every step was repeated on {n_refits} resamples of patients, drawn within their "
            f"centre, for .632+ estimates {cite('632')} and for the movement of predictions and "
            f"coefficients {cite('refits')}."
        )
    found = [(m.get("performance") or {}).get("internal_external") for m in page["models"]]
    if any(found):
        said += " Each centre was left out once, and every step repeated without it"
        is_pooled = any((part or {}).get("pooled") for part in found)
        said += (
            f"; centres were pooled by random effects (REML, Hartung-Knapp) {cite('pooling')}."
            if is_pooled
            else "; too few centres were large enough to be pooled."
        )
    return said


def further(page: dict[str, Any], cite: Cited) -> str:
    """What else was computed, one sentence each; empty where nothing was."""
    said = [say(page, cite) for key, say in _FURTHER.items() if _is_there(page, key)]
    return " ".join(said)


def _is_there(page: dict[str, Any], key: str) -> bool:
    """Whether the results hold an analysis with something in it."""
    found = page.get(key)
    if isinstance(found, Mapping) and "rows" in found:
        return bool(found["rows"])
    return bool(found)


def _inference(page: dict[str, Any], cite: Cited) -> str:
    """Coefficients without a penalty."""
    if page["inference"]["method"] == "firth":
        return (
            f"Coefficients without a penalty were those of the regression of Firth {cite('firth')}."
        )
    return "Coefficients without a penalty were of maximum likelihood, with Wald intervals."


def _sensitivity(page: dict[str, Any], cite: Cited) -> str:
    """Other choices."""
    named = ", ".join(words.human(row["name"]).lower() for row in page["sensitivity"])
    return f"The analysis was repeated with other cases or other choices ({named})."


def _sets(page: dict[str, Any], cite: Cited) -> str:
    """Prediction sets."""
    level = numbers.number(page["prediction_sets"]["level"])
    return f"Sets of groups for one patient were made at a coverage of {level} (conformal)."


def _permuted(page: dict[str, Any], cite: Cited) -> str:
    """Against chance."""
    n = page["permutation"]["permutations"]
    return f"The model was set against {n} with the outcome permuted {cite('permuted')}."


_Say = Callable[[dict[str, Any], Cited], str]
_FURTHER: Mapping[str, _Say] = {
    "associations": lambda page, cite: (
        "Each predictor was set against the outcome by itself, as an exploration, with "
        f"false-discovery rates {cite('fdr')}; no model used this."
    ),
    "inference": _inference,
    "permutation": _permuted,
    "prediction_sets": _sets,
    "subgroups": lambda page, cite: "Performance was also given in the subgroups of the plan.",
    "sensitivity": _sensitivity,
    "literature": lambda page, cite: (
        "Odds ratios of signs were set beside those computed from published counts."
    ),
    "prior": lambda page, cite: (
        "A model with published odds ratios as its prior was fitted for comparison."
    ),
}
