"""Rules of `follow_up`: alive or dead, imaging and contact."""

from tests.rules.conftest import CheckRule


def test_r079_who_is_dead_has_a_day_of_death(check_rule: CheckRule) -> None:
    """A patient is dead exactly when the day of death, or why it is not known, is given."""
    check_rule(
        "R079",
        follow_up="""
            follow_up_id | vital_status | death_day | death_day_missing_reason
            -------------+--------------+-----------+-------------------------
            1            | dead         | 350       |
            2            | dead         |           | not_recorded
            3            | alive        |           |
            4            | unknown      |           |
            5            | unknown      | 350       |
            6            | alive        | 350       |
            7            | alive        |           | not_recorded
            8            | dead         |           |
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
