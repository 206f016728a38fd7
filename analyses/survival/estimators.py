"""Survival models with the interface of scikit-learn.

Belongs here: the form of the outcome, fitting every cause, risks from the fitted hazards.
Does not belong here: the fits themselves (`analyses.survival.cox`), the choice of the penalty.
"""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from analyses.survival.absolute_risk import absolute_risk
from analyses.survival.cox import NOT_ARRIVED, baseline_hazard, ridge_cox_path
from analyses.survival.cox_net import cox_net_path
from analyses.survival.cox_sets import Floats
from analyses.survival.steps import StepFunction

EVENT, COMPETING = 1, 2
#: With fewer events a competing cause has a hazard, but no predictors.
LEAST_COMPETING = 10


def split_outcome(y: Any) -> tuple[Floats, Floats, Floats | None]:
    """Time, event code and entry of an outcome.

    Parameters
    ----------
    y
        Shape (n, 2) or (n, 3), or a structured array of two or three fields: time, event code (0
        censored, 1 the event, 2 a competing one) and, where rows entered late, the entry.

    Raises
    ------
    ValueError
        If it has another form, or another code.

    Examples
    --------
    >>> [part.tolist() for part in split_outcome([[5.0, 1], [7.0, 0]])[:2]]
    [[5.0, 7.0], [1.0, 0.0]]
    """
    fields = getattr(getattr(y, "dtype", None), "names", None)
    if fields:
        y = np.column_stack([np.asarray(y[name], dtype=np.float64) for name in fields])
    y = check_array(y, dtype=np.float64, ensure_2d=False, input_name="y")
    if y.ndim != 2 or y.shape[1] not in (2, 3):
        raise ValueError("y must have two or three columns: time, event code and, perhaps, entry")
    if not np.isin(y[:, 1], (0, EVENT, COMPETING)).all():
        raise ValueError("an event code of y is not 0 (censored), 1 (event) or 2 (competing)")
    return y[:, 0], y[:, 1], y[:, 2] if y.shape[1] == 3 else None


class CauseSpecificCox(BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Cox regression of each cause with a penalty `theta`; a subclass says which one.

    A competing cause gets the same predictors and penalty where it has ten events or more, else the
    Nelson-Aalen hazard of everybody. Columns should be standardised; ties are Efron's.

    Attributes
    ----------
    coef_
        Shape (p,). Coefficients of the event.
    times_, hazard_
        Times of the event, and the cumulative baseline hazard from each on.
    competing_coef_, competing_times_, competing_hazard_
        The same of the competing cause; empty times where no row has it.
    """

    theta: float
    coef_: Floats
    times_: Floats
    hazard_: Floats
    competing_coef_: Floats
    competing_times_: Floats
    competing_hazard_: Floats

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the hazard of every cause.

        Raises
        ------
        ValueError
            If no row at risk has the event, or the penalty is not above 0.
        """
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        X = validate_data(self, X, dtype=np.float64)
        time, code, entry = split_outcome(y)
        if len(time) != len(X):
            raise ValueError(f"X has {len(X)} rows and y has {len(time)}: inconsistent lengths")
        if not 0 < self.theta < np.inf:
            raise ValueError("theta must be above 0 and finite")
        self.coef_ = self._coefficients(X, time, code == EVENT, entry)
        hazard = baseline_hazard(X, time, code == EVENT, self.coef_, entry=entry)
        if not len(hazard.times):
            raise ValueError("no row at risk has the event; at least one is needed")
        self.times_, self.hazard_ = hazard.times, hazard.values
        other = code == COMPETING
        if other.sum() >= LEAST_COMPETING:
            self.competing_coef_ = self._coefficients(X, time, other, entry)
            hazard = baseline_hazard(X, time, other, self.competing_coef_, entry=entry)
        else:
            self.competing_coef_ = np.zeros(X.shape[1])
            hazard = baseline_hazard(
                X, time, other, self.competing_coef_, entry=entry, ties="breslow"
            )
        self.competing_times_, self.competing_hazard_ = hazard.times, hazard.values
        return self

    def predict(self, X: Any) -> Floats:
        """Linear predictor of the event; a higher one is a higher hazard."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        found: Floats = X @ self.coef_
        return found

    def predict_risk(self, X: Any, times: Any) -> Floats:
        """Absolute risk of the event by each time, shape (n, len(times))."""
        linear = [self.predict(X)]
        hazards = [StepFunction(self.times_, self.hazard_, 0.0)]
        if len(self.competing_times_):
            X = validate_data(self, X, reset=False, dtype=np.float64)
            linear.append(X @ self.competing_coef_)
            hazards.append(StepFunction(self.competing_times_, self.competing_hazard_, 0.0))
        return absolute_risk(linear, hazards, np.asarray(times, dtype=np.float64))

    def _coefficients(self, X: Floats, time: Floats, is_event: Any, entry: Floats | None) -> Floats:
        """Coefficients of one cause; every other end of observation is a censoring."""
        found: Floats = self._path(X, time, is_event, entry=entry)[0]
        if not np.isfinite(found).all():
            raise ValueError(NOT_ARRIVED)
        return found

    def _path(self, X: Floats, time: Floats, is_event: Any, *, entry: Floats | None) -> Floats:
        """Coefficients at the penalty, shape (1, p)."""
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        """An outcome is needed, of two or three columns."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        tags.target_tags.two_d_labels = True
        return tags


class RidgeCox(CauseSpecificCox):
    """Cox regression with a ridge penalty.

    Parameters
    ----------
    theta
        Penalty: theta/2 times the sum of squared coefficients; above 0.

    See Also
    --------
    CauseSpecificCox : What is fitted, and the attributes.

    Examples
    --------
    >>> x = np.array([[-1.0], [1.0], [-1.0], [1.0]])
    >>> y = np.array([[4.0, 0], [1.0, 1], [2.0, 1], [3.0, 1]])
    >>> model = RidgeCox(theta=1.0).fit(x, y)
    >>> model.predict(x[:2]).round(3).tolist()
    [-0.343, 0.343]
    >>> model.predict_risk(x[:2], [2.0]).round(3).tolist()
    [[0.342], [0.564]]
    """

    def __init__(self, theta: float = 1.0) -> None:
        self.theta = theta

    def _path(self, X: Floats, time: Floats, is_event: Any, *, entry: Floats | None) -> Floats:
        return ridge_cox_path(X, time, is_event, [self.theta], entry=entry)


class ElasticNetCox(CauseSpecificCox):
    """Cox regression with an elastic net, which sets coefficients to 0.

    Parameters
    ----------
    theta
        Penalty: theta times (l1_ratio sum |b| + (1 - l1_ratio)/2 sum b^2); above 0.
    l1_ratio
        Share of the absolute part, above 0 and at most 1.

    See Also
    --------
    CauseSpecificCox : What is fitted, and the attributes.

    Examples
    --------
    >>> x = np.array([[-1.0], [1.0], [-1.0], [1.0]])
    >>> y = np.array([[4.0, 0], [1.0, 1], [2.0, 1], [3.0, 1]])
    >>> ElasticNetCox(theta=9.0).fit(x, y).coef_.tolist()
    [0.0]
    """

    def __init__(self, theta: float = 1.0, l1_ratio: float = 0.5) -> None:
        self.theta = theta
        self.l1_ratio = l1_ratio

    def _path(self, X: Floats, time: Floats, is_event: Any, *, entry: Floats | None) -> Floats:
        return cox_net_path(X, time, is_event, [self.theta], l1_ratio=self.l1_ratio, entry=entry)
