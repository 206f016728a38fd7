"""Rules of `imaging_reads`: a sign needs a sequence that can show it; levels; syrinx."""

from tests.rules.conftest import CheckRule


def test_r022_enhancement_needs_contrast(check_rule: CheckRule) -> None:
    """Enhancement is judged only where post-contrast T1 was acquired, or on CT with contrast."""
    check_rule(
        "R022",
        imaging_studies="""
            study_id | modality | contrast_given | seq_t1_post_contrast    | seq_*
            ---------+----------+----------------+-------------------------+---------
            MR       | mr       | yes            | acquired                | acquired
            BAD      | mr       | yes            | acquired_not_diagnostic | acquired
            PLAIN    | mr       | no             | not_acquired            | acquired
            OLD      | mr       | unknown        | unknown                 | acquired
            CT       | ct       | yes            |                         |
            CTPLAIN  | ct       | no             |                         |
            CTOLD    | ct       | unknown        |                         |
        """,
        imaging_reads="""
            read_id | study_id | enhancement_degree  | enhancement_pattern
            --------+----------+---------------------+--------------------
            1       | MR       | marked              | rim
            2       | MR       | none                | not_applicable
            3       | PLAIN    | not_assessable      | not_assessable
            4       | PLAIN    | unknown             | unknown
            5       | OLD      | marked              | rim
            6       | CT       | mild                | rim
            7       | CTOLD    | mild                | rim
            8       | PLAIN    | none                | not_applicable
            9       | PLAIN    | marked              | rim
            10      | BAD      | present_unspecified | rim
            11      | CTPLAIN  | marked              | rim
        """,
        refused=["8", "9", "10", "11"],
    )


def test_r023_what_does_not_enhance_has_no_pattern(check_rule: CheckRule) -> None:
    """Where nothing enhances, pattern and extent do not apply; where something does, they may."""
    check_rule(
        "R023",
        imaging_reads="""
            read_id | enhancement_degree | enhancement_pattern | enhancement_extent
            --------+--------------------+---------------------+-------------------
            1       | none               | not_applicable      | not_applicable
            2       | none               | not_applicable      |
            3       | marked             | rim                 | focal
            4       | not_assessable     | not_assessable      | not_assessable
            5       | none               | unknown             | unknown
            6       | unknown            | not_applicable      | focal
            7       | none               | rim                 | not_applicable
            8       | marked             | not_applicable      | focal
            9       | none               | not_applicable      | focal
            10      | not_assessable     | not_applicable      | not_applicable
            11      | none               | not_applicable      | not_assessable
            12      | none               | not_applicable      | not_reported
        """,
        refused=["7", "8", "9", "10", "11"],
    )


def test_r025_cap_sign_needs_a_sequence_that_can_show_it(check_rule: CheckRule) -> None:
    """A cap sign can be present or absent only where T2, T2*/GRE, SWI or 3D T2 was acquired."""
    check_rule(
        "R025",
        imaging_studies="""
            study_id | modality | seq_t1   | seq_stir | seq_t2star_gre | seq_3d_t2    | seq_*
            ---------+----------+----------+----------+----------------+--------------+-------------
            T2STAR   | mr       | acquired | unknown  | acquired       | not_acquired | not_acquired
            THREED   | mr       | acquired | unknown  | unknown        | acquired     | not_acquired
            OLD      | mr       | acquired | unknown  | unknown        | not_acquired | not_acquired
            T1ONLY   | mr       | acquired | acquired | not_acquired   | not_acquired | not_acquired
            CT       | ct       |          |          |                |              |
        """,
        imaging_reads="""
            read_id | study_id | cap_sign
            --------+----------+---------------
            1       | T2STAR   | absent
            2       | THREED   | present
            3       | OLD      | present
            4       | T1ONLY   | not_assessable
            5       | T1ONLY   | indeterminate
            6       | CT       | not_assessable
            7       | T1ONLY   | present
            8       | T1ONLY   | absent
            9       | CT       | absent
        """,
        refused=["7", "8", "9"],
    )


def test_r026_an_absent_cap_sign_was_looked_for_on_t2star(check_rule: CheckRule) -> None:
    """A cap sign read as absent on T2 alone is less certain than on T2*/GRE or SWI."""
    check_rule(
        "R026",
        imaging_studies="""
            study_id | seq_t2   | seq_t2star_gre | seq_swi
            ---------+----------+----------------+-------------
            BOTH     | acquired | acquired       | not_acquired
            SWI      | acquired | not_acquired   | acquired
            OLD      | acquired | unknown        | not_acquired
            T2ONLY   | acquired | not_acquired   | not_acquired
        """,
        imaging_reads="""
            read_id | study_id | cap_sign
            --------+----------+-------------
            1       | BOTH     | absent
            2       | SWI      | absent
            3       | OLD      | absent
            4       | T2ONLY   | present
            5       | T2ONLY   | not_reported
            6       | T2ONLY   | absent
        """,
        warned=["6"],
    )


