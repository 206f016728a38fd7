"""Rules of `pathology`: type and grade."""

from tests.rules.conftest import CheckRule


def test_r052_a_diffuse_midline_glioma_is_grade_4(check_rule: CheckRule) -> None:
    """Diffuse midline glioma, H3 K27-altered, is grade 4 by definition, whatever it looks like."""
    check_rule(
        "R052",
        pathology="""
            pathology_id | histology          | who_grade
            -------------+--------------------+-------------
            1            | dmg_h3_k27_altered | 4
            2            | dmg_h3_k27_altered | unknown
            3            | spinal_ependymoma  | 2
            4            | dmg_h3_k27_altered | 2
            5            | dmg_h3_k27_altered | not_assigned
        """,
        refused=["4", "5"],
    )


def test_r017_some_tumours_do_not_go_with_some_syndromes(check_rule: CheckRule) -> None:
    """VHL with an ependymal or astrocytic tumour and NF2 with haemangioblastoma are unusual."""
    check_rule(
        "R017",
        patients="""
            patient_id | syndrome | syndrome_basis
            -----------+----------+---------------
            NF2        | nf2      | genetic
            VHL        | vhl      | genetic
            NONE       | none     |
        """,
        cases="""
            case_id | patient_id
            --------+-----------
            C1      | NF2
            C2      | VHL
            C3      | NONE
        """,
        pathology="""
            pathology_id | case_id | histology         | who_grade
            -------------+---------+-------------------+----------
            1            | C1      | spinal_ependymoma | 2
            2            | C2      | haemangioblastoma | 1
            3            | C3      | spinal_ependymoma | 2
            4            | C2      | spinal_ependymoma | 2
            5            | C1      | haemangioblastoma | 1
        """,
        warned=["4", "5"],
    )


def test_r050_a_specimen_comes_from_a_surgery(check_rule: CheckRule) -> None:
    """A biopsy or resection specimen has the day of a surgery, an earlier one a day before 0."""
    check_rule(
        "R050",
        surgeries="""
            surgery_id | case_id | surgery_day
            -----------+---------+------------
            O1         | C1      | 0
            O2         | C2      | 0
        """,
        pathology="""
            pathology_id | case_id | surgery_id | specimen_kind    | specimen_day
            -------------+---------+------------+------------------+-------------
            1            | C1      | O1         | resection        | 0
            2            | C1      | O1         | biopsy           | 1
            3            | C1      |            | resection        | 0
            4            | C1      |            | earlier_specimen | -400
            5            | C1      |            | csf              | 40
            6            | C1      |            | resection        | 40
            7            | C1      |            | earlier_specimen | 0
            8            | C1      | O2         | resection        | 0
            9            | C1      | O1         | resection        | 2
            10           | C1      | O1         | unknown          | 40
        """,
        refused=["6", "7", "8", "9", "9", "10"],
    )


def test_r051_an_edition_gives_each_type_its_grades(check_rule: CheckRule) -> None:
    """Type and grade exist in the edition; where that was not checked, it is a warning."""
    check_rule(
        "R051",
        pathology="""
            pathology_id | histology                 | histology_edition | who_grade    | h3_k27m | mycn_amplification
            -------------+---------------------------+-------------------+--------------+---------+-------------------
            1            | myxopapillary_ependymoma  | cns5_2021         | 2            | unknown | unknown
            2            | myxopapillary_ependymoma  | who_2016          | 1            | unknown | unknown
            3            | myxopapillary_ependymoma  | who_2000          | 1            | unknown | unknown
            4            | spinal_ependymoma         | cns5_2021         | unknown      | unknown | unknown
            5            | spinal_ependymoma         | unknown           | 3            | unknown | unknown
            6            | spinal_ependymoma_mycn    | cns5_2021         | not_assigned | unknown | altered
            7            | cavernous_malformation    | who_2016          | not_assigned | unknown | unknown
            8            | other_neoplasm            | who_2016          | 4            | unknown | unknown
            9            | myxopapillary_ependymoma  | cns5_2021         | 1            | unknown | unknown
            10           | anaplastic_ependymoma     | cns5_2021         | 3            | unknown | unknown
            11           | spinal_ependymoma         | who_2016          | 3            | unknown | unknown
            12           | dmg_h3_k27_altered        | who_2007          | 4            | altered | unknown
            13           | spinal_ependymoma_mycn    | cns5_2021         | 3            | unknown | altered
            14           | glioblastoma_idh_wildtype | who_2007          | 3            | unknown | unknown
            15           | hgap                      | who_2016          | not_assigned | unknown | unknown
        """,
        refused=["9", "10", "11", "12", "15"],
        warned=["13", "14"],
    )


