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
