"""Course: death, progression, contacts, and the table `follow_up`.

Belongs here: latent times, what of them the contacts show.
Does not belong here: function over time (`function`), treatment (`treatment`).
Death does not depend on when a progression is seen; progression is seen at an imaging visit only.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.simulation import parameters as p
from analyses.simulation.calibration import progression_scale
from analyses.simulation.cases import Cases
from analyses.simulation.clinical_details import follow_up_details
from analyses.simulation.draw import (
    Bools,
    Ints,
    by_group,
    codes,
    keep,
    labelled,
    nth_of,
    stream,
    text_frame,
    whole,
)
from analyses.simulation.treatment import SecondSurgery, Surgery
from schemas.tables import BY_NAME

DAYS_PER_MONTH = 30.4375
#: A day after every follow-up: stands for "never".
NEVER = 1_000_000
#: No contact later than this: studies end at day 7300.
LAST_DAY = 7200


@dataclass(frozen=True)
class Course:
    """Latent and observed course; days from day 0.

    One element per case: `death_day` and `end_day` (lost, or end of observation), `seen_day` of
    progression (-1: not seen). One element per visit, sorted by case and day: `visit_case`,
    `visit_day`, `visit_imaging`.
    """

    death_day: Ints
    end_day: Ints
    lost: Bools
    seen_day: Ints
    visit_case: Ints
    visit_day: Ints
    visit_imaging: Bools

    @property
    def reported_death(self) -> Ints:
        """Day of a death that a contact reports, `NEVER` where there is none."""
        return np.where(self.death_day <= self.end_day, self.death_day, NEVER)

    @property
    def last_day(self) -> Ints:
        """The day before which anything of the case can be observed."""
        return np.minimum(self.death_day, self.end_day + 1)


def draw_course(cases: Cases, surgery: Surgery, *, seed: int) -> Course:
    """Draw times of death and progression, then the visits and what they show."""
    rng = stream(seed, "course", site=cases.site.number)
    n = cases.n
    start = np.maximum(cases.surgery_day, 0)
    ratio = np.where(cases.h3_altered, cases.site.settings.h3_hazard_ratio, 1.0)
    hazard, horizon, shape = (by_group(x, cases.group) for x in zip(*p.DEATH, strict=True))
    months = horizon * (rng.exponential(size=n) / (hazard * ratio)) ** (1 / shape)
    death = start + 1 + np.minimum(months * DAYS_PER_MONTH, 1e5).astype(np.int64)
    _, horizon, shape = (by_group(x, cases.group) for x in zip(*p.PROGRESSION, strict=True))
    hazard = by_group(progression_scale(), cases.group)
    hazard = hazard * np.where(surgery.total, 1.0, p.PROGRESSION_HR_NOT_TOTAL)
    months = horizon * (rng.exponential(size=n) / hazard) ** (1 / shape)
    progression = start + 1 + np.minimum(months * DAYS_PER_MONTH, 1e5).astype(np.int64)
    low, high = np.array(p.FOLLOWED_YEARS).T
    years = (low + (high - low) * rng.random(n)[:, None])[np.arange(n), cases.period]
    lost_after = rng.exponential(size=n) / -np.log(1 - p.LOST_PER_YEAR)
    end = np.minimum(start + 365.25 * np.minimum(years, lost_after), LAST_DAY).astype(np.int64)
    # Who was imaged after surgery was alive and followed then.
    end, death = (
        np.maximum(end, np.maximum(start + 5, surgery.mr_day)),
        np.maximum(death, surgery.mr_day + 1),
    )
    case, day, imaging = _visits(rng, start, np.minimum(end, death - 1))
    shows = imaging & (day >= progression[case])
    seen = np.full(n, NEVER, dtype=np.int64)
    np.minimum.at(seen, case[shows], day[shows])
    return Course(
        death_day=death,
        end_day=end,
        lost=(lost_after < years) & (end < LAST_DAY),
        seen_day=np.where(seen == NEVER, -1, seen),
        visit_case=case,
        visit_day=day,
        visit_imaging=imaging,
    )


def _visits(rng: np.random.Generator, start: Ints, until: Ints) -> tuple[Ints, Ints, Bools]:
    """Visits near their planned day, up to `until`; most with imaging."""
    planned = np.array(p.VISITS) * 365.25
    jitter = rng.normal(0, 1, (len(start), len(planned))) * np.minimum(planned * 0.06, 25)
    day = start[:, None] + np.maximum(np.round(planned + np.clip(jitter, -80, 80)), 14)
    day = np.sort(day.astype(np.int64), axis=1)
    kept = (day <= until[:, None]) & (rng.random(day.shape) > 0.10)
    case, place = np.nonzero(kept)
    return case.astype(np.int64), day[case, place], rng.random(len(case)) < 0.85


def follow_up_table(
    cases: Cases, surgery: Surgery, second: SecondSurgery, course: Course, *, seed: int
) -> pl.DataFrame:
    """Table `follow_up`: the visits, then the contact that reports a death."""
    rng = stream(seed, "course", site=1000 + cases.site.number)
    case, day, dead, imaged = _contacts(rng, course)
    n = len(case)
    last = _last_imaging(cases, surgery, second, case=case, day=day, imaged=imaged)
    seen = (course.seen_day[case] > 0) & (course.seen_day[case] <= day)
    is_last = np.r_[case[1:] != case[:-1], np.ones(min(n, 1), dtype=bool)]
    day_known = dead & (rng.random(n) > 0.03)
    soon = course.death_day[case] - np.maximum(cases.surgery_day[case], 0) <= 30
    columns: dict[str, pl.Series | str] = {
        "follow_up_id": labelled(cases.case_id.gather(case), "-F", nth_of(case), width=2),
        "case_id": cases.case_id.gather(case),
        "contact_day": whole(day),
        "contact_kind": codes(
            ("clinic", "imaging", "registry_linkage"), np.where(dead, 2, imaged & (day % 3 == 0))
        ),
        "vital_status": codes(("alive", "dead"), dead),
        "death_day": whole(course.death_day[case], where=day_known),
        "death_day_missing_reason": codes(("", "not_recorded"), dead & ~day_known),
        "cause_of_death": keep(_cause_of_death(rng, soon), dead),
        "last_imaging_day": whole(last, where=last >= 0),
        "last_imaging_day_missing_reason": codes(("", "not_done"), last < 0),
        "progression_status": keep(
            codes(("progression", "recurrence"), surgery.total[case] & cases.operated[case]),
            seen,
            "none",
        ),
        "progression_day": whole(course.seen_day[case], where=seen),
        "is_lost_to_follow_up": codes(("no", "yes"), is_last & ~dead & course.lost[case]),
    }
    again = np.full(cases.n, NEVER, dtype=np.int64)
    again[second.case] = second.day
    columns |= follow_up_details(
        stream(seed, "details", site=7000 + cases.site.number),
        seen=seen,
        operated_again=again[case] <= day,
        alive=~dead,
        grade=cases.grade[case] - 1,
    )
    return text_frame(BY_NAME["follow_up"], columns, height=n)


def _contacts(rng: np.random.Generator, course: Course) -> tuple[Ints, Ints, Bools, Bools]:
    """Case, day, whether dead and whether imaged, of each contact; sorted by case and day."""
    died = np.flatnonzero(course.reported_death < NEVER)
    report = course.death_day[died] + rng.integers(0, 45, len(died))
    case, day = np.r_[course.visit_case, died], np.r_[course.visit_day, report]
    dead = np.r_[np.zeros(len(course.visit_case), dtype=bool), np.ones(len(died), dtype=bool)]
    imaged = np.r_[course.visit_imaging, np.zeros(len(died), dtype=bool)]
    order = np.lexsort((day, case))
    return case[order], day[order], dead[order], imaged[order]


def _cause_of_death(rng: np.random.Generator, soon: Bools) -> pl.Series:
    """Cause of a death, `soon` within 30 days of surgery; shares: A, no series reports them."""
    chance = rng.random(len(soon))
    cause = np.select([soon & (chance < 0.8), chance < 0.85, chance < 0.95], [1, 0, 2], default=3)
    return codes(("tumour", "treatment", "other", "unknown"), cause)


def _last_imaging(
    cases: Cases, surgery: Surgery, second: SecondSurgery, *, case: Ints, day: Ints, imaged: Bools
) -> Ints:
    """Day of the last imaging at each contact, -1 where there was none since day 0."""
    base = np.where(surgery.mr_day >= 0, surgery.mr_day, np.where(cases.index_is_surgery, -1, 0))
    found = np.where(base[case] <= day, base[case], -1)
    again = np.full(cases.n, NEVER, dtype=np.int64)
    again[second.case] = second.mr_day
    found = np.maximum(found, np.where(again[case] <= day, again[case], -1))
    # Running maximum within the case: add an offset per case that outweighs every day.
    offset = case * NEVER
    running = np.maximum.accumulate(np.where(imaged, day, -1) + offset) - offset
    return np.maximum(found, np.maximum(running, -1))
