"""Completed tables: the predictors of an inference table with their gaps filled several times.

Belongs here: columns without indicators, filled with the outcome among what tells of them.
Does not belong here: fits and pooling (`analyses.inference`, `analyses.rubin`), prediction: there
the outcome fills nothing (`analyses.over_imputations`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyses.chained import Floats, blocks_of, chain
from analyses.preprocessing import CaseEncoder
from analyses.resampling import Stage, generator
from analyses.rubin import tables_needed

#: Last entry of the spawn key: the tables of inference are not those of a fold.
_INFERENCE = 1


@dataclass(frozen=True)
class Completed:
    """Matrices of shape (n, p) without gaps, the names of their columns, and the complete rows."""

    matrices: tuple[Floats, ...]
    names: tuple[str, ...]
    is_complete: NDArray[np.bool_]


def completed_tables(
    frame: pl.DataFrame, groups: NDArray[np.str_], beside: Floats, *, seed: int
) -> Completed | None:
    """Fill the gaps of predictors by chained equations with draws; None where there are none.

    Parameters
    ----------
    frame
        Predictors of n cases.
    groups
        Shape (n,). Patient of each row.
    beside
        Shape (n, q). The outcome as numbers without gaps: a column of 0 and 1, one for each class
        but the first, the grade, or the event indicator and the Nelson-Aalen estimate.
    seed
        Seed of the plan.

    Notes
    -----
    How many: `analyses.rubin.tables_needed`. Nelson-Aalen: White IR, Royston P. Stat Med
    2009;28:1982. doi:10.1002/sim.3618
    """
    encoder = CaseEncoder(fills=False, indicates=False).fit(frame, groups=groups)
    matrix, names = encoder.transform(frame), encoder.get_feature_names_out()
    known = np.logical_not(
        np.isnan(matrix).all(axis=0)
    )  # nothing is learned of a column without any value
    blocks = [block for block in blocks_of(encoder.codes_) if known[block.columns[0]]]
    is_complete = np.logical_not(np.isnan(matrix[:, known]).any(axis=1))
    n, p = matrix.shape
    if is_complete.all():
        return None
    whole = np.column_stack([matrix, beside])
    outcome = range(p, whole.shape[1])
    tables = []
    for number in range(tables_needed(int((~is_complete).sum()), n)):
        rng = generator(seed, Stage.IMPUTATIONS, _INFERENCE, number)
        filled, _ = chain(whole, blocks, rng=rng, complete=outcome, is_kept=False)
        tables.append(filled[:, :p][:, known])
    return Completed(tuple(tables), tuple(map(str, names[known])), is_complete)
