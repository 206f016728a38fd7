"""The panel: which measures a kind of outcome has, and how each is taken.

Belongs here: the measures of each kind, by the name they have in the results.
Does not belong here: the measures themselves (`analyses.metrics`, `analyses.multiclass`,
`analyses.ordinal`, `analyses.survival.measures`), intervals and folds (`analyses.evaluation`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np

from analyses import metrics, multiclass, ordinal
from analyses.metrics import Floats, Measure, Parts
from analyses.smooth_calibration import ici_many
from analyses.survival import measures as timed

#: From outcome, risk, weights (b, n) and test folds to the mean over the folds; shape (b,).
WithinFolds = Callable[[Floats, Floats, Floats, Parts], Floats]


@dataclass(frozen=True)
class Panel:
    """The measures of one kind of outcome.

    `auc` is taken within test folds, `pooled` over all rows of a repeat. `against_null` also needs
    the risk of a model without predictors. Every function takes outcome, risk and weights (b, n).
    `concordance` is the name of `auc` in the results, `beside` are others that are taken within
    folds too, `at_horizon` likewise but with a horizon of its own, and `deciding` is the loss by
    which one model is said to be better than another.
    """

    auc: WithinFolds
    pooled: tuple[Measure, ...]
    against_null: dict[str, Callable[[Floats, Floats, Floats, Floats], Floats]]
    concordance: str = "auc"
    beside: dict[str, WithinFolds] = field(default_factory=dict)
    at_horizon: tuple[Measure, ...] = ()
    deciding: str = "log_loss"

    def within_folds(self) -> dict[str, WithinFolds]:
        """All that is taken within test folds, by the name in the results."""
        found = {self.concordance: self.auc, **self.beside}
        return found | {measure.name: in_parts(measure) for measure in self.at_horizon}

    def losses(self) -> tuple[Measure, ...]:
        """The measures by which two models are compared besides the AUC."""
        return tuple(m for m in self.pooled if m.name in ("log_loss", "brier", "rps"))

    def loss(self) -> Measure:
        """The measure that decides."""
        return next(measure for measure in self.pooled if measure.name == self.deciding)


def in_parts(measure: Measure) -> WithinFolds:
    """A measure as its mean over the test folds; folds without a value are left out."""
    return partial(_mean_over_parts, measure.many)


def _mean_over_parts(
    many: Callable[[Floats, Floats, Floats], Floats],
    outcome: Floats,
    risk: Floats,
    weights: Floats,
    parts: Parts,
) -> Floats:
    """The mean over the parts that have a value, for each row of weights."""
    return metrics.mean_known([many(outcome[rows], risk[rows], weights[:, rows]) for rows in parts])


def _hand_till_in_parts(outcome: Floats, risk: Floats, weights: Floats, parts: Parts) -> Floats:
    """Hand and Till's AUC with every pair of classes taken within folds."""
    return multiclass.hand_till_many(outcome, risk, weights, parts=parts)


def _ipa(outcome: Floats, risk: Floats, weights: Floats, null: Floats) -> Floats:
    """IPA against the share of events among the training rows."""
    return metrics.ipa_many(outcome, risk, weights, null_risk=null)


ICI = Measure("ici", ici_many, 0.0, 1.0)
PANELS = {
    "binary": Panel(
        auc=in_parts(Measure("auc", metrics.auc_many, 0.0, 1.0)),
        pooled=(*metrics.POOLED, ICI),
        against_null={"ipa": _ipa},
    ),
    "multiclass": Panel(
        auc=_hand_till_in_parts,
        pooled=(
            Measure("log_loss", multiclass.log_loss_many, 0.0),
            Measure("brier", multiclass.brier_many, 0.0, 2.0),
            Measure("pdi", multiclass.pdi_many, 0.0, 1.0),
        ),
        against_null={},
    ),
    "ordinal": Panel(
        auc=ordinal.concordance_in_parts,
        pooled=(
            Measure("log_loss", multiclass.log_loss_many, 0.0),
            Measure("rps", ordinal.rps_many, 0.0, 1.0),
        ),
        against_null={},
    ),
}


@lru_cache
def panel_at(horizons: tuple[float, ...], place: int) -> Panel:
    """The panel of a time to an event, with the scores at one of its horizons."""

    def taken(many: Callable[..., Floats]) -> Callable[..., Floats]:
        return partial(many, at=horizons[place], place=place)

    return Panel(
        auc=timed.c_index_in_parts,
        concordance="c_index",
        beside={"uno_c": partial(timed.uno_c_in_parts, tau=horizons[-1])},
        at_horizon=(Measure("auc", taken(timed.auc_many), 0.0, 1.0),),
        pooled=(
            Measure("brier", taken(timed.brier_many), 0.0),
            Measure("o_e_ratio", taken(timed.o_e_ratio_many), 0.0),
            Measure("ici", taken(timed.ici_many), 0.0, 1.0),
        ),
        against_null={"ipa": taken(timed.ipa_many)},
        deciding="brier",
    )


def panel_of(
    n_classes: int, *, is_ordered: bool = False, horizons: tuple[float, ...] = ()
) -> Panel:
    """The panel of a classification (two classes, several, grades) or of a time to an event.

    Examples
    --------
    >>> [measure.name for measure in panel_of(4).pooled]
    ['log_loss', 'brier', 'pdi']
    >>> panel_of(2, horizons=(12.0, 24.0)).concordance
    'c_index'
    """
    if horizons:
        return panel_at(horizons, 0)
    if is_ordered:
        return PANELS["ordinal"]
    return PANELS["binary" if n_classes == 2 else "multiclass"]


def whole(n: int) -> Sequence[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """All rows as one part."""
    return (np.ones(n, dtype=bool),)
