"""Rules of `surgeries`: what was achieved."""

from tests.rules.conftest import CheckRule


def test_r063_gross_total_resection_leaves_nothing(check_rule: CheckRule) -> None:
    """After gross total resection no tumour is left."""
    check_rule(
        "R063",
        surgeries="""
        surgery_id | extent_of_resection | residual_volume_mm3 | residual_volume_mm3_missing_reason
        -----------+---------------------+---------------------+-----------------------------------
        1          | gtr                 | 0                   |
        2          | gtr                 | 0.0                 |
        3          | gtr                 |                     |
        4          | gtr                 |                     | not_done
        5          | subtotal            | 350                 |
        6          | unknown             | 350                 |
        7          | gtr                 | 350                 |
        8          | gtr                 | 0.1                 |
        """,
        refused=["7", "8"],
    )
    check_rule(
        "R063",
        surgeries="""
        surgery_id | case_id | extent_of_resection | resection_percent | resection_percent_missing_reason
        -----------+---------+---------------------+-------------------+---------------------------------
        1          | C1      | gtr                 | 100               |
        2          | C2      | gtr                 | 99.5              |
        3          | C3      | gtr                 |                   | not_done
        4          | C4      | near_total          | 99                |
        5          | C5      | gtr                 | 99.4              |
        """,
        refused=["5"],
    )


def test_r062_a_biopsy_was_not_a_resection(check_rule: CheckRule) -> None:
    """What was planned without resection ends as a biopsy or as nothing."""
    check_rule(
        "R062",
        surgeries="""
        surgery_id | case_id | intent        | extent_of_resection | eor_basis
        -----------+---------+---------------+---------------------+----------
        1          | C1      | resection     | gtr                 | surgeon
        2          | C2      | resection     | biopsy              | surgeon
        3          | C3      | biopsy        | biopsy              | surgeon
        4          | C4      | decompression | none                |
        5          | C5      | biopsy        | unknown             | unknown
        6          | C6      | biopsy        | gtr                 | surgeon
        7          | C7      | cyst_drainage | partial             | surgeon
        """,
        warned=["6", "7"],
    )


def test_r064_a_percentage_lies_in_its_band(check_rule: CheckRule) -> None:
    """The share that was removed lies in the band of its extent."""
    check_rule(
        "R064",
        surgeries="""
        surgery_id | case_id | extent_of_resection | eor_basis | resection_percent
        -----------+---------+---------------------+-----------+------------------
        1          | C1      | near_total          | surgeon   | 95
        2          | C2      | subtotal            | surgeon   | 94.9
        3          | C3      | partial             | surgeon   | 10
        4          | C4      | biopsy              | surgeon   | 5
        5          | C5      | none                |           | 0
        6          | C6      | unknown             | unknown   | 60
        7          | C7      | gtr                 | surgeon   | 100
        8          | C8      | subtotal            | surgeon   |
        9          | C9      | near_total          | surgeon   | 100
        10         | C10     | subtotal            | surgeon   | 60
        11         | C11     | partial             | surgeon   | 80
        12         | C12     | biopsy              | surgeon   | 10
        13         | C13     | none                |           | 2
        """,
        warned=["9", "10", "11", "12", "13"],
    )


def test_r065_an_extent_judged_on_mri_has_one(check_rule: CheckRule) -> None:
    """Where later studies are delivered, one is an MR study of the 180 days after the surgery."""
    check_rule(
        "R065",
        imaging_studies="""
        study_id | case_id | modality | study_purpose       | study_day | study_day_missing_reason
        ---------+---------+----------+---------------------+-----------+-------------------------
        S1       | C1      | mr       | early_postoperative | 2         |
        S2       | C2      | mr       | surveillance        | 180       |
        S3       | C3      | mr       | surveillance        |           | not_recorded
        S4       | C4      | mr       | preoperative        | -3        |
        S6       | C6      | mr       | surveillance        | 181       |
        S7       | C7      | mr       | surveillance        | 400       |
        """,
        surgeries="""
        surgery_id | case_id | surgery_day | eor_basis        | eor_assessment_day
        -----------+---------+-------------+------------------+-------------------
        1          | C1      | 0           | postoperative_mri| 2
        2          | C2      | 0           | both             | 180
        3          | C3      | 0           | both             | 2
        4          | C4      | 0           | both             | 2
        5          | C5      | 0           | both             | 2
        6          | C6      | 0           | postoperative_mri| 2
        7          | C7      | 0           | both             | 2
        """,
        refused=["6", "7"],
    )


