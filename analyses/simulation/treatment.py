"""Treatment: the first operation and what it achieved, later ones, and other treatments.

Belongs here: extent of resection with its drivers, the tables `surgeries` and `treatments`.
Does not belong here: the course after it (`course`), tissue (`pathology`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.simulation import parameters as p
from analyses.simulation.calibration import resection_intercepts, resection_logit
from analyses.simulation.cases import Cases
from analyses.simulation.clinical_details import surgery_details, treatment_details
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    by_group,
    choose,
    codes,
    decimal,
    expit,
    keep,
    labelled,
    nth_of,
    stream,
    text_frame,
    whole,
)
from schemas.tables import BY_NAME
from schemas.vocabularies import EXTENT_OF_RESECTION

_EXTENT = EXTENT_OF_RESECTION.codes
_GTR, _NEAR_TOTAL, _SUBTOTAL, _PARTIAL, _BIOPSY, _NONE, _UNKNOWN = range(7)
_BASES = ("surgeon", "postoperative_mri", "both", "unknown")


@dataclass(frozen=True)
class Surgery:
    """First operation of every case, one element per case; meaningless where not operated.

    `total` is the truth, `extent` (place in the vocabulary) what is recorded, `basis` a place in
    surgeon, postoperative_mri, both, unknown; `mr_day` the early postoperative MR (-1: none),
    `left` the share of the tumour that is left.
    """

    experience: Ints
    mep: Bools
    ssep: Bools
    dwave: Bools
    total: Bools
    extent: Ints
    basis: Ints
    mr_day: Ints
    left: Floats


@dataclass(frozen=True)
class SecondSurgery:
    """Operations for progression: the case (place), day, day of the MR before it, extent."""

    case: Ints
    day: Ints
    mr_day: Ints
    extent: Ints


def draw_surgery(cases: Cases, *, seed: int) -> Surgery:
    """Draw the first operation: surgeon, monitoring, extent as it is and as it is recorded."""
    rng = stream(seed, "surgery", site=cases.site.number)
    n, period = cases.n, cases.period
    experience = choose(rng.random(n), np.array(p.EXPERIENCE)[period])
    constant, per_period, per_step = p.IONM
    mep = rng.random(n) < expit(constant + per_period * period + per_step * experience)
    odds = by_group(resection_intercepts(), cases.group) + resection_logit(
        cases.displacing, cases.length, experience, period
    )
    total = ~cases.biopsy & (rng.random(n) < expit(odds))
    extent = choose(rng.random(n), np.array(p.NOT_TOTAL)) + _NEAR_TOTAL
    extent = np.where(total, _GTR, np.where(cases.biopsy, _BIOPSY, extent))
    low = np.array([0.0, 0.0, 0.05, 0.20, 0.90])[extent]
    high = np.array([0.0, 0.05, 0.20, 0.90, 0.99])[extent]
    left = low + (high - low) * (0.05 + 0.9 * rng.random(n))
    basis, mr_day = _basis(rng, cases)
    extent = _recorded(rng, cases, extent=extent, basis=basis)
    return Surgery(
        experience=experience,
        mep=mep,
        ssep=mep | (rng.random(n) < 0.3),
        dwave=mep & (rng.random(n) < 0.35),
        total=total,
        extent=extent,
        basis=np.where(extent == _UNKNOWN, 3, basis),
        mr_day=mr_day,
        left=left,
    )


def _basis(rng: np.random.Generator, cases: Cases) -> tuple[Ints, Ints]:
    """Basis of the recorded extent and day of the early MR; without that MR the surgeon judges."""
    habit = _BASES.index(cases.site.eor_basis) if cases.site.effects else 1
    early = rng.random(cases.n) < (0.95 if habit else 0.45)
    has_mr = cases.operated & ~cases.contraindicated & early
    soon = rng.random(cases.n) < 0.6
    after = np.where(soon, rng.integers(1, 4, cases.n), rng.integers(4, 61, cases.n))
    basis = np.where(has_mr, habit, 0).astype(np.int64)
    return basis, np.where(has_mr, cases.surgery_day + after, -1).astype(np.int64)


def _recorded(rng: np.random.Generator, cases: Cases, *, extent: Ints, basis: Ints) -> Ints:
    """The extent as recorded: surgeons call some subtotal resections total; some is unknown."""
    too_high = (
        (basis == 0)
        & np.isin(extent, (_NEAR_TOTAL, _SUBTOTAL))
        & (rng.random(cases.n) < p.SURGEON_CALLS_TOTAL)
        & cases.site.effects
    )
    lost = rng.random(cases.n) < (0.015 if cases.site.effects else 0.0)
    found = np.where(too_high, _GTR, extent)
    return np.where(lost, _UNKNOWN, found).astype(np.int64)


def draw_second(cases: Cases, seen_day: Ints, last_day: Ints, *, seed: int) -> SecondSurgery:
    """Operations after an observed progression; `seen_day` is -1 where none was seen."""
    rng = stream(seed, "surgery", site=1000 + cases.site.number)
    day = seen_day + rng.integers(21, 90, cases.n)
    again = (seen_day > 0) & cases.operated & (rng.random(cases.n) < p.SECOND_SURGERY)
    case = np.flatnonzero(again & (day < last_day) & (day < 7200)).astype(np.int64)
    n = len(case)
    share = np.array((0.40, 0.15, 0.20, 0.22, 0.03))
    return SecondSurgery(
        case=case,
        day=day[case],
        mr_day=day[case] - rng.integers(1, 21, n),
        extent=choose(rng.random(n), share),
    )


def surgeries_table(
    cases: Cases,
    first: Surgery,
    second: SecondSurgery,
    *,
    volume: Floats,
    death_day: Ints,
    seed: int,
) -> pl.DataFrame:
    """Table `surgeries`; `volume` is the tumour volume (mm3) before the first operation.

    `death_day` is that of a death that a contact reports, far away where there is none.
    """
    rng = stream(seed, "surgery", site=2000 + cases.site.number)
    case, later, day, extent = _operations(cases, first, second)
    biopsy = np.where(later, extent == _BIOPSY, cases.biopsy[case])
    basis = np.where(later, 0, first.basis[case])
    measured = ~later & np.isin(basis, (1, 2)) & (extent != _UNKNOWN)
    residual = _residual(rng, extent, first.left[case] * volume[case], measured)
    mep, ssep, dwave = (x[case] for x in (first.mep, first.ssep, first.dwave))
    columns: dict[str, pl.Series | str] = {
        **residual,
        "surgery_id": surgery_ids(cases, case, later),
        "case_id": cases.case_id.gather(case),
        "surgery_day": whole(day),
        "surgery_number": whole(later + 1),
        "intent": codes(("resection", "biopsy"), biopsy),
        "surgeon_experience": _experience(rng, first.experience[case]),
        **_monitoring(rng, ssep, mep, dwave),
        "growth_type": _growth_type(rng, cases.displacing[case], biopsy),
        "cleavage_plane": _cleavage(rng, cases.displacing[case], biopsy),
        "extent_of_resection": codes(_EXTENT, extent),
        "eor_basis": codes(_BASES, basis),
    }
    columns |= surgery_details(
        stream(seed, "details", site=5000 + cases.site.number),
        cases,
        case,
        extent=extent,
        on_mri=np.isin(basis, (1, 2)),
        days_to_mr=first.mr_day[case] - day,
        monitored=mep | ssep | dwave,
        died_early=death_day[case] <= day + 30,
    )
    return text_frame(BY_NAME["surgeries"], columns, height=len(case))


def _operations(
    cases: Cases, first: Surgery, second: SecondSurgery
) -> tuple[Ints, Bools, Ints, Ints]:
    """Case, whether it is a later one, day and extent of each operation; first ones first."""
    one = np.flatnonzero(cases.operated)
    later = np.r_[np.zeros(len(one), dtype=bool), np.ones(len(second.case), dtype=bool)]
    day = np.r_[cases.surgery_day[one], second.day]
    return np.r_[one, second.case], later, day, np.r_[first.extent[one], second.extent]


def _experience(rng: np.random.Generator, experience: Ints) -> pl.Series:
    """Surgeon's earlier operations, sometimes not known."""
    known = rng.random(len(experience)) > 0.04
    return keep(codes(("under_10", "10_to_50", "over_50"), experience), known, "unknown")


