"""Completeness of follow-up: who was seen again and how late, by site, with exact denominators.

Belongs here: definitions that hold without calendar dates, counts and medians by them.
Does not belong here: outcomes (`analyses.endpoints`), the page.
Observed time over possible time needs the day on which the data were drawn; the registry holds no
calendar date. So a share is taken of all living operated patients, recent ones among them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analyses.cohort_report.case_mix import medians
from analyses.cohort_report.inputs import Inputs
from analyses.cohort_report.tally import CASES, Leaf, Tally
from analyses.shown.features_by_group import LEAST_FOR_QUARTILES
from analyses.survival.kaplan_meier import follow_up

#: Months after surgery -> day from which a contact counts.
WINDOWS = {3: 91, 12: 365, 24: 730}
#: The window whose share stands for the completeness of a cohort.
HEADLINE = 12
TIMEPOINTS = {
    "preoperative": "before surgery",
    "discharge": "at discharge",
    "month_3": "3 months",
    "month_6": "6 months",
    "month_12": "12 months",
    "month_24": "24 months",
}
_MONTH = 30.4375
LIVING: Leaf = ("living",)


def completeness(tally: Tally, frame: pl.DataFrame, inputs: Inputs) -> dict[str, Any]:
    """How far patients were followed: contacts by window, grades, medians, gaps between images.

    Parameters
    ----------
    tally
        Takes the counts.
    frame
        Counted cases, with `column` (the site).
    inputs
        The tables.

    Returns
    -------
    dict
        `columns`, `living` (operated and not known to have died), `contacts`, `grades`,
        `median_months`, `image_gap_months`; each for all sites, then by site.
    """
    sites = sorted(set(frame["column"]))
    rows = _followed(frame, inputs.tables["functional_status"])
    windows, times = dict(WINDOWS), dict(TIMEPOINTS)
    if inputs.audience == "internal":  # steps between more of them would be small
        windows = {HEADLINE: WINDOWS[HEADLINE]}
        times = {name: TIMEPOINTS[name] for name in ("preoperative", "month_12")}
    steps = [("step", months) for months in (0, *windows)]
    counts = {
        site: _counts(rows.filter(pl.col("column") == site), windows, times) for site in sites
    }
    row = tally.spread("column", counts, _within(steps, windows, times))
    contacts = [
        {"label": f"contact at {months} months or later", "counts": row(("seen", months))}
        for months in windows
    ]
    grades = [
        {"label": said, "counts": row((name, "graded"))}
        for name, said in times.items()
        if any(found[name, "graded"] for found in counts.values())
    ]
    gap = medians(
        rows,
        "image_gap_days",
        dimension="column",
        columns=sites,
        audience=inputs.audience,
        per=_MONTH,
    )
    return {
        "columns": sites,
        "living": row(LIVING) if sites else [],
        "contacts": contacts if sites else [],
        "grades": grades if sites else [],
        "median_months": _median_follow_up(rows, sites, LEAST_FOR_QUARTILES[inputs.audience]),
        "image_gap_months": gap,
    }


def _followed(frame: pl.DataFrame, functional_status: pl.DataFrame) -> pl.DataFrame:
    """Each case with days of contact after surgery, and the times at which it was graded."""
    graded = functional_status.filter(
        (pl.col("scale") == "mccormick") & pl.col("score").is_not_null()
    )
    at = graded.group_by("case_id").agg(pl.col("timepoint").unique().alias("graded_at"))
    is_dead = (pl.col("vital_status") == "dead") | pl.col("death_day").is_not_null()
    seen = pl.col("last_alive_day") - pl.col("surgery_day")
    return frame.join(at, on="case_id", how="left").with_columns(
        operated=pl.col("surgery_day").is_not_null(),
        dead=is_dead.fill_null(False),
        followed=seen.fill_null(-1).clip(lower_bound=-1),
        graded_at=pl.col("graded_at").fill_null(pl.lit([], dtype=pl.List(pl.String))),
    )


def _within(
    steps: Sequence[Leaf], windows: Mapping[int, int], times: Mapping[str, str]
) -> list[tuple[Leaf, list[Leaf]]]:
    """How the counts of a column add up; windows lie inside one another: their steps are parts."""
    return [
        (CASES, [LIVING, ("others",)]),
        (LIVING, list(steps)),
        *((("seen", months), list(steps[i:])) for i, months in enumerate(windows, start=1)),
        *(_halves(name) for name in times),
    ]


def _halves(time: str) -> tuple[Leaf, list[Leaf]]:
    """Patients with and without a grade at a time."""
    return LIVING, [(time, "graded"), (time, "not graded")]


def _counts(
    rows: pl.DataFrame, windows: Mapping[int, int], times: Mapping[str, str]
) -> dict[Leaf, int]:
    """Counts of one site."""
    living = rows.filter(pl.col("operated") & ~pl.col("dead"))
    found: dict[Leaf, int] = {
        CASES: rows.height,
        LIVING: living.height,
        ("others",): rows.height - living.height,
    }
    days = living["followed"].to_list()
    lows, highs = (-1, *windows.values()), (*windows.values(), math.inf)
    for months, low, high in zip((0, *windows), lows, highs, strict=True):
        found["step", months] = sum(low <= day < high for day in days)
    for months, low in windows.items():
        found["seen", months] = sum(day >= low for day in days)
    for name in times:
        graded = living.filter(pl.col("graded_at").list.contains(name)).height
        found[name, "graded"], found[name, "not graded"] = graded, living.height - graded
    return found


def _median_follow_up(
    rows: pl.DataFrame, sites: Sequence[str], least: int
) -> list[dict[str, Any] | None]:
    """Median follow-up in months by the reverse Kaplan-Meier curve, of all and of each site."""
    timed = rows.filter(pl.col("os").is_not_null() & pl.col("os_months").is_not_null())
    parts = [timed, *(timed.filter(pl.col("column") == site) for site in sites)]
    return [_median_of(part) if part.height >= least else None for part in parts]


def _median_of(part: pl.DataFrame) -> dict[str, Any] | None:
    """Estimate and limits; None where the curve does not come down to a half."""
    is_event = (part["os"] == "yes").cast(pl.Int64).to_numpy().astype(np.int64)
    found = follow_up(part["os_months"].to_numpy(), is_event)
    if found.estimate is None:
        return None
    return {"estimate": found.estimate, "interval": [found.low, found.high]}
