"""Rules of `imaging_studies`: its day and purpose, its sequences, its contrast medium."""

from tests.rules.conftest import CheckRule


def test_r018_preoperative_imaging_is_made_before_surgery(check_rule: CheckRule) -> None:
    """Diagnostic imaging is not later than the first surgery, preoperative than the last."""
    check_rule(
        "R018",
        surgeries="""
            surgery_id | case_id | surgery_day
            -----------+---------+------------
            O1         | C1      | 0
            O2         | C1      | 400
        """,
        cases="""
            case_id | index_event
            --------+-------------------
            C1      | surgery
            C2      | diagnostic_imaging
        """,
        imaging_studies="""
            study_id | case_id | study_purpose | study_day | study_day_missing_reason
            ---------+---------+---------------+-----------+-------------------------
            1        | C1      | diagnostic    | -3        |
            2        | C1      | diagnostic    | 0         |
            3        | C1      | preoperative  | 398       |
            4        | C1      | preoperative  | 400       |
            5        | C1      | surveillance  | 700       |
            6        | C1      | unknown       | 700       |
            7        | C1      | diagnostic    |           | not_recorded
            8        | C2      | diagnostic    | 30        |
            9        | C2      | preoperative  | 30        |
            13       | C2      | diagnostic    | 0         |
            10       | C1      | diagnostic    | 1         |
            11       | C1      | diagnostic    | 5         |
            12       | C1      | preoperative  | 401       |
        """,
        refused=["10", "11", "12"],
    )


def test_r020_the_sequences_fit_the_modality(check_rule: CheckRule) -> None:
    """An MR study has at least one sequence; a CT or a myelography has none."""
    check_rule(
        "R020",
        imaging_studies="""
            study_id | modality       | seq_t1       | seq_t2                  | seq_*
            ---------+----------------+--------------+-------------------------+-------------
            1        | mr             | not_acquired | acquired                | not_acquired
            2        | mr             | not_acquired | acquired_not_diagnostic | not_acquired
            3        | mr             | unknown      | unknown                 | unknown
            4        | mr             | unknown      | not_acquired            | not_acquired
            5        | ct             | not_acquired | not_acquired            | not_acquired
            6        | ct             |              |                         |
            7        | ct             | unknown      | unknown                 | unknown
            8        | pet            | acquired     |                         |
            9        | mr             | not_acquired | not_acquired            | not_acquired
            10       | ct             |              | acquired                |
            11       | ct_myelography | not_acquired | acquired_not_diagnostic | not_acquired
            12       | myelography    | acquired     |                         |
        """,
        refused=["9", "10", "11", "12"],
    )


def test_r021_no_post_contrast_series_without_contrast(check_rule: CheckRule) -> None:
    """Where no contrast medium was given, there is no post-contrast T1."""
    check_rule(
        "R021",
        imaging_studies="""
            study_id | contrast_given | seq_t1_post_contrast
            ---------+----------------+------------------------
            1        | no             | not_acquired
            2        | no             | unknown
            3        | yes            | acquired
            4        | yes            | not_acquired
            5        | unknown        | acquired
            6        | no             | acquired
            7        | no             | acquired_not_diagnostic
        """,
        refused=["6", "7"],
    )


def test_r080_nobody_is_imaged_after_death(check_rule: CheckRule) -> None:
    """A study is not later than the day of death."""
    check_rule(
        "R080",
        follow_up="""
            follow_up_id | case_id | vital_status | contact_day | death_day | death_day_missing_reason
            -------------+---------+--------------+-------------+-----------+-------------------------
            1            | C1      | dead         | 900         | 800       |
            2            | C2      | dead         | 900         |           | not_recorded
        """,
        imaging_studies="""
            study_id | case_id | study_purpose | study_day
            ---------+---------+---------------+----------
            1        | C1      | surveillance  | 700
            2        | C1      | surveillance  | 800
            3        | C2      | surveillance  | 2000
            4        | C3      | surveillance  | 2000
            5        | C1      | surveillance  | 801
        """,
        refused=["5"],
    )
