"""Describing: what is known of a time to an event without any prediction.

Belongs here: the entries `outcome` and `survival` of a survival plan's results, their warnings.
Does not belong here: the estimates (`analyses.survival.kaplan_meier` and its neighbours), models.
Curves are given on a grid of the same step for everybody: the time of one case's event would name
the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.contacts import IMAGE_GAP
from analyses.metrics import Floats
from analyses.outcomes import texts_of
from analyses.plan import Plan
from analyses.selection import Selected
from analyses.subgroups import grouped
from analyses.survival.competing import cumulative_incidence, gray_test
from analyses.survival.kaplan_meier import Estimate, KaplanMeier, follow_up, kaplan_meier
from analyses.survival.log_rank import Comparison, log_rank
from analyses.survival.selecting import (
    ENDED_FIRST,
    EVENT_FIRST,
    HAD_EVENT,
    NOT_YET,
    WAS_LOST,
)
from analyses.survival.tables import NOT_SHOWN
from analyses.time_endpoints import NEVER_COMPARED
from analyses.trainings import centres_of

Warnings = list[dict[str, str]]
#: A curve has at most about so many points, and a table of those at risk so many columns.
_MOST_POINTS, _MOST_AT_RISK = 120, 6
#: Steps between those columns that suit months; times in days or hours lie beyond them.
_MONTHS = (3.0, 6.0, 12.0, 24.0, 36.0, 60.0)
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
    grid: Floats = np.round(step * np.arange(int(last / step + 1e-9) + 1), 10)
    return grid


def marks_of(last: float) -> Floats:
    """At most seven times from 0 to the last one, at which those at risk are counted.

    Examples
    --------
    >>> marks_of(119.0).tolist(), len(marks_of(3900.0)), marks_of(0.0).tolist()
    ([0.0, 24.0, 48.0, 72.0, 96.0], 4, [0.0])
    """
    if last <= 0:
        return np.zeros(1)
    power = 10.0 ** np.floor(np.log10(last / _MOST_AT_RISK))
    is_short = _MONTHS[1] <= last <= _MONTHS[-1] * _MOST_AT_RISK
    steps = _MONTHS if is_short else tuple(power * k for k in (1, 2, 5, 10))
    step = next(step for step in steps if step * _MOST_AT_RISK >= last)
    return np.asarray(step * np.arange(int(last / step + 1e-9) + 1), dtype=np.float64)


@dataclass(frozen=True)
class _Times:
    """Time, code and entry (None: everybody from the start) of some rows."""

    time: Floats
    code: NDArray[np.int64]
    entry: Floats | None

    def part(self, rows: NDArray[np.bool_]) -> "_Times":
        """Some of them."""
        entry = None if self.entry is None else self.entry[rows]
        return _Times(self.time[rows], self.code[rows], entry)

    def curve(self) -> KaplanMeier:
        """The share free of the event and of what competes with it."""
        return kaplan_meier(self.time, self.code > 0, entry=self.entry)


def describe_survival(plan: Plan, selected: Selected) -> tuple[dict[str, Any] | None, Warnings]:
    """The entry `survival` as far as it needs no model; None for another kind of outcome.

    Returns
    -------
    tuple
        Curves overall and by group, medians, tests between groups, length of follow-up, what each
        horizon rests on, risks of competing events, late entry. And warnings: late entry, horizons
        that follow-up does not reach.
    """
    if selected.follow_up is None:
        return None, []
    known = selected.follow_up
    entry = known[:, 2] if known.shape[1] > 2 else None
    every = _Times(known[:, 0], known[:, 1].astype(np.int64), entry)
    last = plan.outcome.horizons[-1]
    groups = _groups(plan, selected)
    apart = NEVER_COMPARED.get(plan.outcome.column, ())
    compared = {name: values for name, values in groups.items() if name not in apart}
    grid = grid_of(float(every.time.max(initial=0.0)))
    curves = [{"variable": None, "group": "all", **_curve(every, last, grid)}]
    curves += [
        {"variable": name, "group": group, **_curve(every.part(values == group), last, grid)}
        for name, values in groups.items()
        for group in map(str, np.unique(values))
    ]
    has_competing = bool((every.code == 2).any())
    found = {
        "kaplan_meier": curves,
        "median": curves[0]["median"],
        "log_rank": [
            {"variable": name, **_test(log_rank(every.time, every.code > 0, v, entry=entry))}
            for name, v in compared.items()
        ],
        "gray": [
            {"variable": name, **_test(gray_test(every.time, every.code, values))}
            for name, values in compared.items()
            if has_competing and not _is_late(every)  # of late entry it knows nothing
        ],
        "never_compared": [name for name in groups if name in apart],
        "follow_up": _estimate(follow_up(every.time, every.code > 0, entry=entry), "median"),
        "cumulative_incidence": _incidences(every) if has_competing else [],
        "horizons": [_at(every, at) for at in plan.outcome.horizons],
        "entry": _late(plan, selected),
        "landmark": _landmark(plan, selected),
        "image_gaps": _image_gaps(plan, selected),
        **NOT_SHOWN,
    }
    absent = _absent_values(plan, selected)
    return found, [*absent, *_not_reached(plan, every), *_said_of_entry(found["entry"])]


def _groups(plan: Plan, selected: Selected) -> dict[str, NDArray[np.str_]]:
    """The variables whose groups are few enough for a curve each; the centre too."""
    found = grouped(plan, selected)
    centres = centres_of(plan, selected)
    if centres is not None and plan.data.centre is not None:
        found = {plan.data.centre: centres} | found
    return {name: v for name, v in found.items() if 1 < len(np.unique(v)) <= _MOST_GROUPS}


def _curve(rows: _Times, last_horizon: float, grid: Floats) -> dict[str, Any]:
    """One curve on the grid, with its median and the mean up to the last horizon."""
    curve = rows.curve()
    low, high = curve.limits_at(grid)
    marks = marks_of(float(grid[-1]))
    at_risk = curve.at_risk_at(marks)
    if rows.entry is None:  # at time 0 everybody is, whoever ends then too
        at_risk[0] = len(rows.time)
    return {
        "n": len(rows.time),
        "times": grid.tolist(),
        "survival": _known(np.where(grid == 0, 1.0, curve.at(grid)) if len(rows.time) else []),
        "low": _known(low),
        "high": _known(high),
        "events": _passed(rows.time[rows.code > 0], grid),
        "at_risk": [{"at": float(at), "n": int(n)} for at, n in zip(marks, at_risk, strict=True)],
        "median": _estimate(curve.median(), "estimate"),
        "rmst": {"to": last_horizon, **_estimate(curve.rmst(last_horizon), "estimate")},
    }


def _passed(times: Floats, grid: Floats) -> list[int]:
    """How many of these times have come by each time of the grid."""
    counts = np.searchsorted(np.sort(times), grid, "right")
    return [int(count) for count in counts]


def _incidences(every: _Times) -> list[dict[str, Any]]:
    """The risk of the event and of what competes with it, on the grid."""
    grid = grid_of(float(every.time.max()))
    found = []
    for cause, name in ((1, "event"), (2, "competing")):
        risk = cumulative_incidence(every.time, every.code, cause=cause, entry=every.entry)
        low, high = risk.limits_at(grid)
        values = {"risk": risk.at(grid), "low": low, "high": high}
        came = _passed(every.time[every.code == cause], grid)
        found.append(
            {"cause": name, "times": grid.tolist(), **{k: _known(v) for k, v in values.items()}}
            | {"events": came}
        )
    return found


def _is_late(every: _Times) -> bool:
    """Whether anybody came under observation after the start."""
    return every.entry is not None and bool((every.entry > 0).any())


def _at(every: _Times, at: float) -> dict[str, Any]:
    """What one horizon rests on: who is at risk, events by then, estimates with limits."""
    curve = every.curve()
    risk = cumulative_incidence(every.time, every.code, entry=every.entry)
    low, high = risk.limits_at(at)
    if not (every.code == 2).any():  # then the risk is what the curve leaves, and so its limits
        low, high = (1 - limit for limit in reversed(curve.limits_at(at)))
    return {
        "at": at,
        "n_at_risk": int(curve.at_risk_at(at)),
        "events": int(((every.code == 1) & (every.time <= at)).sum()),
        "survival": _known([curve.at(at)])[0],
        "interval": _limits(*curve.limits_at(at)),
        "risk": _known([risk.at(at)])[0],
        "risk_interval": _limits(low, high),
    }


def _late(plan: Plan, selected: Selected) -> dict[str, Any] | None:
    """Who came under observation late; None where everybody is observed from the start."""
    if plan.outcome.entry is None or selected.follow_up is None:
        return None
    out = {step["step"]: step["n_out"] for step in selected.attrition}
    return {
        "column": plan.outcome.entry,
        "n_late": int((selected.follow_up[:, 2] > 0).sum()),
        "n_before_entry": out[EVENT_FIRST] + out[ENDED_FIRST],
    }


def _image_gaps(plan: Plan, selected: Selected) -> list[dict[str, Any]] | None:
    """Median over the cases of each centre of their own median gap; None where none is known."""
    if IMAGE_GAP not in selected.frame.columns:
        return None
    days = selected.frame[IMAGE_GAP].to_numpy().astype(np.float64)
    centres = centres_of(plan, selected)
    where = np.full(len(days), "all") if centres is None else centres
    found = [
        {"centre": str(name), "n": int(known.sum()), "median_days": float(np.median(days[known]))}
        for name in np.unique(where)
        if (known := (where == name) & np.isfinite(days)).any()
    ]
    return found or None


def _landmark(plan: Plan, selected: Selected) -> dict[str, Any] | None:
    """Who is not among the cases for the landmark; None without one."""
    if plan.outcome.landmark is None:
        return None
    out = {step["step"]: step["n_out"] for step in selected.attrition}
    counts = {"ended": HAD_EVENT, "lost": WAS_LOST, "not_yet": NOT_YET}
    return {"at": plan.outcome.landmark} | {key: out[step] for key, step in counts.items()}


def _said_of_entry(entry: dict[str, Any] | None) -> Warnings:
    """What late entry does to the numbers."""
    if entry is None or not entry["n_late"]:
        return []
    return [
        {
            "code": "late_entry",
            "message": (
                f"{entry['n_late']} cases came under observation after the start. Curves, tests "
                "and coefficients count a case as at risk from its entry on; C, Brier score, AUC "
                "and O:E do not, and take such a case as observed from the start. Who had the "
                "event before entry never came here: early numbers are still too favourable."
            ),
        }
    ]


def _absent_values(plan: Plan, selected: Selected) -> Warnings:
    """Values of the plan that end no case's follow-up: a misspelt one would count as censored."""
    outcome = plan.outcome
    held = {str(text) for text in texts_of(selected.frame[outcome.column])}
    named = (*outcome.event_value, *outcome.competing_value)
    absent = [f"'{value}'" for value in named if value not in held]
    if not absent or not held:
        return []
    return [
        {
            "code": "value_not_found",
            "message": (
                f"The plan names {', '.join(absent)}, and no case analysed ended so. If the value "
                f"is spelt otherwise in column '{outcome.column}', its cases count as censored "
                "here: correct the plan."
            ),
        }
    ]


