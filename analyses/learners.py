"""Learners: what each model name of a plan means, as one function from training rows to a pipeline.

Belongs here: the table of models; elastic net, proportional odds, forest, boosting and own models
as learners.
Does not belong here: ridge regression (`analyses.models`), evaluation, comparing models.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline

from analyses import multiclass
from analyses.elastic_net import ElasticNetLogistic, elastic_net_path
from analyses.metrics import Floats, log_loss_many
from analyses.models import GRID, Choice, Training, choose_penalty, fit_pipeline
from analyses.own_models import make_own, own_models
from analyses.plan import MODELS
from analyses.plan_parts import Resampling
from analyses.proportional_odds import ProportionalOdds, grade_risks, proportional_odds_path
from analyses.resampling import Stage, generator
from analyses.survival.learning import (
    cox_losses,
    cox_net_losses,
    elastic_net_cox,
    ridge_cox,
)
from schemas.errors import UsageError

#: Statistics.md, section 3: conventions, nothing of forest and boosting is tuned.
TREES = 500
LEAST_CASES_PER_LEAF = 5
L1_RATIO = 0.5


@dataclass(frozen=True)
class Learned:
    """A fitted pipeline, and the penalty it was given (None: the model has none to choose)."""

    pipeline: Pipeline
    choice: Choice | None


#: From training rows, the plan's resampling and the key of the task to a fitted pipeline.
Learner = Callable[[Training, Resampling, tuple[int, ...]], Learned]


def learn_ridge(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
    """Ridge regression, its penalty chosen on the training rows; grades: odds; times: Cox."""
    if training.follow_up is not None:
        return _penalised(training, resampling, key, losses=cox_losses, model=ridge_cox)
    if training.is_ordered:
        return _penalised(training, resampling, key, losses=_odds_losses, model=ProportionalOdds)
    choice = choose_penalty(
        training, inner_folds=resampling.inner_folds, seed=resampling.seed, key=key
    )
    return Learned(fit_pipeline(training, choice.c), choice)


def learn_elastic_net(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
    """Elastic net of two classes or times, half of its penalty absolute, chosen as ridge's."""
    if training.follow_up is not None:
        losses = partial(cox_net_losses, l1_ratio=L1_RATIO)
        model = partial(elastic_net_cox, l1_ratio=L1_RATIO)
        return _penalised(training, resampling, key, losses=losses, model=model)
    logistic = partial(ElasticNetLogistic, l1_ratio=L1_RATIO)
    return _penalised(training, resampling, key, losses=_net_losses, model=logistic)


