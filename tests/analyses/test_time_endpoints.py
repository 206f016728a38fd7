"""Endpoints of time: event, months and first reason against a case, as a clinician counts them."""

import polars as pl
import pytest

from analyses.cohort import availability_of_columns
from analyses.contacts import courses
from analyses.endpoints import known_at_prediction
from analyses.other_choices import otherwise
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.report import render_report
from analyses.selection import select
from analyses.simulation import simulate_registry
from schemas.errors import UsageError
from tests.analyses.test_endpoints import _case
from tests.support.text_tables import read_table

MONTH = 30.4375
DEAD = {"vital_status": "dead", "cause_of_death": "other"}


def _found(endpoint: str, **changes: object) -> tuple[str | None, float | None, str | None]:
    row = _case(**changes).row(0, named=True)
    months = row[f"{endpoint}_months"]
    days = None if months is None else round(months * MONTH, 6)
    return row[endpoint], days, row[f"{endpoint}_exclusion"]


@pytest.mark.parametrize(
    ("changes", "value", "days"),
    [
        ({}, "no", 900),  # censored at the last imaging, not at the later contact
        ({"surgery_day": 100}, "no", 800),  # counted from surgery, which need not be day 0
        ({"progression_day": 400}, "yes", 400),
        ({"death_day": 700, **DEAD}, "yes", 700),  # any cause
        ({"progression_day": 400, "death_day": 700, **DEAD}, "yes", 400),
        ({"death_day": 5000, **DEAD}, "yes", 5000),
        # known to have grown before a death nobody dated: the progression is the event
        ({"progression_day": 400, **DEAD}, "yes", 400),
        ({"last_imaging_day": None, "death_day": 30, **DEAD}, "yes", 30),
    ],
)
def test_progression_free_survival(changes: dict[str, object], value: str, days: float) -> None:
    assert _found("pfs", **changes) == (value, days, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"surgery_day": None}, "no surgery recorded"),
        (
            {"is_progression_known": "no"},
            "no contact after surgery says whether the tumour grew",
        ),
        (
            {"is_progression_known": None, "vital_status": None},  # no contact at all
            "no contact after surgery says whether the tumour grew",
        ),
        ({"is_progression_undated": "yes"}, "death or progression without a day"),
        (DEAD, "death or progression without a day"),
        ({"last_imaging_day": None}, "no imaging after surgery, and no event"),
        ({"last_imaging_day": 0}, "no imaging after surgery, and no event"),
    ],
)
def test_who_says_nothing_of_progression_is_left_out(
    changes: dict[str, object], reason: str
) -> None:
    assert _found("pfs", **changes)[2] == reason
    assert _found("recurrence", **changes)[2] == reason


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ("no", 1000, None)),  # the last contact alive, whatever was imaged
        ({"surgery_day": None}, ("no", 1000, None)),
        ({"surgery_day": 200, "death_day": 700, **DEAD}, ("yes", 700, None)),  # from day 0
        (DEAD, ("no", 1000, "death or progression without a day")),
        (
            {"vital_status": None, "last_alive_day": None},
            (None, None, "no contact says whether the patient lives"),
        ),
    ],
)
def test_overall_survival(
    changes: dict[str, object], found: tuple[str | None, float | None, str | None]
) -> None:
    value, days, reason = _found("os", **changes)
    assert (days, reason) == found[1:]
    if reason is None:
        assert value == found[0]


def test_death_without_recurrence_is_a_competing_event() -> None:
    assert _found("recurrence", death_day=700, **DEAD) == ("death", 700, None)
    both = _found("recurrence", progression_day=400, death_day=700, **DEAD)
    assert both == ("yes", 400, None)
    assert _found("recurrence") == ("no", 900, None)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ("no", 810, None)),  # counted from day 90 after surgery
        ({"surgery_day": 100}, ("no", 710, None)),
        ({"progression_day": 91}, ("yes", 1, None)),
        ({"progression_day": 90}, ("yes", 0, "event before day 90 after surgery")),
        (
            {"last_imaging_day": 90},
            ("no", 0, "not followed beyond day 90 after surgery"),
        ),
        (
            {"diagnosis_day": 91},
            ("no", 810, "specimen or extent of resection dated after day 90 after surgery"),
        ),
        (
            {"eor_assessment_day": 120},
            ("no", 810, "specimen or extent of resection dated after day 90 after surgery"),
        ),
    ],
)
def test_postoperative_version_begins_on_day_90(
    changes: dict[str, object], found: tuple[str, float, str | None]
) -> None:
    assert _found("pfs_postoperative", **changes) == found


