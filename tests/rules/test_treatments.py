"""Rules of `treatments`: order of days, dose."""

from tests.rules.conftest import CheckRule


def test_r071_a_treatment_does_not_end_before_it_starts(check_rule: CheckRule) -> None:
    """The last day of a treatment is not before the first."""
    check_rule(
        "R071",
        treatments="""
            treatment_id | start_day | start_day_missing_reason | end_day
            -------------+-----------+--------------------------+--------
            1            | 40        |                          | 75
            2            | 40        |                          | 40
            3            | 40        |                          |
            4            |           | not_recorded             | 75
            5            | 75        |                          | 40
        """,
        refused=["5"],
    )


def test_r072_a_dose_per_fraction_is_one_that_is_given(check_rule: CheckRule) -> None:
    """A fraction has 1 to 10 Gy, of radiosurgery up to 25 Gy."""
    check_rule(
        "R072",
        treatments="""
            treatment_id | treatment_kind | rt_dose_gy | rt_fractions | rt_field
            -------------+----------------+------------+--------------+---------
            1            | radiotherapy   | 50.4       | 28           | local
            2            | radiotherapy   | 8          | 1            | local
            3            | radiosurgery   | 25         | 1            | local
            4            | radiotherapy   | 28         | 28           | local
            5            | radiotherapy   | 20         | 2            | local
            6            | radiotherapy   | 20.1       | 2            | local
            7            | radiotherapy   | 25         | 1            | local
            8            | radiosurgery   | 26         | 1            | local
            9            | radiotherapy   | 27.9       | 28           | local
        """,
        refused=["6", "7", "8", "9"],
    )


def test_r080_no_treatment_starts_after_death(check_rule: CheckRule) -> None:
    """A treatment does not start after the day of death."""
    check_rule(
        "R080",
        follow_up="""
            follow_up_id | case_id | vital_status | contact_day | death_day
            -------------+---------+--------------+-------------+----------
            1            | C1      | dead         | 900         | 800
        """,
        treatments="""
            treatment_id | case_id | start_day
            -------------+---------+----------
            1            | C1      | 800
            2            | C2      | 2000
            3            | C1      | 801
        """,
        refused=["3"],
    )
