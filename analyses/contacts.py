"""Contacts: what all contacts of a case together say of death and progression.

Belongs here: one row per case from the table `follow_up`.
Does not belong here: endpoints of time (`analyses.time_endpoints`), the other tables
(`analyses.cohort`).
"""

import polars as pl

#: The median time from one image of a case to the next.
IMAGE_GAP = "image_gap_days"
#: Columns of `courses`, and the columns of `follow_up` that each is drawn from.
COURSE: dict[str, tuple[str, ...]] = {
    "vital_status": ("vital_status",),
    "last_alive_day": ("contact_day", "vital_status"),
    "last_imaging_day": ("last_imaging_day",),
    IMAGE_GAP: ("last_imaging_day",),
    "progression_day": ("progression_day", "progression_status"),
    "is_progression_known": ("progression_status", "contact_day"),
    "is_progression_undated": ("progression_status", "progression_day"),
}
_PROGRESSED = pl.col("progression_status").is_in(("progression", "recurrence"))


def deaths(follow_up: pl.DataFrame) -> pl.DataFrame:
    """Day and cause of each death that was reported, from the report with a day if there is one."""
    dead = follow_up.filter(pl.col("vital_status") == "dead")
    ordered = dead.sort("death_day", "contact_day", "follow_up_id", nulls_last=True)
    first = ordered.group_by("case_id", maintain_order=True).first().sort("case_id")
    return first.select("case_id", "death_day", "cause_of_death")


def courses(follow_up: pl.DataFrame, surgeries: pl.DataFrame) -> pl.DataFrame:
    """The course of each case with a contact, from all its contacts.

    Parameters
    ----------
    follow_up
        The table, one row per contact.
    surgeries
        The first surgery of each case. Progression counts if it came after it, or after day 0
        where there was none.

    Returns
    -------
    pl.DataFrame
        Sorted by `case_id`: `vital_status` (dead if any contact says so; missing where none knows),
        `last_alive_day`, `last_imaging_day` and `progression_day` (the first) in days from day 0;
        `image_gap_days`, the median time from one image to the next, from time zero on, as far as
        contacts name images; `is_progression_known`: whether a contact after time zero says whether
        the tumour grew; `is_progression_undated`: it grew after it, and no contact says when.
    """
    zero = pl.col("surgery_day").fill_null(0)
    rows = follow_up.join(surgeries.select("case_id", "surgery_day"), on="case_id", how="left")
    # a contact without a day may be any
    is_later = (pl.col("contact_day") > zero).fill_null(value=True)
    says = pl.col("progression_status").is_not_null() & (pl.col("progression_status") != "unknown")
    status, day = pl.col("vital_status"), pl.col("progression_day")
    imaged = pl.col("last_imaging_day").filter(pl.col("last_imaging_day") > zero)
    found = rows.group_by("case_id").agg(
        vital_status=pl.when((status == "dead").any())
        .then(pl.lit("dead"))
        .when((status == "alive").any())
        .then(pl.lit("alive")),
        last_alive_day=pl.col("contact_day").filter(status == "alive").max(),
        last_imaging_day=pl.col("last_imaging_day").max(),
        image_gap_days=pl.concat([zero.first(), imaged]).unique().sort().diff().median(),
        progression_day=day.filter(_PROGRESSED & (day > zero)).min(),
        is_progression_known=yes_no((is_later & says).any()),
        undated=(is_later & _PROGRESSED & day.is_null()).any(),
    )
    is_undated = pl.col("undated") & pl.col("progression_day").is_null()
    return found.select(
        "case_id",
        *(name for name in COURSE if name != "is_progression_undated"),
        is_progression_undated=yes_no(is_undated),
    ).sort("case_id")


def yes_no(holds: pl.Expr) -> pl.Expr:
    """A truth value in the words of the dictionary."""
    return pl.when(holds).then(pl.lit("yes")).otherwise(pl.lit("no"))
