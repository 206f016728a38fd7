"""At what n published odds ratios help a ridge regression, and what a wrong one costs.

Belongs here: simulated cohorts with known effects, models with and without a prior on the same
rows, their log-loss on new cases.
Does not belong here: the model (`analyses.published_prior`), real cohorts.
Run: PYTHONPATH=. python benchmarks/published_prior.py [--cohorts 200] [--first 0] [--always]

A cohort has four signs with an effect, two of them correlated, and eight predictors more of which
two have one. The prior of a sign is its odds ratio in a study of 40 other cases, 0.5 added to each
cell, as in the product: right up to chance. The wrong prior is the same with its sign turned;
half wrong turns two of the four. Penalties are chosen in 5 inner folds, as in a plan.
The prior is used as far as the same folds speak for it; with --always in full strength.
"""

import argparse
from collections.abc import Sequence
from functools import partial

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from analyses.learners import learn_ridge
from analyses.literature import ratio_of
from analyses.metrics import Floats, log_loss_many
from analyses.models import Training, predict_risk
from analyses.plan_parts import Resampling
from analyses.published_prior import STRENGTHS, PriorTerm, learn_towards
from analyses.resampling import Stage

SIZES = (40, 80, 150, 300)
STUDY = 40
NEW_CASES = 10_000
SIGNS = ("margin", "cyst", "blood", "degree")
SLOPES = (1.6, 1.2, 1.0, 1.0, 0.5, -0.5)  # the signs, then two numbers
NUMBERS = 8
INTERCEPT = -1.6
_TOGETHER = 0.5  # correlation of the first two signs behind their values


def draw(rng: np.random.Generator, n: int) -> tuple[pl.DataFrame, Floats]:
    """Signs as texts, numbers, and the outcome."""
    hidden = rng.normal(size=(n, len(SIGNS)))
    hidden[:, 1] = _TOGETHER * hidden[:, 0] + (1 - _TOGETHER**2) ** 0.5 * hidden[:, 1]
    signs, numbers = hidden > 0.25, rng.normal(size=(n, NUMBERS))
    effects = np.column_stack([signs, numbers[:, :2]])
    risk = 1 / (1 + np.exp(-(effects @ np.array(SLOPES) + INTERCEPT)))
    frame = {
        name: pl.Series(np.where(column, "present", "absent").tolist(), dtype=pl.Enum(_LEVELS))
        for name, column in zip(SIGNS, signs.T, strict=True)
    }
    frame |= {f"x{j}": pl.Series(column) for j, column in enumerate(numbers.T)}
    return pl.DataFrame(frame), (rng.random(n) < risk).astype(np.float64)


_LEVELS = ("absent", "present")


def published(rng: np.random.Generator) -> tuple[PriorTerm, ...]:
    """The odds ratio of each sign in a small study of other cases."""
    terms = []
    while len(terms) < len(SIGNS):
        frame, outcome = draw(rng, STUDY)
        name = SIGNS[len(terms)]
        has = (frame[name] == "present").to_numpy()
        cells = np.array(
            [[(has & (outcome == y)).sum(), (~has & (outcome == y)).sum()] for y in (1, 0)]
        )
        found = ratio_of(cells)
        if found["estimate"] is not None:
            terms.append(PriorTerm(name, ("present",), found["estimate"], found["se"], ("study",)))
    return tuple(terms)


def turned(prior: Sequence[PriorTerm], n: int) -> tuple[PriorTerm, ...]:
    """The first n terms with their sign turned."""
    return tuple(
        PriorTerm(t.column, t.has, -t.log_odds if k < n else t.log_odds, t.se, t.studies)
        for k, t in enumerate(prior)
    )


def differences(n: int, seed: int, strengths: Sequence[float]) -> Floats:
    """Log-loss on new cases of each prior (right, half wrong, wrong) less that of plain ridge."""
    rng = np.random.default_rng([seed, n])
    frame, outcome = draw(rng, n)
    new, happened = draw(rng, NEW_CASES)
    prior = published(rng)
    training = Training(frame, outcome, np.arange(n).astype(np.str_))
    learners = [
        learn_ridge,
        *(partial(learn_towards, prior=turned(prior, k), strengths=strengths) for k in (0, 2, 4)),
    ]
    ones = np.ones((1, NEW_CASES))
    losses = []
    for learner in learners:
        learned = learner(training, Resampling(), (Stage.FINAL, seed))
        risk = predict_risk(learned.pipeline, new)
        losses.append(float(log_loss_many(happened, risk, ones)[0]))
    return np.array(losses[1:]) - losses[0]


def main() -> None:
    """Print the mean difference, its standard error and the worst tenth, for each n."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--always", action="store_true")
    asked = parser.parse_args()
    strengths = (1.0,) if asked.always else STRENGTHS
    print("log-loss with the prior less that of plain ridge; below 0 speaks for the prior")
    print("n    prior       mean     se      worst tenth  better in")
    with threadpool_limits(1):
        for n in SIZES:
            seeds = range(asked.first, asked.first + asked.cohorts)
            found = np.array([differences(n, seed, strengths) for seed in seeds])
            for k, name in enumerate(("right", "half wrong", "wrong")):
                of = found[:, k]
                error, worst = of.std(ddof=1) / len(of) ** 0.5, np.quantile(of, 0.9)
                better = f"{100 * (of < 0).mean():.0f} %"
                print(
                    f"{n:<4} {name:<11} {of.mean():+.4f}  {error:.4f}  {worst:+.4f}      {better}"
                )


if __name__ == "__main__":
    main()
