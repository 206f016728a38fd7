"""Rules of `cases`: symptoms, day 0, earlier treatment."""

from tests.rules.conftest import CheckRule


def test_r012_symptoms_are_not_older_than_the_patient(check_rule: CheckRule) -> None:
    """Symptoms last no longer than the patient's life, with a year of grace for rounding."""
    check_rule(
        "R012",
        cases="""
            case_id | age_years | age_years_missing_reason | symptom_duration_months
            --------+-----------+--------------------------+------------------------
            C1      | 7         |                          | 60
            C2      | 7         |                          | 96
            C3      | 0         |                          | 12
            C4      | 7         |                          |
            C5      |           | not_recorded             | 240
            C6      | 7         |                          | 96.1
            C7      | 7         |                          | 240
            C8      | 0         |                          | 13
        """,
        refused=["C6", "C7", "C8"],
    )


def test_r013_an_incidental_tumour_gives_no_symptoms(check_rule: CheckRule) -> None:
    """A tumour found by chance has no symptoms; if it has, the entry is to be confirmed."""
    check_rule(
        "R013",
        cases="""
            case_id | is_incidental | symptom_pain | symptom_motor | symptom_sphincter
            --------+---------------+--------------+---------------+------------------
            C1      | yes           | no           | no            | no
            C2      | yes           | unknown      | no            | unknown
            C3      | no            | yes          | no            | no
            C4      | unknown       | yes          | no            | no
            C5      | yes           | yes          | no            | no
            C6      | yes           | unknown      | unknown       | yes
        """,
        warned=["C5", "C6"],
    )


def test_r014_day_0_is_the_first_surgery(check_rule: CheckRule) -> None:
    """Day 0 is a surgery exactly when a surgery was done on day 0."""
    check_rule(
        "R014",
        surgeries="""
            surgery_id | case_id | surgery_day
            -----------+---------+------------
            O1         | C1      | 0
            O2         | C1      | 400
            O3         | C2      | 12
            O4         | C4      | 12
            O5         | C5      | 0
        """,
        cases="""
            case_id | index_event
            --------+-------------------
            C1      | surgery
            C2      | diagnostic_imaging
            C3      | diagnostic_imaging
            C4      | surgery
            C5      | diagnostic_imaging
            C6      | surgery
        """,
        refused=["C4", "C5", "C6"],
    )


def test_r016_a_recurrent_tumour_was_treated_before(check_rule: CheckRule) -> None:
    """A recurrent tumour was operated or irradiated before; if not, it is to be confirmed."""
    check_rule(
        "R016",
        cases="""
            case_id | case_kind | prior_surgery | prior_radiotherapy
            --------+-----------+---------------+-------------------
            C1      | recurrent | yes           | no
            C2      | recurrent | no            | yes
            C3      | recurrent | unknown       | no
            C4      | primary   | no            | no
            C5      | unknown   | no            | no
            C6      | recurrent | no            | no
        """,
        warned=["C6"],
    )
