"""Rules that follow from the declaration of a column: R001 to R009, the same in every table."""

from tests.rules.conftest import CheckRule


def test_r001_a_row_delivered_twice_counts_once(check_rule: CheckRule) -> None:
    """A row that is delivered twice with the same values is kept once."""
    check_rule(
        "R001",
        cases="""
            case_id | age_years
            --------+----------
            C1      | 40
            C2      | 40
            C2      | 40
            C3      | 40
            C3      | 40
            C3      | 40
        """,
        refused=["C2", "C3", "C3"],
    )
    check_rule(
        "R001",
        sites="""
            site_id | definition_version
            --------+-------------------
            SITE_A  | 1
            SITE_A  | 2
            SITE_B  | 1
            SITE_B  | 1
        """,
        refused=["SITE_B|1"],
    )


def test_r002_two_versions_of_one_row_are_both_refused(check_rule: CheckRule) -> None:
    """A key that is delivered twice must have the same values in every column."""
    check_rule(
        "R002",
        cases="""
            case_id | age_years | age_years_missing_reason
            --------+-----------+-------------------------
            C1      | 40        |
            C2      | 40        |
            C2      | 41        |
            C3      |           | not_recorded
            C3      | 40        |
            C4      | 40        |
            C4      | 40.0      |
        """,
        refused=["C2", "C2", "C3", "C3", "C4", "C4"],
    )


def test_r003_a_row_hangs_on_rows_that_were_delivered(check_rule: CheckRule) -> None:
    """A row names its case, study, surgery or site, and that row is in the delivery."""
    check_rule(
        "R003",
        cases="""
            case_id
            -------
            C1
        """,
        follow_up="""
            follow_up_id | case_id
            -------------+--------
            1            | C1
            2            | C9
            3            | c1
        """,
        refused=["2", "3"],
    )
    check_rule(
        "R003",
        surgeries="""
            surgery_id | case_id
            -----------+--------
            O1         | C1
        """,
        pathology="""
            pathology_id | case_id | surgery_id
            -------------+---------+-----------
            1            | C1      | O1
            2            | C1      |
            3            | C1      | O9
        """,
        refused=["3"],
    )


def test_r004_what_is_required_is_filled(check_rule: CheckRule) -> None:
    """A required value is there; where the site does not know it, a code or a reason says so."""
    check_rule(
        "R004",
        patients="""
            patient_id | sex     | syndrome
            -----------+---------+---------
            P1         | female  | none
            P2         | unknown | unknown
            P3         |         | none
        """,
        refused=["P3"],
    )
    check_rule(
        "R004",
        cases="""
            case_id | age_years | age_years_missing_reason | symptom_duration_months
            --------+-----------+--------------------------+------------------------
            C1      | 47        |                          | 12
            C2      |           | withheld                 |
            C3      |           |                          | 12
        """,
        refused=["C3"],
    )


def test_r004_an_mr_study_says_which_sequences_it_has(check_rule: CheckRule) -> None:
    """An MR study says of every sequence whether it was acquired; a CT need not."""
    check_rule(
        "R004",
        imaging_studies="""
            study_id | modality | seq_t1   | seq_t2  | seq_*
            ---------+----------+----------+---------+-------------
            1        | mr       | acquired | unknown | not_acquired
            2        | ct       |          |         |
            3        | mr       | acquired |         | not_acquired
        """,
        refused=["3"],
    )


def test_r004_the_extent_of_resection_has_a_basis(check_rule: CheckRule) -> None:
    """An extent of resection says on what it rests, unless nothing was removed."""
    check_rule(
        "R004",
        surgeries="""
            surgery_id | extent_of_resection | eor_basis
            -----------+---------------------+------------------
            1          | gtr                 | postoperative_mri
            2          | gtr                 | unknown
            3          | none                |
            4          | unknown             |
            5          | gtr                 |
            6          | biopsy              |
        """,
        refused=["5", "6"],
    )


def test_r005_a_code_has_the_exact_spelling_of_its_vocabulary(check_rule: CheckRule) -> None:
    """A coded value is one of the listed codes in its exact spelling; nothing is guessed."""
    check_rule(
        "R005",
        imaging_reads="""
            read_id | margin       | oedema
            --------+--------------+---------------
            1       | well_defined | present
            2       | ill_defined  | not_assessable
            3       | well-defined | present
            4       | Well_defined | present
            5       | well_defined | yes
            6       | well_defined | Present
            7       | well_defined | "present "
            8       | well_defined | " "
        """,
        refused=["3", "4", "5", "6", "7", "8"],
    )
    check_rule(
        "R005",
        cases="""
            case_id | symptom_duration_months | symptom_duration_months_missing_reason
            --------+-------------------------+---------------------------------------
            C1      |                         | not_done
            C2      |                         |
            C3      |                         | unknown
        """,
        refused=["C3"],
    )


