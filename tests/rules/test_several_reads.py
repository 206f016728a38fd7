"""Rules of `imaging_reads`: several reads of one study, levels and region."""

from tests.rules.conftest import CheckRule


def test_r039_a_study_is_read_once_per_reader_and_round(check_rule: CheckRule) -> None:
    """A reader reads a study once in each round, and a study has one consensus read."""
    check_rule(
        "R039",
        imaging_reads="""
            read_id | study_id | reader_id | read_round | is_consensus
            --------+----------+-----------+------------+-------------
            1       | S1       | reader1   | 1          | no
            2       | S1       | reader1   | 2          | no
            3       | S1       | reader2   | 1          | no
            4       | S1       | panel     | 1          | yes
            5       | S2       | reader1   | 1          | no
            6       | S3       | reader1   | 1          | no
            7       | S3       | reader1   | 1          | no
            8       | S4       | panel     | 1          | yes
            9       | S4       | board     | 1          | yes
        """,
        refused=["6", "7", "8", "9"],
    )


def test_r040_readers_who_disagree_agree_on_a_third_read(check_rule: CheckRule) -> None:
    """Reads that contradict each other in a sign have a consensus read beside them."""
    check_rule(
        "R040",
        imaging_reads="""
            read_id | study_id | is_consensus | oedema         | flow_voids
            --------+----------+--------------+----------------+-----------
            1       | S1       | no           | present        | absent
            2       | S1       | no           | present        | absent
            3       | S2       | no           | present        | absent
            4       | S2       | no           | absent         | absent
            5       | S2       | yes          | present        | absent
            6       | S3       | no           | present        | absent
            7       | S3       | no           | not_assessable | absent
            8       | S4       | unknown      | absent         | absent
            9       | S4       | no           | present        | absent
            10      | S5       | no           | present        | absent
            11      | S5       | no           | present        | present
        """,
        warned=["10", "11"],
    )


def test_r035_the_region_follows_from_the_levels(check_rule: CheckRule) -> None:
    """The region of the cord is that of its levels."""
    check_rule(
        "R035",
        imaging_reads="""
            read_id | level_upper | level_lower | n_segments | cord_region
            --------+-------------+-------------+------------+----------------
            1       | C2          | C5          | 4          | cervical
            2       | CMJ         | C2          | 3          | craniocervical
            3       | C6          | T2          | 4          | cervicothoracic
            4       | T3          | T6          | 4          | thoracic
            5       | T11         | T12         | 2          | conus
            6       | T11         | T12         | 2          | thoracic
            7       | T12         | L1          | 2          | thoracolumbar
            8       | T12         | L1          | 2          | conus
            9       | L1          | L2          | 2          | conus
            10      | L3          | S1          | 4          | filum
            11      | C2          | T11         | 17         | holocord
            12      | C2          | C5          | 4          | unknown
            13      | T3          | T6          | 4          | cervical
            14      | C2          | T11         | 17         | cervicothoracic
            15      | T3          | T6          | 4          | conus
            16      | L1          | L2          | 2          | thoracolumbar
        """,
        warned=["13", "14", "15", "16"],
    )
