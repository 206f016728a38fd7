"""Delimited text: every fault of a file told with its place, every good record kept."""

import tracemalloc

import pytest

from assets.readers.delimited import read_delimited
from assets.readers.read_file import ReadFile
from schemas.problems import UNREADABLE
from schemas.profile import FileProfile, Rows, Source, own_layout

#: Of version 1, which will never have more columns.
PATIENTS = own_layout("1").file("patients.csv")
HEADER = b"patient_id,site_id,sex,syndrome\n"
ROW = b"P1,SITE_A,female,none\n"


def read(data: bytes, *, declared: int | None = None, **changed: object) -> ReadFile:
    """Read bytes as the file of patients, its profile changed."""
    assert PATIENTS is not None
    return read_delimited(data, PATIENTS.model_copy(update=changed), declared)


def rules(found: ReadFile) -> list[tuple[str, int | None, str | None]]:
    """Every problem as rule, line, column."""
    return [(p.rule, p.line, p.column) for p in found.problems]


@pytest.mark.parametrize(
    "data",
    [
        HEADER + ROW,
        b"\xef\xbb\xbf" + HEADER + ROW,
        (HEADER + ROW).replace(b"\n", b"\r\n"),
        (HEADER + ROW).replace(b"\n", b"\r"),
        (HEADER + ROW).rstrip(b"\n"),
        HEADER + b'"P1","SITE_A","female","none"\n',
    ],
    ids=["plain", "bom", "crlf", "cr", "no last newline", "quoted"],
)
def test_line_ends_quotes_and_byte_order_mark_do_not_matter(data: bytes) -> None:
    found = read(data, declared=1)
    assert not found.problems
    assert found.frame.rows() == [(1, 2, "P1", "SITE_A", "female", "none")]


def test_text_stays_text() -> None:
    found = read(HEADER + b"00123, SITE_A,NA,-0\n")
    assert found.frame.rows() == [(1, 2, "00123", " SITE_A", "NA", "-0")]


def test_line_is_where_the_record_starts() -> None:
    """A quoted line break is legal in a column that is ignored; later lines are still right."""
    profile = FileProfile(
        file="x.csv",
        header=("case_id", "note"),
        ignored={"note": "free text"},
        rows=(
            Rows(
                table="cases", unlisted="not_recorded", columns={"case_id": Source(id=("case_id",))}
            ),
        ),
    )
    found = read_delimited(b'case_id,note\nC1,"a\nb\nc"\nC2,d\n', profile, 2)
    assert not found.problems
    assert found.frame["_line"].to_list() == [2, 5]


def test_a_declared_encoding_and_separator_are_used() -> None:
    data = b"patient_id;site_id;sex;syndrome\nP1;SITE_A;m\xfcde;none\n"
    found = read(data, delimiter=";", encoding="latin-1")
    assert found.frame["sex"].to_list() == ["m\u00fcde"]


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"", "E_EMPTY", None),
        (b"\xef\xbb\xbf", "E_EMPTY", None),
        (b" \n\r\n", "E_EMPTY", None),
        (b"\0" * 100, "E_DIALECT", 1),
        (b"PK\x03\x04" + HEADER, "E_MAGIC", None),
        (b"PK\x05\x06", "E_MAGIC", None),
        (b"\x1f\x8b" + HEADER, "E_MAGIC", None),
        (b"%PDF-1.7", "E_MAGIC", None),
        (b"\n<!DOCTYPE html><p>Please log in</p>", "E_MAGIC", None),
        (bytes(range(255, 0, -1)), "E_ENCODING", None),
        ((HEADER + ROW).decode().encode("utf-16"), "E_ENCODING", None),
        (HEADER + b"P1,SITE_A,\xed\xa0\x80,none\n", "E_ENCODING", None),
        (HEADER.replace(b",", b";") + ROW.replace(b",", b";"), "E_DIALECT", 1),
        (b"\n" + HEADER + ROW, "E_HEADER", 1),
        (HEADER.replace(b"sex", b"site_id") + ROW, "E_HEADER", 1),
        (HEADER.replace(b"sex", b"se\x00x") + ROW, "E_HEADER", 1),
        (HEADER.replace(b"sex", b"sex\xe2\x80\x8b") + ROW, "E_HEADER", 1),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "E_HEADER", 1),
        (HEADER.replace(b"sex,", b"") + ROW, "E_SCHEMA", 1),
        (HEADER + ROW + b'P2,SITE_A,"female,none\n', "E_CSV", 3),
        (HEADER + b'P1,SITE_A,"fe"male,none\n', "E_CSV", 2),
        (HEADER + b"P1,SITE_A," + b"x" * 200_000 + b",none\n", "E_LIMIT", 2),
        (HEADER + b'P1,SITE_A,"' + b"x\n" * 200_000, "E_CSV", 2),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_what_is_no_such_file_is_refused_whole(data: bytes, rule: str, line: int | None) -> None:
    found = read(data, declared=1)
    assert found.is_refused
    assert found.frame.is_empty()
    assert [(p.rule, p.line) for p in found.problems] == [(rule, line)]
    said = found.problems[0].message + found.problems[0].suggestion
    assert said.isprintable()
    assert len(said) < 500


