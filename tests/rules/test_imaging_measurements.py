"""Rules of `imaging_measurements`: range and unit of a measure, and the sequence it needs."""

from tests.rules.conftest import CheckRule


def test_r006_a_measure_lies_within_its_range(check_rule: CheckRule) -> None:
    """A measured number lies within the range of its measure."""
    check_rule(
        "R006",
        imaging_measurements="""
            measurement_id | measure           | unit  | value  | value_missing_reason
            ---------------+-------------------+-------+--------+---------------------
            1              | tumour_length_mm  | mm    | 1      |
            2              | tumour_length_mm  | mm    | 500    |
            3              | syrinx_length_mm  | mm    | 0      |
            4              | tumour_volume_mm3 | mm3   | 200000 |
            5              | cord_max_ap_mm    | mm    | 3      |
            6              | choline_naa_ratio | ratio | 20     |
            7              | tumour_length_mm  | mm    |        | not_done
            8              | tumour_length_mm  | mm    | 0.9    |
            9              | tumour_length_mm  | mm    | 910    |
            10             | syrinx_length_mm  | mm    | -1     |
            11             | cord_max_ap_mm    | mm    | 2.9    |
            12             | choline_naa_ratio | ratio | 20.1   |
            13             | tumour_volume_mm3 | mm3   | 200001 |
        """,
        refused=["8", "9", "10", "11", "12", "13"],
    )


def test_r006_an_adc_lies_within_its_range(check_rule: CheckRule) -> None:
    """An ADC lies within its range; a thousandth of it is a matter of the unit, see R042."""
    check_rule(
        "R006",
        imaging_measurements="""
            measurement_id | measure            | unit       | value
            ---------------+--------------------+------------+------
            1              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 200
            2              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 3500
            3              | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 50
            4              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 199
            5              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 3501
            6              | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 49
            7              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 9.99
            8              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 10
            9              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 0
        """,
        refused=["4", "5", "6", "7", "8", "9"],
    )


def test_r029_an_adc_needs_diffusion_imaging(check_rule: CheckRule) -> None:
    """An ADC comes from a study with diffusion-weighted or tensor imaging."""
    check_rule(
        "R029",
        imaging_studies="""
            study_id | seq_dwi                 | seq_dti
            ---------+-------------------------+-------------
            DWI      | acquired                | not_acquired
            DTI      | not_acquired            | acquired
            OLD      | unknown                 | unknown
            NEITHER  | not_acquired            | not_acquired
            BAD      | acquired_not_diagnostic | not_acquired
        """,
        imaging_measurements="""
        measurement_id | study_id | measure            | unit       | value | value_missing_reason
        ---------------+----------+--------------------+------------+-------+---------------------
        1              | DWI      | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1320  |
        2              | DTI      | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 900   |
        3              | OLD      | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1320  |
        4              | NEITHER  | adc_mean_1e6_mm2_s | 1e-6_mm2_s |       | not_done
        5              | NEITHER  | tumour_length_mm   | mm         | 40    |
        6              | NEITHER  | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1320  |
        7              | BAD      | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 900   |
        """,
        refused=["6", "7"],
    )


def test_r030_choline_needs_spectroscopy(check_rule: CheckRule) -> None:
    """A choline ratio comes from a study with MR spectroscopy."""
    check_rule(
        "R030",
        imaging_studies="""
            study_id | seq_mrs
            ---------+-------------
            MRS      | acquired
            OLD      | unknown
            NONE     | not_acquired
        """,
        imaging_measurements="""
            measurement_id | study_id | measure           | unit  | value | value_missing_reason
            ---------------+----------+-------------------+-------+-------+---------------------
            1              | MRS      | choline_naa_ratio | ratio | 2.1   |
            2              | OLD      | choline_naa_ratio | ratio | 2.1   |
            3              | NONE     | choline_naa_ratio | ratio |       | not_done
            4              | NONE     | tumour_length_mm  | mm    | 40    |
            5              | NONE     | choline_naa_ratio | ratio | 2.1   |
        """,
        refused=["5"],
    )


def test_r041_a_measure_has_its_own_unit(check_rule: CheckRule) -> None:
    """A number comes in the unit of its measure; nothing is converted by guess."""
    check_rule(
        "R041",
        imaging_measurements="""
            measurement_id | measure            | unit       | value
            ---------------+--------------------+------------+------
            1              | tumour_length_mm   | mm         | 40
            2              | tumour_volume_mm3  | mm3        | 4000
            3              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1320
            4              | choline_naa_ratio  | ratio      | 2
            5              | tumour_length_mm   | cm         | 40
            6              | tumour_volume_mm3  | cm3        | 4
            7              | adc_mean_1e6_mm2_s | 1e-3_mm2_s | 1320
            8              | tumour_volume_mm3  | mm         | 4000
        """,
        refused=["5", "6", "7", "8"],
    )


def test_r042_an_adc_is_not_a_thousandth_of_itself(check_rule: CheckRule) -> None:
    """An ADC below 10 was written in 10^-3 mm2/s and is refused, whatever unit it claims."""
    check_rule(
        "R042",
        imaging_measurements="""
            measurement_id | measure            | unit       | value | value_missing_reason
            ---------------+--------------------+------------+-------+---------------------
            1              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1320  |
            2              | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 50    |
            3              | adc_mean_1e6_mm2_s | 1e-6_mm2_s |       | not_done
            4              | choline_naa_ratio  | ratio      | 1.32  |
            5              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1.32  |
            6              | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 0.9   |
            7              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 9.99  |
            8              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 10    |
            9              | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 0     |
            10             | adc_mean_1e6_mm2_s | 1e-6_mm2_s | -1    |
        """,
        refused=["5", "6", "7"],
        by_others=["8", "9", "10"],
    )