def _monitoring(
    rng: np.random.Generator, ssep: Bools, mep: Bools, dwave: Bools
) -> dict[str, pl.Series]:
    """Modalities of monitoring; of a D-wave that was not used some reports say nothing."""
    known = dwave | (rng.random(len(dwave)) > 0.1)
    return {
        "ionm_ssep": codes(("no", "yes"), ssep),
        "ionm_mep": codes(("no", "yes"), mep),
        "ionm_dwave": keep(codes(("no", "yes"), dwave), known, "unknown"),
    }


def _residual(
    rng: np.random.Generator, extent: Ints, left: Floats, measured: Bools
) -> dict[str, pl.Series]:
    """Residual volume where an MR was measured: 0 after total removal, else often not told."""
    total = extent == _GTR
    told = measured & (total | (rng.random(len(extent)) > 0.35))
    volume = np.where(total, 0.0, np.minimum(left, 200_000.0))
    return {
        "residual_volume_mm3": decimal(volume, 0, where=told),
        "residual_volume_mm3_missing_reason": codes(("", "not_done"), measured & ~told),
    }


def surgery_ids(cases: Cases, case: Ints, later: Bools) -> pl.Series:
    """Ids such as SIM_A-P0001-1-OP1."""
    return labelled(cases.case_id.gather(case), "-OP", later + 1, width=1)


