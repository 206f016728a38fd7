"""Rows of single cases for the figures that show each of them.

Belongs here: from the tables of a snapshot to the input of the heat map and the swimmer.
Does not belong here: who may see cases (`dashboard`): these figures are for those who may, and
never leave the house; counts for everybody else (`analyses.shown.features_by_group`).
"""

from collections.abc import Sequence

import polars as pl

from analyses.cohort import Tables, labels_of_columns
from analyses.figures.signs_heat_map import CaseRow, HeatMap
from analyses.figures.swimmer import Course, Courses
from analyses.shown.grouped import MOST_CASES, histology_group, provenance_of
from schemas.errors import UsageError

_STATE_OF = {
    "present": "present",
    "altered": "present",
    "absent": "absent",
    "not_altered": "absent",
    "indeterminate": "not_judged",
    "inconclusive": "not_judged",
    "not_assessable": "not_judged",
    "not_tested": "not_judged",
}
_TREATED = {
    "radiotherapy": "radiation",
    "radiosurgery": "radiation",
    "chemotherapy": "drug",
    "targeted": "drug",
}
_PROGRESSED = ("progression", "recurrence")


def heat_map_of(cases: pl.DataFrame, findings: Sequence[str]) -> HeatMap:
    """Signs and markers of each case.

    Parameters
    ----------
    cases
        One row per case, as `analyses.cohort.build_cohort` gives them; 1 to 60 of one provenance.
    findings
        Columns of signs and markers, in the order of the figure.

    Returns
    -------
    HeatMap
        Cases with consent for the registry.

    Raises
    ------
    UsageError
        If there are no cases, too many, or rows of several provenances.
    """
    frame = _chosen(cases)
    labels = labels_of_columns()
    rows = tuple(
        CaseRow(
            row["case_id"],
            row["group"],
            tuple(_STATE_OF.get(row[name], "not_said") for name in findings),
        )
        for row in frame.iter_rows(named=True)
    )
    names = tuple(labels[name][:1].upper() + labels[name][1:] for name in findings)
    return HeatMap(provenance_of(frame), names, rows)


def courses_of(cases: pl.DataFrame, tables: Tables) -> Courses:
    """What happened to each case, and when.

    Parameters
    ----------
    cases
        As for `heat_map_of`.
    tables
        `surgeries`, `treatments` and `follow_up` of `core`.

    Returns
    -------
    Courses
        Cases with consent for the registry that have a contact, a day of death counted as one.

    Raises
    ------
    UsageError
        If there are no cases, too many, rows of several provenances, or none with a contact.
    """
    frame = _chosen(cases)
    of_case = {
        name: tables[name].join(frame.select("case_id"), on="case_id", how="semi")
        for name in ("surgeries", "treatments", "follow_up")
    }
    made = [
        _course(row["case_id"], row["group"], of_case)
        for row in frame.sort("case_id").iter_rows(named=True)
    ]
    found = tuple(course for course, _ in made if course is not None)
    if not found:
        raise UsageError("No case has a day of contact or death; there is no course to draw.")
    earlier = sum(n for course, n in made if course is not None)
    return Courses(provenance_of(frame), found, frame.height - len(found), earlier)


def _chosen(cases: pl.DataFrame) -> pl.DataFrame:
    """Cases that may be drawn one by one, with their group."""
    frame = cases.filter(pl.col("consent_scope") == "research_registry").with_columns(
        histology_group()
    )
    if not 0 < frame.height <= MOST_CASES:
        raise UsageError(
            f"A figure of single cases was asked for {frame.height} of them; it shows 1 to "
            f"{MOST_CASES}. Choose fewer, or a figure of groups."
        )
    return frame


def _course(key: str, group: str, tables: Tables) -> tuple[Course | None, int]:
    """One case, None without a contact; and how many of its marks cannot be drawn."""
    here = {name: table.filter(case_id=key) for name, table in tables.items()}
    contacts = here["follow_up"]
    death = contacts["death_day"].min()
    last = death if death is not None else contacts["contact_day"].max()
    if last is None or int(str(last)) < 0:
        return None, 0
    end = int(str(last))
    grown = contacts.filter(pl.col("progression_status").is_in(_PROGRESSED))
    treated = here["treatments"].filter(pl.col("treatment_kind").is_in(list(_TREATED)))
    spans = sorted(
        {
            (_TREATED[kind], first, min(first if until is None else until, end))
            for kind, first, until in treated.select(
                "treatment_kind", "start_day", "end_day"
            ).iter_rows()
            if first is not None and 0 <= first <= end
        }
    )
    surgeries, growths = (
        _days(days, end) for days in (here["surgeries"]["surgery_day"], grown["progression_day"])
    )
    left_out = treated.filter(pl.col("start_day").is_between(0, end).not_().fill_null(True)).height
    left_out += surgeries[1] + growths[1]
    is_dead = death is not None
    course = Course(key, group, end, is_dead, surgeries[0], tuple(spans), growths[0])
    return course, left_out


def _days(days: pl.Series, end: int) -> tuple[tuple[int, ...], int]:
    """Days that lie on the bar, and how many do not."""
    on_bar = sorted({int(day) for day in days.drop_nulls() if 0 <= day <= end})
    return tuple(on_bar), sum(day is None or not 0 <= day <= end for day in days)