def test_r057_a_morphology_code_is_that_of_the_type(check_rule: CheckRule) -> None:
    """The ICD-O-3 code is one of the type."""
    check_rule(
        "R057",
        pathology="""
            pathology_id | histology              | icdo3_morphology
            -------------+------------------------+-----------------
            1            | spinal_ependymoma      | 9391/3
            2            | diffuse_astrocytoma_nos| 9420/3
            3            | spinal_ependymoma      |
            4            | metastasis             | 8140/6
            5            | spinal_ependymoma      | 9440/3
        """,
        warned=["5"],
    )


def test_r058_some_findings_are_unusual(check_rule: CheckRule) -> None:
    """A Ki-67 index above 20 % is unusual for grade 1, an adult-type glioblastoma in a child."""
    check_rule(
        "R058",
        cases="""
            case_id | age_years
            --------+----------
            ADULT   | 18
            CHILD   | 17.9
        """,
        pathology="""
            pathology_id | case_id | histology                 | who_grade | idh_mutation | ki67_percent
            -------------+---------+---------------------------+-----------+--------------+-------------
            1            | ADULT   | subependymoma             | 1         | unknown      | 20
            2            | ADULT   | glioblastoma_idh_wildtype | 4         | not_altered  | 45
            3            | CHILD   | subependymoma             | 1         | unknown      |
            4            | ADULT   | subependymoma             | 1         | unknown      | 45
            5            | CHILD   | glioblastoma_idh_wildtype | 4         | not_altered  | 45
        """,
        warned=["4", "5"],
    )


def test_r059_a_myxopapillary_ependymoma_lies_low(check_rule: CheckRule) -> None:
    """A myxopapillary ependymoma reaches T12 or lies below."""
    check_rule(
        "R059",
        imaging_studies="""
            study_id | case_id
            ---------+--------
            S1       | C1
            S2       | C2
        """,
        imaging_reads="""
            read_id | study_id | level_upper | level_lower | n_segments
            --------+----------+-------------+-------------+-----------
            R1      | S1       | L1          | L2          | 2
            R2      | S2       | C4          | C5          | 2
        """,
        pathology="""
            pathology_id | case_id | histology                | who_grade
            -------------+---------+--------------------------+----------
            1            | C1      | myxopapillary_ependymoma | 2
            2            | C3      | myxopapillary_ependymoma | 2
            3            | C2      | spinal_ependymoma        | 2
            4            | C2      | myxopapillary_ependymoma | 2
        """,
        warned=["4"],
    )


def test_r061_of_two_diagnoses_one_is_reviewed(check_rule: CheckRule) -> None:
    """Of two different diagnoses of one specimen, one is centrally reviewed."""
    check_rule(
        "R061",
        pathology="""
            pathology_id | case_id | specimen_kind | histology             | who_grade | is_centrally_reviewed
            -------------+---------+---------------+-----------------------+-----------+----------------------
            1            | C1      | resection     | spinal_ependymoma     | 2         | no
            2            | C1      | resection     | subependymoma         | 1         | yes
            3            | C2      | resection     | spinal_ependymoma     | 2         | no
            4            | C2      | resection     | spinal_ependymoma     | 2         | no
            5            | C3      | unknown       | spinal_ependymoma     | 2         | no
            6            | C3      | unknown       | subependymoma         | 1         | no
            7            | C4      | resection     | spinal_ependymoma     | 2         | no
            8            | C4      | resection     | subependymoma         | 1         | no
        """,
        warned=["7", "8"],
    )
