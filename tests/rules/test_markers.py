"""Rules of `pathology` that read molecular markers."""

from tests.rules.conftest import CheckRule


def test_r053_a_dmg_has_its_alteration(check_rule: CheckRule) -> None:
    """A diffuse midline glioma, H3 K27-altered, has evidence of the alteration."""
    check_rule(
        "R053",
        pathology="""
            pathology_id | histology          | who_grade | h3_k27m     | h3_k27me3_loss | methylation_class | methylation_classifier
            -------------+--------------------+-----------+-------------+----------------+-------------------+-----------------------
            1            | dmg_h3_k27_altered | 4         | altered     | not_tested     |                   |
            2            | dmg_h3_k27_altered | 4         | not_altered | altered        |                   |
            3            | dmg_h3_k27_altered | 4         | not_tested  | not_tested     | dmg_k27           | v12.8
            4            | dmg_h3_k27_altered | 4         | unknown     | not_tested     |                   |
            5            | spinal_ependymoma  | 2         | not_altered | not_altered    |                   |
            6            | dmg_h3_k27_altered | 4         | not_altered | not_altered    |                   |
            7            | dmg_h3_k27_altered | 4         | not_tested  | not_tested     | gbm               | v12.8
        """,
        refused=["6", "7"],
    )


def test_r054_an_h3_altered_astrocytic_tumour_is_a_dmg(check_rule: CheckRule) -> None:
    """Under CNS5 an astrocytic tumour with H3 K27M is a diffuse midline glioma."""
    check_rule(
        "R054",
        pathology="""
            pathology_id | histology                 | histology_edition | who_grade | h3_k27m     | idh_mutation
            -------------+---------------------------+-------------------+-----------+-------------+-------------
            1            | dmg_h3_k27_altered        | cns5_2021         | 4         | altered     | not_altered
            2            | glioblastoma_idh_wildtype | who_2016          | 4         | altered     | not_altered
            3            | ganglioglioma             | cns5_2021         | 1         | altered     | not_altered
            4            | glioblastoma_idh_wildtype | cns5_2021         | 4         | not_altered | not_altered
            5            | glioblastoma_idh_wildtype | cns5_2021         | 4         | altered     | not_altered
        """,
        warned=["5"],
    )


def test_r055_the_mycn_type_is_amplified(check_rule: CheckRule) -> None:
    """Under CNS5 an ependymoma is of the MYCN type exactly when MYCN is amplified."""
    check_rule(
        "R055",
        pathology="""
            pathology_id | histology              | histology_edition | who_grade    | mycn_amplification | methylation_class | methylation_classifier
            -------------+------------------------+-------------------+--------------+--------------------+-------------------+-----------------------
            1            | spinal_ependymoma_mycn | cns5_2021         | not_assigned | altered            |                   |
            2            | spinal_ependymoma_mycn | cns5_2021         | not_assigned | not_tested         | sp_epn_mycn       | v12.8
            3            | spinal_ependymoma      | cns5_2021         | 2            | not_tested         |                   |
            4            | spinal_ependymoma      | who_2016          | 2            | altered            |                   |
            5            | spinal_ependymoma_mycn | cns5_2021         | not_assigned | unknown            |                   |
            6            | spinal_ependymoma_mycn | cns5_2021         | not_assigned | not_tested         |                   |
            7            | spinal_ependymoma      | cns5_2021         | 2            | altered            |                   |
        """,
        refused=["6", "7"],
    )


def test_r056_idh_fits_the_type(check_rule: CheckRule) -> None:
    """An IDH-mutant astrocytoma has the mutation; a glioblastoma was tested and has it not."""
    check_rule(
        "R056",
        pathology="""
            pathology_id | histology                 | histology_edition | who_grade | idh_mutation | diagnosis_level
            -------------+---------------------------+-------------------+-----------+--------------+----------------
            1            | astrocytoma_idh_mutant    | cns5_2021         | 2         | altered      | integrated
            2            | glioblastoma_idh_wildtype | cns5_2021         | 4         | not_altered  | integrated
            3            | glioblastoma_idh_wildtype | who_2016          | 4         | not_tested   | nos
            4            | glioblastoma_idh_wildtype | who_2007          | 4         | not_tested   | histological_only
            5            | glioblastoma_idh_wildtype | cns5_2021         | 4         | unknown      | integrated
            6            | astrocytoma_idh_mutant    | cns5_2021         | 2         | not_altered  | integrated
            7            | astrocytoma_idh_mutant    | cns5_2021         | 2         | not_tested   | integrated
            8            | glioblastoma_idh_wildtype | cns5_2021         | 4         | altered      | integrated
            9            | glioblastoma_idh_wildtype | who_2016          | 4         | not_tested   | integrated
        """,
        refused=["6", "7", "8", "9"],
    )


def test_r060_a_methylation_score_belongs_to_a_class(check_rule: CheckRule) -> None:
    """A methylation score has its class and classifier."""
    check_rule(
        "R060",
        pathology="""
            pathology_id | methylation_score | methylation_class | methylation_classifier
            -------------+-------------------+-------------------+-----------------------
            1            | 0.95              | sp_epn            | v12.8
            2            |                   |                   |
            3            |                   | no_match          | v12.8
            4            | 0.95              |                   |
            5            | 0.95              |                   | v12.8
        """,
        refused=["4", "5"],
    )