def test_postoperative_overall_survival() -> None:
    assert _found("os_postoperative") == ("no", 910, None)
    assert _found("os_postoperative", surgery_day=None)[2] == "no surgery recorded"
    died = _found("os_postoperative", death_day=60, **DEAD)
    assert died[2] == "event before day 90 after surgery"


@pytest.mark.parametrize(
    ("entry", "surgery", "days"),
    [(0, 0, 0), (40, 0, 40), (40, 30, 10), (-20, 0, 0), (None, 0, None)],
)
def test_entry_counts_from_time_zero_and_is_0_before_it(
    entry: int | None, surgery: int, days: float | None
) -> None:
    row = _case(entry_day=entry, surgery_day=surgery).row(0, named=True)
    months = row["pfs_entry_months"]
    assert (None if months is None else round(months * MONTH, 6)) == days


def test_a_death_long_after_the_last_image_is_counted_or_censored() -> None:
    late = _case(last_imaging_day=300, death_day=1031, **DEAD)
    assert late["pfs_months"][0] == 1031 / MONTH
    other = otherwise(late, "pfs", "late_deaths_censored")
    assert other is not None
    assert other.select("pfs", "pfs_months", "pfs_exclusion").row(0) == ("no", 300 / MONTH, None)
    soon = _case(last_imaging_day=300, death_day=1030, **DEAD)
    other = otherwise(soon, "pfs", "late_deaths_censored")
    assert other is not None
    assert other["pfs"][0] == "yes"


def test_death_before_month_12_is_left_out_or_the_worst_grade() -> None:
    died = _case(mccormick_month_12=None, death_day=300, **DEAD)
    assert died["mccormick_12m_exclusion"][0] == "died before the grade of month 12"
    other = otherwise(died, "mccormick_12m", "death_as_worst")
    assert other is not None
    assert other.select("mccormick_12m", "mccormick_12m_exclusion").row(0) == (6, None)
    graded = otherwise(_case(), "mccormick_12m", "death_as_worst")
    assert graded is not None
    assert graded["mccormick_12m"][0] == 2


def test_a_choice_of_another_outcome_is_not_made() -> None:
    assert otherwise(_case(), "os", "death_as_worst") is None
    assert otherwise(pl.DataFrame({"pfs": ["yes"]}), "pfs", "late_deaths_censored") is None


def test_contacts_of_a_case_are_read_together() -> None:
    contacts = pl.DataFrame(
        read_table(
            """
            case | day | vital   | imaged | status      | grew
            -----+-----+---------+--------+-------------+-----
            C1   | 100 | alive   | 90     | none        |
            C1   | 400 | alive   | 300    | progression | 300
            C1   | 900 | dead    | 600    | progression | 250
            C2   | 100 | alive   |        | unknown     |
            C3   | 50  | alive   | 50     | progression | 50
            C3   | 500 | alive   | 400    | unknown     |
            C4   | 200 | alive   | 200    | recurrence  |
            C5   |     | unknown |        | none        |
            """
        )
    )
    contacts = contacts.select(
        case_id="case",
        vital_status="vital",
        progression_status="status",
        contact_day=pl.col("day").cast(pl.Int64, strict=False),
        last_imaging_day=pl.col("imaged").cast(pl.Int64, strict=False),
        progression_day=pl.col("grew").cast(pl.Int64, strict=False),
    )
    surgeries = pl.DataFrame({"case_id": ["C1", "C2", "C3", "C4"], "surgery_day": [0, 0, 60, 0]})
    # the fifth: the median gap between images, surgery among them, each image once
    assert courses(contacts, surgeries).rows() == [
        ("C1", "dead", 400, 600, 210.0, 250, "yes", "no"),
        ("C2", "alive", 100, None, None, None, "no", "no"),
        # it grew before surgery; after it nobody says
        ("C3", "alive", 500, 400, 340.0, None, "no", "no"),
        ("C4", "alive", 200, 200, 200.0, None, "yes", "yes"),
        ("C5", None, None, None, None, None, "yes", "no"),
    ]


