"""The published connection: read-only, locked down, answering a closed list of questions."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from schemas.errors import IntegrityError, StorageError
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.published import PublishedReader, QueryTimeoutError, open_published, time_limit
from warehouse.snapshots import publish

FRAMES = {
    ("core", "cases"): pl.DataFrame({"case_id": ["c1", "c2"], "age_years": [4.5, None]}),
    ("received", "deliveries"): pl.DataFrame(
        {
            "site": ["NORTH", "SOUTH"],
            "delivery": ["d1", "d1"],
            "received": [4, 7],
            "accepted": [3, 7],
            "quarantined": [1, 0],
        }
    ),
}

REFUSED = {
    "file function": "select * from read_csv('{out}/secret.csv')",
    "text": "select * from read_text('{out}/secret.csv')",
    "blob": "select * from read_blob('{out}/secret.csv')",
    "bare file": "select * from '{out}/secret.csv'",
    "parent folder": "select * from read_text('{folder}/../outside/secret.csv')",
    "link": "select * from read_text('{folder}/link.csv')",
    "own folder": "select * from read_text('{folder}/CURRENT')",
    "glob": "select * from glob('/*')",
    "other database": "select * from read_duckdb('{out}/other.duckdb')",
    "copy to": "copy core.cases to '{out}/made.csv'",
    "copy query": "copy (select 1) to '{out}/made.csv'",
    "copy from": "copy core.cases from '{out}/secret.csv'",
    "export": "export database '{out}/made'",
    "import": "import database '{out}/made'",
    "attach": "attach '{out}/other.duckdb' as other",
    "attach new": "attach '{out}/made.duckdb' as made",
    "http": "select * from read_csv('http://127.0.0.1:9/x.csv')",
    "https": "select * from 'https://127.0.0.1:9/x.parquet'",
    "install": "install httpfs",
    "load file": "load '{out}/x.duckdb_extension'",
    "set": "set memory_limit = '8GB'",
    "set access": "set enable_external_access = true",
    "set lock": "set lock_configuration = false",
    "set threads": "set threads = 64",
    "reset": "reset enable_external_access",
    "reset lock": "reset lock_configuration",
    "pragma setting": "pragma memory_limit='8GB'",
    "secret": "create secret s (type http, bearer_token 'x')",
    "persistent secret": "create persistent secret s (type http, bearer_token 'x')",
    "create table": "create table core.made (x integer)",
    "create table as": "create table made as select * from core.cases",
    "create view": "create view made as select 1",
    "create schema": "create schema made",
    "create macro": "create macro core.made() as 1",
    "insert": "insert into core.cases values ('c3', 1)",
    "update": "update core.cases set age_years = 1",
    "delete": "delete from core.cases",
    "drop": "drop table core.cases",
    "alter": "alter table core.cases add column x integer",
    "python variable": "select * from hostile_frame",
    "second statement": "select 1; drop table core.cases",
}

#: What the engine lets through all the same (1.5.5). No text from outside may therefore become SQL.
#: A newer engine that refuses one of them fails the test below: then move it up.
STILL_ALLOWED = {
    "settings, with paths": "select * from duckdb_settings()",
    "databases, with paths": "select path from duckdb_databases()",
    "profiling, prints on stdout": "pragma enable_profiling",
    "temporary table": "create temp table made as select 1",
    "checkpoint": "checkpoint",
    "logging": "call enable_logging()",
    "variable": "set variable x = 1",
    "built-in extension": "load json",
    "several statements": "select 1; select 2",
    "version": "pragma version",
    "show": "show tables",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One home for all tests of this module; none of them can change its snapshot."""
    made = Home(tmp_path_factory.mktemp("published") / "home")
    made.create()
    return made


@pytest.fixture(scope="module")
def path(home: Home) -> Path:
    """A published snapshot, with files around it that nobody may read through it."""
    made = publish(FRAMES, home=home, ledger=Ledger.open(home.ledger))
    out = home.path / "outside"
    out.mkdir()
    (out / "secret.csv").write_text("a\nsecret\n")
    (home.published / "link.csv").symlink_to(out / "secret.csv")
    duckdb.connect(str(out / "other.duckdb")).close()
    return made.path


