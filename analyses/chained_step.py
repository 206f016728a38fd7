"""Chained equations as a step of the Pipeline: expected values, nothing drawn.

Belongs here: the step, its fitted state as plain values that a model file can hold.
Does not belong here: the chain (`analyses.chained`), draws (`analyses.over_imputations`).
No value of a case is kept: only coefficients, means and standard deviations.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

from analyses.chained import Block, Chain, Equation, Floats, blocks_of, chain


class ChainedImputer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Fill each column from the others by regression, in rounds, learned on the rows of `fit`.

    Keeps true: nothing is learned from `y`, nor from a row that is only transformed; a row's values
    do not depend on the other rows transformed with it. A sign or level is filled with its
    probability. A column without any training value becomes 0.

    Parameters
    ----------
    blocks
        Columns that are missing together: one number, or those of a text. None: each by itself.
    numbers
        Whether each block is a number; None: all are.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, np.nan], [4.0, 8.0], [5.0, 10.0]])
    >>> ChainedImputer().fit(X).transform(X)[2].round(1).tolist()
    [3.0, 6.0]
    """

    def __init__(
        self,
        blocks: tuple[tuple[int, ...], ...] | None = None,
        numbers: tuple[bool, ...] | None = None,
    ) -> None:
        self.blocks = blocks
        self.numbers = numbers

    @classmethod
    def over(cls, codes: Sequence[Any]) -> Self:
        """The step after an encoder with these codes."""
        found = blocks_of(codes)
        return cls(tuple(b.columns for b in found), tuple(b.is_number for b in found))

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the chain from the rows of X, shape (n, p); `y` is never looked at."""
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        columns = self.blocks
        if columns is None:
            columns = tuple((j,) for j in range(X.shape[1]))
        numbers = self.numbers or (True,) * len(columns)
        found = chain(X, [Block(*pair) for pair in zip(columns, numbers, strict=True)])[1]
        self.turn_ = [list(block.columns) for block in found.blocks]
        self.is_number_ = [block.is_number for block in found.blocks]
        self.shift_, self.scale_, self.start_ = found.shift, found.scale, found.start
        self.inputs_ = found.inputs
        self.rounds_ = [
            [None if equation is None else equation.beta for equation in equations]
            for equations in found.rounds
        ]
        return self

    def transform(self, X: Any) -> Floats:
        """The rows without gaps."""
        check_is_fitted(self)
        X = validate_data(
            self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan", copy=True
        )
        fitted = Chain(
            [
                Block(tuple(columns), is_number)
                for columns, is_number in zip(self.turn_, self.is_number_, strict=True)
            ],
            self.shift_,
            self.scale_,
            self.start_,
            self.inputs_,
            [
                [None if beta is None else Equation(beta, at=np.zeros(len(beta))) for beta in betas]
                for betas in self.rounds_
            ],
        )
        return fitted.complete(X)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """The names of the columns, unchanged."""
        check_is_fitted(self)
        names: NDArray[np.object_] = _check_feature_names_in(self, input_features)
        return names

    def __sklearn_tags__(self) -> Any:
        """Missing values are this step's work."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
