"""The panel: which measures a kind of outcome has, and how each is taken.

Belongs here: the measures of each kind, by the name they have in the results.
Does not belong here: the measures themselves (`analyses.metrics`, `analyses.multiclass`,
`analyses.ordinal`), intervals and folds (`analyses.evaluation`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analyses import metrics, multiclass, ordinal
from analyses.metrics import Floats, Measure, Parts
from analyses.smooth_calibration import ici_many


@dataclass(frozen=True)
class Panel:
    """The measures of one kind of outcome.

    `auc` is taken within test folds, `pooled` over all rows of a repeat. `against_null` also needs
    the risk of a model without predictors. Every function takes outcome, risk and weights (b, n).
    """

    auc: Callable[[Floats, Floats, Floats, Parts], Floats]
    pooled: tuple[Measure, ...]
    against_null: dict[str, Callable[[Floats, Floats, Floats, Floats], Floats]]

    def losses(self) -> tuple[Measure, ...]:
        """The measures by which two models are compared besides the AUC."""
        return tuple(m for m in self.pooled if m.name in ("log_loss", "brier", "rps"))


def _auc_in_parts(outcome: Floats, risk: Floats, weights: Floats, parts: Parts) -> Floats:
    """Mean AUC over the test folds; folds without both classes are left out."""
    found = [metrics.auc_many(outcome[rows], risk[rows], weights[:, rows]) for rows in parts]
    return metrics.mean_known(found)


def _hand_till_in_parts(outcome: Floats, risk: Floats, weights: Floats, parts: Parts) -> Floats:
    """Hand and Till's AUC with every pair of classes taken within folds."""
    return multiclass.hand_till_many(outcome, risk, weights, parts=parts)


def _ipa(outcome: Floats, risk: Floats, weights: Floats, null: Floats) -> Floats:
    """IPA against the share of events among the training rows."""
    return metrics.ipa_many(outcome, risk, weights, null_risk=null)


ICI = Measure("ici", ici_many, 0.0, 1.0)
PANELS = {
    "binary": Panel(auc=_auc_in_parts, pooled=(*metrics.POOLED, ICI), against_null={"ipa": _ipa}),
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


def panel_of(n_classes: int, *, is_ordered: bool = False) -> Panel:
    """The panel of a classification: two classes, several, or grades.

    Examples
    --------
    >>> [measure.name for measure in panel_of(4).pooled]
    ['log_loss', 'brier', 'pdi']
    """
    if is_ordered:
        return PANELS["ordinal"]
    return PANELS["binary" if n_classes == 2 else "multiclass"]


def whole(n: int) -> Sequence[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """All rows as one part."""
    return (np.ones(n, dtype=bool),)