def _not_reached(plan: Plan, every: _Times) -> Warnings:
    """Horizons after the last follow-up."""
    last = float(every.time.max(initial=0.0))
    beyond = [f"{at:g}" for at in plan.outcome.horizons if at > last]
    if not beyond or not len(every.time):
        return []
    return [
        {
            "code": "horizon_beyond_follow_up",
            "message": (
                f"No case was followed to {', '.join(beyond)}: nothing is known of "
                f"{'that time' if len(beyond) == 1 else 'those times'}, and no score is given."
            ),
        }
    ]


def _estimate(found: Estimate, name: str) -> dict[str, Any]:
    """An estimate as it stands in the results; a limit that is not reached is None."""
    is_known = found.estimate is not None and (found.low, found.high) != (None, None)
    interval = [found.low, found.high] if is_known else None
    entry = {name: found.estimate, "interval": interval}
    return entry if found.estimate is not None else entry | {"reason": found.reason}


def _test(found: Comparison) -> dict[str, Any]:
    """A test as it stands in the results."""
    entry = {"statistic": found.statistic, "df": found.df, "p": found.p}
    return entry if found.statistic is not None else entry | {"reason": found.reason}


def _limits(low: Floats, high: Floats) -> list[float] | None:
    """Two limits; None where there are none."""
    return None if np.isnan([low, high]).any() else [float(low), float(high)]


def _known(values: Sequence[Any] | Floats) -> list[float | None]:
    """Numbers, None for nan."""
    return [None if np.isnan(value) else float(value) for value in values]
