"""ComBat: location and scale of each centre taken out of measured numbers, shrunk over features.

Belongs here: what is learned from rows with a centre, and a step of the Pipeline that applies it.
Does not belong here: which columns it moves, and on whose rows it is fitted (`analyses.prepared`).
The outcome is never looked at. A centre that it does not know keeps its numbers as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

from analyses.metrics import Floats

#: A centre with fewer different training rows has no parameters (statistics.md, section 5).
LEAST_ROWS = 2
#: sva goes no further: once no value changes by more than this share of itself it stops, up to 1e-5
#: short of where the steps lead. A later stop would be another number than R's.
_ARRIVED, _MAX_STEPS = 1e-4, 1000


@dataclass(frozen=True)
class Parameters:
    """What was learned of p features and k centres.

    `level`, `spread` (p,): standardising; `slopes` (q, p): those of the covariates; `location` and
    `scale` (k, p): of each centre, in units of `spread`.
    """

    level: Floats
    spread: Floats
    slopes: Floats
    location: Floats
    scale: Floats


def learn_combat(
    values: Floats,
    centre: NDArray[np.int64],
    *,
    covariates: Floats | None = None,
    is_mean_only: bool = False,
    reference: int | None = None,
    is_parametric: bool = True,
) -> Parameters:
    """Learn location and scale of every centre, shrunk towards their mean over the features.

    Parameters
    ----------
    values
        Shape (n, p), p at least 2. Each feature varies within each centre.
    centre
        Shape (n,). 0 to k - 1, each in at least two rows.
    covariates
        Shape (n, q). What centres may rightly differ in, and is kept. Never the outcome.
    is_mean_only, reference, is_parametric
        Scales left as they are; a centre that the others are brought to; normal and inverse gamma
        priors, else the features themselves.

    Notes
    -----
    As `sva::ComBat` of R. Source: Johnson WE, Li C, Rabinovic
    A. Biostatistics 2007;8:118. doi:10.1093/biostatistics/kxj037
    """
    n, k = len(values), int(centre.max()) + 1
    is_of = (centre[:, None] == np.arange(k)).astype(np.float64)
    others = np.empty((n, 0)) if covariates is None else covariates
    slopes = np.linalg.lstsq(np.column_stack([is_of, others]), values, rcond=None)[0]
    residuals = values - is_of @ slopes[:k] - others @ slopes[k:]
    share = is_of.mean(axis=0)
    here = np.full(n, True)
    if reference is not None:
        share, here = np.eye(k)[reference], centre == reference
    level = share @ slopes[:k]
    spread = np.sqrt((residuals[here] ** 2).mean(axis=0))
    standard = (values - level - others @ slopes[k:]) / spread
    location, scale = np.empty((k, values.shape[1])), np.ones((k, values.shape[1]))
    for place in range(k):
        rows = standard[centre == place]
        mean = rows.mean(axis=0)
        variance = np.ones(len(mean)) if is_mean_only else rows.var(axis=0, ddof=1)
        shrink: Callable[..., tuple[Floats, Floats]] = _by_priors if is_parametric else _by_features
        if is_mean_only and is_parametric:
            location[place] = _mean_alone(mean)
        else:
            location[place], variance = shrink(rows, mean, variance)
            scale[place] = np.ones(len(mean)) if is_mean_only else np.sqrt(variance)
    if reference is not None:
        location[reference], scale[reference] = 0.0, 1.0
    return Parameters(level, spread, slopes[k:], location, scale)


def apply_combat(
    learned: Parameters,
    values: Floats,
    centre: NDArray[np.int64],
    *,
    covariates: Floats | None = None,
) -> Floats:
    """The values without their centre's location and scale; those of a centre below 0 as they are.

    Parameters
    ----------
    learned
        From `learn_combat`.
    values, centre, covariates
        As there, of any rows; -1: a centre without parameters, which is taken for the reference.
    """
    level = learned.level + (0.0 if covariates is None else covariates @ learned.slopes)
    standard = (values - level) / learned.spread
    moved = (standard - learned.location[centre]) / learned.scale[centre]
    found: Floats = np.where((centre < 0)[:, None], values, moved * learned.spread + level)
    return found


def _mean_alone(mean: Floats) -> Floats:
    """Locations shrunk towards their mean, as sva does it: each counts as one row of variance 1."""
    prior = mean.var(ddof=1)
    found: Floats = (prior * mean + mean.mean()) / (prior + 1)
    return found


def _by_priors(rows: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Location and variance of each feature under normal and inverse gamma priors."""
    n, around, prior = len(rows), mean.mean(), mean.var(ddof=1)
    average, spread = variance.mean(), variance.var(ddof=1)
    location, found = mean, variance
    if spread <= 1e-12 * average**2:  # all alike: the prior is a point
        found = np.full(len(mean), average)
        return (n * prior * mean + found * around) / (n * prior + found), found
    shape = (2 * spread + average**2) / spread
    rate = (average * spread + average**3) / spread
    for _ in range(_MAX_STEPS):
        before = location, found
        location = (n * prior * mean + found * around) / (n * prior + found)
        squares = ((rows - location) ** 2).sum(axis=0)
        found = (0.5 * squares + rate) / (n / 2 + shape - 1)
        # sva divides by the value with its sign: a location below 0 never asks for another step
        by = np.where(before[0] == 0, 1.0, before[0])
        moved = (np.abs(location - before[0]) / by).max()
        if max(moved, (np.abs(found - before[1]) / before[1]).max()) <= _ARRIVED:
            break
    return location, found


