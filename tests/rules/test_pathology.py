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
