"""Measures of performance in words: what each says to a clinician, and its exact definition.

Belongs here: label, plain sentence and definition of each measure, by kind of outcome.
Does not belong here: computing them (`analyses.panel`), sentences with numbers of this run.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A measure of performance in words; `ideal` is what a perfect model reaches."""

    label: str
    short: str
    digits: int
    reference: float | None
    ideal: str
    plain: str
    exact: str


POOLED = (
    "Pooled out-of-fold predictions of each repeat, averaged over repeats; interval: percentile, "
    "2000 bootstraps of patients over fixed out-of-fold predictions."
)
MEASURES = {
    "auc": Measure(
        "AUC (telling patients apart)",
        "AUC",
        2,
        0.5,
        "1; 0.5 is a coin toss",
        "Of one patient with and one without the outcome, how often the model gives the first "
        "the higher probability.",
        "Mann-Whitney probability, ties one half; computed within each outer test fold and "
        "averaged; interval: normal on the logit scale with twice the bootstrap variance "
        "of one repeat, since a case tested also trains the models of others.",
    ),
    "calibration_slope": Measure(
        "Calibration slope",
        "Slope",
        2,
        1.0,
        "1",
        "Below 1 the predictions are too extreme (the usual sign of overfitting), above 1 too "
        "timid.",
        "Coefficient of logit(p) in a logistic regression of the outcome on logit(p). " + POOLED,
    ),
    "calibration_intercept": Measure(
        "Calibration in the large",
        "Intercept",
        2,
        0.0,
        "0",
        "Above 0 the predicted probabilities are too low on average, below 0 too high.",
        "Intercept of a logistic regression of the outcome with logit(p) as offset (slope fixed "
        "at 1). " + POOLED,
    ),
    "o_e_ratio": Measure(
        "Observed / expected",
        "O/E",
        2,
        1.0,
        "1",
        "Events that happened divided by events the model expected.",
        "Sum of outcomes over sum of predicted probabilities. " + POOLED,
    ),
    "brier": Measure(
        "Brier score (error)",
        "Brier",
        3,
        None,
        "0",
        "Mean squared distance between the predicted probability and what happened (0 or 1); "
        "smaller is better.",
        "Mean of (p - y) squared. " + POOLED,
    ),
    "ipa": Measure(
        "IPA (gain over the average)",
        "IPA",
        2,
        0.0,
        "1; below 0 is harm",
        "How much of the Brier score of “everybody has the average probability” the model takes "
        "away.",
        "1 - Brier / (phi (1 - phi)), phi the share with the outcome. " + POOLED,
    ),
    "log_loss": Measure(
        "Log-loss (error)",
        "Log-loss",
        3,
        None,
        "0",
        "Punishes confident wrong predictions most; smaller is better. Models are compared by it.",
        "Mean of -log of the probability given to what happened. " + POOLED,
    ),
    "ici": Measure(
        "ICI (calibration error)",
        "ICI",
        3,
        0.0,
        "0",
        "Mean distance between the predicted probability and the smoothed share observed.",
        "Mean of |p - loess(y on p)|; in the bootstraps the loess keeps the windows of all cases, "
        "and the interval is widened to hold the estimate. " + POOLED,
    ),
}

MULTICLASS_MEASURES = {
    "auc": Measure(
        "AUC over pairs of groups (telling patients apart)",
        "AUC",
        2,
        0.5,
        "1; 0.5 is a coin toss",
        "Of two patients from different groups, how often the model gives each the higher "
        "probability of the own group; the mean over all pairs of groups.",
        "Hand and Till (2001): mean over pairs of classes of the two one-way AUCs, ties one half; "
        "each pair within each outer test fold that holds both classes, averaged over folds; "
        "interval: normal on the logit scale with the bootstrap standard deviation.",
    ),
    "pdi": Measure(
        "Picking the right patient (PDI)",
        "PDI",
        2,
        None,
        "1; a blind guess is 1 divided by the number of groups",
        "Of a set of patients, one from each group, how often the one with the highest probability "
        "of a group is the one from that group; the mean over groups.",
        "Polytomous discrimination index (Van Calster 2012), ties shared, all sets counted. "
        + POOLED,
    ),
    "brier": Measure(
        "Brier score (error)",
        "Brier",
        3,
        None,
        "0; at most 2",
        "Squared distance between the predicted probabilities and what was found (1 for the own "
        "group, 0 for the others), added up over groups; smaller is better.",
        "Mean over patients of the sum over classes of (p - y) squared. " + POOLED,
    ),
    "log_loss": Measure(
        "Log-loss (error)",
        "Log-loss",
        3,
        None,
        "0",
        "Punishes confident wrong predictions most; smaller is better. Models are compared by it.",
        "Mean of -log of the probability given to the group that was found. " + POOLED,
    ),
}

