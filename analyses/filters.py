"""Filters: steps of the Pipeline that let columns fall away, learned on training rows only.

Belongs here: numbers on which readers do not agree, columns that say the same as an earlier one.
Does not belong here: agreement itself (`analyses.agreement`), the order of the steps
(`analyses.prepared`).
The outcome is never looked at. At least one column is always left.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from analyses.agreement import LEAST_AGREEMENT


class AgreementFilter(SelectorMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Keep the columns whose agreement between readers has a lower limit that is high enough.

    Keeps true: a column without repeated reads is not judged and stays; if every one falls short,
    the one with the highest limit stays.

    Parameters
    ----------
    lower_limits
        Lower limit of ICC(2,1) of each column, None where it was not read again. None: no column
        is judged.
    least
        The limit that is high enough.

    Examples
    --------
    >>> AgreementFilter((0.9, 0.5, None)).fit(np.zeros((2, 3))).get_support().tolist()
    [True, False, True]
    """

    def __init__(
        self,
        lower_limits: tuple[float | None, ...] | None = None,
        least: float = LEAST_AGREEMENT,
    ) -> None:
        self.lower_limits = lower_limits
        self.least = least

    def fit(self, X: Any, y: Any = None) -> Self:
        """Look at the number of columns only."""
        X = validate_data(self, X, dtype=np.float64)
        limits = self.lower_limits or (None,) * X.shape[1]
        if len(limits) != X.shape[1]:
            raise ValueError(f"{len(limits)} limits were given for {X.shape[1]} columns")
        known = [limit for limit in limits if limit is not None]
        best = max(known, default=self.least) if len(known) == len(limits) else self.least
        self.support_ = np.array([x is None or x >= min(best, self.least) for x in limits])
        return self

    def _get_support_mask(self) -> NDArray[np.bool_]:
        """Which columns stay."""
        check_is_fitted(self)
        mask: NDArray[np.bool_] = self.support_
        return mask


class CorrelationFilter(SelectorMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Drop each column that has the ranks of an earlier, kept one, or nearly so.

    Keeps true: of columns that say the same the first stays, in the order of the plan. A constant
    column is correlated with nothing.

    Parameters
    ----------
    limit
        Absolute Spearman correlation above which a column falls away.

    Examples
    --------
    >>> X = np.array([[1.0, 10, 3], [2, 30, 1], [3, 40, 2], [4, 90, 3]])
    >>> CorrelationFilter().fit(X).get_support().tolist()
    [True, False, True]
    """

    def __init__(self, limit: float = 0.9) -> None:
        self.limit = limit

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn from the rows of X which columns stay; `twin_` names why another does not."""
        X = validate_data(self, X, dtype=np.float64)
        ranks = rankdata(X, axis=0)
        ranks = ranks - ranks.mean(axis=0)
        length = np.sqrt((ranks**2).sum(axis=0))
        ranks = ranks / np.where(length > 0, length, 1.0)
        # a correlation of just the limit is not above it, whatever rounding says
        is_same = np.abs(ranks.T @ ranks) > self.limit + 1e-12
        kept: list[int] = []
        self.twin_ = np.full(X.shape[1], -1)
        for place in range(X.shape[1]):
            twins = np.flatnonzero(is_same[place, kept])
            if len(twins):
                self.twin_[place] = kept[twins[0]]
            else:
                kept.append(place)
        return self

    def _get_support_mask(self) -> NDArray[np.bool_]:
        """Which columns stay."""
        check_is_fitted(self)
        mask: NDArray[np.bool_] = self.twin_ < 0
        return mask
