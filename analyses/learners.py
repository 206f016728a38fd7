"""Learners: what each model name of a plan means, as one function from training rows to a pipeline.

Belongs here: the table of models, and the random forest.
Does not belong here: ridge regression (`analyses.models`), evaluation, comparing models.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline

from analyses.models import Choice, Training, choose_penalty, fit_pipeline
from analyses.plan import Resampling
from analyses.preprocessing import fit_preprocessing
from analyses.resampling import Stage, generator

#: Statistics.md, section 3: conventions, nothing of the forest is tuned.
TREES = 500
LEAST_CASES_PER_LEAF = 5


@dataclass(frozen=True)
class Learned:
    """A fitted pipeline, and the penalty it was given (None: the model has none to choose)."""

    pipeline: Pipeline
    choice: Choice | None


#: From training rows, the plan's resampling and the key of the task to a fitted pipeline.
Learner = Callable[[Training, Resampling, tuple[int, ...]], Learned]


def learn_ridge(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
    """Ridge regression whose penalty is chosen on the training rows."""
    choice = choose_penalty(
        training, inner_folds=resampling.inner_folds, seed=resampling.seed, key=key
    )
    return Learned(fit_pipeline(training, choice.c), choice)


def learn_forest(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
    """Random forest of 500 trees with at least five cases in a leaf; nothing is tuned.

    Notes
    -----
    One thread: with several, scikit-learn adds up the trees in the order in which they are ready,
    and the last digit of a risk changes from run to run.
    """
    rng = generator(resampling.seed, Stage.FOREST, *key)
    steps = fit_preprocessing(training.frame, training.groups)
    forest = RandomForestClassifier(
        n_estimators=TREES,
        min_samples_leaf=LEAST_CASES_PER_LEAF,
        random_state=int(rng.integers(np.iinfo(np.int32).max)),
        n_jobs=1,
    ).fit(steps.transform(training.frame), training.outcome)
    return Learned(Pipeline([*steps.steps, ("model", forest)]), None)


#: Every model a plan may list (`analyses.plan.MODELS`), and the role it plays.
LEARNERS: dict[str, Learner] = {"ridge": learn_ridge, "random_forest": learn_forest}
ROLES = {"ridge": "primary", "random_forest": "challenger"}
