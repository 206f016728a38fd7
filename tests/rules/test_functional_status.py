"""Rules of `functional_status`: score and scale, day and timepoint."""

from tests.rules.conftest import CheckRule


def test_r073_a_score_lies_within_its_scale_and_version(check_rule: CheckRule) -> None:
    """McCormick names its version, original 1 to 4 or modified 1 to 5; a score fits its scale."""
    check_rule(
        "R073",
        functional_status="""
            status_id | case_id | scale     | scale_version | score
            ----------+---------+-----------+---------------+------
            1         | C1      | mccormick | original_1_4  | 1
            2         | C2      | mccormick | original_1_4  | 4
            3         | C3      | mccormick | modified_1_5  | 5
            4         | C4      | mccormick | unknown       | 5
            5         | C5      | mjoa      | mjoa_18       | 0
            6         | C6      | mjoa      |               | 18
            7         | C7      | asia      | ais_a_e       | 5
            8         | C8      | ecog      |               | 0
            9         | C9      | ecog      | unknown       | 5
            10        | C10     | kps       |               | 0
            11        | C11     | kps       |               | 100
            12        | C12     | mccormick | original_1_4  | 5
            13        | C13     | mccormick | original_1_4  | 0
            14        | C14     | mccormick | modified_1_5  | 6
            15        | C15     | mccormick |               | 3
            16        | C16     | mccormick | unknown       | 6
            17        | C17     | mccormick | ais_a_e       | 3
            18        | C18     | mjoa      | mjoa_18       | 18.5
            19        | C19     | asia      | ais_a_e       | 0
            20        | C20     | ecog      |               | 6
            21        | C21     | kps       |               | 55
        """,
        refused=["12", "13", "14", "15", "16", "17", "18", "19", "20", "21"],
    )


def test_r074_a_preoperative_value_is_taken_before_surgery(check_rule: CheckRule) -> None:
    """A preoperative value is not taken after the first surgery."""
    check_rule(
        "R074",
        surgeries="""
            surgery_id | case_id | surgery_day
            -----------+---------+------------
            O1         | C1      | 0
            O2         | C1      | 400
            O3         | C2      | 12
        """,
        cases="""
            case_id | index_event
            --------+-------------------
            C1      | surgery
            C2      | diagnostic_imaging
            C3      | diagnostic_imaging
        """,
        functional_status="""
            status_id | case_id | timepoint    | scale | assessment_day
            ----------+---------+--------------+-------+---------------
            1         | C1      | preoperative | asia  | -1
            2         | C1      | preoperative | ecog  | 0
            3         | C1      | month_3      | asia  | 90
            4         | C2      | preoperative | asia  | 12
            5         | C3      | preoperative | asia  | 30
            6         | C1      | last         | asia  | 7300
            7         | C1      | preoperative | mjoa  | 1
            8         | C1      | preoperative | nurick| 398
            9         | C2      | preoperative | ecog  | 13
        """,
        refused=["7", "8", "9"],
    )


def test_r075_the_day_lies_in_the_window_of_the_timepoint(check_rule: CheckRule) -> None:
    """The day is counted from the first surgery; without one, from day 0."""
    check_rule(
        "R075",
        surgeries="""
            surgery_id | case_id | surgery_day
            -----------+---------+------------
            O1         | C1      | 0
            O2         | C1      | 800
            O3         | C2      | 100
        """,
        functional_status="""
            status_id | case_id | timepoint | assessment_day
            ----------+---------+-----------+---------------
            1         | C1      | discharge | 0
            2         | C1      | month_3   | 135
            3         | C1      | month_6   | 182
            4         | C1      | last      | 5000
            5         | C2      | month_6   | 282
            6         | C3      | month_6   | 182
            7         | C1      | month_12  | 182
            8         | C1      | month_24  | 901
            9         | C2      | month_3   | 100
            10        | C3      | month_3   | 500
        """,
        warned=["7", "8", "9", "10"],
    )