@pytest.mark.parametrize("data", [b"x" * 50_000_000, b"," * 50_000_000, b'"' * 50_000_000])
def test_a_line_of_50_mb_is_refused_before_it_fills_the_memory(data: bytes) -> None:
    tracemalloc.start()
    found = read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rules(found) == [("E_LIMIT", 1, None)]
    assert peak < 6 * len(data)


def test_one_short_and_one_long_record_are_refused_and_kept_as_delivered() -> None:
    found = read(HEADER + b"P1,SITE_A,female\n" + ROW + b"P3,SITE_A,male,none,more\n\n", declared=4)
    assert rules(found) == [("E_RAGGED", n, None) for n in (2, 4, 5)]
    assert [p.content for p in found.problems] == [
        "P1,SITE_A,female",
        "P3,SITE_A,male,none,more",
        "",
    ]
    assert found.frame["_line"].to_list() == [3]
    assert found.found == 4


@pytest.mark.parametrize(
    "bad", ["\0", "\x1b", "\x7f", "\u200b", "\u202e", "\ufeff", "\u00a0", "\u2028"]
)
def test_a_character_that_cannot_be_seen_is_named_and_never_stripped(bad: str) -> None:
    found = read(HEADER + f"P1,SITE_A,fe{bad}male,{bad}\n".encode() + ROW)
    assert rules(found) == [("E_CHAR", 2, "sex"), ("E_CHAR", 2, "syndrome")]
    assert f"U+{ord(bad):04X}" in found.problems[0].message
    assert bad not in found.problems[0].message
    assert found.frame["sex"].to_list() == [UNREADABLE, "female"]


def test_a_file_without_header_counts_its_first_case() -> None:
    found = read(ROW + ROW.replace(b"P1", b"P2"), declared=2)
    assert rules(found) == [("E_HEADER", 1, None)]
    assert found.found == 2
    assert "header missing" in found.problems[0].message
    assert "SITE_A" not in found.problems[0].message


def test_a_header_in_capitals_is_a_header_and_no_case() -> None:
    found = read(HEADER.upper() + ROW, declared=1)
    assert found.found == 1
    assert "expected 'patient_id', found 'PATIENT_ID'" in found.problems[0].message


def test_blank_lines_are_counted_and_named() -> None:
    found = read(HEADER + ROW + b"\n", declared=1)
    assert rules(found) == [("E_COUNT", None, None)]
    assert "announces 1 row, the file has 2, 1 of them blank" in found.problems[0].message


def test_the_likely_separator_is_named() -> None:
    found = read(HEADER.replace(b",", b"\t") + ROW.replace(b",", b"\t"))
    assert "4 fields separated by commas were expected" in found.problems[0].message
    assert "as many separated by tabs" in found.problems[0].message
