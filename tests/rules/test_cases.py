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


def test_r010_a_case_has_the_site_of_its_patient(check_rule: CheckRule) -> None:
    """One patient belongs to one site."""
    check_rule(
        "R010",
        sites="""
            site_id | definition_version
            --------+-------------------
            SITE_A  | 1
            SITE_B  | 1
        """,
        patients="""
            patient_id | site_id
            -----------+--------
            P1         | SITE_A
            P2         | SITE_B
        """,
        cases="""
            case_id | patient_id | site_id
            --------+------------+--------
            C1      | P1         | SITE_A
            C2      | P2         | SITE_B
            C3      | P1         | SITE_B
        """,
        refused=["C3"],
    )


def test_r010_a_patients_tumours_are_numbered(check_rule: CheckRule) -> None:
    """No two cases of one patient have the same number."""
    check_rule(
        "R010",
        cases="""
            case_id | patient_id | case_number
            --------+------------+------------
            C1      | P1         | 1
            C2      | P1         | 2
            C3      | P2         | 1
            C4      | P3         | 1
            C5      | P3         | 1
        """,
        refused=["C4", "C5"],
    )


def test_r015_day_0_of_an_imaged_case_is_a_study(check_rule: CheckRule) -> None:
    """Where day 0 is diagnostic imaging and studies are delivered, one can be of day 0."""
    check_rule(
        "R015",
        imaging_studies="""
            study_id | case_id | modality       | study_day | study_day_missing_reason | seq_*        | field_strength_t
            ---------+---------+----------------+-----------+--------------------------+--------------+-----------------
            1        | C1      | mr             | 0         |                          | acquired     | 3
            2        | C2      | mr             |           | not_recorded             | acquired     | 3
            3        | C3      | ct_myelography | 0         |                          | not_acquired |
            4        | C4      | mr             | -3        |                          | acquired     | 3
            6        | C6      | mr             | 30        |                          | acquired     | 3
            7        | C7      | myelography    | 0         |                          | not_acquired |
        """,
        cases="""
            case_id | index_event
            --------+-------------------
            C1      | diagnostic_imaging
            C2      | diagnostic_imaging
            C3      | diagnostic_imaging
            C4      | surgery
            C5      | diagnostic_imaging
            C6      | diagnostic_imaging
            C7      | diagnostic_imaging
        """,
        refused=["C6", "C7"],
    )


def test_r019_imaging_before_day_0_is_recent(check_rule: CheckRule) -> None:
    """A case has an MR study of the 180 days before day 0; a day that is missing may be one."""
    check_rule(
        "R019",
        imaging_studies="""
            study_id | case_id | modality | study_day | study_day_missing_reason | study_purpose | seq_*        | field_strength_t
            ---------+---------+----------+-----------+--------------------------+---------------+--------------+-----------------
            1        | C1      | mr       | -20       |                          | preoperative  | acquired     | 3
            2        | C2      | mr       | -180      |                          | preoperative  | acquired     | 3
            3        | C3      | mr       |           | not_recorded             | preoperative  | acquired     | 3
            4        | C4      | mr       | -400      |                          | preoperative  | acquired     | 3
            5        | C5      | ct       | -3        |                          | preoperative  | not_acquired |
            6        | C6      | mr       | 1         |                          | surveillance  | acquired     | 3
        """,
        cases="""
            case_id | index_event
            --------+------------
            C1      | surgery
            C2      | surgery
            C3      | surgery
            C4      | surgery
            C5      | surgery
            C6      | surgery
            C7      | surgery
        """,
        warned=["C4", "C5", "C6", "C7"],
    )
