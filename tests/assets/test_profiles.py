"""Profiles: both sides accounted for, and the two shipped ones on the real files."""

from importlib import resources
from pathlib import Path

import polars as pl
import pytest

from assets.checking import check_folder
from assets.profiles import parse_profile, profile_named
from assets.readers.delimited import read_delimited
from assets.readers.mapping import map_records
from schemas.columns import Code, Identifier
from schemas.errors import UsageError
from schemas.profile import FileProfile, Profile
from schemas.tables import BY_NAME, TABLES

GOOD = """
name: small
title: A small profile
version: 1
source: a test
files:
  - file: flat.csv
    header: [id, sex, note]
    ignored: {note: free text}
    rows:
      - table: patients
        unlisted: not_recorded
        columns:
          patient_id: {id: [id], prefix: P-}
          sex: {column: sex, codes: {f: female}}
"""
SHIPPED = [
    ("published_case_reports", "published_cases.csv", 300),
    ("she2019", "she2019_cases.csv", 7),
]


def test_the_small_profile_is_good() -> None:
    assert parse_profile(GOOD, name="small").files[0].header == ("id", "sex", "note")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    ignored: {note: free text}\n", "", "flat.csv: neither read nor ignored: note"),
        ("note: free text", "note: x, old: y", "flat.csv: the header has no column old"),
        ("[id, sex, note]", "[id, note]", "flat.csv: the header has no column sex"),
        ("[id, sex, note]", "[id, sex, sex, note]", "flat.csv: the header names twice sex"),
        ("note: free text", "note: x, sex: y", "flat.csv: both read and ignored: sex"),
        ("[id, sex, note]", "[id, sex, note, _line]", "no column may begin with '_': _line"),
        ("        unlisted: not_recorded\n", "", "patients: no source for site_id, syndrome"),
        ("          sex:", "          gender:", "patients has no column gender"),
        ("table: patients", "table: patient", "there is no table 'patient'"),
        ("{column: sex, ", "{column: sex, constant: x, ", "exactly one of column, constant, id"),
        ("{column: sex, ", "{constant: x, ", "go with column only"),
        ("{column: sex, ", "{column: sex, prefix: x, ", "prefix goes with id only"),
        ("{column: sex, ", "{column: sex, coded: x, ", "there is no such key; nearest is 'codes'"),
        ("version: 1", "version: one", "line 4: version: a whole number is expected"),
        ("codes: {f: female}", "codes: {f: 1}", "codes.f: a text is expected: put it in quotes"),
        ("source: a test", "source: a test\nsource: b", "line 6: the key 'source' is given twice"),
        ("name: small", "name: [small", "line"),
        ("version: 1\n", "", "line 1: version: this key is needed and missing"),
    ],
)
def test_an_incomplete_profile_is_refused_in_one_clear_message(
    old: str, new: str, said: str
) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(UsageError) as caught:
        parse_profile(GOOD.replace(old, new), name="small")
    message = str(caught.value)
    assert message.startswith("profile 'small': ")
    assert said in message
    assert "pydantic" not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "text", ["", "- a", "a: &b [*b]", "[" * 50_000, "a: \0", "? [a]\n: b", "!!x y"]
)
def test_what_is_no_profile_at_all_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="profile 'x': "):
        parse_profile(text, name="x")


def test_a_profile_that_runs_code_is_refused() -> None:
    with pytest.raises(UsageError, match="constructor"):
        parse_profile("!!python/object/apply:os.getcwd []", name="x")


def test_an_unknown_profile_names_the_known_ones() -> None:
    for name in ("nowhere", "../she2019", "she2019.yaml", ""):
        with pytest.raises(UsageError, match=r"Known: imsct, .*case_reports, .*she2019\."):
            profile_named(name)


@pytest.fixture(scope="module")
def evidence() -> Path:
    """The folder of the published patients."""
    return Path(str(resources.files("assets"))) / "data" / "evidence"


def part_of(name: str) -> FileProfile:
    """The only file of a shipped profile."""
    (part,) = profile_named(name).files
    return part


def tables_of(name: str, evidence: Path) -> dict[str, pl.DataFrame]:
    """Rows of every table that a shipped profile makes of its real file."""
    part = part_of(name)
    read = read_delimited((evidence / part.file).read_bytes(), part, None)
    assert not read.problems
    return map_records(read.frame, part).tables


@pytest.mark.parametrize(("name", "file", "records"), SHIPPED)
def test_every_record_of_the_real_files_is_accepted(
    name: str, file: str, records: int, evidence: Path
) -> None:
    checked = check_folder(evidence, profile=name, scan="published")
    assert (checked.accepted, checked.quarantined, checked.received) == (records, 0, records)
    of_file = [p for p in checked.problems if p.file == file]
    assert [p for p in of_file if p.severity == "error"] == []
    others = {p.file for p in checked.problems if p.rule == "E_SCHEMA"}
    assert others == {path.name for path in evidence.iterdir()} - {file}