ORDINAL_MEASURES = {
    "auc": Measure(
        "Concordance (telling grades apart)",
        "C",
        2,
        0.5,
        "1; 0.5 is a coin toss",
        "Of two patients with different grades, how often the model expects the worse grade of the "
        "one who has it.",
        "Generalised C on the mean predicted grade, ties one half; computed within each outer test "
        "fold and averaged; interval: normal on the logit scale with the bootstrap standard "
        "deviation.",
    ),
    "rps": Measure(
        "Ranked probability score (error)",
        "RPS",
        3,
        None,
        "0; at most 1",
        "Squared distance between the predicted probabilities of “this grade or better” and what "
        "happened; two grades off costs more than one; smaller is better.",
        "Mean over the cuts between grades of (F - y) squared, F the probability of a grade up to "
        "the cut. " + POOLED,
    ),
    "log_loss": Measure(
        "Log-loss (error)",
        "Log-loss",
        3,
        None,
        "0",
        "Punishes confident wrong predictions most; smaller is better. Models are compared by it.",
        "Mean of -log of the probability given to the grade that was reached. " + POOLED,
    ),
}


_WEIGHED = (
    "Cases lost to follow-up before the horizon are made up for by weighing the others by the "
    "inverse of their probability of still being followed (Kaplan-Meier of the censoring among the "
    "training cases); a competing event before the horizon counts as no event. "
)
SURVIVAL_MEASURES = {
    "c_index": Measure(
        "C (telling patients apart)",
        "C",
        2,
        0.5,
        "1; 0.5 is a coin toss",
        "Of two patients, one of whom is known to have had the event earlier, how often the model "
        "expected it earlier of that one.",
        "The C of Harrell: an event against all later times and follow-up that ends with it, equal "
        "risks one half; a competing event ends follow-up. Computed within each outer test fold "
        "and averaged; interval: normal on the logit scale with twice the bootstrap variance of "
        "one repeat.",
    ),
    "uno_c": Measure(
        "C, corrected for who was lost (Uno)",
        "C (Uno)",
        2,
        0.5,
        "1; 0.5 is a coin toss",
        "The same up to the last horizon; here it does not matter how long patients happened to "
        "be followed.",
        "Pairs of events up to the last horizon, each with the inverse square of the probability "
        "of still being followed (Uno 2011). Folds and interval as for C.",
    ),
    "auc": Measure(
        "AUC at the first horizon",
        "AUC",
        2,
        0.5,
        "1; 0.5 is a coin toss",
        "Of one patient with the event by the first horizon and one without, how often the model "
        "gives the first the higher risk.",
        "Cumulative cases, dynamic controls. " + _WEIGHED + "Computed within each outer test fold "
        "that has both and averaged; interval as for C.",
    ),
    "brier": Measure(
        "Brier score (error)",
        "Brier",
        3,
        None,
        "0",
        "Mean squared distance between the predicted risk by the first horizon and what happened "
        "(0 or 1); smaller is better. Models are compared by it.",
        "Mean of (p - y) squared. " + _WEIGHED + POOLED,
    ),
    "ipa": Measure(
        "IPA (gain over the average)",
        "IPA",
        2,
        0.0,
        "1; below 0 is harm",
        "How much of the Brier score of “everybody has the average risk” the model takes away.",
        "1 - Brier / Brier of the Kaplan-Meier (Aalen-Johansen) risk of the training cases. "
        + POOLED,
    ),
    "o_e_ratio": Measure(
        "Observed / expected",
        "O/E",
        2,
        1.0,
        "1",
        "The risk observed by the first horizon divided by the mean risk the model predicted.",
        "Kaplan-Meier (with competing events Aalen-Johansen) risk over the mean prediction. "
        + POOLED,
    ),
    "ici": Measure(
        "ICI (calibration error)",
        "ICI",
        3,
        0.0,
        "0",
        "Mean distance between the predicted risk and the smoothed risk observed.",
        "Mean of |p - c(p)|; c: regression of the event (Cox; with competing events Fine and Gray) "
        "on a 4-knot spline of ln(-ln(1 - p)) (Austin 2020, 2022). No interval: a curve for each "
        "of 2000 bootstraps would take minutes.",
    ),
}
_BY_KIND = {
    "ordinal": ORDINAL_MEASURES,
    "multiclass": MULTICLASS_MEASURES,
    "survival": SURVIVAL_MEASURES,
}
#: The measure that tells cases apart, where it is not the AUC.
_APART = {"survival": "c_index"}


def apart_key(kind: object) -> str:
    """The name of the measure that says how well cases are told apart.

    Examples
    --------
    >>> apart_key("binary"), apart_key("survival")
    ('auc', 'c_index')
    """
    return _APART.get(str(kind), "auc")


def part_of(key: str) -> str:
    """Which of three questions a measure answers: apart, calibrated or overall.

    Examples
    --------
    >>> part_of("auc"), part_of("o_e_ratio"), part_of("brier")
    ('apart', 'calibrated', 'overall')
    """
    if key in ("auc", "pdi", "c_index", "uno_c"):
        return "apart"
    calibrated = ("calibration_slope", "calibration_intercept", "o_e_ratio", "ici")
    return "calibrated" if key in calibrated else "overall"


def measures_of(kind: object) -> dict[str, Measure]:
    """The measures of a kind of outcome, in the order of the page."""
    return _BY_KIND.get(str(kind), MEASURES)
