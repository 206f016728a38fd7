"""Rules of `functional_status`: score and scale, day and timepoint."""

from tests.rules.conftest import CheckRule


def test_r073_a_score_lies_within_its_scale_and_version(check_rule: CheckRule) -> None:
    """McCormick names its version, original 1 to 4 or modified 1 to 5; a score fits its scale."""
    check_rule(
        "R073",
        functional_status="""
            status_id | scale     | scale_version | score
            ----------+-----------+---------------+------
            1         | mccormick | original_1_4  | 1
            2         | mccormick | original_1_4  | 4
            3         | mccormick | modified_1_5  | 5
            4         | mccormick | unknown       | 5
            5         | mjoa      | mjoa_18       | 0
            6         | mjoa      |               | 18
            7         | asia      | ais_a_e       | 5
            8         | ecog      |               | 0
            9         | ecog      | unknown       | 5
            10        | kps       |               | 0
            11        | kps       |               | 100
            12        | mccormick | original_1_4  | 5
            13        | mccormick | original_1_4  | 0
            14        | mccormick | modified_1_5  | 6
            15        | mccormick |               | 3
            16        | mccormick | unknown       | 6
            17        | mccormick | ais_a_e       | 3
            18        | mjoa      | mjoa_18       | 18.5
            19        | asia      | ais_a_e       | 0
            20        | ecog      |               | 6
            21        | kps       |               | 55
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
            status_id | case_id | timepoint    | assessment_day
            ----------+---------+--------------+---------------
            1         | C1      | preoperative | -1
            2         | C1      | preoperative | 0
            3         | C1      | month_3      | 90
            4         | C2      | preoperative | 12
            5         | C3      | preoperative | 30
            6         | C1      | last         | 7300
            7         | C1      | preoperative | 1
            8         | C1      | preoperative | 398
            9         | C2      | preoperative | 13
        """,
        refused=["7", "8", "9"],
    )