def test_r066_no_more_is_left_than_there_was(check_rule: CheckRule) -> None:
    """The volume left is at most 1.2 times the largest one measured before the surgery."""
    check_rule(
        "R066",
        imaging_studies="""
        study_id | case_id | study_purpose       | study_day
        ---------+---------+---------------------+----------
        S1       | C1      | preoperative        | -3
        S2       | C2      | preoperative        | -3
        S3       | C3      | preoperative        | -3
        S4       | C3      | early_postoperative | 2
        """,
        imaging_measurements="""
        measurement_id | study_id | measure           | unit | value
        ---------------+----------+-------------------+------+------
        M1             | S1       | tumour_volume_mm3 | mm3  | 4000
        M2             | S2       | tumour_volume_mm3 | mm3  | 4000
        M3             | S3       | tumour_volume_mm3 | mm3  | 4000
        M4             | S4       | tumour_volume_mm3 | mm3  | 9000
        """,
        surgeries="""
        surgery_id | case_id | extent_of_resection | residual_volume_mm3
        -----------+---------+---------------------+--------------------
        1          | C1      | partial             | 200
        2          | C2      | partial             | 4800
        4          | C4      | partial             | 5000
        3          | C3      | partial             | 5000
        """,
        refused=["3"],
    )


def test_r067_what_infiltrates_is_seldom_removed_whole(check_rule: CheckRule) -> None:
    """A gross total resection had a plane, and the tumour did not infiltrate."""
    check_rule(
        "R067",
        surgeries="""
        surgery_id | case_id | extent_of_resection | cleavage_plane | growth_type
        -----------+---------+---------------------+----------------+-------------
        1          | C1      | gtr                 | good           | displacing
        2          | C2      | gtr                 | partial        |
        3          | C3      | subtotal            | none           | infiltrating
        4          | C4      | gtr                 | none           | displacing
        5          | C5      | gtr                 | good           | infiltrating
        """,
        warned=["4", "5"],
    )


def test_r068_an_alarm_needs_monitoring(check_rule: CheckRule) -> None:
    """There is an alarm, or none, only where something was monitored."""
    check_rule(
        "R068",
        surgeries="""
        surgery_id | case_id | ionm_ssep | ionm_mep | ionm_dwave | ionm_alarm
        -----------+---------+-----------+----------+------------+--------------
        1          | C1      | no        | yes      | no         | none
        2          | C2      | no        | no       | no         | not_monitored
        3          | C3      | yes       | yes      | yes        | persistent
        4          | C4      | unknown   | no       | no         | transient
        5          | C5      | no        | no       | no         | unknown
        6          | C6      | no        | no       | no         | transient
        7          | C7      | no        | no       | no         | none
        8          | C8      | no        | yes      | no         | not_monitored
        """,
        refused=["6", "7", "8"],
    )


def test_r069_surgeries_are_numbered_by_their_days(check_rule: CheckRule) -> None:
    """The numbers of a case's surgeries follow their days."""
    check_rule(
        "R069",
        surgeries="""
        surgery_id | case_id | surgery_number | surgery_day
        -----------+---------+----------------+------------
        1          | C1      | 1              | 0
        2          | C1      | 2              | 400
        3          | C2      | 1              | 0
        4          | C2      | 2              | 0
        5          | C3      | 1              | 400
        6          | C3      | 2              | 0
        7          | C4      | 1              | 0
        8          | C4      | 1              | 400
        """,
        refused=["5", "6", "7", "8"],
    )


def test_r070_an_early_death_is_a_complication(check_rule: CheckRule) -> None:
    """Death within 30 days of a surgery is one of its complications, and no later one is."""
    check_rule(
        "R070",
        follow_up="""
        follow_up_id | case_id | vital_status | contact_day | death_day | death_day_missing_reason
        -------------+---------+--------------+-------------+-----------+-------------------------
        1            | C1      | dead         | 90          | 12        |
        2            | C2      | dead         | 90          | 31        |
        3            | C3      | dead         | 90          |           | not_recorded
        4            | C4      | alive        | 365         |           |
        6            | C6      | dead         | 90          | 90        |
        7            | C7      | dead         | 90          | 30        |
        8            | C8      | alive        | 365         |           |
        """,
        surgeries="""
        surgery_id | case_id | death_30_days
        -----------+---------+--------------
        1          | C1      | yes
        2          | C2      | no
        3          | C3      | yes
        4          | C4      | no
        5          | C5      | yes
        6          | C6      | yes
        7          | C7      | no
        8          | C8      | yes
        """,
        refused=["6", "7", "8"],
    )


def test_r080_nobody_is_operated_after_death(check_rule: CheckRule) -> None:
    """A surgery is not later than the day of death."""
    check_rule(
        "R080",
        follow_up="""
        follow_up_id | case_id | vital_status | contact_day | death_day
        -------------+---------+--------------+-------------+----------
        1            | C1      | dead         | 900         | 800
        """,
        surgeries="""
        surgery_id | case_id | surgery_day
        -----------+---------+------------
        1          | C1      | 0
        2          | C1      | 800
        3          | C2      | 0
        4          | C2      | 2000
        5          | C1      | 801
        """,
        refused=["5"],
    )