def _growth_type(rng: np.random.Generator, displacing: Bools, biopsy: Bools) -> pl.Series:
    """Growth as recorded: often not judged at biopsy, sometimes not delivered."""
    text = codes(("infiltrating", "displacing"), displacing)
    u = rng.random(len(displacing))
    text = keep(text, u > np.where(biopsy, 0.6, 0.08), "not_assessed")
    return keep(text, rng.random(len(displacing)) > 0.08)


def _cleavage(rng: np.random.Generator, displacing: Bools, biopsy: Bools) -> pl.Series:
    """Cleavage plane, which follows the growth type loosely; an assumption."""
    shares = np.where(displacing[:, None], (0.78, 0.19, 0.03), (0.06, 0.44, 0.50))
    text = codes(("good", "partial", "none"), choose(rng.random(len(biopsy)), shares))
    return keep(text, rng.random(len(biopsy)) > np.where(biopsy, 0.7, 0.06), "not_assessed")


def treatments_table(
    cases: Cases, surgery: Surgery, seen_day: Ints, last_day: Ints, *, seed: int
) -> pl.DataFrame:
    """Table `treatments`: adjuvant and salvage radiotherapy, drugs, watching; never after death."""
    rng = stream(seed, "treatments", site=cases.site.number)
    n, group = cases.n, cases.group
    start = cases.surgery_day + rng.integers(20, 60, n)
    less = np.where(surgery.total, 0.25, 1.0)
    irradiated = cases.operated & (rng.random(n) < less * by_group(p.RADIOTHERAPY, group))
    drugs = cases.operated & (rng.random(n) < less * by_group(p.CHEMOTHERAPY, group))
    salvage = (seen_day > 0) & (rng.random(n) < 0.35)
    watched = ~cases.index_is_surgery & (rng.random(n) < 0.8)
    blocks = (
        (irradiated, start, "radiotherapy", "adjuvant"),
        (drugs, start + 1, "chemotherapy", "adjuvant"),
        (salvage, seen_day + rng.integers(10, 40, n), "radiotherapy", "salvage"),
        (watched, np.zeros(n, dtype=np.int64), "observation", "not_applicable"),
    )
    kept = [(np.flatnonzero(has & (day < last_day)), day) for has, day, _, _ in blocks]
    case = np.concatenate([place for place, _ in kept]).astype(np.int64)
    day = np.concatenate([d[place] for place, d in kept])
    block = np.repeat(np.arange(len(blocks)), [len(place) for place, _ in kept])
    order = np.lexsort((day, case))
    case, day, block = case[order], day[order], block[order]
    known = rng.random(len(case)) > 0.05
    columns: dict[str, pl.Series | str] = {
        "treatment_id": labelled(cases.case_id.gather(case), "-TX", nth_of(case), width=1),
        "case_id": cases.case_id.gather(case),
        "start_day": whole(day, where=known),
        "start_day_missing_reason": codes(("not_recorded", ""), known),
        "treatment_kind": codes([kind for _, _, kind, _ in blocks], block),
        "treatment_intent": codes([intent for _, _, _, intent in blocks], block),
    }
    columns |= treatment_details(
        stream(seed, "details", site=6000 + cases.site.number),
        day=day,
        day_known=known,
        is_radiation=np.isin(block, (0, 2)),
        is_drug=block == 1,
    )
    return text_frame(BY_NAME["treatments"], columns, height=len(case))
