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


def test_r031_anisotropy_needs_tensor_imaging(check_rule: CheckRule) -> None:
    """Fractional anisotropy comes from a study with DTI."""
    check_rule(
        "R031",
        imaging_studies="""
            study_id | seq_dwi  | seq_dti
            ---------+----------+-------------
            DTI      | acquired | acquired
            DWI      | acquired | not_acquired
        """,
        imaging_measurements="""
            measurement_id | study_id | measure | unit  | value | value_missing_reason
            ---------------+----------+---------+-------+-------+---------------------
            1              | DTI      | fa_mean | ratio | 0.4   |
            2              | DWI      | fa_mean | ratio |       | not_done
            3              | DWI      | fa_mean | ratio | 0.4   |
        """,
        refused=["3"],
    )


def test_r043_the_smallest_adc_is_not_above_the_mean(check_rule: CheckRule) -> None:
    """The smallest ADC of a structure is at most its mean ADC in the same study."""
    check_rule(
        "R043",
        imaging_measurements="""
            measurement_id | study_id | structure | measure            | unit       | value
            ---------------+----------+-----------+--------------------+------------+------
            1              | S1       | tumour    | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 900
            2              | S1       | tumour    | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1300
            3              | S2       | tumour    | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 1400
            4              | S2       | cord      | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1300
            5              | S3       | tumour    | adc_mean_1e6_mm2_s | 1e-6_mm2_s | 1300
            6              | S3       | tumour    | adc_min_1e6_mm2_s  | 1e-6_mm2_s | 1400
        """,
        refused=["6"],
    )


def test_r044_a_level_is_2_to_45_mm_long(check_rule: CheckRule) -> None:
    """The tumour's length is 2 to 45 mm per vertebral level."""
    check_rule(
        "R044",
        imaging_reads="""
            read_id | study_id | level_upper | level_lower | n_segments
            --------+----------+-------------+-------------+-----------
            R1      | S1       | C4          | C6          | 3
            R2      | S2       | C4          | C6          | 3
            R3      | S3       | C4          | C6          | 3
            R4      | S3       | C4          | C7          | 4
            R5      | S4       | C4          | C6          | 3
            R6      | S5       | C4          | C6          | 3
        """,
        imaging_measurements="""
            measurement_id | study_id | measure          | unit | value
            ---------------+----------+------------------+------+------
            1              | S1       | tumour_length_mm | mm   | 60
            2              | S2       | tumour_length_mm | mm   | 6
            3              | S3       | tumour_length_mm | mm   | 180
            4              | S4       | tumour_length_mm | mm   | 5.9
            5              | S5       | tumour_length_mm | mm   | 136
        """,
        warned=["4", "5"],
    )


def test_r045_volume_and_length_fit(check_rule: CheckRule) -> None:
    """The volume in mm3 is 1 to 700 times the length in mm."""
    check_rule(
        "R045",
        imaging_measurements="""
            measurement_id | study_id | measure           | unit | value
            ---------------+----------+-------------------+------+------
            1              | S1       | tumour_length_mm  | mm   | 40
            2              | S1       | tumour_volume_mm3 | mm3  | 4000
            3              | S2       | tumour_volume_mm3 | mm3  | 4
            4              | S3       | tumour_length_mm  | mm   | 40
            5              | S4       | tumour_length_mm  | mm   | 40
            6              | S3       | tumour_volume_mm3 | mm3  | 4
            7              | S4       | tumour_volume_mm3 | mm3  | 28001
        """,
        warned=["6", "7"],
    )


def test_r046_no_part_is_larger_than_the_whole(check_rule: CheckRule) -> None:
    """The enhancing volume is at most 1.05 times the tumour's in the same study."""
    check_rule(
        "R046",
        imaging_measurements="""
            measurement_id | study_id | structure        | measure              | unit | value
            ---------------+----------+------------------+----------------------+------+------
            1              | S1       | tumour           | tumour_volume_mm3    | mm3  | 1000
            2              | S1       | enhancing_tumour | enhancing_volume_mm3 | mm3  | 1050
            3              | S2       | enhancing_tumour | enhancing_volume_mm3 | mm3  | 2000
            4              | S1       | enhancing_tumour | enhancing_volume_mm3 | mm3  | 2000
        """,
        refused=["4"],
    )


def test_r047_a_length_belongs_to_a_sign(check_rule: CheckRule) -> None:
    """Within a read, a length is 0 where the sign is absent and above 0 where it is present."""
    check_rule(
        "R047",
        imaging_reads="""
            read_id | oedema  | polar_cyst    | syrinx        | syrinx_definition
            --------+---------+---------------+---------------+------------------
            R1      | present | absent        | absent        | strict
            R2      | absent  | indeterminate | present       | strict
            R3      | present | absent        | not_assessable|
        """,
        imaging_measurements="""
            measurement_id | read_id | structure  | measure              | unit | value
            ---------------+---------+------------+----------------------+------+------
            1              | R1      | oedema     | oedema_length_mm     | mm   | 30
            2              | R2      | oedema     | oedema_length_mm     | mm   | 0
            3              | R1      | polar_cyst | polar_cyst_length_mm | mm   | 0
            4              | R2      | polar_cyst | polar_cyst_length_mm | mm   | 12
            5              | R3      | syrinx     | syrinx_length_mm     | mm   | 12
            6              |         | oedema     | oedema_length_mm     | mm   | 0
            7              | R2      | oedema     | oedema_length_mm     | mm   | 30
            8              | R1      | polar_cyst | polar_cyst_length_mm | mm   | 12
            9              | R2      | syrinx     | syrinx_length_mm     | mm   | 0
        """,
        refused=["7", "8", "9"],
    )


def test_r048_a_tumour_is_not_wider_than_its_cord(check_rule: CheckRule) -> None:
    """A tumour within the cord is not wider than it; a cord that is not expanded is narrow."""
    check_rule(
        "R048",
        imaging_reads="""
            read_id | study_id | exophytic_component | cord_expansion
            --------+----------+---------------------+---------------
            R1      | S1       | absent              | present
            R2      | S2       | present             | present
            R3      | S3       | absent              | absent
            R4      | S4       | absent              | present
            R5      | S5       | absent              | absent
        """,
        imaging_measurements="""
            measurement_id | study_id | measure          | unit | value
            ---------------+----------+------------------+------+------
            1              | S1       | tumour_max_ap_mm | mm   | 13
            2              | S1       | cord_max_ap_mm   | mm   | 12
            3              | S2       | tumour_max_ap_mm | mm   | 14
            4              | S2       | cord_max_ap_mm   | mm   | 9
            5              | S3       | cord_max_ap_mm   | mm   | 15
            6              | S4       | cord_max_ap_mm   | mm   | 9
            7              | S4       | tumour_max_ap_mm | mm   | 14
            8              | S5       | cord_max_ap_mm   | mm   | 16
        """,
        warned=["7", "8"],
    )
