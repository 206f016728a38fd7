"""Describing: what is known of a time to an event without any prediction.

Belongs here: the entries `outcome` and `survival` of the results of a survival plan, their warnings.
Does not belong here: the estimates (`analyses.survival.kaplan_meier` and its neighbours), models.
Curves are given on a grid of the same step for everybody: the time of one case's event would name
the case.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.metrics import Floats
from analyses.plan import Plan
from analyses.selection import Selected
from analyses.subgroups import grouped
from analyses.survival.kaplan_meier import Estimate, follow_up, kaplan_meier
from analyses.survival.selecting import EVENT_FIRST

Warnings = list[dict[str, str]]
#: A curve has at most about so many points, and a table of those at risk so many columns.
_MOST_POINTS, _MOST_AT_RISK = 120, 6
#: A variable of more groups is not drawn group by group.
_MOST_GROUPS = 6


def outcome_entry(plan: Plan, selected: Selected) -> dict[str, Any]:
    """The entry `outcome`: how follow-up ended, in cases."""
    assert selected.follow_up is not None
    ends = np.bincount(selected.follow_up[:, 1].astype(int), minlength=3)
    return {
        "kind": plan.outcome.kind,
        "column": plan.outcome.column,
        "time": plan.outcome.time,
        "events": int(ends[1]),
        "competing": int(ends[2]),
        "censored": int(ends[0]),
        "n": selected.frame.height,
        "horizons": list(plan.outcome.horizons),
        "classes": None,
        "merged": [],
    }


def grid_of(last: float) -> Floats:
    """Times from 0 to the last one, in steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> grid_of(4.0)[:3].tolist(), len(grid_of(119.0)), float(grid_of(2000.0)[1])
    ([0.0, 0.05, 0.1], 120, 20.0)
    """
    if last <= 0:
        return np.zeros(1)
    power = 10.0 ** np.floor(np.log10(last / _MOST_POINTS))
    step = next(power * k for k in (1, 2, 5, 10) if power * k * _MOST_POINTS >= last - 1e-9)
    return np.round(step * np.arange(int(last / step + 1e-9) + 1), 10)
