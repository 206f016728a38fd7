"""Imaging studies: which were made, when, and what was acquired; the table `imaging_studies`.

Belongs here: the schedule of studies and their sequences.
Does not belong here: what readers saw (`reads`), measurements (`measurements`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.simulation import sign_parameters as s
from analyses.simulation.cases import Cases
from analyses.simulation.course import Course
from analyses.simulation.draw import (
    Bools,
    Ints,
    choose,
    codes,
    decimal,
    keep,
    labelled,
    nth_of,
    stream,
    text_frame,
    whole,
)
from analyses.simulation.study_details import study_details
from analyses.simulation.treatment import SecondSurgery, Surgery
from schemas.tables import BY_NAME

MODALITIES = ("mr", "ct", "ct_myelography")
PURPOSES = ("diagnostic", "preoperative", "early_postoperative", "surveillance")
MR, CT_PLAIN, CT_MYELOGRAPHY = range(3)
DIAGNOSTIC, PREOPERATIVE, EARLY, SURVEILLANCE = range(4)
_ACQUISITION = ("acquired", "acquired_not_diagnostic", "not_acquired", "unknown")
ACQUIRED, NOT_DIAGNOSTIC, NOT_ACQUIRED, UNKNOWN = range(4)
#: Surveillance studies kept per case: delivered imaging stops there. A
_SURVEILLANCE_STUDIES = 4


@dataclass(frozen=True)
class Studies:
    """One element per study, sorted by case and day.

    `sequences` maps a sequence to its place in acquired, acquired_not_diagnostic, not_acquired,
    unknown; `axial` whether an axial T2 or post-contrast series exists (not delivered).
    """

    study_id: pl.Series
    case: Ints
    day: Ints
    modality: Ints
    purpose: Ints
    sequences: dict[str, Ints]
    axial: Bools
    contrast: Bools

    @property
    def n(self) -> int:
        """Number of studies."""
        return len(self.case)

    def has(self, *sequences: str) -> Bools:
        """Whether at least one of the sequences was acquired, of diagnostic quality."""
        found: Bools = np.any([self.sequences[name] == ACQUIRED for name in sequences], axis=0)
        return found


def draw_studies(
    cases: Cases, surgery: Surgery, second: SecondSurgery, course: Course, *, seed: int
) -> Studies:
    """Draw the schedule, then the sequences by period."""
    rng = stream(seed, "studies", site=cases.site.number)
    blocks = [
        *_before_surgery(rng, cases),
        _ct(rng, cases),
        _block(np.flatnonzero(surgery.mr_day >= 0), surgery.mr_day, MR, EARLY),
        _rows(second.case, second.mr_day, MR, PREOPERATIVE),
        _surveillance(cases, course),
    ]
    case, day, modality, purpose = (np.concatenate(x) for x in zip(*blocks, strict=True))
    order = np.lexsort((purpose, modality, day, case))
    case, day, modality, purpose = (x[order] for x in (case, day, modality, purpose))
    sequences = _sequences(rng, cases, case, modality)
    period = cases.period[case]
    not_mr = np.where(modality == CT_PLAIN, rng.random(len(case)) < 0.25, False)
    enhanced = np.isin(sequences["t1_post_contrast"], (ACQUIRED, NOT_DIAGNOSTIC))
    return Studies(
        study_id=labelled(cases.case_id.gather(case), "-S", nth_of(case), width=2),
        case=case,
        day=day,
        modality=modality,
        purpose=purpose,
        sequences=sequences,
        axial=(rng.random(len(case)) < np.array(s.AXIAL_SERIES)[period]) & (modality == MR),
        contrast=np.where(modality == MR, enhanced, not_mr).astype(np.bool_),
    )


_Block = tuple[Ints, Ints, Ints, Ints]


def _rows(case: Ints, day: Ints, modality: Ints | int, purpose: Ints | int) -> _Block:
    """One block of the schedule, values per row."""
    n = len(case)
    return (
        case.astype(np.int64),
        day.astype(np.int64),
        np.broadcast_to(np.asarray(modality, dtype=np.int64), (n,)),
        np.broadcast_to(np.asarray(purpose, dtype=np.int64), (n,)),
    )


def _block(case: Ints, day: Ints, modality: Ints | int, purpose: Ints | int) -> _Block:
    """One block of the schedule, day and codes per case of the site."""

    def taken(x: Ints | int) -> Ints | int:
        return x if isinstance(x, int) else x[case]

    return _rows(case, day[case], taken(modality), taken(purpose))


def _before_surgery(rng: np.random.Generator, cases: Cases) -> list[_Block]:
    """The MR of the diagnosis (CT myelography where MR is contraindicated), and later ones."""
    n, at_index = cases.n, cases.index_is_surgery
    modality = np.where(cases.contraindicated, CT_MYELOGRAPHY, MR).astype(np.int64)
    u = rng.random(n)
    none, old = u < s.NO_PREOPERATIVE_MR, u > 1 - s.OLD_MR_ONLY
    recent = -np.minimum(np.floor(rng.exponential(25, n)), 180)
    day = np.where(old, -rng.integers(190, 900, n), recent).astype(np.int64)
    day = np.where(at_index, day, 0)
    purpose = np.where(at_index & (rng.random(n) < 0.7), PREOPERATIVE, DIAGNOSTIC)
    first = np.flatnonzero(~at_index | ~none)
    # A planning study beside the diagnostic one, and that of those watched first.
    again = cases.operated & ~none & ~old & (~at_index | (rng.random(n) < 0.12))
    before = cases.surgery_day - rng.integers(0, 12, n)
    before = np.where(at_index, np.maximum(before, day), before)
    return [
        _block(first, day, modality, purpose),
        _block(np.flatnonzero(again), before, modality, PREOPERATIVE),
    ]


def _ct(rng: np.random.Generator, cases: Cases) -> _Block:
    """CT beside the MR of the diagnosis, some of them with myelography."""
    has = ~cases.contraindicated & (rng.random(cases.n) < np.array(s.CT)[cases.period])
    wet = rng.random(cases.n) < np.array(s.CT_MYELOGRAPHY)[cases.period]
    modality = np.where(wet, CT_MYELOGRAPHY, CT_PLAIN).astype(np.int64)
    return _block(np.flatnonzero(has), -rng.integers(0, 20, cases.n), modality, DIAGNOSTIC)


def _surveillance(cases: Cases, course: Course) -> _Block:
    """The first imaging visits of every case."""
    case, day = course.visit_case[course.visit_imaging], course.visit_day[course.visit_imaging]
    kept = nth_of(case) <= _SURVEILLANCE_STUDIES
    # Cord imaging of who cannot have MR is CT myelography.
    modality = np.where(cases.contraindicated[case], CT_MYELOGRAPHY, MR).astype(np.int64)
    return _rows(case[kept], day[kept], modality[kept], SURVEILLANCE)


def _sequences(
    rng: np.random.Generator, cases: Cases, case: Ints, modality: Ints
) -> dict[str, Ints]:
    """What was acquired: by period on MR, nothing on CT; old reports do not always say."""
    n, period, is_mr = len(case), cases.period[case], modality == MR
    forgotten = (rng.random(n) < 0.10) & (cases.site.reading_mode == "report_text")
    found = {}
    for name, shares in s.ACQUIRED.items():
        u = rng.random(n)
        done = is_mr & (u < np.array(shares)[period])
        place = np.where(done, ACQUIRED, NOT_ACQUIRED)
        if name != "t1":
            place = np.where(done & (rng.random(n) < s.NOT_DIAGNOSTIC), NOT_DIAGNOSTIC, place)
        if name in ("stir", "t2star_gre", "swi", "dti", "mrs", "perfusion", "3d_t2"):
            place = np.where(is_mr & forgotten & ~done, UNKNOWN, place)
        found[name] = place.astype(np.int64)
    return found


def imaging_studies_table(cases: Cases, studies: Studies, *, seed: int) -> pl.DataFrame:
    """Table `imaging_studies`."""
    rng = stream(seed, "studies", site=1000 + cases.site.number)
    n, period, is_mr = studies.n, cases.period[studies.case], studies.modality == MR
    field = np.array(s.FIELD_STRENGTH)[choose(rng.random(n), np.array(s.FIELD_SHARE)[period])]
    known = rng.random(n) > 0.08
    columns: dict[str, pl.Series | str] = {
        "study_id": studies.study_id,
        "case_id": cases.case_id.gather(studies.case),
        "modality": codes(MODALITIES, studies.modality),
        "study_day": whole(studies.day),
        "study_purpose": codes(PURPOSES, studies.purpose),
        "contrast_given": codes(("no", "yes"), studies.contrast),
        "field_strength_t": decimal(field, 1, where=is_mr & known),
        "field_strength_t_missing_reason": codes(("", "not_recorded"), is_mr & ~known),
        "image_quality": codes(
            ("good", "limited", "non_diagnostic"),
            choose(rng.random(n), np.array((0.84, 0.15, 0.01))),
        ),
        "is_mri_contraindicated": keep(
            codes(("no", "yes"), cases.contraindicated[studies.case]),
            rng.random(n) > 0.1,
            "unknown",
        ),
    }
    for name, place in studies.sequences.items():
        columns[f"seq_{name}"] = codes(_ACQUISITION, place)
    for name, beside in (
        ("has_axial_t2", "t2"),
        ("has_axial_t1_post_contrast", "t1_post_contrast"),
    ):
        done = studies.axial & studies.has(beside)
        columns[name] = codes(_ACQUISITION, np.where(done, ACQUIRED, NOT_ACQUIRED))
    minor = stream(seed, "details", site=2000 + cases.site.number)
    columns |= study_details(minor, cases, studies.case, is_mr=is_mr, with_dwi=studies.has("dwi"))
    return text_frame(BY_NAME["imaging_studies"], columns, height=n)
