"""Function: McCormick grades before and after surgery, and the table `functional_status`.

Belongs here: the latent grade over time and what of it is recorded.
Does not belong here: survival and contacts (`course`).
"""

import numpy as np
import polars as pl

from analyses.simulation import parameters as p
from analyses.simulation.cases import Cases
from analyses.simulation.course import Course
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    codes,
    expit,
    labelled,
    logit,
    stream,
    text_frame,
    whole,
)
from schemas.tables import BY_NAME

_TIMEPOINTS = ("preoperative", "discharge", "month_6", "month_12", "month_24")
#: Days after the first surgery, lowest and highest, within the window of the timepoint.
_WINDOWS = ((5, 15), (150, 215), (330, 420), (650, 800))
_STEP_DEEPER = 0.18  # a change is two grades instead of one. A


def functional_status_table(cases: Cases, course: Course, *, seed: int) -> pl.DataFrame:
    """Table `functional_status`: one grade per case and timepoint that was reached and recorded."""
    rng = stream(seed, "function", site=cases.site.number)
    n = cases.n
    grades = _grades(rng, cases)
    start = np.maximum(cases.surgery_day, 0)
    days = [start - np.where(cases.operated, rng.integers(0, 15, n), 0)]
    recorded = [rng.random(n) > 0.04]
    for name, (low, high) in zip(_TIMEPOINTS[1:], _WINDOWS, strict=True):
        day = start + rng.integers(low, high, n)
        days.append(day)
        reached = cases.operated & (day < course.last_day)
        recorded.append(reached & (rng.random(n) > _missing(name)))
    case, place = np.nonzero(np.stack(recorded, axis=1))
    case, place = case.astype(np.int64), place.astype(np.int64)
    day = np.stack(days, axis=1)[case, place]
    score = np.stack(grades, axis=1)[case, place]
    if cases.site.mccormick_version == "original_1_4":
        score = np.minimum(score, 4)
    columns: dict[str, pl.Series | str] = {
        "status_id": labelled(cases.case_id.gather(case), "-Q", place + 1, width=1),
        "case_id": cases.case_id.gather(case),
        "timepoint": codes(_TIMEPOINTS, place),
        "assessment_day": whole(day),
        "scale": "mccormick",
        "scale_version": cases.site.mccormick_version,
        "score": whole(score),
        "assessor": codes(
            ("surgeon", "neurologist", "chart_review"),
            (rng.random(len(case)) * 3).astype(np.int64),
        ),
    }
    return text_frame(BY_NAME["functional_status"], columns, height=len(case))


def _missing(timepoint: str) -> float:
    """Share without a grade among those who reach the timepoint.

    What endo2022 counts at month 6 (122 of 1,033) is everybody without a grade, for any reason.
    """
    missing = p.MISSING_GRADE[timepoint]
    reached = 1 - p.NOT_REACHED_MONTH_6 if timepoint == "month_6" else 1.0
    return 1 - (1 - missing) / reached


def _grades(rng: np.random.Generator, cases: Cases) -> list[Ints]:
    """Modified grade before surgery, at discharge, months 6, 12 and 24."""
    before = cases.grade
    longer = cases.length - np.array(p.SEGMENTS_MEAN)[cases.group]
    per_level = np.where(cases.group == p.EPN, p.WORSE_PER_LEVEL_EPN, p.WORSE_PER_LEVEL_OTHER)
    u_worse = rng.random(cases.n)
    deeper = 1 + (rng.random(cases.n) < _STEP_DEEPER)
    worse = u_worse < _share(p.WORSE_AT_DISCHARGE, per_level * longer, before < 5)
    discharge = np.minimum(before + np.where(worse, deeper, 0), 5)
    better_share, worse_share = p.MONTH_6
    still = u_worse < _share(worse_share, per_level * longer, before < 5)
    per_level = np.where(cases.group == p.EPN, p.BETTER_PER_LEVEL_EPN, 0.0)
    improved = rng.random(cases.n) < _share(better_share, per_level * longer, ~still & (before > 1))
    month_6 = np.minimum(before + np.where(still, deeper, 0), 5) - (improved & ~still)
    month_6 = np.maximum(month_6, 1)
    drift = rng.random(cases.n)
    month_12 = np.clip(month_6 - (drift < 0.06) + (drift > 0.97), 1, 5)
    drift = rng.random(cases.n)
    month_24 = np.clip(month_12 - (drift < 0.04) + (drift > 0.96), 1, 5)
    return [x.astype(np.int64) for x in (before, discharge, month_6, month_12, month_24)]


def _share(target: float, shift: Floats, possible: Bools) -> Floats:
    """Probability per case: logit-linear in `shift`, 0 where impossible, near `target` on average.

    The spread of the shift widens the average; the constant of 0.35 takes that back (A, by trial).
    """
    among = min(target / max(float(possible.mean()), 0.3), 0.95)
    spread = 0.35 * float(np.var(np.clip(shift, -3, 3))) * (1 - 2 * among)
    risk = expit(logit(np.array(among)) - spread + np.clip(shift, -4, 4))
    return np.where(possible, risk, 0.0)
