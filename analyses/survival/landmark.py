"""Landmark: only cases still followed without an end at a given time, their time begun anew.

Belongs here: who stays, and the counts of those who do not.
Does not belong here: which landmark a plan names, what is fitted then.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.survival.cox_sets import Floats


@dataclass(frozen=True)
class Landmark:
    """Rows that stay (n,), the times from the landmark on (k,), and who was left out, by reason.

    `ended` had the event or a competing one by then, `lost` were censored by then, `not_yet`
    entered later. Nobody is left out for two reasons: what came first counts.
    """

    stays: NDArray[np.bool_]
    time: Floats
    ended: int
    lost: int
    not_yet: int


def at_landmark(
    time: Floats, code: NDArray[Any], at: float, *, entry: Floats | None = None
) -> Landmark:
    """The cases that are followed beyond a landmark.

    Parameters
    ----------
    time, code
        Shape (n,). End of follow-up, and 0 where it was a censoring.
    at
        The landmark, in the unit of the time. An end at the landmark itself is before it.
    entry
        Shape (n,). When each case came under observation.

    Notes
    -----
    Predictors known at the landmark may be used without looking into the future. Everybody who
    stays is observed from the landmark on, so that no late entry is left. Source: Anderson JR, Cain
    KC, Gelber RD. J Clin Oncol 1983;1:710. doi:10.1200/JCO.1983.1.11.710

    Examples
    --------
    >>> found = at_landmark(np.array([2.0, 6.0, 9.0, 3.0]), np.array([1, 0, 1, 0]), 6.0)
    >>> found.time.tolist(), found.ended, found.lost
    ([3.0], 1, 2)
    """
    is_over = time <= at
    late = np.zeros(len(time), dtype=bool) if entry is None else ~is_over & (entry > at)
    stays = ~is_over & ~late
    return Landmark(
        stays=stays,
        time=time[stays] - at,
        ended=int((is_over & (code > 0)).sum()),
        lost=int((is_over & (code == 0)).sum()),
        not_yet=int(late.sum()),
    )
