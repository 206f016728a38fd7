"""A published prior: ridge regression that shrinks towards published odds ratios, not towards zero.

Belongs here: which slopes were published, the estimator, its learner, what is shown of it.
Does not belong here: the published tables (`schemas.evidence`, `analyses.literature`), the plain
model and its comparison with the baseline (`analyses.fitting`).
It stands beside the plain ridge regression and never takes its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import polars as pl
from scipy.special import expit
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import validate_data

from analyses.evaluation import OutOfFold, compare, nested_cross_validation, performance
from analyses.learners import Learned
from analyses.literature import positive_is_first, published_rows
from analyses.metrics import Floats, log_loss_many
from analyses.models import Training, choose_penalty, ridge_path
from analyses.plan import Plan
from analyses.plan_parts import Resampling
from analyses.preprocessing import is_missing
from analyses.resampling import Stage
from analyses.two_classes import TwoClassLogistic, two_classes
from schemas.errors import UsageError
from schemas.evidence import CONTRASTS, SIGNS, PublishedSign

NOTES = (
    "A published odds ratio is of one sign by itself; a slope is of a sign beside all others. "
    "Where signs go together, the published ones count the same thing more than once.",
    "Whatever it shows, it does not take the place of the model without a prior.",
)
#: How much of the published slopes the penalty may pull towards; 0 is ridge regression without a
#: prior. Chosen with the penalty: a prior that the training rows contradict can then be let go.
STRENGTHS = (0.0, 0.5, 1.0)
_ONE = frozenset({"present", "yes"})


@dataclass(frozen=True)
class PriorTerm:
    """The published log odds of a column's values `has` against its others, of the plan's outcome.

    Of several studies their mean, weighted by 1/`se`^2 of each: a working value for a penalty, and
    no pooled estimate (of two studies none is given anywhere).
    """

    column: str
    has: tuple[str, ...]
    log_odds: float
    se: float
    studies: tuple[str, ...]


class RidgeTowards(TwoClassLogistic):
    """Logistic regression of two classes whose penalty pulls the slopes towards a centre.

    The sum of losses plus 1/(2C) times the sum of (slope - centre)^2; the intercept is free.

    Parameters
    ----------
    C
        The larger, the weaker the pull.
    centre
        One number for each column; None: zeros, which is plain ridge regression.
    strength
        The share of the centre that is used.

    Attributes
    ----------
    coef_, intercept_
        Shapes (1, p) and (1,).

    Examples
    --------
    >>> x, y = np.array([[-1.0], [0.0], [0.5], [1.0]]), [0, 1, 0, 1]
    >>> [RidgeTowards(C=1e-6, centre=(b,)).fit(x, y).coef_.round(3).tolist() for b in (0.0, 2.0)]
    [[[0.0]], [[2.0]]]
    """

    def __init__(
        self, C: float = 1.0, centre: Sequence[float] | None = None, strength: float = 1.0
    ) -> None:
        self.C = C
        self.centre = centre
        self.strength = strength

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the coefficients."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.classes_, codes = two_classes(y)
        centre = None if self.centre is None else self.strength * np.array(self.centre)
        found = ridge_path(X, codes, grid=(self.C,), centre=centre)[0]
        if not np.isfinite(found).all():
            raise ValueError("the fit does not arrive: the values of a column are too far apart")
        self.intercept_, self.coef_ = found[:1], found[None, 1:]
        return self


def published_prior(
    plan: Plan, predictors: Sequence[str], evidence: pl.DataFrame | None
) -> tuple[PriorTerm, ...]:
    """The published log odds of the plan's predictors; empty where the plan asks for none.

    Doubtful counts are left out, and signs that were compared among some cases only.

    Raises
    ------
    UsageError
        If the plan asks for a prior and nothing published belongs to its outcome and predictors.
    """
    if plan.prior == "none":
        return ()
    terms, there = [], []
    for sign, rows in _usable(evidence):
        values = CONTRASTS[sign.outcome].values
        there += [f"{sign.column} (for {name})" for name, v in values.items() if "yes" in v]
        names = values.get(plan.outcome.column)
        turned = None if names is None else positive_is_first(plan, names)
        if turned is not None and sign.column in predictors:
            weights = np.array([row["se"] ** -2 for row in rows])
            mean = float(weights @ [row["estimate"] for row in rows] / weights.sum())
            log_odds, se = mean if turned else -mean, float(weights.sum() ** -0.5)
            studies = tuple(row["study"] for row in rows)
            terms.append(PriorTerm(sign.column, sign.has, log_odds, se, studies))
    if not terms:
        raise UsageError(
            f"{plan.source}, prior: nothing published belongs to this outcome and these "
            f"predictors. Odds ratios are published of {', '.join(there) or 'nothing'}. Take the "
            "key out, or name such columns."
        )
    return tuple(terms)


def _usable(evidence: pl.DataFrame | None) -> Iterator[tuple[PublishedSign, list[dict[str, Any]]]]:
    """Signs whose published tables may serve, with those tables."""
    if evidence is None:
        return
    for sign in SIGNS:
        rows = [row for row in published_rows(sign, evidence) if not row["doubtful"]]
        if rows and sign.among is None:
            yield sign, rows


def learn_towards(
    training: Training,
    resampling: Resampling,
    key: tuple[int, ...],
    *,
    prior: Sequence[PriorTerm],
    strengths: Sequence[float] = STRENGTHS,
) -> Learned:
    """Ridge regression towards the published slopes; penalty and strength chosen on inner folds.

    Of equal losses the weaker prior, then the stronger penalty; without inner folds no prior.
    """
    choices = [
        choose_penalty(
            training,
            inner_folds=resampling.inner_folds,
            seed=resampling.seed,
            key=key,  # the same folds for every strength
            losses_of=partial(_losses, prior=prior, strength=strength),
        )
        for strength in strengths
    ]
    best = int(np.argmin([min(choice.losses, default=0.0) for choice in choices]))
    choice = choices[best]
    steps = training.fit_steps()
    centre = tuple(centre_of(steps, training, prior).tolist())
    model = RidgeTowards(C=choice.c, centre=centre, strength=strengths[best])
    model.fit(steps.transform(training.cases), training.outcome)
    return Learned(Pipeline([*steps.steps, ("model", model)]), choice)


def centre_of(steps: Pipeline, training: Training, prior: Sequence[PriorTerm]) -> Floats:
    """The published slope of each standardised column of the matrix; 0 where none was published.

    A level of a category is set against the reference level of the coding. Values that the
    literature does not compare count as lacking the sign.
    """
    names = [str(name) for name in steps.get_feature_names_out()]
    scale = np.asarray(steps["scale"].scale_)
    centre = np.zeros(len(names))
    codes = dict(zip(training.frame.columns, steps["encode"].codes_, strict=False))
    for term in prior:
        code = codes[term.column]
        if code["kind"] == "sign":
            slopes = {term.column: 1.0 if _ONE & set(term.has) else -1.0}
        else:
            texts = training.frame[term.column].cast(pl.String).drop_nulls().unique().to_list()
            rest = sorted(t for t in texts if t and not is_missing(t) and t not in code["levels"])
            at_rest = float(bool(rest) and rest[0] in term.has)
            slopes = {f"{term.column}: {t}": float(t in term.has) - at_rest for t in code["levels"]}
        for name, slope in slopes.items():
            if name in names:
                place = names.index(name)
                centre[place] = slope * term.log_odds * scale[place]
    return centre


def beside_the_plain_one(
    training: Training,
    plain: OutOfFold,
    plain_entry: Mapping[str, Any],
    weights: Floats,
    *,
    prior: Sequence[PriorTerm],
    ways: Mapping[str, Any],
) -> dict[str, Any]:
    """Both models on the same folds: performance, difference, coefficients side by side.

    Parameters
    ----------
    training
        The rows as the plain ridge regression was given them.
    plain, plain_entry
        Its out-of-fold predictions and its entry of the results.
    weights
        Bootstrap weights of patients, as for `plain_entry`.
    prior
        The published slopes.
    ways
        `resampling`, `processes` and `progress`, as in `nested_cross_validation`.

    Returns
    -------
    dict[str, Any]
        `terms`, `nested_cv`, `difference` (with the prior minus without; a log-loss below 0 speaks
        for the prior), `tuning`, `coefficients` of standardised columns and `notes`.
    """
    learner = partial(learn_towards, prior=tuple(prior))
    towards = nested_cross_validation(training, plain.folds, **{**ways, "learner": learner})
    learned = learner(training, ways["resampling"], (Stage.FINAL,))
    names = [str(name) for name in learned.pipeline[:-1].get_feature_names_out()]
    model = learned.pipeline["model"]
    slopes = {row["term"]: row["estimate"] for row in plain_entry["coefficients"]}
    return {
        "terms": [
            {
                "column": term.column,
                "has": list(term.has),
                "log_odds": term.log_odds,
                "se": term.se,
                "studies": list(term.studies),
            }
            for term in prior
        ],
        "nested_cv": performance(training.outcome, towards, weights),
        "difference": compare(training.outcome, towards, plain),
        "tuning": {
            "chosen": None if learned.choice is None else learned.choice.c,
            "strength": model.strength,
            "strengths": list(STRENGTHS),
            "spread": [choice.c for choice in towards.choices],
        },
        "coefficients": [
            {"term": name, "published": at, "plain": slopes.get(name), "towards": found}
            for name, at, found in zip(names, model.centre, model.coef_[0].tolist(), strict=True)
        ],
        "notes": list(NOTES),
    }


def _losses(
    training: Training, test: Training, *, prior: Sequence[PriorTerm], strength: float
) -> Floats:
    """Log-loss on the test rows for every C of the grid."""
    steps = training.fit_steps()
    matrix, test_matrix = steps.transform(training.cases), steps.transform(test.cases)
    found = ridge_path(
        matrix, training.outcome, centre=strength * centre_of(steps, training, prior)
    )
    risks = expit(test_matrix @ found[:, 1:].T + found[:, 0])
    ones = np.ones((1, len(test.outcome)))
    losses = np.array([float(log_loss_many(test.outcome, risk, ones)[0]) for risk in risks.T])
    return np.where(np.isfinite(losses), losses, np.inf)