def _by_features(rows: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """The same with the other features as the prior: each weighs as likely as it makes the rows."""
    location, found = np.empty(len(mean)), np.empty(len(mean))
    for place in range(len(mean)):
        other = np.arange(len(mean)) != place
        squares = ((rows[:, [place]] - mean[other]) ** 2).sum(axis=0)
        chance = -0.5 * len(rows) * np.log(variance[other]) - squares / (2 * variance[other])
        weight = np.exp(chance - chance.max())
        location[place] = weight @ mean[other] / weight.sum()
        found[place] = weight @ variance[other] / weight.sum()
    return location, found


class ComBat(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Harmonise columns of a matrix that holds the number of each row's centre in its last column.

    Keeps true: everything is learned from the rows given to `fit`, and nothing from `y`. The last
    column is not handed on. Rows of a centre with fewer than two different training rows, or not
    seen, keep their values. So does a column that is constant within a centre with parameters.

    Parameters
    ----------
    columns
        Columns to harmonise; None: all but the last.

    Notes
    -----
    No covariates: what is known of a case besides its centre would come back by their coefficients,
    and with the outcome among them so would the outcome. Source: statistics.md, section 5.

    Examples
    --------
    >>> X = np.array([[1.0, 5, 0], [2, 6, 0], [3, 8, 0], [11, 25, 1], [12, 27, 1], [13, 28, 1]])
    >>> found = ComBat().fit(X).transform(X)
    >>> bool(np.abs(found[:3].mean(axis=0) - found[3:].mean(axis=0)).max() < 1)
    True
    """

    def __init__(self, columns: tuple[int, ...] | None = None) -> None:
        self.columns = columns

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn from the rows of X, shape (n, p + 1); `y` is never looked at."""
        X = validate_data(self, X, dtype=np.float64, ensure_min_features=2)
        wanted = range(X.shape[1] - 1) if self.columns is None else self.columns
        named = X[:, -1]
        centres = [
            c
            for c in np.unique(named[named >= 0])
            if len(np.unique(X[named == c][:, list(wanted)], axis=0)) >= LEAST_ROWS
        ]
        self.columns_ = np.array(
            [j for j in wanted if all(np.ptp(X[named == c, j]) > 0 for c in centres)], dtype=int
        )
        self.centres_ = np.array(centres)
        self.is_learned_ = len(centres) > 1 and len(self.columns_) > 1
        if self.is_learned_:
            place = self._places(X)
            learned = learn_combat(X[place >= 0][:, self.columns_], place[place >= 0])
            self.level_, self.spread_ = learned.level, learned.spread
            self.location_, self.scale_ = learned.location, learned.scale
        return self

    def transform(self, X: Any) -> Floats:
        """The columns but the last, harmonised."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        found: Floats = X[:, :-1].copy()
        if self.is_learned_:
            none = np.empty((0, len(self.columns_)))
            learned = Parameters(self.level_, self.spread_, none, self.location_, self.scale_)
            found[:, self.columns_] = apply_combat(
                learned, found[:, self.columns_], self._places(X)
            )
        return found

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the columns but the last."""
        check_is_fitted(self)
        names: NDArray[np.object_] = _check_feature_names_in(self, input_features)
        return names[:-1]

    def _places(self, X: Floats) -> NDArray[np.int64]:
        """Place of each row's centre among those with parameters, -1 for any other."""
        is_it = X[:, -1:] == self.centres_
        return np.where(is_it.any(axis=1), is_it.argmax(axis=1), -1).astype(np.int64)
