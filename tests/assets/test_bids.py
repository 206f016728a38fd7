"""BIDS tables: tabs without quotes, `n/a` as written, names and dates kept out of the tables."""

import polars as pl

from assets.profiles import profile_named
from assets.readers.mapping import map_records
from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from tests.support.real_data import real

PART, SESSIONS = profile_named("bids_participants").files
HEADER = "\t".join(PART.header)
ROW = "\t".join(["sub-01", "F", "28", "n/a", "70", "n/a", "amu", "AMU", *["n/a"] * 7])


def found_in(text: str, declared: int | None = None) -> ReadFile:
    return read(text.encode(), PART, file="SITE_A.participants.tsv", declared=declared)


def rules(found: ReadFile) -> list[tuple[str, int | None]]:
    return [(problem.rule, problem.line) for problem in found.problems]


def test_participants_become_patients_of_the_delivering_site() -> None:
    found = found_in(f"{HEADER}\n{ROW}\n{ROW.replace('sub-01', 'sub-02').replace('F', 'n/a')}\n", 2)
    assert found.problems == ()
    rows = map_records(found.frame, PART).tables["patients"]
    assert rows.select("patient_id", "site_id", "sex").rows() == [
        ("sub-01", "SITE_A", "female"),
        ("sub-02", "SITE_A", "unknown"),
    ]


def test_a_quotation_mark_in_a_note_is_a_character() -> None:
    row = ROW.removesuffix("n/a") + 'disc "bulge'
    found = found_in(f"{HEADER}\n{row}\n{ROW}\n")
    assert found.problems == ()
    assert found.frame["notes"].to_list() == ['disc "bulge', "n/a"]


def test_every_problem_is_told_in_one_pass() -> None:
    bad = ROW.replace("sub-01", "sub\u200b-01")
    found = found_in(f"{HEADER}\n{ROW}\tmore\n{bad}\n{ROW}\n")
    assert rules(found) == [("E_RAGGED", 2), ("E_CHAR", 3)]
    assert found.frame.height == 1
    assert found.found == 3


def test_header_encoding_and_kind_are_compared() -> None:
    assert rules(found_in(HEADER.replace("sex", "gender") + "\n")) == [("E_HEADER", 1)]
    assert rules(found_in("")) == [("E_EMPTY", None)]
    for data, rule in ((b"\xff\xfe\xfa", "E_ENCODING"), (b"PK\x03\x04", "E_MAGIC")):
        found = read(data, PART, file="SITE_A.participants.tsv", declared=None)
        assert rules(found) == [(rule, None)]


def test_sessions_are_known_and_make_no_row() -> None:
    text = b"session_id\tacq_time\nses-01\t2019-02-12T10:00:00\n"
    found = read(text, SESSIONS, file="sub-01_sessions.tsv", declared=1)
    assert found.problems == ()
    assert map_records(found.frame, SESSIONS).tables == {}


def test_the_267_participants_of_the_real_table() -> None:
    data = real("sct", "participants.tsv").read_bytes()
    found = read(data, PART, file="SITE_A.participants.tsv", declared=267)
    assert found.problems == ()
    rows = map_records(found.frame, PART).tables["patients"]
    assert rows.height == 267
    assert rows["patient_id"].n_unique() == 267
    assert set(rows["sex"]) == {"female", "male"}
    assert found.frame["institution_id"].n_unique() == 43
    assert found.frame.filter(pl.col("height") == "n/a").height == 2
    names = set(found.frame["researcher"]) - {"n/a"}
    shown = str(rows.rows())
    assert names
    assert not [name for name in names if name in shown]