def test_r006_an_age_lies_within_a_life(check_rule: CheckRule) -> None:
    """An age lies between 0 and 90 years; 90 stands for 90 and above."""
    check_rule(
        "R006",
        cases="""
            case_id | age_years
            --------+----------
            C1      | 0
            C2      | 47.5
            C3      | 90
            C4      | 90.0
            C5      | 90.5
            C6      | 203
            C7      | 470
            C8      | -1
            C9      | -0.1
        """,
        refused=["C5", "C6", "C7", "C8", "C9"],
    )


def test_r006_a_day_lies_within_its_range(check_rule: CheckRule) -> None:
    """A study lies within ten years before and twenty years after day 0, and has one strength."""
    check_rule(
        "R006",
        cases="""
            case_id | index_event
            --------+-------------------
            C1      | diagnostic_imaging
        """,
        imaging_studies="""
            study_id | case_id | study_day | field_strength_t
            ---------+---------+-----------+-----------------
            1        | C1      | -3650     | 0.2
            2        | C1      | 7300      | 7
            3        | C1      | -3651     | 3
            4        | C1      | 7301      | 3
            5        | C1      | 0         | 0.19
            6        | C1      | 0         | 7.01
            7        | C1      | 0         | 15
        """,
        refused=["3", "4", "5", "6", "7"],
    )


def test_r007_a_number_has_a_decimal_point_and_no_thousands_sign(check_rule: CheckRule) -> None:
    """A number is written with a decimal point, without thousands sign, unit or any other text."""
    check_rule(
        "R007",
        imaging_measurements="""
            measurement_id | measure           | unit | value
            ---------------+-------------------+------+---------
            1              | tumour_volume_mm3 | mm3  | 1540
            2              | tumour_volume_mm3 | mm3  | 1540.5
            3              | tumour_volume_mm3 | mm3  | 1.54e3
            4              | tumour_volume_mm3 | mm3  | 1540,5
            5              | tumour_volume_mm3 | mm3  | 1,540
            6              | tumour_volume_mm3 | mm3  | 1 540
            7              | tumour_volume_mm3 | mm3  | 1540 mm3
            8              | tumour_volume_mm3 | mm3  | <1540
            9              | tumour_volume_mm3 | mm3  | " 1540"
            10             | tumour_volume_mm3 | mm3  | unknown
            11             | tumour_volume_mm3 | mm3  | NaN
        """,
        refused=["4", "5", "6", "7", "8", "9", "10", "11"],
    )
    check_rule(
        "R007",
        imaging_reads="""
            read_id | n_segments
            --------+-----------
            1       | 3
            2       | 3.0
            3       | three
        """,
        refused=["2", "3"],
    )


def test_r007_an_identifier_has_plain_characters(check_rule: CheckRule) -> None:
    """An identifier is 1 to 40 letters, digits, '_' or '-'; versions and hashes have a form."""
    check_rule(
        "R007",
        imaging_reads="""
            read_id                                   | reader_id
            ------------------------------------------+-----------
            S01-0007                                  | reader_1
            a123456789b123456789c123456789d123456789  | reader2
            a123456789b123456789c123456789d1234567890 | reader1
            3                                         | Dr. Reader
            4                                         | reader1;2
        """,
        refused=["a123456789b123456789c123456789d1234567890", "3", "4"],
    )
    check_rule(
        "R007",
        feature_sets="""
            feature_set_id | extractor_version
            ---------------+------------------
            1              | 3.0.1+g12ab
            2              | 3.0.1 (patched)
        """,
        refused=["2"],
    )
    check_rule(
        "R007",
        feature_sets="""
            feature_set_id | file_sha256
            ---------------+-----------------------------------------------------------------
            1              | 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
            2              | 0123456789abcdef
            3              | 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef
        """,
        refused=["2", "3"],
    )


def test_r008_no_cell_looks_like_a_date_or_a_hospital_number(check_rule: CheckRule) -> None:
    """No identifier is a calendar date, or digits only and six or more: that may be a person."""
    check_rule(
        "R008",
        imaging_reads="""
            read_id    | reader_id
            -----------+-----------
            S01-0007   | reader0
            12345      | 12345
            A123456    | 123456A
            123456     | reader1
            1          | 20831177
            2021-03-04 | reader1
            2          | 4-3-21
            3          | 04-03-2021
        """,
        refused=["123456", "1", "2021-03-04", "2", "3"],
    )
    check_rule(
        "R008",
        feature_sets="""
            feature_set_id | extractor_version
            ---------------+------------------
            1              | 24.10.12
            2              | 1234567
            3              | 2021-03-04
            4              | v2021-03-04
        """,
        refused=["3"],
    )


def test_r009_a_number_or_the_reason_for_its_absence_not_both(check_rule: CheckRule) -> None:
    """A number and the reason why it is missing are never both filled."""
    check_rule(
        "R009",
        cases="""
            case_id | symptom_duration_months | symptom_duration_months_missing_reason
            --------+-------------------------+---------------------------------------
            C1      | 12                      |
            C2      |                         | not_done
            C3      |                         |
            C4      | 12                      | not_done
            C5      | 0                       | not_applicable
        """,
        refused=["C4", "C5"],
    )
