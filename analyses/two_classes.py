"""Two classes: what every own logistic regression of two classes shares as an estimator.

Belongs here: labels as 0 and 1, risks and classes from fitted coefficients.
Does not belong here: fitting (`analyses.elastic_net`, `analyses.firth`).
"""

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from analyses.metrics import Floats


class TwoClassLogistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """An estimator whose `fit` leaves `classes_`, `coef_` (1, p) and `intercept_` (1,)."""

    def predict_proba(self, X: Any) -> Floats:
        """Risk of both classes."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        risk = expit(X @ self.coef_[0] + self.intercept_[0])
        return np.column_stack([1 - risk, risk])

    def predict(self, X: Any) -> Any:
        """The class with the higher risk."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self) -> Any:
        """Two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def two_classes(y: Any) -> tuple[Any, Floats]:
    """The two labels and the outcome as 0 and 1.

    Raises
    ------
    ValueError
        If there are not two classes.
    """
    check_classification_targets(y)
    kind = type_of_target(y)
    classes, codes = np.unique(y, return_inverse=True)
    if kind != "binary" or len(classes) > 2:
        raise ValueError(f"Only binary classification is supported. The type of y is {kind}.")
    if len(classes) < 2:
        raise ValueError("the outcome has one class only; 2 are needed")
    return classes, codes.astype(np.float64)