def test_r076_a_case_keeps_one_version_of_the_mccormick_grade(check_rule: CheckRule) -> None:
    """A change of the version hides a change of function."""
    check_rule(
        "R076",
        functional_status="""
            status_id | case_id | timepoint    | assessment_day | scale     | scale_version | score
            ----------+---------+--------------+----------------+-----------+---------------+------
            1         | C1      | preoperative | -1             | mccormick | modified_1_5  | 2
            2         | C1      | month_6      | 180            | mccormick | modified_1_5  | 3
            3         | C1      | month_12     | 360            | mccormick | unknown       | 3
            4         | C1      | month_12     | 360            | mjoa      | mjoa_18       | 12
            5         | C2      | preoperative | -1             | mccormick | original_1_4  | 2
            6         | C3      | preoperative | -1             | mccormick | original_1_4  | 2
            7         | C3      | month_6      | 180            | mccormick | modified_1_5  | 2
        """,
        warned=["6", "7"],
    )


def test_r077_one_value_per_timepoint_scale_and_version(check_rule: CheckRule) -> None:
    """A case has one value per timepoint, scale and version; of "last" there may be several."""
    check_rule(
        "R077",
        functional_status="""
            status_id | case_id | timepoint    | assessment_day | scale     | scale_version | score
            ----------+---------+--------------+----------------+-----------+---------------+------
            1         | C1      | preoperative | -1             | mccormick | modified_1_5  | 2
            2         | C1      | preoperative | -1             | ecog      |               | 1
            3         | C1      | last         | 900            | mccormick | modified_1_5  | 2
            4         | C1      | last         | 1900           | mccormick | modified_1_5  | 3
            5         | C2      | preoperative | -1             | mccormick | modified_1_5  | 2
            6         | C2      | preoperative | -1             | mccormick | unknown       | 2
            7         | C3      | discharge    | 7              | mccormick | modified_1_5  | 2
            8         | C3      | discharge    | 9              | mccormick | modified_1_5  | 3
            9         | C4      | discharge    | 7              | kps       |               | 70
            10        | C4      | discharge    | 7              | kps       |               | 80
        """,
        refused=["7", "8", "9", "10"],
    )


def test_r078_scales_of_one_day_agree(check_rule: CheckRule) -> None:
    """Modified McCormick 5 fits no mJOA above 12, AIS E or ECOG 0; grade 1 fits no AIS A to C."""
    check_rule(
        "R078",
        functional_status="""
            status_id | case_id | assessment_day | scale     | scale_version | score
            ----------+---------+----------------+-----------+---------------+------
            1         | C1      | -1             | mccormick | modified_1_5  | 5
            2         | C1      | -1             | asia      | ais_a_e       | 2
            3         | C2      | -1             | mccormick | modified_1_5  | 1
            4         | C2      | -1             | asia      | ais_a_e       | 5
            5         | C3      | -1             | mccormick | modified_1_5  | 5
            6         | C3      | -2             | asia      | ais_a_e       | 5
            7         | C4      | -1             | mjoa      | mjoa_18       | 12
            8         | C4      | -1             | mccormick | modified_1_5  | 5
            9         | C5      | -1             | mccormick | modified_1_5  | 5
            10        | C5      | -1             | asia      | ais_a_e       | 5
            11        | C6      | -1             | mccormick | modified_1_5  | 5
            12        | C6      | -1             | mjoa      | mjoa_18       | 13
            13        | C7      | -1             | mccormick | modified_1_5  | 5
            14        | C7      | -1             | ecog      |               | 0
            15        | C8      | -1             | mccormick | modified_1_5  | 1
            16        | C8      | -1             | asia      | ais_a_e       | 3
        """,
        warned=["9", "11", "13", "15"],
    )


def test_r080_nobody_is_assessed_after_death(check_rule: CheckRule) -> None:
    """An assessment is not later than the day of death."""
    check_rule(
        "R080",
        follow_up="""
            follow_up_id | case_id | vital_status | contact_day | death_day
            -------------+---------+--------------+-------------+----------
            1            | C1      | dead         | 900         | 800
        """,
        functional_status="""
            status_id | case_id | timepoint | assessment_day
            ----------+---------+-----------+---------------
            1         | C1      | last      | 800
            2         | C2      | last      | 2000
            3         | C1      | last      | 801
        """,
        refused=["3"],
    )
