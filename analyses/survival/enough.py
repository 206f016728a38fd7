"""Enough: what the follow-up of a cohort can bear, for the verdict.

Belongs here: what counts of a time to an event, checks of the first horizon, its sample size.
Does not belong here: the verdict and its conventions (`analyses.verdict`), the criteria themselves
(`analyses.survival.sample_size`).
"""

from dataclasses import dataclass
from typing import Any

from analyses.survival.sample_size import Needed, max_survival_r2, needed_for_survival


@dataclass(frozen=True)
class Followed:
    """What counts of a time to an event besides its classes.

    Patients with the event by the first horizon and at risk at it; events of all follow-up and its
    whole length, in the unit of the times.
    """

    horizon: float
    events_by: int
    at_risk: int
    events: int
    person_time: float


def against_the_horizon(followed: Followed | None, least: int) -> list[tuple[bool, str]]:
    """Checks of the first horizon: what nobody was followed to cannot be predicted.

    Examples
    --------
    >>> few = Followed(horizon=12.0, events_by=4, at_risk=30, events=20, person_time=900.0)
    >>> [said for fails, said in against_the_horizon(few, 10) if fails]
    ['4 patients with the event at the first horizon (12) are below 10, the least for any model.']
    """
    if followed is None:
        return []
    at = f"at the first horizon ({followed.horizon:g})"
    return [
        (n < least, f"{n} {what} {at} are below {least}, the least for any model.")
        for n, what in (
            (followed.events_by, "patients with the event"),
            (followed.at_risk, "patients still at risk"),
        )
    ]


def survival_size(
    followed: Followed, parameters: int, n: int, *, share: float, **conventions: Any
) -> tuple[float, Needed | None]:
    """The R2 to expect, as a share of its maximum, and the patients that it takes.

    `conventions`: shrinkage, optimism and margin of the verdict.
    """
    if followed.person_time <= 0:
        return 0.0, None
    rate, mean = followed.events / followed.person_time, followed.person_time / n
    r2 = round(share * max_survival_r2(rate, mean), 3)
    needed = needed_for_survival(
        r2, parameters, rate=rate, mean_follow_up=mean, at=followed.horizon, **conventions
    )
    return r2, needed
