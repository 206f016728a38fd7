"""Over imputations: a model of each of several completed training tables, predictions averaged.

Belongs here: the learner that wraps another one, and the model it gives.
Does not belong here: the chain (`analyses.chained`), inference (`analyses.pooled_inference`).
For sensitivity analyses: it keeps values of training cases to draw from, so it is never written to
a model file. Rubin's rules are for inference tables; predictions are averaged.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

from analyses.chained import Chain, Floats, blocks_of, chain
from analyses.learners import Learned, Learner
from analyses.models import Training
from analyses.plan_parts import Resampling
from analyses.prepared import fit_after_imputation, fit_encoder
from analyses.resampling import Stage, generator

#: Completed tables behind an averaged prediction (statistics.md, section 7).
TABLES = 10


class OverImputations(BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Models of completed tables; a new case is completed by each chain, and the risks averaged."""

    def fit(self, chains: list[Chain], models: list[Pipeline]) -> Self:
        """Take the chains and the models made from their tables."""
        self.chains_, self.models_ = chains, models
        self.classes_ = getattr(models[0][-1], "classes_", None)
        return self

    def averaged(self, of_each: Callable[[Pipeline, Floats], Floats], X: Floats) -> Floats:
        """The mean over completed tables of what each model says of encoded cases."""
        said = [
            of_each(model, one.complete(X))
            for one, model in zip(self.chains_, self.models_, strict=True)
        ]
        found: Floats = np.mean(said, axis=0)
        return found

    def predict_proba(self, X: Floats) -> Floats:
        """Risk of each class."""
        return self.averaged(lambda model, filled: model.predict_proba(filled), X)

    def predict(self, X: Floats) -> Floats:
        """Linear predictor of a time to an event."""
        return self.averaged(lambda model, filled: model.predict(filled), X)

    def predict_risk(self, X: Floats, times: Floats) -> Floats:
        """Absolute risk of the event by each time."""

        def risk(model: Pipeline, filled: Floats) -> Floats:
            found: Floats = model[-1].predict_risk(model[:-1].transform(filled), times)
            return found

        return self.averaged(risk, X)


def over_imputations(learner: Learner, *, tables: int = TABLES) -> Learner:
    """The learner that fits another one's model to several completed versions of its training rows.

    Parameters
    ----------
    learner
        Any learner whose pipeline ends in a step that takes a matrix and the outcome. What it
        chooses (a penalty) is chosen once, by its own inner folds with expected values in the gaps
        of each inner training part.
    tables
        How many.
    """
    return partial(_learn, learner=learner, tables=tables)


def _learn(
    training: Training,
    resampling: Resampling,
    key: tuple[int, ...],
    *,
    learner: Learner,
    tables: int,
) -> Learned:
    """Fit every step anew on each completed table; the outcome fills nothing."""
    asked = replace(training.preparation, impute="iterative")
    training = replace(training, preparation=asked)
    chosen = learner(training, resampling, key).pipeline["model"]
    encoder = fit_encoder(training.cases, training.groups, asked)
    matrix, blocks = encoder.transform(training.cases), blocks_of(encoder.codes_)
    chains, models = [], []
    for number in range(tables):
        rng = generator(resampling.seed, Stage.IMPUTATIONS, *key, number)
        filled, fitted = chain(matrix, blocks, rng=rng)
        steps, scaled = fit_after_imputation(filled, encoder, training.groups, asked)
        model = clone(chosen).fit(scaled, training.truth)
        chains.append(fitted)
        models.append(Pipeline([*steps, ("model", model)]))
    averaged = OverImputations().fit(chains, models)
    return Learned(Pipeline([("encode", encoder), ("model", averaged)]), None)