def test_r027_a_cap_of_haemosiderin_is_a_haemorrhage(check_rule: CheckRule) -> None:
    """Where a cap sign is present, a haemorrhage should not be absent."""
    check_rule(
        "R027",
        imaging_reads="""
            read_id | cap_sign | haemorrhage
            --------+----------+--------------
            1       | present  | present
            2       | present  | not_reported
            3       | absent   | absent
            4       | present  | indeterminate
            5       | present  | absent
        """,
        warned=["5"],
    )


def test_r028_a_signal_needs_its_sequence(check_rule: CheckRule) -> None:
    """T1 signal is judged only on T1, T2 signal only on T2, STIR or 3D T2."""
    check_rule(
        "R028",
        imaging_studies="""
            study_id | modality | seq_t1       | seq_t2       | seq_stir     | seq_*
            ---------+----------+--------------+--------------+--------------+-------------
            T1       | mr       | acquired     | not_acquired | not_acquired | not_acquired
            STIR     | mr       | not_acquired | unknown      | acquired     | not_acquired
            OLD      | mr       | unknown      | unknown      | acquired     | not_acquired
            CT       | ct       |              |              |              |
        """,
        imaging_reads="""
            read_id | study_id | t1_signal      | t2_signal
            --------+----------+----------------+---------------
            1       | T1       | hypointense    | not_assessable
            2       | STIR     | not_applicable | hyperintense
            3       | STIR     | unknown        | mixed
            4       | OLD      | isointense     | isointense
            5       | CT       | not_assessable | not_reported
            6       | STIR     | hypointense    | hyperintense
            7       | T1       | hypointense    | hyperintense
            8       | CT       | isointense     | not_assessable
            9       | STIR     | mixed          | unknown
        """,
        refused=["6", "7", "8", "9"],
    )


def test_r029_diffusion_restriction_needs_diffusion_imaging(check_rule: CheckRule) -> None:
    """Restricted diffusion is judged only where diffusion-weighted or tensor imaging was done."""
    check_rule(
        "R029",
        imaging_studies="""
            study_id | seq_dwi      | seq_dti
            ---------+--------------+-------------
            DWI      | acquired     | not_acquired
            DTI      | not_acquired | acquired
            OLD      | unknown      | not_acquired
            NEITHER  | not_acquired | not_acquired
        """,
        imaging_reads="""
            read_id | study_id | diffusion_restriction
            --------+----------+----------------------
            1       | DWI      | present
            2       | DTI      | absent
            3       | OLD      | present
            4       | NEITHER  | not_assessable
            5       | NEITHER  | not_reported
            6       | NEITHER  | present
            7       | NEITHER  | absent
            8       | NEITHER  | indeterminate
        """,
        refused=["6", "7", "8"],
    )


def test_r032_calcification_needs_ct_or_a_susceptible_sequence(check_rule: CheckRule) -> None:
    """Calcification is present or absent only on CT, T2*/GRE or SWI of that study."""
    check_rule(
        "R032",
        imaging_studies="""
            study_id | modality       | seq_t2star_gre | seq_swi      | seq_*
            ---------+----------------+----------------+--------------+---------
            CT       | ct             |                |              |
            CTMYELO  | ct_myelography | not_acquired   | not_acquired |
            SWI      | mr             | not_acquired   | acquired     | acquired
            OLD      | mr             | unknown        | not_acquired | acquired
            T2ONLY   | mr             | not_acquired   | not_acquired | acquired
            MYELO    | myelography    |                |              |
        """,
        imaging_reads="""
            read_id | study_id | calcification
            --------+----------+---------------
            1       | CT       | present
            2       | CTMYELO  | absent
            3       | SWI      | absent
            4       | OLD      | absent
            5       | T2ONLY   | not_assessable
            6       | T2ONLY   | indeterminate
            7       | T2ONLY   | absent
            8       | T2ONLY   | present
            9       | MYELO    | absent
        """,
        refused=["7", "8", "9"],
    )


def test_r033_the_upper_level_is_not_below_the_lower(check_rule: CheckRule) -> None:
    """The upper level of a tumour is not below its lower level."""
    check_rule(
        "R033",
        imaging_reads="""
            read_id | level_upper | level_lower | n_segments
            --------+-------------+-------------+-----------
            1       | C4          | T2          | 6
            2       | T5          | T5          | 1
            3       | CMJ         | S5          | 30
            4       | unknown     | C4          | 3
            5       | T2          | unknown     | 3
            6       | T2          | C4          | 6
            7       | C1          | CMJ         | 2
            8       | S5          | CMJ         | 30
        """,
        refused=["6", "7", "8"],
    )


