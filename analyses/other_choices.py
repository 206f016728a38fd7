"""Other choices: endpoints with a choice in them, defined the other way.

Belongs here: which other definitions a plan may ask for, the outcomes each belongs to, the cohort
under it.
Does not belong here: the endpoints themselves (`analyses.endpoints`), running both
(`analyses.sensitivity`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from analyses.before_surgery import as_seen_before_surgery
from analyses.eligibility import DIED_BEFORE_MONTH_12, conditions
from analyses.endpoints import ENDPOINTS, columns_behind, value_of, with_endpoint
from analyses.time_endpoints import with_late_deaths_censored

#: A grade beyond the scale: death counts as worse than every grade.
DEATH_GRADE = 6


@dataclass(frozen=True)
class OtherChoice:
    """Another definition: what it says, in a sentence and in the middle of one, and for what.

    `outcomes` are the endpoints it belongs to, None: all. `unchanged` is said where it makes no
    difference in the cohort at hand.
    """

    sentence: str
    said: str
    unchanged: str
    outcomes: tuple[str, ...] | None
    made: Callable[[pl.DataFrame, str], pl.DataFrame | None]


def otherwise(cohort: pl.DataFrame, endpoint: str, choice: str) -> pl.DataFrame | None:
    """The cohort with an endpoint defined the other way.

    Returns
    -------
    pl.DataFrame or None
        The cohort with other values in the columns of the endpoint. None where the choice is not
        one of this outcome, or what the endpoint rests on is not in the table.
    """
    found = CHOICES[choice]
    if found.outcomes is not None and endpoint not in found.outcomes:
        return None
    if endpoint not in ENDPOINTS or set(columns_behind(endpoint)) - set(cohort.columns):
        return None
    return found.made(cohort, endpoint)


def _death_as_worst(cohort: pl.DataFrame, endpoint: str) -> pl.DataFrame:
    """Who died before the grade of month 12 has the worst grade."""
    against = conditions(endpoint)
    died = next(holds for holds, reason in against if reason == DIED_BEFORE_MONTH_12)
    value = pl.when(died.fill_null(value=False)).then(DEATH_GRADE).otherwise(value_of(endpoint))
    kept = [pair for pair in against if pair[1] != DIED_BEFORE_MONTH_12]
    return with_endpoint(cohort, endpoint, value=value.cast(pl.Int64), against=kept)


def _late_deaths_censored(cohort: pl.DataFrame, endpoint: str) -> pl.DataFrame:
    """A death long after the last image is censored at that image."""
    return with_endpoint(
        with_late_deaths_censored(cohort),
        endpoint,
        value=value_of(endpoint),
        against=conditions(endpoint),
    )


#: The choices by name.
CHOICES = {
    "before_surgery": OtherChoice(
        "The population as it is seen before surgery: nobody is left out for what the tissue "
        "turned out to be.",
        "the population as it is seen before surgery",
        "No case of this cohort was left out for its final histology: the cases are the same.",
        None,
        as_seen_before_surgery,
    ),
    "death_as_worst": OtherChoice(
        "Death before the grade of month 12 counts as the worst grade instead of leaving the case "
        "out.",
        "the cohort with death as the worst grade",
        "No case of this cohort was left out for death before month 12: the cases are the same.",
        ("mccormick_12m", "mccormick_12m_postoperative"),
        _death_as_worst,
    ),
    "late_deaths_censored": OtherChoice(
        "A death more than 730 days after the last imaging is censored at that imaging instead of "
        "counted: nobody knows whether the tumour grew before it.",
        "the cohort with late deaths censored",
        "No death of this cohort came more than 730 days after the last imaging: the cases are "
        "the same.",
        ("pfs", "pfs_postoperative", "recurrence"),
        _late_deaths_censored,
    ),
}
