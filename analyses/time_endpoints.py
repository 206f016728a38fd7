"""Endpoints of time: what ends the wait for an event, when, and from which day it is counted.

Belongs here: progression-free and overall survival, recurrence, their postoperative versions.
Does not belong here: exclusions (`analyses.eligibility`), endpoints without a time
(`analyses.endpoints`), estimates.
Each endpoint `<x>` has three columns beside its exclusion: `<x>` says what ended the follow-up,
`<x>_months` when, `<x>_entry_months` from when on the case was under observation (0: from time
zero; missing: the day of entry into the registry is not recorded).
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from analyses.eligibility import LANDMARK_DAY

DAYS_PER_MONTH = 30.4375
#: A death so many days after the last image may have had a progression before it that nobody saw.
LATE_DEATH_DAYS = 730
_SURGERY = pl.col("surgery_day")
_PROGRESSION = pl.col("progression_day")
_DEATH = pl.col("death_day")
#: Groups that are shown apart and never compared: who is imaged first and operated on later has
#: survived until then.
NEVER_COMPARED = {name: ("index_event",) for name in ("os", "os_postoperative")}


@dataclass(frozen=True)
class TimeEndpoint:
    """What ended the follow-up, on which day, and time zero; days are counted from day 0."""

    event: pl.Expr
    ended: pl.Expr
    zero: pl.Expr

    @property
    def months(self) -> pl.Expr:
        """Time from time zero to the end of follow-up."""
        return (self.ended - self.zero) / DAYS_PER_MONTH

    @property
    def entry_months(self) -> pl.Expr:
        """Time from time zero to entry into the registry; 0 for who had entered before."""
        return ((pl.col("entry_day") - self.zero) / DAYS_PER_MONTH).clip(lower_bound=0)

    @property
    def value(self) -> pl.Expr:
        """What ended the follow-up, missing where its day is not known."""
        return pl.when(self.months.is_not_null()).then(self.event)


def pfs() -> TimeEndpoint:
    """Progression-free survival: time from the first surgery to progression, recurrence or death.

    yes is the first of them, no is censored at the last imaging: without an image nobody knows
    whether the tumour grew, so a later contact adds nothing. Months of 30.4375 days. Caveats:
    progression is known from the first image that shows it; and a death long after the last image
    may have had one before it. The sensitivity analysis `late_deaths_censored` censors deaths more
    than 730 days after the last imaging at that imaging.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    had = _PROGRESSION.is_not_null() | _DEATH.is_not_null()
    first = pl.min_horizontal(_PROGRESSION, _DEATH)
    return TimeEndpoint(_word(had), _else_last_imaging(first), _SURGERY)


def os() -> TimeEndpoint:
    """Overall survival: time from day 0 to death of any cause.

    no is censored at the last contact with a living patient. Caveat: day 0 is the first surgery or
    the first imaging (`index_event`); who was imaged first and operated later has survived until
    then, so the two are reported apart and never compared.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    died = _DEATH.is_not_null()
    return TimeEndpoint(_word(died), _DEATH.fill_null(pl.col("last_alive_day")), pl.lit(0))


def recurrence() -> TimeEndpoint:
    """Progression or recurrence after the first surgery, with death without it as competing event.

    yes is progression or recurrence, death a death without it, no is censored at the last imaging.
    After a death nothing can recur: its share is estimated by Aalen and Johansen, not as 1 minus
    Kaplan-Meier. Caveat: as for progression-free survival.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    all_causes = pfs()
    what = (
        pl.when(_PROGRESSION.is_not_null())
        .then(pl.lit("yes"))
        .when(_DEATH.is_not_null())
        .then(pl.lit("death"))
        .otherwise(pl.lit("no"))
    )
    return TimeEndpoint(what, all_causes.ended, all_causes.zero)


def pfs_postoperative() -> TimeEndpoint:
    """Progression-free survival from day 90 after surgery, of who was free of an event until then.

    What surgery and pathology found may be used as predictors. Caveat: who had an event before is
    left out and counted, so it says nothing about the time around surgery.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    from_surgery = pfs()
    return TimeEndpoint(from_surgery.event, from_surgery.ended, _SURGERY + LANDMARK_DAY)


def os_postoperative() -> TimeEndpoint:
    """Overall survival from day 90 after the first surgery, of who was alive and followed then.

    What surgery and pathology found may be used as predictors. Caveat: as for the postoperative
    progression-free survival.

    Notes
    -----
    Source: clinical specification, part (d).
    """
    from_day_0 = os()
    return TimeEndpoint(from_day_0.event, from_day_0.ended, _SURGERY + LANDMARK_DAY)


#: The endpoints of time by name.
TIME_ENDPOINTS: dict[str, Callable[[], TimeEndpoint]] = {
    "pfs": pfs,
    "os": os,
    "recurrence": recurrence,
    "pfs_postoperative": pfs_postoperative,
    "os_postoperative": os_postoperative,
}


def times_of(endpoint: str) -> dict[str, pl.Expr]:
    """The columns of an endpoint that hold times, by name; none for an endpoint without a time.

    Examples
    --------
    >>> list(times_of("pfs"))
    ['pfs_months', 'pfs_entry_months']
    """
    if endpoint not in TIME_ENDPOINTS:
        return {}
    found = TIME_ENDPOINTS[endpoint]()
    return {f"{endpoint}_months": found.months, f"{endpoint}_entry_months": found.entry_months}


def with_late_deaths_censored(cohort: pl.DataFrame) -> pl.DataFrame:
    """The cohort as if a death more than 730 days after the last imaging had not been reported.

    Where there is no image after surgery the days are counted from surgery.
    """
    last = pl.max_horizontal("last_imaging_day", _SURGERY)
    is_late = (_DEATH - last > LATE_DEATH_DAYS).fill_null(value=False)
    return cohort.with_columns(
        death_day=pl.when(~is_late).then(_DEATH),
        vital_status=pl.when(is_late).then(pl.lit("alive")).otherwise(pl.col("vital_status")),
    )


def _word(had: pl.Expr) -> pl.Expr:
    """Whether the event was seen, in the words of the dictionary."""
    return pl.when(had).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _else_last_imaging(event_day: pl.Expr) -> pl.Expr:
    """The day of the event, else of the last imaging after surgery."""
    imaging = pl.col("last_imaging_day")
    return event_day.fill_null(pl.when(imaging > _SURGERY).then(imaging))
