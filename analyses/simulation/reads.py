"""Reads: who reads which study, and with which eyes.

Belongs here: who reads which study, and how far readers disagree.
Does not belong here: which studies exist (`imaging`), what the signs are (`signs`).
Every sign of a case has one latent uniform number; a reader uses it, or now and then another one.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.simulation import sign_parameters as s
from analyses.simulation.cases import Cases
from analyses.simulation.course import Course
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    codes,
    labelled,
    nth_of,
    stream,
)
from analyses.simulation.imaging import MR, SURVEILLANCE, Studies
from analyses.simulation.treatment import Surgery

#: Latent uniform numbers per case, in order: the signs, then those of the further fields.
FIELDS = (
    *s.SIGNS,
    "cavity",
    "polar_cyst",
    "degree",
    "pattern",
    "off_centre",
    "t1_signal",
    "t2_signal",
    "levels",
)


@dataclass(frozen=True)
class Reads:
    """One element per read, sorted by study; `gone` where no tumour is left to describe."""

    read_id: pl.Series
    study: Ints
    case: Ints
    reader: Ints
    round: Ints
    consensus: Bools
    gone: Bools
    uniform: dict[str, Floats]

    @property
    def n(self) -> int:
        """Number of reads."""
        return len(self.study)


def draw_reads(
    cases: Cases, studies: Studies, surgery: Surgery, course: Course, *, seed: int
) -> Reads:
    """Draw who reads what, and the latent number each reader uses for each field."""
    rng = stream(seed, "reads", site=cases.site.number)
    study, reader, round_, consensus = _schedule(rng, cases, studies)
    case = studies.case[study]
    later = studies.purpose[study] == SURVEILLANCE
    progressed = (course.seen_day[case] > 0) & (course.seen_day[case] <= studies.day[study])
    gone = later & surgery.total[case] & cases.operated[case] & ~progressed
    return Reads(
        read_id=labelled(studies.study_id.gather(study), "-R", nth_of(study), width=1),
        study=study,
        case=case,
        reader=reader,
        round=round_,
        consensus=consensus,
        gone=gone,
        uniform=_uniforms(rng, cases, case),
    )


def _schedule(
    rng: np.random.Generator, cases: Cases, studies: Studies
) -> tuple[Ints, Ints, Ints, Bools]:
    """Study, reader, round and consensus of every read."""
    n = studies.n
    later, is_mr = studies.purpose == SURVEILLANCE, studies.modality == MR
    first = (studies.purpose < 2) | (later & is_mr & (rng.random(n) < 0.35))
    several = cases.site.reading_mode != "report_text"
    # Two readers and a consensus on 40 % of the studies before surgery; none at report-text sites.
    two = first & ~later & is_mr & (rng.random(n) < s.TWO_READERS) & several
    again = first & ~later & is_mr & (rng.random(n) < s.SECOND_ROUND) & several & ~two
    one = 1 + (rng.random(n) < 0.5)
    parts = [
        (first, one, 1, False),
        (two, 3 - one, 1, False),
        (two, np.full(n, 9), 1, True),
        (again, one, 2, False),
    ]
    study = np.concatenate([np.flatnonzero(has) for has, _, _, _ in parts])
    reader = np.concatenate([who[has] for has, who, _, _ in parts])
    count = [int(has.sum()) for has, _, _, _ in parts]
    round_ = np.repeat([r for _, _, r, _ in parts], count)
    consensus = np.repeat([c for _, _, _, c in parts], count)
    order = np.argsort(study, kind="stable")
    return (
        study[order].astype(np.int64),
        reader[order].astype(np.int64),
        round_[order].astype(np.int64),
        consensus[order].astype(np.bool_),
    )


def _uniforms(rng: np.random.Generator, cases: Cases, case: Ints) -> dict[str, Floats]:
    """The number each read uses for each field: that of the case, or one of its own."""
    found = {}
    for name in FIELDS:
        latent, own = rng.random(cases.n), rng.random(len(case))
        share = s.SIGNS[name].reread if name in s.SIGNS else s.REREAD_CAVITY
        found[name] = np.where(rng.random(len(case)) < share, own, latent[case])
    return found


def reader_ids(cases: Cases, reads: Reads) -> pl.Series:
    """Pseudonyms of readers: R1 and R2 of the site, R9 for the agreed read."""
    site = pl.Series([cases.site.site_id], dtype=pl.String).new_from_index(0, reads.n)
    return labelled(site, "-READER", reads.reader, width=1)


def level_codes(reads: Reads, cases: Cases, *, lowest: int) -> tuple[Ints, Ints]:
    """Levels as read: now and then one more or one less than the tumour has."""
    upper, lower = cases.upper[reads.case], cases.lower[reads.case]
    u = reads.uniform["levels"]
    lower = np.where((u < 0.06) & (lower < lowest), lower + 1, lower)
    lower = np.where((u > 0.94) & (lower > upper), lower - 1, lower)
    return upper, lower


def missing_rate(cases: Cases, reads: Reads) -> Floats:
    """Probability that a field is not reported: by site, more often for high grade."""
    report = cases.site.reading_mode == "report_text"
    base = s.NOT_REPORTED_REPORT_TEXT if report else s.NOT_REPORTED
    odds = base / (1 - base) * np.where(cases.h3_altered, s.NOT_REPORTED_HIGH_GRADE_ODDS, 1.0)
    rate: Floats = (odds / (1 + odds))[reads.case]
    return np.where(reads.consensus, 0.01, rate)


def yes_no(flags: Bools) -> pl.Series:
    """Text yes or no."""
    return codes(("no", "yes"), flags)
