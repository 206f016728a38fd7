"""Rules of `follow_up`: alive or dead, imaging and contact."""

from tests.rules.conftest import CheckRule


def test_r079_who_is_dead_has_a_day_of_death(check_rule: CheckRule) -> None:
    """A patient is dead exactly when the day of death, or why it is not known, is given."""
    check_rule(
        "R079",
        follow_up="""
            follow_up_id | case_id | vital_status | death_day | death_day_missing_reason
            -------------+---------+--------------+-----------+-------------------------
            1            | C1      | dead         | 350       |
            2            | C2      | dead         |           | not_recorded
            3            | C3      | alive        |           |
            4            | C4      | unknown      |           |
            5            | C5      | unknown      | 350       |
            6            | C6      | alive        | 370       |
            7            | C7      | alive        |           | not_recorded
            8            | C8      | dead         |           |
        """,
        refused=["6", "7", "8"],
    )


def test_r079_nobody_is_alive_after_a_reported_death(check_rule: CheckRule) -> None:
    """A patient is not alive at a contact later than the one that reported the death."""
    check_rule(
        "R079",
        follow_up="""
            follow_up_id | case_id | vital_status | contact_day | death_day_missing_reason
            -------------+---------+--------------+-------------+-------------------------
            1            | C1      | alive        | 200         |
            2            | C1      | dead         | 400         | not_recorded
            3            | C2      | alive        | 400         |
            4            | C3      | dead         | 400         | not_recorded
            5            | C3      | unknown      | 500         |
            6            | C1      | alive        | 401         |
        """,
        refused=["6"],
    )


def test_r080_a_case_enters_the_registry_before_death(check_rule: CheckRule) -> None:
    """A case that entered after the death was never under observation: kept, with a warning."""
    check_rule(
        "R080",
        follow_up="""
            follow_up_id | case_id | vital_status | contact_day | death_day
            -------------+---------+--------------+-------------+----------
            1            | C1      | dead         | 900         | 800
            2            | C2      | dead         | 900         | 800
            3            | C3      | alive        | 100         |
        """,
        cases="""
            case_id | entry_day
            --------+----------
            C1      | 800
            C2      | 801
            C3      | 5000
            C4      | -30
        """,
        warned=["C2"],
    )


def test_r080_a_contact_with_a_living_patient_is_not_after_death(check_rule: CheckRule) -> None:
    """A patient is not alive after the day of death; the contact that reports it may be later."""
    check_rule(
        "R080",
        follow_up="""
            follow_up_id | case_id | vital_status | contact_day | death_day
            -------------+---------+--------------+-------------+----------
            1            | C1      | dead         | 900         | 800
            2            | C1      | alive        | 700         |
            3            | C1      | alive        | 800         |
            4            | C1      | unknown      | 850         |
            5            | C2      | alive        | 5000        |
            6            | C1      | alive        | 801         |
        """,
        refused=["6"],
    )


def test_r081_progression_lies_between_day_0_and_death(check_rule: CheckRule) -> None:
    """Progression comes after day 0 and not after death or the contact that reports it."""
    check_rule(
        "R081",
        follow_up="""
            follow_up_id | case_id | progression_status | progression_day | progression_day_missing_reason | contact_day | vital_status | death_day
            -------------+---------+--------------------+-----------------+--------------------------------+-------------+--------------+----------
            1            | C1      | progression        | 400             |                                | 900         | dead         | 800
            2            | C2      | recurrence         | 800             |                                | 900         | dead         | 800
            3            | C3      | progression        | 365             |                                | 365         | alive        |
            4            | C4      | progression        |                 | not_recorded                   | 365         | alive        |
            5            | C5      | none               |                 |                                | 365         | alive        |
            6            | C6      | progression        | 0               |                                | 365         | alive        |
            7            | C7      | progression        | 850             |                                | 900         | dead         | 800
            8            | C8      | progression        | 400             |                                | 365         | alive        |
        """,
        refused=["6", "7", "8"],
    )


def test_r082_the_last_imaging_is_not_after_the_contact(check_rule: CheckRule) -> None:
    """A contact cannot report imaging that is later than itself."""
    check_rule(
        "R082",
        follow_up="""
            follow_up_id | contact_day | last_imaging_day | last_imaging_day_missing_reason
            -------------+-------------+------------------+--------------------------------
            1            | 360         | 350              |
            2            | 360         | 360              |
            3            | 360         |                  | not_done
            4            | 0           | 0                |
            5            | 360         | 400              |
            6            | 360         | 361              |
        """,
        refused=["5", "6"],
    )
    check_rule(
        "R082",
        follow_up="""
            follow_up_id | contact_day | contact_day_missing_reason | last_imaging_day
            -------------+-------------+----------------------------+-----------------
            1            |             | not_recorded               | 360
            2            | 0           |                            | 1
        """,
        refused=["2"],
    )