@pytest.mark.parametrize("name", [name for name, _, _ in SHIPPED])
def test_every_column_of_the_real_files_is_read_or_ignored_for_a_reason(
    name: str, evidence: Path
) -> None:
    part = part_of(name)
    header = (evidence / part.file).read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == list(part.header)
    read = set().union(*(rows.reads() for rows in part.rows))
    assert set(header) - read == set(part.ignored)
    assert all(len(reason) > 10 for reason in part.ignored.values())


@pytest.mark.parametrize("name", [name for name, _, _ in SHIPPED])
def test_ids_are_valid_and_unique(name: str, evidence: Path) -> None:
    for table, rows in tables_of(name, evidence).items():
        key = BY_NAME[table].key
        assert rows.select(key).is_duplicated().sum() == 0
        for column in BY_NAME[table].columns:
            if isinstance(column.type, Identifier):
                filled = rows[column.name].filter(rows[column.name] != "")
                assert filled.str.contains(rf"^(?:{column.type.pattern})$").all(), column.name


@pytest.mark.parametrize("name", [name for name, _, _ in SHIPPED])
def test_an_empty_sign_is_not_reported_and_never_absent(name: str, evidence: Path) -> None:
    part = part_of(name)
    read = read_delimited((evidence / part.file).read_bytes(), part, None).frame
    reads = tables_of(name, evidence)["imaging_reads"].join(read, on="_record", suffix="_delivered")
    signs = [
        column.name
        for column in BY_NAME["imaging_reads"].columns
        if isinstance(column.type, Code) and column.type.vocabulary.name == "sign"
    ]
    assert "cap_sign" in signs
    for sign in signs:
        delivered = f"{sign}_delivered" if f"{sign}_delivered" in reads.columns else None
        silent = reads.filter(pl.col(delivered) == "") if delivered else reads
        assert set(silent[sign]) <= {"not_reported"}, sign
        if delivered:
            spoken = reads.filter(pl.col(delivered) != "")
            assert spoken[sign].to_list() == spoken[delivered].to_list()


def test_months_of_follow_up_are_days_in_the_tables(evidence: Path) -> None:
    part = part_of("published_case_reports")
    read = read_delimited((evidence / part.file).read_bytes(), part, None).frame
    made = tables_of("published_case_reports", evidence)["follow_up"].join(read, on="_record")
    told = made.filter(pl.col("follow_up_months") != "")
    assert told.height > 50
    expected = (told["follow_up_months"].cast(pl.Float64) * 30.4375).round(0, mode="half_to_even")
    assert told["contact_day"].cast(pl.Float64).to_list() == expected.to_list()
    untold = made.filter(pl.col("follow_up_months") == "")
    assert set(untold["contact_day"]) <= {""}
    assert set(untold["contact_day_missing_reason"]) <= {"not_recorded"}


def test_the_own_layout_accounts_for_every_column_of_every_table() -> None:
    own: Profile = profile_named("imsct")
    tables, features = own.files[:-1], own.files[-1]
    assert [part.file for part in tables] == [f"{table.name}.csv" for table in TABLES]
    assert [part.header for part in tables] == [table.names for table in TABLES]
    assert not any(part.ignored for part in tables)
    assert features.file == "{feature_set_id}.features.parquet"


def test_profiles_of_a_home_are_found_by_name_and_nothing_outside_is(tmp_path: Path) -> None:
    own = tmp_path / "home" / "profiles"
    own.mkdir(parents=True)
    text = layout("ward")
    (own / "ward.yaml").write_text(text)
    assert profile_named("ward", own=own).name == "ward"
    (own / "imsct.yaml").write_text(layout("imsct"))
    assert profile_named("imsct", own=own) == profile_named("imsct"), "a shipped name stays shipped"
    (tmp_path / "outside.yaml").write_text(layout("outside"))
    (own / "linked.yaml").symlink_to(tmp_path / "outside.yaml")
    (own / "other.yaml").write_text(text)
    for name, said in (
        ("../../outside", "There is no profile"),
        ("linked", "a link, a folder"),
        ("other", "its 'name' is another one"),
        ("none", "Known: imsct, "),
    ):
        with pytest.raises(UsageError, match=said):
            profile_named(name, own=own)


def layout(name: str) -> str:
    """A profile that reads nothing."""
    return (
        f"name: {name}\ntitle: t\nversion: 1\nsource: s\n"
        "files: [{file: x.csv, header: [a], ignored: {a: unused}, rows: []}]\n"
    )
