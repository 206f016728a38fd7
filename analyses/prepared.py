"""Prepared: the steps before the model where a plan asks for more than coding and medians.

Belongs here: chained equations, harmonising centres and the filters, in their order, each fitted on
the training rows that it is given.
Does not belong here: the plain steps (`analyses.preprocessing`), each step (`analyses.combat`,
`analyses.filters`), what is said of them (`analyses.preparation_report`).
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from analyses.agreement import Reads
from analyses.chained_step import ChainedImputer
from analyses.combat import ComBat
from analyses.filters import AgreementFilter, CorrelationFilter
from analyses.preprocessing import (
    MIN_PATIENTS_PER_STATE,
    CaseEncoder,
    coded,
    preprocessing_steps,
    typed,
)

#: How a centre without a name is called; `analyses.trainings` fills it in.
NO_CENTRE = "(none)"


@dataclass(frozen=True)
class Preparation:
    """What a plan asks for between coding and scaling; by default medians and nothing more.

    `harmonised` are the predictors that ComBat moves, and `centre` the column that names the centre
    for it; `correlated` is the limit of the correlation filter, `reads` those of the agreement
    filter. `impute` is `median` or `iterative` (`analyses.chained_step`); `indicates`: missing
    values have indicators.
    """

    centre: str | None = None
    harmonised: tuple[str, ...] = ()
    correlated: float | None = None
    reads: Reads | None = None
    impute: str = "median"
    indicates: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked for."""
        is_default = self.impute == "median" and self.indicates
        return is_default and not self.is_stepped

    @property
    def is_stepped(self) -> bool:
        """Whether there are steps between imputation and scaling."""
        return bool(self.harmonised) or self.correlated is not None or self.reads is not None


#: Coding, imputation and scaling only.
PLAIN = Preparation()


class CentreEncoder(CaseEncoder):
    """The coded cases, and in a last column the number of each row's centre; -1: not seen in `fit`.

    Parameters
    ----------
    centre
        The column of the frame that names the centre; None: as `CaseEncoder`, without one.
    min_patients, fills, indicates
        As in `CaseEncoder`.

    Examples
    --------
    >>> frame = pl.DataFrame({"x": [1.0, 2.0], "site": ["A", "B"]})
    >>> encoder = CentreEncoder(centre="site").fit(frame)
    >>> encoder.transform(pl.DataFrame({"x": [3.0, 4.0], "site": ["B", "C"]})).tolist()
    [[3.0, 1.0], [4.0, -1.0]]
    """

    def __init__(
        self,
        centre: str | None = None,
        min_patients: int = MIN_PATIENTS_PER_STATE,
        fills: bool = True,
        indicates: bool = True,
    ) -> None:
        super().__init__(min_patients=min_patients, fills=fills, indicates=indicates)
        self.centre = centre

    def fit(self, X: Any, y: Any = None, groups: NDArray[np.str_] | None = None) -> Self:
        """Learn the codes, and the centres by name."""
        if self.centre is None:
            return super().fit(X, y, groups=groups)
        super().fit(X.drop(self.centre), y, groups=groups)
        codes, texts = coded(typed(X[self.centre]))
        self.centres_: list[str] = sorted({texts[code] for code in np.unique(codes)})
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """The coded cases with the number of their centre."""
        found = super().transform(X)
        if self.centre is None:
            return found
        codes, texts = coded(typed(X[self.centre].cast(pl.String).fill_null(NO_CENTRE)))
        places = {name: float(place) for place, name in enumerate(self.centres_)}
        return np.column_stack([found, np.array([places.get(t, -1.0) for t in texts])[codes]])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the columns."""
        names = super().get_feature_names_out(input_features)
        return names if self.centre is None else np.append(names, self.centre)

    def source_columns(self) -> list[str]:
        """The column of the frame behind each column of the matrix."""
        names = super().source_columns()
        return names if self.centre is None else [*names, self.centre]


def fit_prepared(
    frame: pl.DataFrame, groups: NDArray[np.str_], preparation: Preparation
) -> Pipeline:
    """Fit every step before the model on training rows, one after the other.

    Parameters
    ----------
    frame
        Predictors, and the centre's column last where numbers are harmonised.
    groups
        Patient of each row.
    preparation
        What the plan asks for.
    """
    encoder = fit_encoder(frame, groups, preparation)
    impute: Any = preprocessing_steps()[1][1]
    if preparation.impute == "iterative":
        impute = ChainedImputer.over(encoder.codes_)
    matrix = impute.fit_transform(encoder.transform(frame))
    steps, _ = fit_after_imputation(matrix, encoder, groups, preparation)
    return Pipeline([("encode", encoder), ("impute", impute), *steps])


def fit_encoder(
    frame: pl.DataFrame, groups: NDArray[np.str_], preparation: Preparation
) -> CentreEncoder:
    """The coding of the training rows; texts stay missing where chained equations fill them."""
    encoder = CentreEncoder(
        centre=preparation.centre if preparation.harmonised else None,
        fills=preparation.impute == "median",
        indicates=preparation.indicates,
    )
    return encoder.fit(frame, groups=groups)


def fit_after_imputation(
    matrix: NDArray[np.float64],
    encoder: CentreEncoder,
    groups: NDArray[np.str_],
    preparation: Preparation,
) -> tuple[list[tuple[str, Any]], NDArray[np.float64]]:
    """The steps from the filled matrix of the training rows on, and what they make of it."""
    steps: list[tuple[str, Any]] = []
    sources = encoder.source_columns()
    if encoder.centre is not None:
        names = encoder.get_feature_names_out()
        moved = tuple(j for j, name in enumerate(names) if name in preparation.harmonised)
        steps.append(("harmonise", ComBat(moved)))
        matrix, sources = steps[-1][1].fit_transform(matrix), sources[:-1]
    if preparation.reads is not None:
        found = preparation.reads.agreement(groups)
        limits = tuple(found[name][1] if name in found else None for name in sources)
        steps.append(("agree", AgreementFilter(limits)))
        matrix = steps[-1][1].fit_transform(matrix)
    if preparation.correlated is not None:
        steps.append(("differ", CorrelationFilter(preparation.correlated)))
        matrix = steps[-1][1].fit_transform(matrix)
    scale = preprocessing_steps()[2][1]
    return [*steps, ("scale", scale)], scale.fit_transform(matrix)
