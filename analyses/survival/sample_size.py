"""Sample size of a model of a time to an event.

Belongs here: the largest R2 that follow-up allows, Riley's criteria with it.
Does not belong here: the verdict, and the sizes and conventions of all outcomes
(`analyses.verdict`, which calls this).
"""

import math
from typing import NamedTuple

#: The number of patients in which the likelihood without predictors is taken, as in the reference
#: package; events are rounded up in it.
_STANDARD = 10_000
_QUANTILE = 1.96


class Needed(NamedTuple):
    """Patients by criterion: 1 shrinkage, 2 optimism, 3 overall risk at a time."""

    criterion_1: int
    criterion_2: int
    criterion_3: int
    max_r2: float


def max_survival_r2(rate: float, mean_follow_up: float) -> float:
    """Largest Cox-Snell R2 of a time to an event.

    Parameters
    ----------
    rate
        Events for each unit of time under observation.
    mean_follow_up
        Time under observation for each patient, in the same unit.

    Notes
    -----
    From the likelihood of an exponential model without predictors. Source: Riley RD et al. Stat Med
    2019;38:1276. doi:10.1002/sim.7992

    Examples
    --------
    >>> round(max_survival_r2(0.065, 2.07), 4)
    0.5547
    >>> max_survival_r2(0.0, 2.0)
    0.0
    """
    events = math.ceil(round(_STANDARD * rate * mean_follow_up, 6))
    if events <= 0:
        return 0.0
    log_likelihood = events * math.log(events / _STANDARD) - events
    return max(0.0, 1 - math.exp(2 * log_likelihood / _STANDARD))


def needed_for_survival(
    r2: float,
    parameters: int,
    *,
    rate: float,
    mean_follow_up: float,
    at: float,
    shrinkage: float,
    optimism: float,
    margin: float,
) -> Needed | None:
    """Patients needed to develop a model of a time to an event; None where nothing can be expected.

    Parameters
    ----------
    r2
        Anticipated Cox-Snell R2.
    parameters
        Columns of the largest model.
    rate, mean_follow_up
        As in `max_survival_r2`.
    at
        The time whose overall risk must be known within `margin`.
    shrinkage, optimism, margin
        The conventions of `analyses.verdict`.

    Notes
    -----
    Criterion 3 is our own (the reference package only reports it): the smallest n with which the
    upper limit of the risk 1 - exp(-rate at) lies within `margin` of it.

    Examples
    --------
    >>> needed_for_survival(0.15, 8, rate=0.08, mean_follow_up=4.0, at=5.0,
    ...                     shrinkage=0.9, optimism=0.05, margin=0.05)[:3]
    (439, 194, 320)
    """
    largest = max_survival_r2(rate, mean_follow_up)
    if parameters < 1 or not 0 < r2 < min(largest, shrinkage):
        return None
    second = r2 / (r2 + optimism * largest)
    return Needed(
        criterion_1=_needed(parameters, r2, shrinkage),
        criterion_2=_needed(parameters, r2, second),
        criterion_3=_for_overall_risk(rate, mean_follow_up, at, margin),
        max_r2=largest,
    )


def upper_risk(rate: float, person_time: float, at: float) -> float:
    """Upper 95 % limit of the risk by a time under a constant rate.

    Examples
    --------
    >>> round(upper_risk(0.065, 10646.0, 2.0), 3)
    0.13
    """
    return 1 - math.exp(-(rate + _QUANTILE * math.sqrt(rate / person_time)) * at)


def _needed(parameters: int, r2: float, shrinkage: float) -> int:
    """Patients for which the expected shrinkage is at least `shrinkage`."""
    return math.ceil(parameters / ((shrinkage - 1) * math.log(1 - r2 / shrinkage)))


def _for_overall_risk(rate: float, mean_follow_up: float, at: float, margin: float) -> int:
    """Smallest n whose upper limit lies within the margin; solved, then rounded up."""
    risk = 1 - math.exp(-rate * at)
    if risk + margin >= 1:  # no limit can lie that far off
        return 1
    widest = -math.log(1 - risk - margin) / at - rate
    return math.ceil(round(_QUANTILE**2 * rate / (widest**2 * mean_follow_up), 6))