def learn_forest(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
    """Random forest of 500 trees with at least five cases in a leaf; nothing is tuned.

    Notes
    -----
    One thread: with several, scikit-learn adds up the trees in the order in which they are ready,
    and the last digit of a risk changes from run to run.
    """
    forest = RandomForestClassifier(
        n_estimators=TREES,
        min_samples_leaf=LEAST_CASES_PER_LEAF,
        random_state=_seed(resampling, key),
        n_jobs=1,
    )
    return _untuned(training, forest)


def learn_boosting(training: Training, resampling: Resampling, key: tuple[int, ...]) -> Learned:
    """Explainable boosting without interactions; nothing is tuned.

    Raises
    ------
    UsageError
        If the optional package is not installed.
    """
    model = _boosting()(interactions=0, random_state=_seed(resampling, key), n_jobs=1)
    return _untuned(training, model)


def learn_own(
    training: Training, resampling: Resampling, key: tuple[int, ...], *, name: str
) -> Learned:
    """A model of another package, after the same preprocessing; its seed is set if it has one."""
    model = make_own(name)
    if "random_state" in model.get_params():
        model.set_params(random_state=_seed(resampling, key))
    return _untuned(training, model)


#: Every model that comes with the platform (`analyses.plan.MODELS`), and the role it plays.
LEARNERS: dict[str, Learner] = {
    "ridge": learn_ridge,
    "elastic_net": learn_elastic_net,
    "random_forest": learn_forest,
    "ebm": learn_boosting,
}
ROLES = {"ridge": "primary"}


def learner_of(name: str) -> Learner:
    """The learner behind a name in a plan; whether it fits the outcome the plan's reader has seen.

    Raises
    ------
    UsageError
        If the model cannot be had here.
    """
    if name in own_models():
        if name in MODELS:
            raise UsageError(
                f"an installed package offers a model under the name '{name}', which is the "
                "platform's own. Remove that package."
            )
        make_own(name)
        return partial(learn_own, name=name)
    if name == "ebm":
        _boosting()
    return LEARNERS[name]


def role_of(name: str) -> str:
    """Primary or challenger.

    Examples
    --------
    >>> role_of("ridge"), role_of("random_forest")
    ('primary', 'challenger')
    """
    return ROLES.get(name, "challenger")


def _penalised(
    training: Training,
    resampling: Resampling,
    key: tuple[int, ...],
    *,
    losses: Callable[[Training, Training], Floats],
    model: Callable[..., Any],
) -> Learned:
    """Choose C by the losses of the inner folds, then fit on all training rows."""
    choice = choose_penalty(
        training,
        inner_folds=resampling.inner_folds,
        seed=resampling.seed,
        key=key,
        losses_of=losses,
    )
    return Learned(_untuned(training, model(C=choice.c)).pipeline, choice)


def _untuned(training: Training, model: Any) -> Learned:
    """Preprocessing and a model without a penalty to choose."""
    steps = training.fit_steps()
    # whole numbers: explainable boosting takes floats for names of classes
    known = training.outcome.astype(np.int64) if training.follow_up is None else training.follow_up
    fitted = model.fit(steps.transform(training.cases), known)
    return Learned(Pipeline([*steps.steps, ("model", fitted)]), None)


def _net_losses(training: Training, test: Training) -> Floats:
    """Log-loss of the elastic net on the test rows for every C of the grid."""
    steps = training.fit_steps()
    matrix, test_matrix = steps.transform(training.cases), steps.transform(test.cases)
    found = elastic_net_path(matrix, training.outcome, GRID, l1_ratio=L1_RATIO)
    risks = expit(test_matrix @ found[:, 1:].T + found[:, 0])
    ones = np.ones((1, len(test.outcome)))
    return np.array([float(log_loss_many(test.outcome, risk, ones)[0]) for risk in risks.T])


def _odds_losses(training: Training, test: Training) -> Floats:
    """Log-loss of proportional odds on the test rows for every C of the grid."""
    steps = training.fit_steps()
    matrix, test_matrix = steps.transform(training.cases), steps.transform(test.cases)
    present = np.unique(training.outcome)  # a grade that no training row has cannot be learned
    codes = np.searchsorted(present, training.outcome).astype(np.float64)
    happened = np.searchsorted(present, test.outcome).astype(np.float64)
    ones = np.ones((1, len(happened)))
    path = proportional_odds_path(matrix, codes, GRID, n_classes=len(present))
    risks = [grade_risks(test_matrix, odds.thresholds, odds.slopes) for odds in path]
    return np.array([float(multiclass.log_loss_many(happened, r, ones)[0]) for r in risks])


def _seed(resampling: Resampling, key: tuple[int, ...]) -> int:
    """The seed of a model that draws, for this task."""
    rng = generator(resampling.seed, Stage.FOREST, *key)
    return int(rng.integers(np.iinfo(np.int32).max))


def _boosting() -> Any:
    """The class of explainable boosting, from an optional package."""
    try:
        from interpret.glassbox import ExplainableBoostingClassifier
    except ImportError as error:
        raise UsageError(
            "model 'ebm' needs a package that is not installed. Install it with "
            "pip install 'imsct[ebm]', or take the model out of the plan."
        ) from error
    return ExplainableBoostingClassifier