@pytest.fixture
def con(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The locked-down connection."""
    with closing(open_published(path)) as opened:
        yield opened


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_hostile_statements_are_refused(
    con: duckdb.DuckDBPyConnection, home: Home, statement: str
) -> None:
    hostile_frame = pl.DataFrame({"a": ["secret"]})
    text = statement.format(out=home.path / "outside", folder=home.published)
    with pytest.raises(duckdb.Error):
        con.execute(text).fetchall()
    assert hostile_frame.height == 1
    assert con.execute("select count(*) from core.cases").fetchall() == [(2,)]
    names = sorted(path.name for path in (home.path / "outside").iterdir())
    assert names == ["other.duckdb", "secret.csv"]


@pytest.mark.parametrize("statement", STILL_ALLOWED.values(), ids=STILL_ALLOWED.keys())
def test_what_the_engine_still_allows_harms_no_row(path: Path, statement: str) -> None:
    before = path.read_bytes()
    with closing(open_published(path)) as con:
        con.execute(statement).fetchall()
    assert path.read_bytes() == before


def test_a_long_query_is_stopped_and_the_next_answered(
    con: duckdb.DuckDBPyConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    cross = "select count(*) from range(100000) a, range(100000) b where a.range * b.range % 7 = 3"
    with pytest.raises(QueryTimeoutError, match=r"stopped after 0\.5 s"), time_limit(con, 0.5):
        con.execute(cross).fetchall()
    assert time.monotonic() - began < 5
    assert capfd.readouterr() == ("", "")
    with time_limit(con, 0.3):
        assert con.execute("select count(*) from core.cases").fetchall() == [(2,)]
    assert not [t for t in threading.enumerate() if isinstance(t, threading.Timer)]


def test_a_reader_answers_its_questions(path: Path) -> None:
    with PublishedReader(path) as reader:
        assert reader.tables == (("core", "cases"), ("received", "deliveries"))
        assert reader.counts() == {("core", "cases"): 2, ("received", "deliveries"): 2}
        assert reader.deliveries()["site"].to_list() == ["NORTH", "SOUTH"]
        assert reader.deliveries(site="NORTH")["quarantined"].to_list() == [1]


@pytest.mark.parametrize(
    "site", ["a'; drop table core.cases; --", "\u2019 or 1=1", "", "NORTH' --"]
)
def test_a_hostile_value_is_only_a_value(path: Path, site: str) -> None:
    with PublishedReader(path) as reader:
        assert reader.deliveries(site=site).is_empty()
        assert reader.counts()["core", "cases"] == 2


def test_readers_and_a_new_publication_do_not_disturb_each_other(home: Home, path: Path) -> None:
    with PublishedReader(path) as old:
        other = {**FRAMES, ("core", "cases"): FRAMES["core", "cases"][:1]}
        made = publish(other, home=home, ledger=Ledger.open(home.ledger))
        with PublishedReader(made.path) as new:
            assert (old.counts()["core", "cases"], new.counts()["core", "cases"]) == (2, 1)


def test_a_missing_or_unreadable_file_is_said_in_words(home: Home, path: Path) -> None:
    with pytest.raises(StorageError, match="'imsct snapshot list' lists them"):
        open_published(home.published / "0000000000000000.duckdb")
    spoilt = home.published / "1111111111111111.duckdb"
    spoilt.write_bytes(path.read_bytes()[:4096] + b"x" * 9000)
    with pytest.raises(IntegrityError, match="'imsct snapshot verify'"):
        open_published(spoilt)


def test_other_settings_in_the_same_process_are_said_in_words(path: Path) -> None:
    with (
        closing(duckdb.connect(str(path), read_only=True)),
        pytest.raises(StorageError, match="open with other settings"),
    ):
        open_published(path)