def test_what_surgery_found_may_predict_postoperative_versions_only() -> None:
    plan = """
title: Test
data: {id: case_id}
outcome: {kind: ordinal, column: OUTCOME}
predictors: [histology_edition]
baseline: [histology_edition]
"""
    cases = pl.concat([_case(mccormick_month_12=1.0 + k % 4) for k in range(60)]).with_columns(
        case_id=pl.int_range(60).cast(pl.String), histology_edition=pl.lit("cns5_2021")
    )
    known = {"histology_edition": "pathology"}
    later = parse_plan(plan.replace("OUTCOME", "mccormick_12m_postoperative"), name="t.yaml")
    select(later, cases, known)
    before = parse_plan(plan.replace("OUTCOME", "mccormick_12m"), name="t.yaml")
    with pytest.raises(UsageError, match="becomes known with the pathology"):
        select(before, cases, known)
    assert "follow_up" not in known_at_prediction("pfs_postoperative")


def test_both_choices_and_the_gaps_between_images_are_told_without_a_model() -> None:
    cases = pl.concat(
        [
            _case(
                case_id=f"C{k}", patient_id=f"P{k}", image_gap_days=100.0 + k, **changes
            ).with_columns(
                provenance=pl.lit("simulated"), site_id=pl.lit("SIM_A"), age_years=pl.lit(40)
            )
            for k, changes in enumerate(
                [{"last_imaging_day": 300, "death_day": 1031, **DEAD}, {}, {"progression_day": 400}]
            )
        ]
    )
    text = """
title: t
data: {id: case_id, group: patient_id, centre: site_id}
population: {provenance: simulated}
outcome:
  {kind: survival, time: pfs_months, event: pfs, event_value: "yes", horizons: [12]}
predictors: [age_years]
baseline: [age_years]
models: [ridge]
sensitivity: [late_deaths_censored]
"""
    found = run_plan(parse_plan(text, name="pfs.yaml"), cases, availability=None, stamp={})
    survival = found.results["survival"]
    assert found.results["verdict"]["level"] == "describe_only"
    assert found.results["outcome"]["events"] == 2
    assert [(row["name"], row["events"]) for row in survival["otherwise"]] == [
        ("late_deaths_censored", 1)
    ]
    assert [row["median_days"] for row in survival["image_gaps"]] == [101.0]
    assert "Median gap between images" in render_report(found.results).decode()


def test_the_day_of_entry_is_never_a_predictor() -> None:
    assert availability_of_columns()["entry_day"] == "admin"
    for outcome in ("pfs", "pfs_postoperative"):
        assert "admin" not in known_at_prediction(outcome)


def test_every_other_simulated_site_delivers_the_day_of_entry() -> None:
    registry = simulate_registry(cases=120, sites=2, seed=4)
    assert set(registry["SIM_B"]["cases"]["entry_day"]) == {""}
    cases = registry["SIM_A"]["cases"].with_columns(pl.col("entry_day").cast(pl.Int64))
    assert cases["entry_day"].min() >= 0  # type: ignore[operator]
    assert (cases["entry_day"] > 60).sum() > 5  # some came late
    reported = registry["SIM_A"]["follow_up"].filter(pl.col("death_day") != "")
    both = cases.join(reported.select("case_id", pl.col("death_day").cast(pl.Int64)), on="case_id")
    assert both.height > 0
    assert (both["entry_day"] < both["death_day"]).all()
