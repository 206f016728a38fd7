"""Run scikit-learn's checks on every own estimator and print what did not pass, as JSON.

A process of its own: SciPy reads SCIPY_ARRAY_API when it is first imported, and without it one of
the checks is skipped.
"""

import json
from typing import Any

import numpy as np
from sklearn.utils.estimator_checks import check_estimator

from analyses.chained_step import ChainedImputer
from analyses.combat import ComBat
from analyses.elastic_net import ElasticNetLogistic
from analyses.filters import AgreementFilter, CorrelationFilter
from analyses.firth import FirthLogistic
from analyses.prepared import CentreEncoder
from analyses.preprocessing import CaseEncoder
from analyses.proportional_odds import ProportionalOdds
from analyses.published_prior import RidgeTowards
from analyses.survival.estimators import CauseSpecificCox, ElasticNetCox, RidgeCox


class AllEvents(CauseSpecificCox):
    """For an outcome of one column, as the checks give it: times, all of them events."""

    def fit(self, X: Any, y: Any) -> Any:
        if isinstance(y, np.ndarray) and y.ndim == 1 and y.dtype.names is None:
            y = np.column_stack([y, np.ones(len(y))])
        return super().fit(X, y)


class AllEventsRidge(AllEvents, RidgeCox):
    """Ridge Cox so."""


class AllEventsNet(AllEvents, ElasticNetCox):
    """Elastic-net Cox so."""


OWN = (
    AgreementFilter,
    AllEventsNet,
    AllEventsRidge,
    CaseEncoder,
    CentreEncoder,
    ChainedImputer,
    ComBat,
    CorrelationFilter,
    ElasticNetLogistic,
    FirthLogistic,
    ProportionalOdds,
    RidgeTowards,
)


def main() -> None:
    """Print the number of checks and the others than passed, for each estimator."""
    found = {}
    for kind in OWN:
        checks = check_estimator(kind(), on_fail=None, on_skip=None)
        others = [
            f"{check['check_name']}: {check['status']}, {check['exception']!r}"
            for check in checks
            if check["status"] != "passed"
        ]
        found[kind.__name__] = {"checks": len(checks), "not_passed": others}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