def test_r034_the_levels_are_counted_with_both_ends(check_rule: CheckRule) -> None:
    """The number of levels counts from the upper to the lower one, both included."""
    check_rule(
        "R034",
        imaging_reads="""
            read_id | level_upper | level_lower | n_segments | n_segments_missing_reason
            --------+-------------+-------------+------------+--------------------------
            1       | C4          | T2          | 6          |
            2       | CMJ         | S5          | 30         |
            3       | CMJ         | CMJ         | 1          |
            4       | S5          | S5          | 1          |
            5       | C7          | T1          | 2          |
            6       | T12         | L1          | 2          |
            7       | C4          | T2          |            | not_assessable
            8       | unknown     | T2          | 3          |
            9       | C4          | T2          | 3          |
            10      | C4          | T2          | 5          |
            11      | CMJ         | S5          | 29         |
            12      | C4          | C4          | 2          |
        """,
        refused=["9", "10", "11", "12"],
    )


def test_r037_a_syrinx_has_a_definition(check_rule: CheckRule) -> None:
    """Who says that a syrinx is there or not says what a syrinx is; 'unspecified' bars pooling."""
    check_rule(
        "R037",
        imaging_reads="""
            read_id | syrinx         | syrinx_definition
            --------+----------------+------------------
            1       | present        | strict
            2       | absent         | any_cavity
            3       | present        | unknown
            4       | not_assessable |
            5       | indeterminate  |
            6       | not_reported   | unspecified
            7       | present        |
            8       | absent         |
            9       | present        | unspecified
            10      | absent         | unspecified
        """,
        refused=["7", "8"],
        warned=["9", "10"],
    )


def test_r024_only_an_enhancing_part_has_a_t2_signal(check_rule: CheckRule) -> None:
    """The T2 signal of the enhancing part needs T2, STIR or 3D T2, and a part that enhances."""
    check_rule(
        "R024",
        imaging_studies="""
            study_id | seq_t2       | seq_stir     | seq_3d_t2    | has_axial_t2
            ---------+--------------+--------------+--------------+-------------
            T2       | acquired     | not_acquired | not_acquired | acquired
            STIR     | not_acquired | acquired     | not_acquired | not_acquired
            T1       | not_acquired | not_acquired | not_acquired | not_acquired
        """,
        imaging_reads="""
            read_id | study_id | enhancement_degree | enhancement_pattern | enhancement_extent | t2_high_at_enhancing_part
            --------+----------+--------------------+---------------------+--------------------+--------------------------
            1       | T2       | marked             | homogeneous         | diffuse            | present
            2       | STIR     | mild               | homogeneous         | diffuse            | absent
            3       | T1       | marked             | homogeneous         | diffuse            | not_assessable
            4       | T2       | none               | not_applicable      | not_applicable     | not_assessable
            5       | T2       | none               | not_applicable      | not_applicable     | present
            6       | T1       | marked             | homogeneous         | diffuse            | present
            7       | T2       | not_reported       | not_reported        | not_reported       | absent
        """,
        refused=["5", "6", "7"],
    )


def test_r031_fibres_are_seen_on_tensor_imaging(check_rule: CheckRule) -> None:
    """The course of fibres needs DTI."""
    check_rule(
        "R031",
        imaging_studies="""
            study_id | seq_dwi  | seq_dti
            ---------+----------+-------------
            DTI      | acquired | acquired
            DWI      | acquired | not_acquired
        """,
        imaging_reads="""
            read_id | study_id | dti_fibre_type
            --------+----------+---------------
            1       | DTI      | 2
            2       | DWI      | not_assessable
            3       | DWI      | not_reported
            4       | DWI      |
            5       | DWI      | 1
        """,
        refused=["5"],
    )


def test_r036_the_axial_place_needs_an_axial_series(check_rule: CheckRule) -> None:
    """The place in the axial plane needs axial T2, axial post-contrast T1 or 3D T2."""
    check_rule(
        "R036",
        imaging_studies="""
            study_id | has_axial_t2 | has_axial_t1_post_contrast | seq_3d_t2
            ---------+--------------+----------------------------+-------------
            T2       | acquired     | not_acquired               | not_acquired
            T1       | not_acquired | acquired                   | not_acquired
            3D       | not_acquired | not_acquired               | acquired
            SAGITTAL | not_acquired | not_acquired               | not_acquired
            UNKNOWN  | unknown      | not_acquired               | not_acquired
        """,
        imaging_reads="""
            read_id | study_id | axial_location
            --------+----------+---------------
            1       | T2       | central
            2       | T1       | eccentric
            3       | 3D       | unilateral
            4       | SAGITTAL | not_assessable
            5       | UNKNOWN  | central
            6       | SAGITTAL | central
        """,
        warned=["6"],
    )


def test_r038_a_polar_cyst_is_a_cavity(check_rule: CheckRule) -> None:
    """Where any cavity counts as a syrinx, a polar cyst makes it present."""
    check_rule(
        "R038",
        imaging_reads="""
            read_id | syrinx        | syrinx_definition | polar_cyst
            --------+---------------+-------------------+-----------
            1       | present       | any_cavity        | present
            2       | absent        | strict            | present
            3       | absent        | any_cavity        | absent
            4       | not_reported  | any_cavity        | present
            5       | absent        | any_cavity        | present
            6       | indeterminate | any_cavity        | present
        """,
        refused=["5", "6"],
    )
