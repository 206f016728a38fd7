"""Minor columns of surgeries, treatments and follow-up: they hang on what was drawn before.

Belongs here: columns that nothing else in the generator reads, consistent with every rule.
Does not belong here: extent, course and function (`treatment`, `course`, `function`), the numbers
(`detail_parameters`).
"""

import numpy as np
import polars as pl

from analyses.simulation import detail_parameters as d
from analyses.simulation import parameters as p
from analyses.simulation.cases import Cases
from analyses.simulation.draw import Bools, Floats, Ints, choose, codes, decimal, keep, whole

Columns = dict[str, pl.Series]
_COMPLICATIONS = (
    "csf_leak",
    "wound_infection",
    "haematoma",
    "respiratory_failure",
    "thromboembolism",
)
#: Places of `extent_of_resection`, and the lowest and highest percentage of each.
_GTR, _UNKNOWN = 0, 6
_PERCENT = ((100, 100), (95, 99.9), (80, 94.9), (10, 79.9), (1, 9.9), (0, 0), (0, 0))


def surgery_details(
    rng: np.random.Generator,
    cases: Cases,
    case: Ints,
    *,
    extent: Ints,
    on_mri: Bools,
    days_to_mr: Ints,
    monitored: Bools,
    died_early: Bools,
) -> Columns:
    """Approach, alarm, assessment, amounts and complications of each operation."""
    n = len(case)
    opened = np.minimum(cases.length[case] + 1, 25)
    alarm = choose(rng.random(n), np.array(d.ALARM))
    low, high = np.array(_PERCENT).T[:, extent]
    percent = low + (high - low) * rng.random(n)
    told = on_mri & (extent != _UNKNOWN) & (rng.random(n) < d.PERCENT_KNOWN)
    known = rng.random(n) < 0.8
    return {
        "approach": codes(
            ("laminectomy", "laminoplasty", "hemilaminectomy"),
            choose(rng.random(n), np.array(d.APPROACH)),
        ),
        "n_levels_opened": whole(opened, where=rng.random(n) < 0.9),
        "ionm_alarm": keep(
            codes(("none", "transient", "persistent"), alarm), monitored, "not_monitored"
        ),
        "is_stopped_for_ionm": codes(
            ("no", "yes"), monitored & (alarm > 0) & (rng.random(n) < d.STOPPED_AFTER_ALARM)
        ),
        "eor_assessment_day": whole(days_to_mr, where=on_mri),
        "resection_percent": decimal(percent, 1, where=told),
        "blood_loss_ml": decimal(_amount(rng, d.BLOOD_LOSS_ML, n, 15_000), 0, where=known),
        "duration_min": decimal(
            np.maximum(_amount(rng, d.DURATION_MIN, n, 1_500), 10), 0, where=known
        ),
        "length_of_stay_days": whole(_amount(rng, d.STAY_DAYS, n, 400), where=known),
        "death_30_days": codes(("no", "yes"), died_early),
        "is_embolised": codes(
            ("no", "yes"), (cases.group[case] == p.HB) & (rng.random(n) < d.EMBOLISED_HB)
        ),
        "has_duraplasty": codes(("no", "yes"), rng.random(n) < d.DURAPLASTY),
    } | _complications(rng, n)


def _complications(rng: np.random.Generator, n: int) -> Columns:
    """Complications of each operation, independent of each other."""
    return {
        name: codes(("no", "yes"), rng.random(n) < share)
        for name, share in zip(_COMPLICATIONS, d.COMPLICATIONS, strict=True)
    }


def _amount(rng: np.random.Generator, median: float, n: int, most: float) -> Floats:
    """A skewed amount around its median."""
    drawn: Floats = np.minimum(median * np.exp(rng.normal(0, 0.6, n)), most)
    return drawn


def treatment_details(
    rng: np.random.Generator, *, day: Ints, day_known: Bools, is_radiation: Bools, is_drug: Bools
) -> Columns:
    """Dose, drug, duration and end of each treatment."""
    n = len(day)
    scheme = rng.integers(0, len(d.RADIATION), n)
    dose, fractions = np.array(d.RADIATION)[scheme].T
    cycles = rng.integers(1, 13, n)
    weeks = np.where(is_radiation, fractions / 5, cycles * 4)
    ended = day_known & (is_radiation | is_drug) & (rng.random(n) < 0.8)
    known = is_radiation & (rng.random(n) < 0.9)
    return {
        "end_day": whole(np.minimum(day + 7 * weeks, 7300), where=ended),
        "rt_dose_gy": decimal(dose, 1, where=known),
        "rt_dose_gy_missing_reason": codes(("", "not_recorded"), is_radiation & ~known),
        "rt_fractions": whole(fractions, where=known),
        "rt_fractions_missing_reason": codes(("", "not_recorded"), is_radiation & ~known),
        "rt_field": keep(
            codes(
                ("local", "spinal_axis", "craniospinal"),
                choose(rng.random(n), np.array(d.RADIATION_FIELD)),
            ),
            is_radiation,
        ),
        "agent": keep(
            codes(
                ("temozolomide", "bevacizumab", "carboplatin", "lomustine", "other"),
                choose(rng.random(n), np.array(d.AGENTS)),
            ),
            is_drug,
        ),
        "cycles": whole(cycles, where=is_drug & (rng.random(n) < 0.8)),
        "is_in_trial": keep(
            codes(("no", "yes"), rng.random(n) < d.IN_TRIAL), is_radiation | is_drug
        ),
        "stop_reason": keep(
            codes(
                ("completed", "toxicity", "progression", "unknown"),
                choose(rng.random(n), np.array(d.STOPPED)),
            ),
            is_radiation | is_drug,
        ),
    }


def follow_up_details(
    rng: np.random.Generator, *, seen: Bools, operated_again: Bools, alive: Bools, grade: Ints
) -> Columns:
    """Kind of progression and how the patient fares, at each contact."""
    n = len(seen)
    asked = alive & (rng.random(n) < 0.3)
    pain = np.clip(np.round(rng.normal(1.0 + grade, 1.8, n)), 0, 10)
    neuropathic = rng.random(n) < 0.15 + 0.1 * grade
    index = np.clip(1.05 - 0.15 * grade - 0.03 * pain + rng.normal(0, 0.05, n), -0.5, 1.0)
    return {
        "progression_kind": keep(
            codes(
                ("local", "distant_cns", "leptomeningeal"),
                choose(rng.random(n), np.array(d.PROGRESSION_KIND)),
            ),
            seen,
        ),
        "progression_basis": keep(codes(("imaging",), np.zeros(n, dtype=np.int64)), seen),
        "is_reoperated": codes(("no", "yes"), operated_again),
        "returned_to_work": keep(codes(("no", "yes"), rng.random(n) < 1.0 - 0.2 * grade), asked),
        "pain_nrs": whole(pain, where=asked),
        "has_neuropathic_pain": keep(codes(("no", "yes"), neuropathic), asked),
        "eq5d_index": decimal(index, 2, where=asked & (rng.random(n) < 0.5)),
    }
